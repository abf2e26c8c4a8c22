/// @file
/// See text.hpp.

#include "text.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;
constexpr auto kVietNam = 7h;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isAlphanumeric(char c) { return isDigit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

constexpr int hexDigit(char c) {
    if (isDigit(c)) return c - '0';
    return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

/// How many bytes the code point has that begins there; 0 for none that UTF-8 allows (RFC 3629).
std::size_t codePointAt(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
    };
    const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xbf) {
        return byte(i) >= least && byte(i) <= most;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
        return second && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
        return second && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

/// The code point that begins there; nothing for what is none.
std::optional<char32_t> codePointIn(std::string_view text) {
    const std::size_t length = codePointAt(text);
    if (length == 0) return std::nullopt;
    constexpr std::array<unsigned, 5> kFirst{0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned code = static_cast<unsigned char>(text[0]) & kFirst.at(length);
    for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    return code;
}

struct CodePoints {
    char32_t first;
    char32_t last;
};
/// No-break blanks, those of a certain width, and the one of East Asia.
constexpr std::array<CodePoints, 5> kBlanks{
    {{0xa0, 0xa0}, {0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}}};
/// Soft hyphens, joiners, and marks of direction, as telephones put them around the numbers of their address books.
constexpr std::array<CodePoints, 5> kWithoutWidth{
    {{0xad, 0xad}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}}};
constexpr CodePoints kFullWidth{0xff01, 0xff5e};  ///< In the order of ASCII.

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Takes exactly `count` digits off.
std::optional<int> takeNumber(std::string_view& text, std::size_t count) {
    if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), isDigit))
        return std::nullopt;
    int number = 0;
    std::from_chars(text.data(), text.data() + count, number);
    text.remove_prefix(count);
    return number;
}

bool takeAny(std::string_view& text, std::string_view characters) {
    if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

struct Civil {
    std::chrono::year_month_day day;
    int hour = 0;
    int minute = 0;
};

Civil inVietNam(Instant at) {
    const auto local = std::chrono::floor<std::chrono::minutes>(at + kVietNam);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto minutes = static_cast<int>((local - day).count());
    return {.day = std::chrono::year_month_day{day}, .hour = minutes / 60, .minute = minutes % 60};
}

std::string printed(const char* format, const Civil& at, bool year_first) {
    std::array<char, 64> text{};
    const int year = static_cast<int>(at.day.year());
    const auto month = static_cast<unsigned>(at.day.month());
    const auto day = static_cast<unsigned>(at.day.day());
    // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg)
    const int length = year_first
                           ? std::snprintf(text.data(), text.size(), format, year, month, day, at.hour, at.minute)
                           : std::snprintf(text.data(), text.size(), format, day, month, year, at.hour, at.minute);
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
    return {text.data(), static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(text.size()) - 1))};
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    return text.substr(0, text.find_last_not_of(kBlank) + 1);  // npos + 1 is 0.
}

bool isText(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = codePointAt(text);
        if (length == 0 || text.front() == '\0') return false;
        text.remove_prefix(length);
    }
    return true;
}

std::size_t codePoints(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

std::string_view firstBytes(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
    return text.substr(0, most);
}

std::string withPlainLines(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n') plain += '\n';
        } else if (!isControl(c) || c == '\n' || c == '\t') {
            plain += c;
        }
    }
    return plain;
}

std::string onOneLine(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    for (const char c : text)
        if (!isControl(c))
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    return std::string{trimmed(line)};
}

std::string plainNumber(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const char32_t code = codePointIn(text).value_or(0);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(codePointAt(text), 1));
        text.remove_prefix(bytes.size());
        const auto holds = [code](const CodePoints& some) { return code >= some.first && code <= some.last; };
        if (std::any_of(kBlanks.begin(), kBlanks.end(), holds))
            plain += ' ';
        else if (holds(kFullWidth))
            plain += static_cast<char>(code - kFullWidth.first + '!');
        else if (std::none_of(kWithoutWidth.begin(), kWithoutWidth.end(), holds))
            plain += bytes;
    }
    return std::string{trimmed(plain)};
}

std::optional<std::string> decodePercent(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hexDigit(text[i + 1]);
            const int low = hexDigit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::string encodePercent(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (isAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += "0123456789ABCDEF"[byte >> 4U];
        out += "0123456789ABCDEF"[byte & 15U];
    }
    return out;
}

bool equalIgnoringCase(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string mediaType(std::string_view content_type) {
    std::string type{trimmed(content_type.substr(0, content_type.find(';')))};
    std::transform(type.begin(), type.end(), type.begin(), lower);
    return type;
}

std::optional<std::string> headerParameter(std::string_view header, std::string_view name) {
    std::size_t at = header.find(';');
    while (at < header.size()) {
        ++at;
        const std::size_t equals = header.find_first_of("=;", at);
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string_view key = trimmed(header.substr(at, equals - at));
        at = equals;
        if (header[equals] == ';') continue;
        ++at;
        std::string value;
        if (at < header.size() && header[at] == '"') {
            const std::size_t end = header.find('"', at + 1);  // Browsers write %22 for a quote within.
            if (end == std::string_view::npos) return std::nullopt;
            value = header.substr(at + 1, end - at - 1);
            at = header.find(';', end);
        } else {
            const std::size_t end = std::min(header.find(';', at), header.size());
            value = trimmed(header.substr(at, end - at));
            at = end;
        }
        if (equalIgnoringCase(key, name)) return value;
    }
    return std::nullopt;
}

std::string randomToken(std::size_t bytes) {
    std::vector<unsigned char> raw(bytes);
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t got = ::getrandom(raw.data() + done, bytes - done, 0);
        if (got < 0 && errno != EINTR) throw std::runtime_error{"the system gives no random bytes"};
        if (got > 0) done += static_cast<std::size_t>(got);
    }
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string token;
    std::uint32_t bits = 0;
    unsigned waiting = 0;
    for (const unsigned char byte : raw) {
        bits = (bits << 8U) | byte;
        waiting += 8;
        while (waiting >= 6) token += kAlphabet[(bits >> (waiting -= 6)) & 63U];
    }
    if (waiting > 0) token += kAlphabet[(bits << (6 - waiting)) & 63U];
    return token;
}

bool isToken(std::string_view text, std::size_t least, std::size_t most) {
    return text.size() >= least && text.size() <= most &&
           std::all_of(text.begin(), text.end(), [](char c) { return isAlphanumeric(c) || c == '-' || c == '_'; });
}

bool isCode(std::string_view text) {
    return !text.empty() && text.size() <= 40 &&
           std::all_of(text.begin(), text.end(), [](char c) { return isAlphanumeric(c) || c == '-'; });
}

bool isSha256(std::string_view text) {
    return text.size() == 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || (c >= 'a' && c <= 'f'); });
}

std::string shownTime(Instant at) { return printed("%02u/%02u/%04d %02d:%02d", inVietNam(at), false); }
std::string machineTime(Instant at) { return printed("%04d-%02u-%02uT%02d:%02d+07:00", inVietNam(at), true); }
std::string inputTime(Instant at) { return printed("%04d-%02u-%02uT%02d:%02d", inVietNam(at), true); }

std::optional<Instant> readTime(std::string_view text) {
    text = trimmed(text);
    std::optional<int> year;
    std::optional<int> month;
    std::optional<int> day;
    if (text.find('/') == 2) {
        day = takeNumber(text, 2);
        takeAny(text, "/");
        month = takeNumber(text, 2);
        if (!takeAny(text, "/")) return std::nullopt;
        year = takeNumber(text, 4);
    } else {
        year = takeNumber(text, 4);
        if (!takeAny(text, "-")) return std::nullopt;
        month = takeNumber(text, 2);
        if (!takeAny(text, "-")) return std::nullopt;
        day = takeNumber(text, 2);
    }
    if (!year || !month || !day) return std::nullopt;
    int minutes = 0;
    if (!text.empty()) {
        if (!takeAny(text, "T ")) return std::nullopt;
        const std::optional<int> hour = takeNumber(text, 2);
        if (!takeAny(text, ":h")) return std::nullopt;
        const std::optional<int> minute = takeNumber(text, 2);
        if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
        if (takeAny(text, ":") && !takeNumber(text, 2)) return std::nullopt;
        if (!text.empty()) return std::nullopt;
        minutes = *hour * 60 + *minute;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *year < 1900) return std::nullopt;
    return Instant{std::chrono::sys_days{date}} + std::chrono::minutes{minutes} - kVietNam;
}

std::optional<double> readDegrees(std::string_view text) {
    std::string plain{trimmed(text)};
    std::replace(plain.begin(), plain.end(), ',', '.');
    if (plain.empty() || plain.size() > 30 || plain.find_first_not_of("0123456789.-") != std::string::npos)
        return std::nullopt;
    double degrees = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), degrees);
    if (error != std::errc{} || end != plain.data() + plain.size()) return std::nullopt;
    return degrees;
}

std::string shownSize(std::int64_t bytes, bool comma) {
    constexpr std::int64_t kKilo = 1024;
    if (bytes < kKilo) return std::to_string(bytes) + " byte";
    if (bytes < kKilo * kKilo) return std::to_string((bytes + kKilo / 2) / kKilo) + " KB";
    const std::int64_t tenths = (bytes * 10 + kKilo * kKilo / 2) / (kKilo * kKilo);
    return std::to_string(tenths / 10) + (comma ? "," : ".") + std::to_string(tenths % 10) + " MB";
}

}  // namespace pakn::in_web
