#include "source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "text.hpp"

namespace pakn::in_portal {
namespace {

constexpr std::array<std::string_view, 7> kYes{"true", "1", "yes", "y", "x", "có", "đúng"};
constexpr std::array<std::string_view, 6> kNo{"false", "0", "no", "n", "không", "sai"};

Error refuse(std::string problem, const Source& source, std::string why) {
    return {.code = Errc::kInvalid, .message = source.where() + ": " + std::move(why), .problem = std::move(problem)};
}

std::vector<std::string> comparableWords(Section& section, std::string_view key) {
    std::vector<std::string> words;
    for (const std::string& word : section.texts(key)) words.push_back(comparable(word));
    return words;
}

template <class Words>
bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

void readCodes(Section& section, Source& source) {
    const Node* const table = section.take("codes");
    source.keep_unknown = section.word("unknown", {"refuse", "keep"}) == "keep";
    if (table == nullptr) return;
    if (table->kind != Node::Kind::kMap || table->entries.empty()) {
        section.mistakes().add(table->mark, "codes is a table: their code, a colon, ours");
        return;
    }
    for (const Entry& entry : table->entries) {
        if (entry.value.kind != Node::Kind::kScalar)
            section.mistakes().add(entry.value.mark, "a code of ours is one text");
        else if (!source.codes.emplace(comparable(entry.key), entry.value.text).second)
            section.mistakes().add(entry.mark, "the code " + inQuotes(entry.key) + " stands twice");
    }
}

/// Exactly one of from, value and template says where the value comes from.
void readOrigin(Section& section, Source& source) {
    const Node* const from = section.take("from");
    const Node* const value = section.take("value");
    const Node* const text = section.take("template");
    const int count = (from != nullptr ? 1 : 0) + (value != nullptr ? 1 : 0) + (text != nullptr ? 1 : 0);
    if (count != 1) {
        section.mistakes().add(section.mark(),
                               "exactly one of from, value and template says where the value comes from");
        return;
    }
    if (from != nullptr) {
        source.from = Source::From::kPlace;
        source.place = readPlace(*from, section.mistakes());
        return;
    }
    const Node& given = value != nullptr ? *value : *text;
    if (given.kind != Node::Kind::kScalar) {
        section.mistakes().add(given.mark, "one text is expected here");
    } else if (value != nullptr) {
        source.from = Source::From::kConstant;
        source.constant = given.text;
    } else {
        source.from = Source::From::kTemplate;
        source.text = Template{given.text, Escape::kNone};
        if (const auto problem = source.text.problem())
            section.mistakes().add(given.mark, "no template: " + *problem, "write values as {{name}}");
    }
}

/// The value as it stands in the item, before any table.
Result<std::optional<std::string>> rawFrom(const Source& source, const Json& item) {
    if (source.from == Source::From::kConstant) return std::optional{source.constant};
    if (source.from == Source::From::kNothing) return std::optional<std::string>{};
    std::string text;
    if (source.from == Source::From::kTemplate) {
        text = source.text.render(item);
    } else {
        const Json* const value = source.place.find(item);
        if (value == nullptr || value->IsNull()) return std::optional<std::string>{};
        const std::optional<std::string> found = textOf(*value);
        if (!found) return refuse("portal.not_text", source, "a list or object stands where a text is expected");
        text = *found;
    }
    if (trimmed(text).empty()) return std::optional<std::string>{};
    return std::optional{std::move(text)};
}

}  // namespace

std::string Source::where() const {
    if (from == From::kTemplate) return "template";
    if (from == From::kConstant) return "value";
    if (from == From::kNothing) return "nothing";
    const bool column = place.text().empty() || place.text().front() != '/';
    return column ? "column " + inQuotes(place.text()) : place.text();
}

Place readPlace(const Node& node, Mistakes& mistakes) {
    if (node.kind != Node::Kind::kScalar) {
        mistakes.add(node.mark, "a place is expected here", "a JSON pointer like /a/b, or the name of a column");
        return {};
    }
    if (std::optional<Place> place = Place::parse(node.text)) return *std::move(place);
    mistakes.add(node.mark, inQuotes(node.text) + " is no JSON pointer", "after ~ stands 0 or 1 (RFC 6901)");
    return {};
}

DateFormats readDates(Section& section, const DateFormats& otherwise) {
    DateFormats dates = otherwise;
    const Node* const node = section.take("dates");
    if (node != nullptr) {
        dates.formats = section.texts("dates");
        for (const std::string& format : dates.formats)
            if (const auto problem = formatProblem(format))
                section.mistakes().add(node->mark, inQuotes(format) + " is no date format", *problem);
    }
    if (const Node* const zone = section.take("zone")) {
        if (const auto offset = parseZone(zone->text))
            dates.zone = *offset;
        else
            section.mistakes().add(zone->mark, inQuotes(zone->text) + " is no zone", "like \"+07:00\"");
    }
    return dates;
}

Source readSource(const Node& node, const Defaults& defaults, Mistakes& mistakes) {
    Source source;
    source.dates = defaults.dates;
    if (node.kind != Node::Kind::kMap) {
        source.from = Source::From::kPlace;
        source.place = readPlace(node, mistakes);
        return source;
    }
    Section section{&node, mistakes};
    readOrigin(section, source);
    source.required = section.flag("required", false);
    if (section.take("default") != nullptr) source.otherwise = section.text("default");
    readCodes(section, source);
    source.yes = comparableWords(section, "yes");
    source.no = comparableWords(section, "no");
    source.dates = readDates(section, defaults.dates);
    return source;
}

Result<std::optional<std::string>> textFrom(const Source& source, const Json& item) {
    Result<std::optional<std::string>> raw = rawFrom(source, item);
    if (!raw) return raw;
    if (!*raw) {
        if (source.otherwise) return source.otherwise;
        if (source.required) return refuse("portal.missing", source, "a value is required here");
        return raw;
    }
    if (source.codes.empty()) return raw;
    const auto known = source.codes.find(comparable(**raw));
    if (known != source.codes.end()) return std::optional{known->second};
    if (source.otherwise) return source.otherwise;
    if (source.keep_unknown) return raw;
    return refuse("portal.code_unknown", source, "this code is not in the table");
}

Result<std::optional<bool>> flagFrom(const Source& source, const Json& item) {
    const Result<std::optional<std::string>> text = textFrom(source, item);
    if (!text) return text.error();
    if (!*text) return std::optional<bool>{};
    const std::string word = comparable(**text);
    const bool own_words = !source.yes.empty() || !source.no.empty();
    if (own_words ? contains(source.yes, word) : contains(kYes, word)) return std::optional{true};
    if (own_words ? contains(source.no, word) : contains(kNo, word)) return std::optional{false};
    if (own_words && (source.yes.empty() || source.no.empty())) return std::optional{source.yes.empty()};
    return refuse("portal.flag", source, "neither one of the words for yes nor for no");
}

Result<std::optional<Instant>> dateFrom(const Source& source, const Json& item) {
    const Result<std::optional<std::string>> text = textFrom(source, item);
    if (!text) return text.error();
    if (!*text) return std::optional<Instant>{};
    if (const std::optional<Instant> at = parseDate(**text, source.dates)) return at;
    return refuse("portal.date", source, "no date of the formats named");
}

Result<std::optional<double>> numberFrom(const Source& source, const Json& item) {
    const Result<std::optional<std::string>> text = textFrom(source, item);
    if (!text) return text.error();
    if (!*text) return std::optional<double>{};
    std::string digits{trimmed(**text)};
    // "16,4637" as people in Viet Nam write it.
    if (digits.find('.') == std::string::npos) std::replace(digits.begin(), digits.end(), ',', '.');
    double value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem == std::errc{} && end == digits.data() + digits.size() && std::isfinite(value))
        return std::optional{value};
    return refuse("portal.number", source, "no number");
}

}  // namespace pakn::in_portal
