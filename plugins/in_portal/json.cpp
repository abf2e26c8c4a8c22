#include "json.hpp"

#include <algorithm>

#include "bounded_json.hpp"

namespace pakn::in_portal {
namespace {

/// Brackets outside of strings, and what stands between them. Looked at before any tree is built.
struct Extent {
    int depth = 0;
    std::size_t values = 1;  ///< At least as many as there are, names counted.
};
Extent extentOf(std::string_view text) {
    Extent extent;
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
            extent.depth = std::max(extent.depth, ++depth);
            ++extent.values;
        } else if (c == ']' || c == '}') {
            --depth;
        } else if (c == ',' || c == ':') {
            ++extent.values;
        }
    }
    return extent;
}

Error wrong(std::string message, Errc code = Errc::kInvalid) {
    return {.code = code, .message = std::move(message), .problem = "portal.json"};
}

}  // namespace

Result<JsonDocument> parseJson(std::string_view text, JsonPool* allocator, std::size_t* left) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
    // rapidjson passes over each byte of a mark by itself.
    if (!text.empty() && kByteOrderMark.find(text.front()) != std::string_view::npos)
        return wrong("no valid JSON at byte 0");
    if (text.size() > kMostJsonBytes) return wrong("the JSON is larger than 64 MB", Errc::kTooLarge);
    const Extent extent = extentOf(text);
    if (extent.depth > kMostJsonDepth)
        return wrong("the JSON is nested deeper than " + std::to_string(kMostJsonDepth) + " levels");
    if (extent.values > (left != nullptr ? *left : kMostJsonValues))
        return wrong("the JSON holds more than " + std::to_string(kMostJsonValues) + " values", Errc::kTooLarge);
    if (left != nullptr) *left -= extent.values;
    JsonDocument document{allocator};
    constexpr unsigned kFlags =
        rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
    // One text that was cut in the middle of a character is no reason to refuse a page of items.
    const std::optional<std::string> mended = bounded_json::mendedHalves(text);
    if (mended) text = *mended;
    document.Parse<kFlags>(text.data(), text.size());
    if (document.HasParseError()) return wrong("no valid JSON at byte " + std::to_string(document.GetErrorOffset()));
    return document;
}

std::optional<std::string> textOf(const Json& value) {
    if (value.IsString()) return std::string{viewOf(value)};
    if (value.IsBool()) return value.GetBool() ? "true" : "false";
    return std::nullopt;
}

std::string_view viewOf(const Json& text) { return {text.GetString(), text.GetStringLength()}; }

std::string writeJson(const Json& value) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string jsonEscaped(std::string_view text) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return {buffer.GetString() + 1, buffer.GetSize() - 2};
}

std::optional<Place> Place::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;  // rapidjson would look for what is before it.
    Place place;
    place.text_ = text;
    std::string pointer{text};
    if (!text.empty() && text.front() != '/') {
        pointer = "/";
        for (const char c : text) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    place.pointer_ = decltype(place.pointer_){pointer.data(), pointer.size()};
    if (!place.pointer_.IsValid()) return std::nullopt;
    return place;
}

const Json* Place::find(const Json& item) const { return pointer_.Get(item); }

}  // namespace pakn::in_portal
