#pragma once
/// @file
/// Texts from outside, and what they have to be before they go anywhere. Pure; safe from any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_open311 {

/// Without blanks and line ends at its ends.
std::string_view trimmed(std::string_view text);

/// Valid UTF-8 (no surrogates, nothing overlong, nothing beyond U+10FFFF) without a NUL character.
bool isSound(std::string_view text);

/// Of valid UTF-8.
std::size_t codePoints(std::string_view text);

/// At most `most` code points; what is left out is marked by "…", which counts.
std::string shortened(std::string text, std::size_t most);

/// What XML 1.0 can say: without control characters but tab and line ends, without U+FFFE and U+FFFF; bytes that are
/// no UTF-8 become U+FFFD.
std::string printable(std::string_view text);

/// Lower case in ASCII; other bytes as they are.
std::string lowered(std::string_view text);

/// Percent-decoded; with `form` a plus is a space. Nothing when a percent sign does not introduce two hex digits.
std::optional<std::string> percentDecoded(std::string_view text, bool form);

/// Made of letters, digits and "-._~" alone (RFC 3986, unreserved), and not empty.
bool isUrlSafe(std::string_view text);

/// The pieces between commas, trimmed, without empty ones.
std::vector<std::string> listed(std::string_view text);

/// Words of ASCII letters and digits joined by "_", in lower case: "WHISPAWN-654132" is "whispawn_654132". May be
/// empty.
std::string snaked(std::string_view text);

}  // namespace pakn::in_open311
