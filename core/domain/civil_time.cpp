/// @file
/// Text forms of instants and dates. Written by hand: the C library's time functions depend on the process's zone.

#include "core/domain/civil_time.hpp"

#include <algorithm>
#include <span>

namespace pakn::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kDigits = "0123456789";

/// Fills `where` with the last digits of `value`, zeros in front.
void writeDigits(std::span<char> where, std::int64_t value) {
    for (std::size_t i = where.size(); i-- > 0; value /= 10) where[i] = static_cast<char>('0' + value % 10);
}

/// A number of digits only; nullopt for anything else. At most nine digits.
std::optional<int> number(std::string_view digits) {
    if (digits.empty() || digits.size() > 9 || digits.find_first_not_of(kDigits) != std::string_view::npos) return {};
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// "23:59:59"; a leap second has no instant of its own and is refused.
std::optional<seconds> parseTimeOfDay(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return {};
    const auto hour = number(text.substr(0, 2));
    const auto minute = number(text.substr(3, 2));
    const auto second = number(text.substr(6, 2));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return {};
    return hours{*hour} + minutes{*minute} + seconds{*second};
}

/// "Z", "+07:00".
std::optional<minutes> parseOffset(std::string_view text) {
    if (text == "Z" || text == "z") return minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
    const auto hour = number(text.substr(1, 2));
    const auto minute = number(text.substr(4, 2));
    if (!hour || !minute || *hour > 23 || *minute > 59) return {};
    const minutes offset = hours{*hour} + minutes{*minute};
    return text[0] == '-' ? -offset : offset;
}

/// Milliseconds of the digits after the point; what is finer is cut off.
milliseconds fractionOf(std::string_view digits) {
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return milliseconds{value};
}

}  // namespace

std::string formatInstant(Instant at) {
    const LocalTime local = toLocal(at);
    const auto day = std::chrono::floor<days>(local);
    const std::chrono::hh_mm_ss time{local - day};
    std::string text = formatDate(day) + "T00:00:00";
    const std::span<char> all{text};
    writeDigits(all.subspan(11, 2), time.hours().count());
    writeDigits(all.subspan(14, 2), time.minutes().count());
    writeDigits(all.subspan(17, 2), time.seconds().count());
    if (time.subseconds() != milliseconds{0}) {
        text += ".000";
        writeDigits(std::span<char>{text}.subspan(20, 3), time.subseconds().count());
    }
    return text += "+07:00";
}

std::optional<Instant> parseInstant(std::string_view text) {
    constexpr std::size_t kDateAndTime = std::string_view{"2026-03-09T23:59:59"}.size();
    if (text.size() <= kDateAndTime || (text[10] != 'T' && text[10] != 't')) return {};
    const auto date = parseDate(text.substr(0, 10));
    const auto time = parseTimeOfDay(text.substr(11, 8));
    if (!date || !time) return {};

    text.remove_prefix(kDateAndTime);
    milliseconds fraction{0};
    if (text.front() == '.') {
        const std::size_t end = std::min(text.find_first_not_of(kDigits, 1), text.size());
        if (end == 1) return {};
        fraction = fractionOf(text.substr(1, end - 1));
        text.remove_prefix(end);
    }
    const auto offset = parseOffset(text);
    if (!offset) return {};

    const Instant at{date->time_since_epoch() + *time + fraction - *offset};
    // By the local year, so that whatever is accepted can be written and read again.
    const auto year = static_cast<int>(std::chrono::year_month_day{localDate(at)}.year());
    if (year < 1970 || year > 2199) return {};
    return at;
}

std::string formatDate(Date date) {
    const std::chrono::year_month_day ymd{date};
    std::string text = "0000-00-00";
    const std::span<char> all{text};
    writeDigits(all.subspan(0, 4), static_cast<int>(ymd.year()));
    writeDigits(all.subspan(5, 2), static_cast<unsigned>(ymd.month()));
    writeDigits(all.subspan(8, 2), static_cast<unsigned>(ymd.day()));
    return text;
}

std::optional<Date> parseDate(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day) return {};
    const std::chrono::year_month_day ymd{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                          std::chrono::day{static_cast<unsigned>(*day)}};
    if (!ymd.ok()) return {};
    return Date{ymd};
}

std::string formatForPeople(Instant at) {
    const std::string full = formatInstant(at);
    const auto part = [&full](std::size_t from, std::size_t length) { return full.substr(from, length); };
    return part(8, 2) + '/' + part(5, 2) + '/' + part(0, 4) + ' ' + part(11, 5);
}

}  // namespace pakn::domain
