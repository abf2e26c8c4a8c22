#include "core/store/search_words.hpp"

#include <algorithm>

namespace pakn::store {

namespace {

constexpr std::size_t kDigits = 10;  // 40 bits: among a million words hardly two are the same.

// What a token is the hash of begins with one of these.
constexpr char kWord = 'w';
constexpr char kUnit = 'u';
constexpr char kMark = 'm';
constexpr std::string_view kEndOfField = "|";
constexpr std::string_view kOpen = "open";
constexpr std::string_view kFinished = "finished";

template <class Texts>
std::string joined(const Texts& texts, std::string_view before, std::string_view between, std::string_view after) {
    std::string all;
    for (const std::string& one : texts) {
        if (!all.empty()) all += between;
        all.append(before).append(one).append(after);
    }
    return all;
}

}  // namespace

const std::string& SearchWords::token(char kind, std::string_view word) {
    std::string text{kind};
    text += word;
    auto [place, fresh] = known_.try_emplace(std::move(text));
    if (fresh) place->second = hub_key_.blindIndex("search", place->first).substr(0, kDigits);
    return place->second;
}

std::vector<std::string> SearchWords::tokensOf(const ReportRow& row) {
    std::vector<std::string> tokens;
    if (row.words.empty()) return tokens;
    tokens.reserve(row.words.size() + row.units.size() + 2);
    for (const std::string& word : row.words)
        tokens.push_back(word.empty() ? token(kMark, kEndOfField) : token(kWord, word));
    tokens.push_back(token(kMark, kEndOfField));
    tokens.push_back(token(kMark, row.finished ? kFinished : kOpen));
    for (const std::string& unit : row.units) tokens.push_back(token(kUnit, unit));
    return tokens;
}

SearchWords::Query SearchWords::query(const std::vector<Phrase>& text, Part part,
                                      const std::vector<std::string>& held_by) {
    Query query;
    for (const Phrase& phrase : text) {
        std::vector<std::string> tokens;
        for (const std::string& word : phrase) tokens.push_back(token(kWord, word));
        query.phrases.push_back(std::move(tokens));
    }
    if (part != Part::kAny) query.phrases.push_back({token(kMark, part == Part::kOpen ? kOpen : kFinished)});
    for (const std::string& unit : held_by) query.any_of.push_back(token(kUnit, unit));
    return query;
}

std::vector<std::vector<std::string>> tokensOf(const security::HubKey& hub_key, std::span<const ReportRow> rows) {
    SearchWords words{hub_key};
    std::vector<std::vector<std::string>> tokens;
    for (const ReportRow& row : rows) tokens.push_back(words.tokensOf(row));
    return tokens;
}

Error followerMoved(const std::string& follower) {
    return {.code = Errc::kConflict, .message = "the follower " + follower + " stands elsewhere by now"};
}

std::string packed(const std::vector<std::string>& tokens) {
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    std::string bytes;
    bytes.reserve(tokens.size() * kDigits / 2);
    for (const std::string& token : tokens)
        for (std::size_t i = 0; i + 1 < token.size(); i += 2)
            bytes += static_cast<char>(digit(token[i]) << 4U | digit(token[i + 1]));
    return bytes;
}

std::string spaced(std::string_view packed) {
    std::string text;
    text.reserve(packed.size() / (kDigits / 2) * (kDigits + 1));
    for (std::size_t at = 0; at < packed.size(); at += kDigits / 2) {
        if (at > 0) text += ' ';
        text += security::toHex(packed.substr(at, kDigits / 2));
    }
    return text;
}

std::string fts5Query(const SearchWords::Query& query) {
    std::string text;
    for (const std::vector<std::string>& phrase : query.phrases) {
        if (!text.empty()) text += " AND ";
        text += '"' + joined(phrase, "", " ", "") + '"';
    }
    if (!query.any_of.empty()) text += " AND (" + joined(query.any_of, "\"", " OR ", "\"") + ')';
    return text;
}

std::string tsQuery(const SearchWords::Query& query) {
    std::string text;
    for (const std::vector<std::string>& phrase : query.phrases) {
        if (!text.empty()) text += " & ";
        text += '(' + joined(phrase, "'", " <-> ", "'") + ')';
    }
    if (!query.any_of.empty()) text += " & (" + joined(query.any_of, "'", " | ", "'") + ')';
    return text;
}

std::string tsVector(const std::vector<std::string>& tokens) {
    std::string text;
    text.reserve(tokens.size() * (kDigits + 8));
    int position = 0;
    for (const std::string& token : tokens) text += '\'' + token + "':" + std::to_string(++position) + ' ';
    return text;
}

}  // namespace pakn::store
