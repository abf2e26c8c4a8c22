#include "json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace pakn::in_portal {
namespace {

/// Whether brackets outside of strings nest at most so deep. Looked at before any tree is built.
bool isShallow(std::string_view text) {
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
            if (++depth > kMostJsonDepth) return false;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return true;
}

Error wrong(std::string message, Errc code = Errc::kInvalid) {
    return {.code = code, .message = std::move(message), .problem = "portal.json"};
}

}  // namespace

Result<JsonDocument> parseJson(std::string_view text, JsonDocument::AllocatorType* allocator) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
    if (text.size() > kMostJsonBytes) return wrong("the JSON is larger than 64 MB", Errc::kTooLarge);
    if (!isShallow(text)) return wrong("the JSON is nested deeper than " + std::to_string(kMostJsonDepth) + " levels");
    JsonDocument document{allocator};
    constexpr unsigned kFlags =
        rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
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
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string jsonEscaped(std::string_view text) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return {buffer.GetString() + 1, buffer.GetSize() - 2};
}

std::optional<Place> Place::parse(std::string_view text) {
    Place place;
    place.text_ = text;
    std::string pointer{text};
    if (!text.empty() && text.front() != '/') {
        pointer = "/";
        for (const char c : text) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    place.pointer_ = rapidjson::Pointer{pointer.data(), pointer.size()};
    if (!place.pointer_.IsValid()) return std::nullopt;
    return place;
}

const Json* Place::find(const Json& item) const { return pointer_.Get(item); }

}  // namespace pakn::in_portal
