#include "core/config/codecs.hpp"

#include "core/config/values.hpp"
#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

using std::chrono::milliseconds;

/// In the words of the configuration: "250ms", "30s", "7d".
std::string inWords(milliseconds value) {
    using namespace std::chrono;
    if (value.count() % 1000 != 0) return std::to_string(value.count()) + "ms";
    const auto seconds_only = duration_cast<seconds>(value).count();
    if (seconds_only % 86400 == 0) return std::to_string(seconds_only / 86400) + "d";
    if (seconds_only % 3600 == 0) return std::to_string(seconds_only / 3600) + "h";
    if (seconds_only % 60 == 0) return std::to_string(seconds_only / 60) + "m";
    return std::to_string(seconds_only) + "s";
}

}  // namespace

std::optional<std::string> scalarText(Reader& reader, const Node& node, std::string_view wanted) {
    if (node.kind != Node::Kind::kScalar) {
        const std::string found = node.kind == Node::Kind::kList ? "a list" : "keys and values";
        if (node.complete) reader.error(node.mark, std::string{wanted} + " is wanted here, not " + found);
        return std::nullopt;
    }
    std::optional<std::string> text = domain::toNfc(node.text);
    if (!text || node.isNull() || domain::trimmed(*text).empty()) {
        reader.error(node.mark, std::string{wanted} + " is wanted here, nothing is there");
        return std::nullopt;
    }
    return text;
}

std::optional<std::string> plainText(Reader& reader, const Node& node, std::string_view wanted) {
    if (node.kind != Node::Kind::kScalar || !node.quoted) return scalarText(reader, node, wanted);
    reader.error(node.mark, std::string{wanted} + " is wanted here, a text in quotes is there", "remove the quotes");
    return std::nullopt;
}

void warnNotInEffect(Reader& reader, const Mark& at) {
    reader.diagnostics().warning(at, "accepted, not in effect yet", "docs/known-gaps.md says what happens instead");
}

void Text::read(Reader& reader, const Node& node, std::string& into) {
    if (auto text = scalarText(reader, node, "a text")) into = std::move(*text);
}

void Name::read(Reader& reader, const Node& node, std::string& into) {
    const std::optional<std::string> text = scalarText(reader, node, "a name");
    if (!text) return;
    if (!isName(*text)) {
        reader.error(node.mark, inQuotes(*text) + " cannot be a name",
                     "use up to 64 of a-z, 0-9, '-', '_' and '.', a letter or digit first");
        return;
    }
    into = *text;
}

void Flag::read(Reader& reader, const Node& node, bool& into) {
    const std::optional<std::string> text = plainText(reader, node, "true or false");
    if (!text) return;
    if (*text == "true" || *text == "false")
        into = *text == "true";
    else
        reader.error(node.mark, "true or false is wanted here, not " + inQuotes(*text));
}

void Flag::read(Reader& reader, const Node& node, std::optional<bool>& into) {
    const std::size_t errors = reader.diagnostics().errors();
    bool value = false;
    read(reader, node, value);
    if (errors == reader.diagnostics().errors()) into = value;
}

std::optional<std::int64_t> readInteger(Reader& reader, const Node& node, std::int64_t least, std::int64_t most) {
    const std::optional<std::string> text = plainText(reader, node, "a whole number");
    if (!text) return std::nullopt;
    const std::optional<std::int64_t> value = parseInteger(*text);
    if (value && *value >= least && *value <= most) return value;
    reader.error(node.mark, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                                " is wanted here, not " + inQuotes(*text));
    return std::nullopt;
}

std::optional<milliseconds> readMilliseconds(Reader& reader, const Node& node, milliseconds least, milliseconds most) {
    const std::optional<std::string> text = scalarText(reader, node, "a duration");
    if (!text) return std::nullopt;
    const std::optional<milliseconds> value = parseMilliseconds(*text);
    if (!value) {
        reader.error(node.mark, inQuotes(*text) + " is not a duration", std::string{kDurationForms});
        return std::nullopt;
    }
    if (*value >= least && *value <= most) return value;
    reader.error(node.mark, "a duration from " + inWords(least) + " to " + inWords(most) + " is wanted here, not " +
                                inQuotes(*text));
    return std::nullopt;
}

void Limit::read(Reader& reader, const Node& node, std::optional<domain::Duration>& into) {
    const std::optional<std::string> text = scalarText(reader, node, "a limit");
    if (!text) return;
    const Result<domain::Duration> limit = domain::parseDuration(*text);
    if (limit && limit->amount > 0) {
        into = *limit;
        return;
    }
    reader.error(node.mark, inQuotes(*text) + (limit ? " is no time at all" : " is not a limit"),
                 "write a whole number with a unit: 30m, 8h, 5d of calendar, 30wm, 8wh, 7wd of working time");
}

void CalendarLimit::read(Reader& reader, const Node& node, std::optional<domain::Duration>& into) {
    std::optional<domain::Duration> limit;
    Limit::read(reader, node, limit);
    using Unit = domain::Duration::Unit;
    if (limit && (limit->unit == Unit::kWorkingMinutes || limit->unit == Unit::kWorkingHours ||
                  limit->unit == Unit::kWorkingDays))
        reader.error(node.mark, "calendar time is wanted here, " + inQuotes(node.text) + " is working time",
                     "write a whole number with s, m, h or d: 30m, 24h, 2d");
    else
        into = limit;
}

void Size::read(Reader& reader, const Node& node, std::size_t& into) {
    const std::optional<std::string> text = scalarText(reader, node, "a size");
    if (!text) return;
    if (const std::optional<std::int64_t> bytes = parseSize(*text))
        into = static_cast<std::size_t>(*bytes);
    else
        reader.error(node.mark, inQuotes(*text) + " is not a size", std::string{kSizeForms});
}

void DateValue::read(Reader& reader, const Node& node, domain::Date& into) {
    const std::optional<std::string> text = scalarText(reader, node, "a date");
    if (!text) return;
    if (const std::optional<domain::Date> date = domain::parseDate(*text))
        into = *date;
    else
        reader.error(node.mark, inQuotes(*text) + " is not a date", "write a day that exists as 2026-01-31");
}

void Path::read(Reader& reader, const Node& node, std::filesystem::path& into) {
    if (const auto text = scalarText(reader, node, "a path")) into = reader.resolve(*text);
}

void Url::read(Reader& reader, const Node& node, std::string& into) {
    const std::optional<std::string> text = scalarText(reader, node, "an address");
    if (!text) return;
    if (const std::optional<UrlDefect> defect = urlDefect(*text))
        reader.error(node.mark, std::string{defect->message}, "write https://host/path");
    else
        into = *text;
}

void IpRange::read(Reader& reader, const Node& node, std::string& into) {
    const std::optional<std::string> text = scalarText(reader, node, "an IP address");
    if (!text) return;
    if (Network::parse(*text))
        into = *text;
    else
        reader.error(node.mark, inQuotes(*text) + " is neither an IP address nor a range of them",
                     "write 127.0.0.1, ::1, or a network as 10.0.0.0/8");
}

void Pattern::read(Reader& reader, const Node& node, domain::TextPattern& into) {
    const std::optional<std::string> text = scalarText(reader, node, "a pattern");
    if (!text) return;
    Result<domain::TextPattern> pattern = domain::TextPattern::compile(*text);
    if (pattern)
        into = std::move(*pattern);
    else
        reader.error(
            node.mark, pattern.error().message,
            "write a regular expression in RE2's syntax, as \"cột đèn( số)? \\d+\"; in single quotes backslashes "
            "stay as they are");
}

std::optional<std::size_t> readChoice(Reader& reader, const Node& node, std::span<const std::string_view> choices) {
    const std::optional<std::string> text = scalarText(reader, node, "one of a few words");
    if (!text) return std::nullopt;
    for (std::size_t i = 0; i < choices.size(); ++i)
        if (choices[i] == *text) return i;
    reader.error(node.mark, inQuotes(*text) + " is not one of the possible values",
                 nameHint(*text, {choices.begin(), choices.end()}));
    return std::nullopt;
}

}  // namespace pakn::config
