/// @file
/// Normal form, length and folding. Every petition passes here several times, so each function is one linear pass and
/// the usual cases (plain ASCII, text already in NFC) allocate nothing but the answer.

#include "core/domain/text.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

namespace pakn::domain {
namespace {

/// ICU carries the tables of NFC and NFD in its code; without them the installation is broken beyond help.
const icu::Normalizer2& normalizer(const icu::Normalizer2* (*instance)(UErrorCode&)) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const found = instance(status);
    if (U_FAILURE(status)) std::abort();
    return *found;
}

const icu::Normalizer2& nfc() {
    static const icu::Normalizer2& instance = normalizer(&icu::Normalizer2::getNFCInstance);
    return instance;
}

const icu::Normalizer2& nfd() {
    static const icu::Normalizer2& instance = normalizer(&icu::Normalizer2::getNFDInstance);
    return instance;
}

icu::StringPiece piece(std::string_view text) { return {text.data(), static_cast<std::int32_t>(text.size())}; }

bool isTrail(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

constexpr UChar32 kInvalid = -1;

struct Decoded {
    UChar32 code_point = kInvalid;
    std::size_t size = 1;  ///< Bytes; one of an invalid sequence.
};

/// The code point at `at`; kInvalid for overlong forms, surrogates, values above U+10FFFF and cut sequences.
Decoded decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {static_cast<UChar32>(lead), 1};
    if (lead < 0xC2 || lead > 0xF4) return {};
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() - at < size) return {};
    unsigned value = lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if (!isTrail(text[at + i])) return {};
        value = value << 6U | (byte(i) & 0x3FU);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) return {};
    return {static_cast<UChar32>(value), size};
}

/// The code point that ends before `end`.
Decoded decodeBefore(std::string_view text, std::size_t end) {
    std::size_t at = end - 1;
    while (at > 0 && end - at < 4 && isTrail(text[at])) --at;
    const Decoded found = decode(text.substr(0, end), at);
    return found.size == end - at ? found : Decoded{};
}

/// Length of the run of ASCII from `from` on that holds no NUL.
std::size_t plainRun(std::string_view text, std::size_t from) {
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
    std::size_t i = from;
    for (; i + sizeof(std::uint64_t) <= text.size(); i += sizeof(std::uint64_t)) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + i, sizeof bytes);
        // A byte with its high bit set, or a zero byte (the borrow sets the bit); either way the slow loop looks again.
        if (((bytes | (bytes - kOnes)) & kHighBits) != 0) break;
    }
    while (i < text.size() && static_cast<signed char>(text[i]) > 0) ++i;
    return i - from;
}

/// Well formed and without NUL.
bool acceptableUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        i += plainRun(text, i);
        if (i == text.size()) break;
        const Decoded next = decode(text, i);
        if (next.code_point <= 0) return false;
        i += next.size;
    }
    return true;
}

bool isBlank(UChar32 c) {
    switch (c) {
        case 0x180E:  // Mongolian vowel separator
        case 0x200B:  // zero-width space, non-joiner, joiner
        case 0x200C:
        case 0x200D:
        case 0x2060:  // word joiner
        case 0xFEFF:  // byte order mark
            return true;
        default:
            return u_isUWhiteSpace(c) != 0;
    }
}

constexpr UChar32 kTableEnd = 0x2000;
constexpr char kDropped = 0;  ///< Marks and characters without width.
constexpr char kSelf = 1;     ///< Stands for itself in the key.
constexpr char kOther = 2;    ///< foldRare() knows.
constexpr char kSeparator = ' ';

/// Marks that change no letter by themselves. Vowel signs of Khmer or Thai are letters to a reader: they stay.
bool isDroppedMark(UChar32 c) {
    if (u_getCombiningClass(c) != 0) return true;
    const auto category = u_charType(c);
    if (category == U_FORMAT_CHAR) return c != 0x200B;
    if (category != U_NON_SPACING_MARK && category != U_ENCLOSING_MARK) return false;
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(c, &status) == USCRIPT_INHERITED;
}

bool isMark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

/// Lower case; the barred d has no decomposition, and neither have the letters that look the same.
UChar32 foldedLetter(UChar32 c) {
    const UChar32 lower = u_tolower(c);
    const bool barred_d = lower == 0x0111 || lower == 0x00F0 || lower == 0x0256;
    return barred_d ? UChar32{'d'} : lower;
}

/// What one code point adds to the key, in UTF-8: nothing, a space for a separator, or letters.
std::string foldRare(UChar32 c) {
    icu::UnicodeString parts;
    if (nfd().getDecomposition(c, parts) == 0) parts.setTo(c);
    std::string folded;
    for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
        const UChar32 part = parts.char32At(i);
        if (isDroppedMark(part)) continue;
        if (u_isalnum(part) == 0 && !isMark(part)) return " ";
        icu::UnicodeString{foldedLetter(part)}.toUTF8String(folded);
    }
    return folded;
}

char foldClass(UChar32 c) {
    const std::string folded = foldRare(c);
    if (folded.empty()) return kDropped;
    if (folded.size() == 1) return folded.front();
    std::string itself;
    icu::UnicodeString{c}.toUTF8String(itself);
    return folded == itself ? kSelf : kOther;
}

/// One byte for each code point of the scripts that Vietnamese text is made of: its letter in the key, or a class.
const std::array<char, kTableEnd>& foldTable() {
    static const std::array<char, kTableEnd> table = [] {
        std::array<char, kTableEnd> filled{};
        for (UChar32 c = 0; c < kTableEnd; ++c) filled[static_cast<std::size_t>(c)] = foldClass(c);
        return filled;
    }();
    return table;
}

/// Collects a key: never two spaces in a row.
class FoldedKey {
public:
    explicit FoldedKey(std::size_t expected) {
        key_.reserve(expected + 2);
        key_ += kSeparator;
    }

    void add(char c) {
        if (c == kSeparator && key_.back() == kSeparator) return;
        key_ += c;
    }

    void add(std::string_view letters) {
        if (letters.size() == 1) return add(letters.front());
        key_ += letters;
    }

    std::string finish() && {
        add(kSeparator);
        return std::move(key_);
    }

private:
    std::string key_;
};

/// A longer run of combining marks is no text in any language, and sorting it would cost its length squared (the
/// stream-safe format of UAX #15).
constexpr int kMostMarks = 30;

bool hasBoundedMarks(std::string_view text) {
    int marks = 0;
    for (std::size_t i = 0; i < text.size();) {
        const Decoded one = decode(text, i);
        marks = nfc().getCombiningClass(static_cast<UChar32>(one.code_point)) == 0 ? 0 : marks + 1;
        if (marks > kMostMarks) return false;
        i += one.size;
    }
    return true;
}

}  // namespace

std::optional<std::string> toNfc(std::string_view text) {
    if (text.size() > std::numeric_limits<std::int32_t>::max()) return {};
    if (plainRun(text, 0) == text.size()) return std::string{text};
    if (!acceptableUtf8(text) || !hasBoundedMarks(text)) return {};

    UErrorCode status = U_ZERO_ERROR;
    if (nfc().isNormalizedUTF8(piece(text), status) != 0) return std::string{text};
    std::string normal;
    normal.reserve(text.size());
    icu::StringByteSink<std::string> sink{&normal};
    nfc().normalizeUTF8(0, piece(text), sink, nullptr, status);
    if (U_FAILURE(status)) return {};
    return normal;
}

std::size_t codePoints(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += isTrail(c) ? 0U : 1U;
    return count;
}

std::string_view firstCodePoints(std::string_view text, std::size_t count) {
    if (text.size() <= count) return text;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isTrail(text[i])) continue;
        if (count == 0) return text.substr(0, i);
        --count;
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty()) {
        const Decoded first = decode(text, 0);
        if (!isBlank(first.code_point)) break;
        text.remove_prefix(first.size);
    }
    while (!text.empty()) {
        const Decoded last = decodeBefore(text, text.size());
        if (!isBlank(last.code_point)) break;
        text.remove_suffix(last.size);
    }
    return text;
}

std::string fold(std::string_view text) {
    const std::array<char, kTableEnd>& table = foldTable();
    FoldedKey key{text.size()};
    for (std::size_t at = 0; at < text.size();) {
        const auto [code_point, size] = decode(text, at);
        const bool rare = code_point < 0 || code_point >= kTableEnd;
        const char folded = rare ? kOther : table[static_cast<std::size_t>(code_point)];
        switch (folded) {
            case kDropped:
                break;
            case kSelf:
                key.add(text.substr(at, size));
                break;
            case kOther:
                key.add(code_point == kInvalid ? " " : foldRare(code_point));
                break;
            default:
                key.add(folded);
        }
        at += size;
    }
    return std::move(key).finish();
}

}  // namespace pakn::domain
