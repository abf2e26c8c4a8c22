#pragma once
/// @file
/// What of a text fits into short messages: Vietnamese without accents, the GSM 7-bit alphabet (3GPP TS 23.038), and
/// how many parts a text takes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pakn::out_sms {

/// The composed form (NFC) with every run of white space as one blank and nothing invisible; nothing when it is not
/// UTF-8.
std::optional<std::string> cleaned(std::string_view text);

/// Without accents, and in the GSM alphabet alone: "Kết quả…" is "Ket qua...". Typographic signs become their plain
/// relatives, what has none becomes "?". The same again changes nothing. `text`: from cleaned().
std::string withoutAccents(std::string_view text);

/// Letters, digits, blanks and the commonest signs alone: for a gateway that refuses more than the alphabet does.
std::string plainest(std::string_view text);

/// The words of HTML: elements that stand for a line or paragraph are blanks, references are characters.
std::string wordsOfHtml(std::string_view html);

enum class Alphabet : std::uint8_t { kGsm, kUnicode };

/// kGsm for a text that withoutAccents() would leave as it is. Gateways mean that by "without accents": the GSM
/// alphabet holds a few accented letters (à, é, ò), but they refuse them.
Alphabet alphabetOf(std::string_view text);

/// How many messages it takes: one of 160 septets or 70 UTF-16 units, several of 153 or 67. Characters that take two
/// (the euro sign, braces; emoji) are never cut in half. An empty text takes none.
int partsOf(std::string_view text, Alphabet alphabet);

}  // namespace pakn::out_sms
