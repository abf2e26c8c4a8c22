#pragma once
/// @file
/// Text of any origin made fit to be kept: UTF-8 that is sound, NFC, with line ends \n and no control characters.
/// All of it in linear time.

#include <cstddef>
#include <string>
#include <string_view>

namespace pakn::decoder_process {

struct Utf8Check {
    std::size_t sound = 0;   ///< Characters of several bytes.
    std::size_t broken = 0;  ///< Places where bytes mean nothing.
};
Utf8Check checkUtf8(std::string_view bytes);

/// Lone surrogates become U+FFFD.
std::string toUtf8(std::u16string_view text);

struct Cleaned {
    std::string text = {};
    bool cut = false;  ///< There was more than `most` bytes.
};
/// Several lines. Broken bytes become U+FFFD; what piles up more than 30 marks on a letter loses the rest of them.
Cleaned cleanText(std::string_view utf8, std::size_t most);

/// One line, its spaces collapsed, without what turns the direction of writing or cannot be seen; at most `most` code
/// points.
std::string cleanLine(std::string_view utf8, std::size_t most);

/// A file's name without its path, one line of at most 150 code points with its extension kept; empty when nothing of
/// it is left.
std::string cleanFileName(std::string_view utf8);

/// The longest beginning of at most `most` bytes that ends with a whole character.
std::string_view beginning(std::string_view utf8, std::size_t most);

std::string_view trimmed(std::string_view text);
/// Without empty lines before the first and blanks after the last word.
std::string withoutEmptyEnds(std::string_view text);
std::string asciiLower(std::string_view text);
/// Compares ASCII letters without their case.
bool sameWord(std::string_view a, std::string_view b);

/// Undoes `format=flowed` (RFC 3676): paragraphs become lines again. `space_goes`: DelSp=yes.
std::string unflow(std::string_view text, bool space_goes);

}  // namespace pakn::decoder_process
