#include "core/reporting/search_text.hpp"

#include <array>
#include <string>

#include "core/domain/text.hpp"

namespace pakn::reporting {

namespace {

constexpr std::array<std::string_view, 5> kMarks{"\"", "“", "”", "«", "»"};

/// Where the next quotation mark begins, and how long it is; the end when there is none.
std::pair<std::size_t, std::size_t> findMark(std::string_view text) {
    std::pair<std::size_t, std::size_t> found{text.size(), 0};
    for (const std::string_view mark : kMarks)
        if (const std::size_t at = text.find(mark); at < found.first) found = {at, mark.size()};
    return found;
}

store::Phrase wordsOf(std::string_view text) {
    const std::string key = domain::fold(text);
    store::Phrase words;
    for (std::size_t at = 1; at < key.size();) {
        const std::size_t end = key.find(' ', at);
        words.push_back(key.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

}  // namespace

std::optional<std::vector<store::Phrase>> parseSearch(std::string_view text) {
    if (domain::codePoints(text) > kLongestSearch) return std::nullopt;
    std::vector<store::Phrase> phrases;
    std::size_t words = 0;
    for (bool quoted = false; !text.empty(); quoted = !quoted) {
        const auto [end, mark] = findMark(text);
        store::Phrase part = wordsOf(text.substr(0, end));
        text.remove_prefix(end + mark);
        words += part.size();
        if (part.empty()) continue;
        if (quoted)
            phrases.push_back(std::move(part));
        else
            for (std::string& word : part) phrases.push_back({std::move(word)});
    }
    if (words > kMostSearchWords) return std::nullopt;
    return phrases;
}

}  // namespace pakn::reporting
