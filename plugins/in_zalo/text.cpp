#include "text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace pakn::in_zalo {
namespace {

constexpr std::size_t kMostBytes = 4U << 20U;  ///< Nothing here is longer: a webhook has 1 MB, an answer less.

bool isUtf8(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < length;) {
        UChar32 point = 0;
        U8_NEXT(bytes, at, length, point);
        if (point < 0) return false;
    }
    return true;
}

icu::UnicodeString unitsOf(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

icu::UnicodeString composed(const icu::UnicodeString& units) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* form = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return units;
    icu::UnicodeString made = form->normalize(units, status);
    return U_FAILURE(status) ? units : made;
}

/// Letters and digits apart from what stands on them.
icu::UnicodeString decomposed(const icu::UnicodeString& units) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* form = icu::Normalizer2::getNFKDInstance(status);
    if (U_FAILURE(status)) return units;
    icu::UnicodeString made = form->normalize(units, status);
    return U_FAILURE(status) ? units : made;
}

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Where the code point number `count` begins, or the end.
std::size_t offsetOf(std::string_view text, std::size_t count) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (!isContinuation(text[i]) && seen++ == count) return i;
    return text.size();
}

bool endsSentence(char c) { return c == '.' || c == '!' || c == '?' || c == ';'; }

/// Where to cut so that the first piece is at most `limit` bytes: behind a line, a sentence or a word, in that order of
/// taste, but never so early that the piece is less than half full.
std::size_t cutOf(std::string_view text, std::size_t limit) {
    const std::size_t least = limit / 2;
    std::size_t sentence = 0;
    std::size_t word = 0;
    for (std::size_t i = limit; i > least; --i) {
        if (text[i - 1] == '\n') return i;
        if (text[i - 1] != ' ') continue;
        if (word == 0) word = i;
        if (sentence == 0 && i > 1 && endsSentence(text[i - 2])) sentence = i;
    }
    if (sentence != 0) return sentence;
    return word != 0 ? word : limit;
}

struct Entity {
    std::string_view name;
    std::string_view text;
};
constexpr std::array<Entity, 6> kEntities{
    {{"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}}};

/// The character behind `&name;`, or nothing.
std::optional<std::string> entity(std::string_view name) {
    for (const Entity& known : kEntities)
        if (known.name == name) return std::string{known.text};
    if (name.size() < 2 || name.front() != '#') return std::nullopt;
    const bool hex = name[1] == 'x' || name[1] == 'X';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    std::uint32_t point = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    if (problem != std::errc{} || end != digits.data() + digits.size() || point == 0 || point > 0x10FFFF)
        return std::nullopt;
    std::string text;
    return icu::UnicodeString{static_cast<UChar32>(point)}.toUTF8String(text);
}

/// Tags behind which a reader sees a new line.
bool breaksLine(std::string_view tag) {
    constexpr std::array<std::string_view, 10> kTags{"br",  "br/", "/p",  "/div", "/li",
                                                     "/tr", "/h1", "/h2", "/h3",  "/pre"};
    std::string name;
    for (const char c : tag.substr(0, tag.find_first_of(" \t\n")))
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return std::find(kTags.begin(), kTags.end(), name) != kTags.end();
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string cleaned(std::string_view text) {
    if (text.size() > kMostBytes || !isUtf8(text)) return {};
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool line_end = c == '\n' || c == '\r';
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        if (line_end)
            plain += '\n';
        else if (c == '\t' || static_cast<unsigned char>(c) >= 0x20)
            if (c != '\x7F') plain += c;
    }
    std::string made;
    return composed(unitsOf(plain)).toUTF8String(made);
}

std::size_t codePoints(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !isContinuation(c); }));
}

std::string firstCodePoints(std::string_view text, std::size_t most) {
    return std::string{text.substr(0, offsetOf(text, most))};
}

std::string folded(std::string_view text) {
    if (text.size() > kMostBytes || !isUtf8(text)) return {};
    const icu::UnicodeString units = decomposed(unitsOf(text));
    icu::UnicodeString plain;
    for (std::int32_t at = 0; at < units.length(); at = units.moveIndex32(at, 1)) {
        const UChar32 point = units.char32At(at);
        if (u_charType(point) == U_NON_SPACING_MARK || u_charType(point) == U_FORMAT_CHAR) continue;
        if (point == 0x0111 || point == 0x0110)
            plain.append(static_cast<UChar32>('d'));  // đ is a letter of its own, not a d with something on it.
        else if (u_isUWhiteSpace(point) != 0 || u_iscntrl(point) != 0)
            plain.append(static_cast<UChar32>(' '));
        else
            plain.append(point);
    }
    plain.foldCase();
    std::string lower;
    plain.toUTF8String(lower);
    std::string made;
    for (const char c : lower)
        if (c != ' ' || (!made.empty() && made.back() != ' ')) made += c;
    constexpr std::string_view kEdge = " .,!?;:\"'()[]";
    const auto begin = made.find_first_not_of(kEdge);
    if (begin == std::string::npos) return {};
    return made.substr(begin, made.find_last_not_of(kEdge) - begin + 1);
}

std::vector<std::string> inPieces(std::string_view text, std::size_t most) {
    std::vector<std::string> pieces;
    for (std::string_view rest = trimmed(text); !rest.empty();) {
        const std::size_t limit = offsetOf(rest, most);
        const std::size_t cut = limit == rest.size() ? limit : cutOf(rest, limit);
        pieces.emplace_back(trimmed(rest.substr(0, cut)));
        rest = trimmed(rest.substr(cut));
    }
    return pieces;
}

std::string plainText(std::string_view html) {
    std::string text;
    for (std::size_t i = 0; i < html.size();) {
        if (html[i] == '<') {
            const std::size_t end = html.find('>', i);
            if (end == std::string_view::npos) break;
            if (breaksLine(html.substr(i + 1, end - i - 1)) && !text.empty()) text += '\n';
            i = end + 1;
            continue;
        }
        constexpr std::size_t kLongestEntity = 10;
        const std::size_t end = html[i] == '&' ? html.substr(i, kLongestEntity).find(';') : std::string_view::npos;
        if (end != std::string_view::npos) {
            if (const std::optional<std::string> character = entity(html.substr(i + 1, end - 1))) {
                text += *character;
                i += end + 1;
                continue;
            }
        }
        text += html[i++];
    }
    return std::string{trimmed(text)};
}

std::string filled(std::string_view text, const Values& values) {
    std::string made;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
        const auto value = end == std::string_view::npos ? values.end() : values.find(text.substr(i + 1, end - i - 1));
        if (value == values.end()) {
            made += text[i++];
            continue;
        }
        made += value->second;
        i = end + 1;
    }
    return made;
}

std::string urlEncoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kHex[byte >> 4U];
        encoded += kHex[byte & 15U];
    }
    return encoded;
}

}  // namespace pakn::in_zalo
