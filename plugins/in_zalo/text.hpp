#pragma once
/// @file
/// Texts as people write them in a chat: normal form, lengths in code points, words compared without accents. By ICU.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_zalo {

/// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

/// In the composed form (NFC), with line ends as `\n` and without other control characters. No valid UTF-8: empty.
std::string cleaned(std::string_view text);

std::size_t codePoints(std::string_view text);
/// The beginning of a text, at most so many code points.
std::string firstCodePoints(std::string_view text, std::size_t most);

/// A form in which "Gửi", "GUI", "gửi." and the decomposed spelling are the same: without accents, lower case, without
/// punctuation at its ends, single blanks.
std::string folded(std::string_view text);

/// NFC text in pieces of at most `most` code points each, cut behind a sentence where one ends late enough, else
/// between words. No piece is empty.
std::vector<std::string> inPieces(std::string_view text, std::size_t most);

/// What a reader sees of simple HTML: no tags, line breaks where blocks end.
std::string plainText(std::string_view html);

/// `{name}` replaced by the value of that name; an unknown name stays as it is.
using Values = std::map<std::string, std::string, std::less<>>;
std::string filled(std::string_view text, const Values& values);

/// Percent-encoded for one part of a URL.
std::string urlEncoded(std::string_view text);

}  // namespace pakn::in_zalo
