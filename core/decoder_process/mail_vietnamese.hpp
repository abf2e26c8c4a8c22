#pragma once
/// @file
/// The eight-bit encodings that Vietnamese mail has been written in, and how likely a text is to be Vietnamese at all.
/// Tables of our own: a confined process opens no file, and the C library keeps its tables in files.

#include <cstdint>
#include <string>
#include <string_view>

namespace pakn::decoder_process {

enum class Legacy : std::uint8_t {
    kWindows1252,  ///< What iso-8859-1 means in mails as well.
    kWindows1258,
    kTcvn,    ///< TCVN 5712-1, of which TCVN3 (ABC) is the part without capitals.
    kViscii,  ///< RFC 1456.
    kVni,     ///< VNI-Windows: a letter and then its mark.
};

/// Any bytes have a meaning in each of them; what has none becomes U+FFFD. Not normalised.
std::u16string decodeLegacy(std::string_view bytes, Legacy encoding);

/// RFC 1456's VIQR, which writes marks as punctuation: "Tie^'ng Vie^.t".
std::u16string decodeViqr(std::string_view bytes);

/// How many words with a letter beyond ASCII there are in a text, and how many of them are Vietnamese syllables.
struct Syllables {
    int good = 0;
    int all = 0;
    int different = 0;  ///< Among the good; no more than a few are told apart.
    int odd = 0;        ///< Words with signs among their letters, as no language has them.
    /// 0 where there is no such word.
    [[nodiscard]] double share() const { return all == 0 ? 0 : static_cast<double>(good) / all; }
};
/// Looks at the first 16,000 code units. The text need not be normalised.
Syllables countSyllables(std::u16string_view text);

}  // namespace pakn::decoder_process
