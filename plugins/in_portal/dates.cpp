#include "dates.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/spreadsheet/xlsx.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

using namespace std::chrono;

constexpr std::string_view kDirectives = "dmYyHIMSfpzZ%";
constexpr std::string_view kIsoPatterns[] = {"%Y-%m-%dT%H:%M:%S%f%z", "%Y-%m-%dT%H:%M:%S%f", "%Y-%m-%dT%H:%M%z",
                                             "%Y-%m-%dT%H:%M",        "%Y-%m-%d %H:%M:%S%f", "%Y-%m-%d"};
/// Instants between 1900 and 2200 in seconds.
constexpr double kEarliest = -2208988800.0;
constexpr double kLatest = 7258118400.0;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// What a pattern found so far.
struct Parts {
    int year = 1970;
    unsigned month = 1;
    unsigned day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
    std::optional<bool> afternoon = {};
    std::optional<minutes> zone = {};
};

/// Reads `text` by one pattern, from the left.
class PatternReader {
public:
    explicit PatternReader(std::string_view text) : rest_{text} {}

    std::optional<Parts> read(std::string_view pattern) {
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            bool fits = false;
            if (pattern[i] == '%' && i + 1 < pattern.size())
                fits = directive(pattern[++i]);
            else if (isBlank(pattern[i]))
                fits = blanks();
            else
                fits = literal(pattern[i]);
            if (!fits) return std::nullopt;
        }
        if (!rest_.empty()) return std::nullopt;
        return parts_;
    }

private:
    bool literal(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool blanks() {
        while (!rest_.empty() && isBlank(rest_.front())) rest_.remove_prefix(1);
        return true;
    }

    /// Up to `most` digits, at least `least`.
    std::optional<int> digits(std::size_t least, std::size_t most) {
        std::size_t count = 0;
        int value = 0;
        while (count < most && count < rest_.size() && isDigit(rest_[count]))
            value = value * 10 + (rest_[count++] - '0');
        if (count < least) return std::nullopt;
        rest_.remove_prefix(count);
        return value;
    }

    template <class Number>
    bool into(Number& place, std::optional<int> value) {
        if (value) place = static_cast<Number>(*value);
        return value.has_value();
    }

    bool directive(char which) {
        switch (which) {
            case 'd':
                return into(parts_.day, digits(1, 2));
            case 'm':
                return into(parts_.month, digits(1, 2));
            case 'Y':
                return into(parts_.year, digits(4, 4));
            case 'y':
                return twoDigitYear();
            case 'H':
            case 'I':
                return into(parts_.hour, digits(1, 2));
            case 'M':
                return into(parts_.minute, digits(1, 2));
            case 'S':
                return into(parts_.second, digits(1, 2));
            case 'f':
                return fraction();
            case 'p':
                return halfOfDay();
            case 'z':
            case 'Z':
                return zone();
            default:
                return which == '%' && literal('%');
        }
    }

    bool twoDigitYear() {
        if (!into(parts_.year, digits(2, 2))) return false;
        parts_.year += parts_.year < 70 ? 2000 : 1900;
        return true;
    }

    /// ".25", or nothing at all.
    bool fraction() {
        if (rest_.empty() || (rest_.front() != '.' && rest_.front() != ',')) return true;
        rest_.remove_prefix(1);
        int scale = 100;
        std::size_t count = 0;
        for (; count < rest_.size() && isDigit(rest_[count]); ++count, scale /= 10)
            parts_.millisecond += (rest_[count] - '0') * scale;
        rest_.remove_prefix(count);
        return count > 0;
    }

    /// AM and PM, SA (sáng) and CH (chiều).
    bool halfOfDay() {
        const std::string word = comparable(rest_.substr(0, 2));
        if (word != "am" && word != "pm" && word != "sa" && word != "ch") return false;
        parts_.afternoon = word == "pm" || word == "ch";
        rest_.remove_prefix(2);
        return true;
    }

    bool zone() {
        std::size_t length = 0;
        while (length < rest_.size() && length < 6 && !isBlank(rest_[length])) ++length;
        parts_.zone = parseZone(rest_.substr(0, length));
        rest_.remove_prefix(length);
        return parts_.zone.has_value();
    }

    std::string_view rest_;
    Parts parts_;
};

std::optional<Instant> toInstant(const Parts& parts, minutes default_zone) {
    const year_month_day date{year{parts.year}, month{parts.month}, day{parts.day}};
    int hour = parts.hour;
    if (parts.afternoon) {
        if (hour < 1 || hour > 12) return std::nullopt;
        hour = hour % 12 + (*parts.afternoon ? 12 : 0);
    }
    const bool sound =
        date.ok() && parts.year >= 1900 && parts.year <= 2200 && hour <= 23 && parts.minute <= 59 && parts.second <= 60;
    if (!sound) return std::nullopt;
    return sys_days{date} + hours{hour} + minutes{parts.minute} + seconds{parts.second} +
           milliseconds{parts.millisecond} - parts.zone.value_or(default_zone);
}

std::optional<double> parseNumber(std::string_view text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<Instant> fromSeconds(double at) {
    if (at < kEarliest || at > kLatest) return std::nullopt;
    return Instant{milliseconds{std::llround(at * 1000)}};
}

std::optional<Instant> parseOne(std::string_view text, const std::string& format, minutes zone) {
    if (format == "iso") {
        for (const std::string_view pattern : kIsoPatterns)
            if (const auto parts = PatternReader{text}.read(pattern)) return toInstant(*parts, zone);
        return std::nullopt;
    }
    const bool numeric = format == "epoch" || format == "epoch_ms" || format == "excel";
    if (!numeric) {
        const std::optional<Parts> parts = PatternReader{text}.read(format);
        return parts ? toInstant(*parts, zone) : std::nullopt;
    }
    const std::optional<double> number = parseNumber(text);
    if (!number) return std::nullopt;
    if (format == "epoch") return fromSeconds(*number);
    if (format == "epoch_ms") return fromSeconds(*number / 1000);
    const std::optional<Instant> local = fromSeconds(spreadsheet::secondsOfDay(*number));
    return local ? std::optional{*local - zone} : std::nullopt;
}

}  // namespace

std::optional<std::string> formatProblem(std::string_view format) {
    if (format == "iso" || format == "epoch" || format == "epoch_ms" || format == "excel") return std::nullopt;
    if (format.find('%') == std::string_view::npos)
        return "iso, epoch, epoch_ms, excel, or a pattern like %d/%m/%Y %H:%M";
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        if (i + 1 == format.size() || kDirectives.find(format[i + 1]) == std::string_view::npos)
            return "known after a %: d m Y y H I M S f p z %";
        ++i;
    }
    return std::nullopt;
}

std::optional<minutes> parseZone(std::string_view text) {
    if (text == "Z" || text == "z") return minutes{0};
    if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const bool colon = text.size() == 6 && text[3] == ':';
    if (text.size() != 5 && !colon) return std::nullopt;
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}, text.size() - 2, text.size() - 1})
        if (!isDigit(text[i])) return std::nullopt;
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
    const int hour = two(1);
    const int minute = two(text.size() - 2);
    if (hour > 14 || minute > 59) return std::nullopt;
    return minutes{(text[0] == '-' ? -1 : 1) * (hour * 60 + minute)};
}

std::optional<Instant> parseDate(std::string_view text, const DateFormats& dates) {
    text = trimmed(text);
    for (const std::string& format : dates.formats)
        if (const std::optional<Instant> at = parseOne(text, format, dates.zone)) return at;
    return std::nullopt;
}

std::string formatDate(Instant at, std::string_view format, minutes zone) {
    const auto epoch = at.time_since_epoch();
    if (format == "epoch") return std::to_string(floor<seconds>(epoch).count());
    if (format == "epoch_ms") return std::to_string(epoch.count());
    const auto local = epoch + zone;
    const auto whole_days = floor<days>(local);
    const year_month_day date{sys_days{whole_days}};
    const hh_mm_ss<milliseconds> time{local - whole_days};
    if (format == "iso") format = "%Y-%m-%dT%H:%M:%S%z";
    const auto padded = [](long value, int width) {
        std::array<char, 32> digits{};
        std::snprintf(digits.data(), digits.size(), "%0*ld", width, value);
        return std::string{digits.data()};
    };
    std::string text;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            text += format[i];
            continue;
        }
        const long hour = time.hours().count();
        switch (format[++i]) {
            case 'd':
                text += padded(static_cast<unsigned>(date.day()), 2);
                break;
            case 'm':
                text += padded(static_cast<unsigned>(date.month()), 2);
                break;
            case 'Y':
                text += padded(static_cast<int>(date.year()), 4);
                break;
            case 'y':
                text += padded(static_cast<int>(date.year()) % 100, 2);
                break;
            case 'H':
                text += padded(hour, 2);
                break;
            case 'I':
                text += padded(hour % 12 == 0 ? 12 : hour % 12, 2);
                break;
            case 'M':
                text += padded(time.minutes().count(), 2);
                break;
            case 'S':
                text += padded(time.seconds().count(), 2);
                break;
            case 'f':
                text += '.' + padded(time.subseconds().count(), 3);
                break;
            case 'p':
                text += hour < 12 ? "AM" : "PM";
                break;
            case 'z':
            case 'Z':
                text += (zone.count() < 0 ? '-' : '+') + padded(std::abs(zone.count()) / 60, 2) + ':' +
                        padded(std::abs(zone.count()) % 60, 2);
                break;
            default:
                text += format[i];
        }
    }
    return text;
}

}  // namespace pakn::in_portal
