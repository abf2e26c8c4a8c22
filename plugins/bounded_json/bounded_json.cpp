/// @file
/// Bounds are held against the text itself: a tree of hostile JSON is never built.

#include "bounded_json.hpp"

#include <charconv>
#include <optional>

namespace pakn::bounded_json {
namespace {

/// Brackets outside of strings, and what stands between them.
bool isWithin(std::string_view text, const JsonBounds& bounds) {
    if (text.size() > bounds.bytes) return false;
    std::size_t values = 1;
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            ++values;
            if (++depth > bounds.depth) return false;
        } else if (c == ']' || c == '}') {
            --depth;
        } else if (c == ',' || c == ':') {
            ++values;
        }
    }
    return values <= bounds.values;
}

/// The number behind "\\u"; nothing where there is none.
std::optional<unsigned> escaped(std::string_view text, std::size_t at) {
    unsigned number = 0;
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    const char* const end = text.data() + at + 6;
    const auto [stop, error] = std::from_chars(text.data() + at + 2, end, number, 16);
    return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

bool isFirstHalf(std::optional<unsigned> number) { return number && *number >= 0xD800 && *number <= 0xDBFF; }
bool isSecondHalf(std::optional<unsigned> number) { return number && *number >= 0xDC00 && *number <= 0xDFFF; }

/// Where the next escape of a half without its other half begins, at or after `at`; npos: there is none.
std::size_t loneHalf(std::string_view text, std::size_t at) {
    for (at = text.find('\\', at); at != std::string_view::npos && at + 1 < text.size(); at = text.find('\\', at)) {
        const std::optional<unsigned> number = escaped(text, at);
        const bool pair = isFirstHalf(number) && isSecondHalf(escaped(text, at + 6));
        if (!pair && (isFirstHalf(number) || isSecondHalf(number))) return at;
        at += !number ? 2 : pair ? 12 : 6;
    }
    return std::string_view::npos;
}

}  // namespace

Result<JsonDocument> parseJson(std::string_view text, const JsonBounds& bounds, JsonNumbers numbers) {
    if (!isWithin(text, bounds))
        return Error{.code = Errc::kTooLarge, .message = "the JSON is too large, too deep or has too many values"};
    constexpr unsigned kAlways = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
    JsonDocument document;
    if (numbers == JsonNumbers::kAsWritten)
        document.Parse<kAlways | rapidjson::kParseNumbersAsStringsFlag>(text.data(), text.size());
    else
        document.Parse<kAlways>(text.data(), text.size());  // Full precision is undefined for "0e9" (RapidJSON 1.1).
    // RapidJSON takes the second half of a pair that has no first one for a character, and what comes out is no UTF-8.
    if (!document.HasParseError() && loneHalf(text, 0) != std::string_view::npos)
        return Error{.code = Errc::kInvalid, .message = "the JSON holds half a character"};
    if (document.HasParseError())
        return Error{.code = Errc::kInvalid, .message = "no JSON at byte " + std::to_string(document.GetErrorOffset())};
    return document;
}

std::optional<std::string> mendedHalves(std::string_view text) {
    std::size_t at = loneHalf(text, 0);
    if (at == std::string_view::npos) return std::nullopt;
    constexpr std::string_view kReplacement = "\\ufffd";
    std::string mended{text};
    for (; at != std::string_view::npos; at = loneHalf(text, at + kReplacement.size()))
        mended.replace(at, kReplacement.size(), kReplacement);
    return mended;
}

const Json* memberOf(const Json& object, std::string_view name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(Json{rapidjson::StringRef(name.data(), name.size())});
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string_view textOf(const Json& value) {
    return value.IsString() ? std::string_view{value.GetString(), value.GetStringLength()} : std::string_view{};
}

std::string_view textOf(const Json& object, std::string_view name) {
    const Json* const value = memberOf(object, name);
    return value != nullptr ? textOf(*value) : std::string_view{};
}

std::int64_t integerOf(const Json& object, std::string_view name, std::int64_t otherwise) {
    const std::string_view digits = textOf(object, name);
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return problem == std::errc{} && end == digits.data() + digits.size() ? number : otherwise;
}

void write(JsonWriter& writer, std::string_view text) {
    writer.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write(JsonWriter& writer, std::string_view name, std::string_view value) {
    writeName(writer, name);
    write(writer, value);
}

void writeName(JsonWriter& writer, std::string_view name) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

std::string textIn(const JsonBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}  // namespace pakn::bounded_json
