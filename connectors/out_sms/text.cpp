#include "text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace pakn::out_sms {
namespace {

struct Room {
    int alone;  ///< Units of a message that is the only one,
    int each;   ///< and of each of several, which begin with how they belong together.
};
constexpr Room kGsmRoom{160, 153};
constexpr Room kUnicodeRoom{70, 67};

/// The basic table of 3GPP TS 23.038 without its ASCII letters and digits and without its escape.
constexpr std::u16string_view kBasic = u"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// The extension table: each takes two septets.
constexpr std::u16string_view kExtension = u"\f^{}\\[~]|€";
constexpr std::string_view kPlainSigns = " .,:;-/()?!+%*=#_@";

bool isAsciiAlphanumeric(UChar32 c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool isIn(std::u16string_view table, UChar32 c) {
    return c <= 0xFFFF && table.find(static_cast<char16_t>(c)) != std::u16string_view::npos;
}

/// Septets; 0 for what is not in the alphabet.
int gsmUnits(UChar32 c) {
    if (isAsciiAlphanumeric(c) || isIn(kBasic, c)) return 1;
    return isIn(kExtension, c) ? 2 : 0;
}

icu::UnicodeString wide(std::string_view text) {
    return icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<std::int32_t>(text.size())});
}
std::string narrow(const icu::UnicodeString& text) {
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
}

bool isUtf8(std::string_view text) {
    if (text.empty()) return true;
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t length = 0;
    u_strFromUTF8(nullptr, 0, &length, text.data(), static_cast<std::int32_t>(text.size()), &status);
    return U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR;
}

/// One of ICU's two; they live as long as the process.
const icu::Normalizer2& form(bool composed) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const found =
        composed ? icu::Normalizer2::getNFCInstance(status) : icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status)) throw std::runtime_error{"ICU's data is missing"};
    return *found;
}
icu::UnicodeString normal(const icu::UnicodeString& text, bool composed) {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString result = form(composed).normalize(text, status);
    if (U_FAILURE(status)) throw std::runtime_error{"a text cannot be normalised"};
    return result;
}

/// What stands for a sign that the alphabet has not.
struct Relative {
    char16_t sign;
    std::string_view plain;
};
constexpr auto kRelatives = std::to_array<Relative>(
    {{u'đ', "d"},   {u'Đ', "D"}, {u'‐', "-"},   {u'‑', "-"},   {u'‒', "-"},   {u'–', "-"},   {u'—', "-"},
     {u'―', "-"},   {u'−', "-"}, {u'“', "\""},  {u'”', "\""},  {u'„', "\""},  {u'«', "\""},  {u'»', "\""},
     {u'‘', "'"},   {u'’', "'"}, {u'‚', "'"},   {u'`', "'"},   {u'´', "'"},   {u'′', "'"},   {u'″', "\""},
     {u'…', "..."}, {u'•', "-"}, {u'·', "-"},   {u'×', "x"},   {u'÷', "/"},   {u'₫', "d"},   {u'°', " do"},
     {u'²', "2"},   {u'³', "3"}, {u'½', "1/2"}, {u'¼', "1/4"}, {u'¾', "3/4"}, {u'№', "No."}, {u'©', "(c)"}});

std::string_view relativeOf(UChar32 c) {
    for (const Relative& one : kRelatives)
        if (c == one.sign) return one.plain;
    return {};
}

bool isAccent(UChar32 c) { return c >= 0x0300 && c <= 0x036F; }

/// The space that a new message begins when a character does not fit in the old one.
int partsIn(const icu::UnicodeString& text, Room room, int (*units_of)(UChar32)) {
    int all = 0;
    int parts = 1;
    int used = 0;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const int units = units_of(text.char32At(i));
        all += units;
        if (used + units > room.each) {
            ++parts;
            used = 0;
        }
        used += units;
    }
    if (all == 0) return 0;
    return all <= room.alone ? 1 : parts;
}

bool endsLine(std::string_view element) {
    constexpr auto kElements = std::to_array<std::string_view>(
        {"br", "p",  "div", "li", "ul",  "ol",         "tr", "td",      "th",      "table",  "h1",    "h2",
         "h3", "h4", "h5",  "h6", "pre", "blockquote", "hr", "section", "article", "header", "footer"});
    return std::find(kElements.begin(), kElements.end(), element) != kElements.end();
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string utf8Of(std::uint32_t code) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return narrow(icu::UnicodeString{static_cast<UChar32>(code)});
}

/// Of what stands between "&" and ";"; empty when it is no reference that we know.
std::string characterOf(std::string_view reference) {
    constexpr auto kNamed = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}});
    for (const auto& [name, character] : kNamed)
        if (reference == name) return std::string{character};
    if (!reference.starts_with('#')) return {};
    reference.remove_prefix(1);
    const bool hexadecimal = reference.starts_with('x') || reference.starts_with('X');
    if (hexadecimal) reference.remove_prefix(1);
    std::uint32_t code = 0;
    const char* const end = reference.data() + reference.size();
    const auto [rest, problem] = std::from_chars(reference.data(), end, code, hexadecimal ? 16 : 10);
    return problem == std::errc{} && rest == end ? utf8Of(code) : std::string{};
}

}  // namespace

std::optional<std::string> cleaned(std::string_view text) {
    if (!isUtf8(text)) return std::nullopt;
    const icu::UnicodeString composed = normal(wide(text), true);
    icu::UnicodeString kept;
    bool blank = false;
    for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
        const UChar32 c = composed.char32At(i);
        if (u_isUWhiteSpace(c) != 0) {
            blank = true;
            continue;
        }
        const int type = u_charType(c);
        if (type == U_FORMAT_CHAR || type == U_CONTROL_CHAR || type == U_UNASSIGNED || type == U_SURROGATE) continue;
        if (blank && !kept.isEmpty()) kept.append(static_cast<UChar32>(' '));
        blank = false;
        kept.append(c);
    }
    // Where something invisible stood between them, a letter and its accent have met only now.
    return narrow(normal(kept, true));
}

std::string withoutAccents(std::string_view text) {
    const icu::UnicodeString decomposed = normal(normal(wide(text), true), false);
    std::string kept;
    for (std::int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
        const UChar32 c = decomposed.char32At(i);
        if (isAccent(c)) continue;
        if (const std::string_view plain = relativeOf(c); !plain.empty())
            kept += plain;
        else
            kept += gsmUnits(c) > 0 ? narrow(icu::UnicodeString{c}) : "?";
    }
    return kept;
}

std::string plainest(std::string_view text) {
    std::string kept = withoutAccents(text);
    std::string plain;
    for (const char c : kept) {
        const bool known =
            isAsciiAlphanumeric(static_cast<unsigned char>(c)) || kPlainSigns.find(c) != std::string_view::npos;
        // Of a character of two bytes only the first leaves a blank.
        if (known)
            plain += c;
        else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
            plain += ' ';
    }
    return plain;
}

std::string wordsOfHtml(std::string_view html) {
    constexpr std::size_t kLongestReference = 10;
    std::string words;
    while (!html.empty()) {
        const std::size_t next = html.find_first_of("<&");
        words += html.substr(0, next);
        if (next == std::string_view::npos) break;
        html.remove_prefix(next);
        const bool tag = html.front() == '<';
        const std::size_t end = html.find(tag ? '>' : ';');
        if (end == std::string_view::npos || (!tag && end > kLongestReference)) {
            words += html.front();  // Stands for itself.
            html.remove_prefix(1);
            continue;
        }
        std::string_view inside = html.substr(1, end - 1);
        const std::string character = tag ? std::string{} : characterOf(inside);
        if (tag) {
            if (inside.starts_with('/')) inside.remove_prefix(1);
            if (endsLine(lower(inside.substr(0, inside.find_first_of(" \t\r\n/"))))) words += ' ';
        } else {
            words += character.empty() ? std::string{html.substr(0, end + 1)} : character;
        }
        html.remove_prefix(end + 1);
    }
    return words;
}

Alphabet alphabetOf(std::string_view text) {
    return withoutAccents(text) == text ? Alphabet::kGsm : Alphabet::kUnicode;
}

int partsOf(std::string_view text, Alphabet alphabet) {
    if (alphabet == Alphabet::kGsm) return partsIn(wide(text), kGsmRoom, &gsmUnits);
    return partsIn(wide(text), kUnicodeRoom, [](UChar32 c) { return U16_LENGTH(c); });
}

}  // namespace pakn::out_sms
