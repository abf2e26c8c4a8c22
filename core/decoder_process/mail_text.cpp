#include "core/decoder_process/mail_text.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace pakn::decoder_process {

namespace {

constexpr UChar32 kReplacement = 0xfffd;

// ICU's macro narrows numbers on the way.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
/// The code point at `at`, which moves on; negative where the bytes mean nothing.
UChar32 next(std::string_view utf8, std::size_t& at) {
    UChar32 point = 0;
    U8_NEXT(utf8.data(), at, utf8.size(), point);
    return point;
}
#pragma GCC diagnostic pop

/// Calls `take` with each code point; broken bytes are U+FFFD. Ends early when `take` returns false.
template <class Take>
void eachCodePoint(std::string_view utf8, Take&& take) {
    for (std::size_t at = 0; at < utf8.size();) {
        const UChar32 point = next(utf8, at);
        if (!take(point < 0 || U_IS_UNICODE_NONCHAR(point) ? kReplacement : point)) return;
    }
}

void append(std::string& text, UChar32 point) {
    char bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, point);
    text.append(bytes, static_cast<std::size_t>(length));
}

bool isLineEnd(UChar32 point) {
    return point == '\n' || point == '\v' || point == '\f' || point == 0x85 || point == 0x2028 || point == 0x2029;
}
bool isControl(UChar32 point) { return (point < 0x20 && point != '\t') || (point >= 0x7f && point < 0xa0); }
bool turnsDirection(UChar32 point) {
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0x200e ||
           point == 0x200f || point == 0x61c;
}
bool isInvisible(UChar32 point) {
    return point == 0x200b || point == 0x2060 || point == 0xfeff || point == 0xad || point == 0x180e;
}

/// Sorting the marks of one letter takes time that grows with the square of their number: UAX 15 calls text with at
/// most 30 of them stream-safe.
class Marks {
public:
    bool tooMany(UChar32 point) {
        constexpr int kMost = 30;
        run_ = point >= 0x300 && ::u_getCombiningClass(point) != 0 ? run_ + 1 : 0;
        return run_ > kMost;
    }

private:
    int run_ = 0;
};

std::string normalized(std::string_view utf8) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(error);
    std::string composed;
    icu::StringByteSink<std::string> sink{&composed, static_cast<std::int32_t>(utf8.size())};
    if (U_SUCCESS(error))
        nfc->normalizeUTF8(0, icu::StringPiece{utf8.data(), static_cast<std::int32_t>(utf8.size())}, sink, nullptr,
                           error);
    return U_SUCCESS(error) ? composed : std::string{utf8};
}

/// The name without extension, and the extension with its dot.
std::pair<std::string_view, std::string_view> splitExtension(std::string_view name) {
    constexpr std::size_t kLongest = 12;
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || name.size() - dot > kLongest) return {name, {}};
    return {name.substr(0, dot), name.substr(dot)};
}

std::string firstCodePoints(std::string_view utf8, std::size_t most) {
    std::string first;
    eachCodePoint(utf8, [&](UChar32 point) {
        if (most-- == 0) return false;
        append(first, point);
        return true;
    });
    return first;
}

/// How deep a line of flowed text is quoted, and the line without those signs and without its stuffing.
struct FlowedLine {
    std::size_t depth = 0;
    std::string_view text = {};
};
FlowedLine flowedLine(std::string_view line) {
    const std::size_t depth = std::min(line.find_first_not_of('>'), line.size());
    line.remove_prefix(depth);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return {depth, line};
}

}  // namespace

Utf8Check checkUtf8(std::string_view bytes) {
    Utf8Check check;
    for (std::size_t at = 0; at < bytes.size();) {
        const UChar32 point = next(bytes, at);
        if (point < 0)
            ++check.broken;
        else if (point >= 0x80)
            ++check.sound;
    }
    return check;
}

std::string toUtf8(std::u16string_view text) {
    std::string bytes;
    icu::UnicodeString{false, text.data(), static_cast<std::int32_t>(text.size())}.toUTF8String(bytes);
    return bytes;
}

Cleaned cleanText(std::string_view utf8, std::size_t most) {
    std::string kept;
    kept.reserve(std::min(utf8.size(), 2 * most));
    bool after_return = false;
    bool cut = false;
    Marks marks;
    eachCodePoint(utf8, [&](UChar32 point) {
        const bool second_half = after_return && point == '\n';
        after_return = point == '\r';
        if (second_half) return true;
        if (after_return || isLineEnd(point)) point = '\n';
        if ((isControl(point) && point != '\n') || point == 0xfeff || marks.tooMany(point)) return true;
        append(kept, point);
        // Composed letters take half the bytes of those that are not.
        cut = kept.size() > 2 * most;
        return !cut;
    });
    std::string text = normalized(kept);
    if (text.size() > most) {
        cut = true;
        text.resize(beginning(text, most).size());
    }
    return {std::move(text), cut};
}

std::string cleanLine(std::string_view utf8, std::size_t most) {
    std::string kept;
    std::size_t left = 3 * most;
    Marks marks;
    eachCodePoint(utf8, [&](UChar32 point) {
        const bool blank = point == ' ' || point == '\t' || point == '\r' || point == 0xa0 || isLineEnd(point);
        if (blank) {
            if (!kept.empty() && kept.back() != ' ') kept += ' ';
            return true;
        }
        if (isControl(point) || turnsDirection(point) || isInvisible(point) || marks.tooMany(point)) return true;
        append(kept, point);
        return --left > 0;
    });
    return std::string{trimmed(firstCodePoints(normalized(kept), most))};
}

std::string cleanFileName(std::string_view utf8) {
    constexpr std::size_t kLongest = 150;
    std::string name;
    eachCodePoint(beginning(utf8, 8000), [&](UChar32 point) {
        if (::u_charType(point) != U_FORMAT_CHAR) append(name, point);
        return true;
    });
    if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string::npos) name.erase(0, slash + 1);
    name = cleanLine(name, 4000);
    while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
    const auto [stem, extension] = splitExtension(name);
    return firstCodePoints(stem, kLongest - extension.size()) + std::string{extension};
}

std::string_view beginning(std::string_view utf8, std::size_t most) {
    if (utf8.size() <= most) return utf8;
    while (most > 0 && U8_IS_TRAIL(utf8[most])) --most;
    return utf8.substr(0, most);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string withoutEmptyEnds(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\n");
    if (last == std::string_view::npos) return {};
    text = text.substr(0, last + 1);
    const std::size_t line = text.rfind('\n', text.find_first_not_of(" \t\n"));
    return std::string{text.substr(line == std::string_view::npos ? 0 : line + 1)};
}

std::string asciiLower(std::string_view text) {
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

bool sameWord(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
               return lower(x) == lower(y);
           });
}

std::string unflow(std::string_view text, bool space_goes) {
    std::string whole;
    whole.reserve(text.size());
    bool open = false;
    std::size_t open_depth = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const FlowedLine read = flowedLine(line);
        const bool signature = read.text == "-- ";
        if (open && (signature || read.depth != open_depth)) {
            whole += '\n';
            open = false;
        }
        if (!open && read.depth > 0) whole.append(read.depth, '>') += ' ';
        const bool flows = !signature && read.text.ends_with(' ');
        whole += flows && space_goes ? read.text.substr(0, read.text.size() - 1) : read.text;
        if (!flows) whole += '\n';
        open = flows;
        open_depth = read.depth;
    }
    return whole;
}

}  // namespace pakn::decoder_process
