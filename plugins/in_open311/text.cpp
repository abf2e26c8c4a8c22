#include "text.hpp"

#include <algorithm>
#include <cstdint>

namespace pakn::in_open311 {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<unsigned> hexDigit(char c) {
    if (isDigit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

/// The first character of a text.
struct Character {
    std::size_t length = 1;
    std::uint32_t point = 0;
    bool valid = false;
};

Character firstOf(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at])); };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80U) return {1, lead, true};
    const std::size_t length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead < 0xC2U || lead > 0xF4U || text.size() < length) return {};
    std::uint32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {};
        point = (point << 6U) | (byte(i) & 0x3FU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80U, 0x800U, 0x10000U};
    const bool surrogate = point >= 0xD800U && point <= 0xDFFFU;
    if (point < kLeast[length] || point > 0x10FFFFU || surrogate) return {};
    return {length, point, true};
}

bool xmlKnows(std::uint32_t point) {
    if (point < 0x20U) return point == '\t' || point == '\n' || point == '\r';
    return point != 0xFFFEU && point != 0xFFFFU;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    const std::size_t begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool isSound(std::string_view text) {
    while (!text.empty()) {
        const Character first = firstOf(text);
        if (!first.valid || first.point == 0) return false;
        text.remove_prefix(first.length);
    }
    return true;
}

std::size_t codePoints(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shortened(std::string text, std::size_t most) {
    if (text.size() <= most || codePoints(text) <= most || most == 0) return text;
    std::size_t begun = 0;
    const auto end = std::find_if(text.begin(), text.end(), [&](char c) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        return begins && ++begun == most;
    });
    text.erase(end, text.end());
    return text + "…";
}

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const Character first = firstOf(text);
        if (!first.valid)
            clean += kReplacement;
        else if (xmlKnows(first.point))
            clean += text.substr(0, first.length);
        text.remove_prefix(first.length);
    }
    return clean;
}

std::string lowered(std::string_view text) {
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::optional<std::string> percentDecoded(std::string_view text, bool form) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && form) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            const auto high = i + 1 < text.size() ? hexDigit(text[i + 1]) : std::nullopt;
            const auto low = i + 2 < text.size() ? hexDigit(text[i + 2]) : std::nullopt;
            if (!high || !low) return std::nullopt;
            decoded += static_cast<char>(static_cast<unsigned char>(*high * 16 + *low));
            i += 2;
        }
    }
    return decoded;
}

bool isUrlSafe(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    });
}

std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, text.find(','));
        text.remove_prefix(std::min(piece.size() + 1, text.size()));
        if (const std::string_view one = trimmed(piece); !one.empty()) all.emplace_back(one);
    }
    return all;
}

std::string snaked(std::string_view text) {
    std::string snake;
    for (const char c : lowered(text)) {
        if (isLetter(c) || isDigit(c))
            snake += c;
        else if (!snake.empty() && snake.back() != '_')
            snake += '_';
    }
    while (snake.ends_with('_')) snake.pop_back();
    return snake;
}

}  // namespace pakn::in_open311
