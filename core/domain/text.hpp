#pragma once
/// @file
/// Vietnamese text: normal form, length, folding. Pure; ICU underneath.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pakn::domain {

/// NFC of valid UTF-8; nullopt when `text` is not valid UTF-8, holds U+0000, exceeds 2 GiB, or has
/// more than 30 combining marks in a row. Linear in the bytes.
std::optional<std::string> toNfc(std::string_view text);
/// Code points of valid UTF-8.
std::size_t codePoints(std::string_view text);
/// At most `count` code points from the start, never cutting one.
std::string_view firstCodePoints(std::string_view text, std::size_t count);
/// White space and zero-width characters removed from both ends.
std::string_view trimmed(std::string_view text);

/// The accent-free search key: lower case, marks dropped, đ → d, every run of anything but letters and digits one
/// space, and a space at both ends, so that a phrase is found as a whole word: fold(text).find(fold(phrase)).
/// The same for NFC and NFD input. Of no letters or digits: one space. Invalid UTF-8 counts as a separator.
std::string fold(std::string_view text);

}  // namespace pakn::domain
