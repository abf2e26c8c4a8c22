#pragma once
/// @file
/// Texts as browsers send them and as pages show them: UTF-8, percent and base64url encodings, Vietnamese civil time.
/// Pure but for randomToken(). Safe from any thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_web {

/// Without blanks and line ends at its ends.
std::string_view trimmed(std::string_view text);

/// Valid UTF-8 without a zero.
bool isText(std::string_view text);
/// Of valid UTF-8.
std::size_t codePoints(std::string_view text);
/// The beginning of valid UTF-8, at most so many bytes and cut between code points.
std::string_view firstBytes(std::string_view text, std::size_t most);
/// Line ends as "\n", no other control characters but tabs.
std::string withPlainLines(std::string_view text);
/// On one line, without control characters.
std::string onOneLine(std::string_view text);
/// A number as people paste it, so that it looks as if it had been typed: any blank is a plain one, full-width
/// characters are ASCII, and what has no width is left out. All else stays. Of valid UTF-8.
std::string plainNumber(std::string_view text);

/// "%C4%91" decoded, '+' as a blank; nullopt for a broken escape.
std::optional<std::string> decodePercent(std::string_view text);
/// All but unreserved characters escaped (RFC 3986).
std::string encodePercent(std::string_view text);
bool equalIgnoringCase(std::string_view a, std::string_view b);
/// "multipart/form-data; boundary=x" -> "multipart/form-data", lower case.
std::string mediaType(std::string_view content_type);
/// The value of `name` in "…; name=value; other=\"quoted\"". nullopt when absent or without its closing quote.
std::optional<std::string> headerParameter(std::string_view header, std::string_view name);

/// Random bytes as base64url without padding. Throws std::runtime_error where the system has none.
std::string randomToken(std::size_t bytes);
/// Letters, digits, '-' and '_', within these lengths: what randomToken() makes, and the hub's secrets.
bool isToken(std::string_view text, std::size_t least, std::size_t most);
/// What stands in addresses as the code of a petition: letters, digits and dashes, at most 40.
bool isCode(std::string_view text);
/// 64 lower-case hex digits.
bool isSha256(std::string_view text);

/// "06/03/2026 08:00", in Viet Nam (UTC+7, no summer time).
std::string shownTime(Instant at);
/// "2026-03-06T08:00+07:00", for <time datetime>.
std::string machineTime(Instant at);
/// "2026-03-06T08:00", for <input type=datetime-local>; in Viet Nam.
std::string inputTime(Instant at);
/// What such an input sends, or what people type where a browser has none: "2026-03-06T08:00[:00]", "06/03/2026 08:00",
/// "06/03/2026". In Viet Nam. nullopt for anything else, and for days that are none.
std::optional<Instant> readTime(std::string_view text);

/// "16.4637" or "16,4637": a number of degrees. nullopt for anything else.
std::optional<double> readDegrees(std::string_view text);
/// "1,2 MB" (vi) or "1.2 MB" (en), "340 KB", "12 byte".
std::string shownSize(std::int64_t bytes, bool comma);

}  // namespace pakn::in_web
