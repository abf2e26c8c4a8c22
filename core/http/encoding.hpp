#pragma once
/// @file
/// The encodings that requests come in: percent, base64, header parameters. Strict: what is not well-formed is nothing.

#include <optional>
#include <string>
#include <string_view>

namespace pakn::http {

/// "%C4%91" decoded; with `plus_is_space` also '+', as in queries. nullopt for a broken escape.
std::optional<std::string> decodePercent(std::string_view text, bool plus_is_space);
/// Everything but unreserved characters escaped (RFC 3986).
std::string encodePercent(std::string_view text);
/// RFC 4648 base64 with padding; line breaks are allowed. nullopt for anything else.
std::optional<std::string> decodeBase64(std::string_view text);
/// "multipart/form-data; boundary=x" → "multipart/form-data", lower case.
std::string mediaType(std::string_view content_type);
/// The value of `name` in "…; name=value; other=\"quoted \\\" value\"". nullopt when absent.
std::optional<std::string> headerParameter(std::string_view header, std::string_view name);
bool equalIgnoringCase(std::string_view a, std::string_view b);

}  // namespace pakn::http
