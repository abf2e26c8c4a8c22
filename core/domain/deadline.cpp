/// @file
/// The duration language and the ends it leads to. The counting itself is the calendar's.

#include "core/domain/deadline.hpp"

#include <algorithm>
#include <array>

namespace pakn::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Unit = Duration::Unit;

constexpr int kLargestAmount = 100000;

struct UnitName {
    std::string_view text;
    Unit unit;
};
constexpr std::array<UnitName, 7> kUnits = {{{"s", Unit::kSeconds},
                                             {"m", Unit::kMinutes},
                                             {"h", Unit::kHours},
                                             {"d", Unit::kDays},
                                             {"wm", Unit::kWorkingMinutes},
                                             {"wh", Unit::kWorkingHours},
                                             {"wd", Unit::kWorkingDays}}};

Error notADuration() {
    return Error{.code = Errc::kInvalid,
                 .message =
                     "a duration is a whole number from 0 to 100000 and a unit: 45s, 30m, 8h, 5d (calendar days), "
                     "30wm, 8wh (working time), 7wd (working days)",
                 .problem = "duration.invalid"};
}

bool inDays(Unit unit) { return unit == Unit::kDays || unit == Unit::kWorkingDays; }
bool inWorkingTime(Unit unit) { return unit == Unit::kWorkingMinutes || unit == Unit::kWorkingHours; }

/// The length of a limit that is not counted in days.
milliseconds lengthOf(Duration limit) {
    switch (limit.unit) {
        case Unit::kSeconds:
            return seconds{limit.amount};
        case Unit::kMinutes:
        case Unit::kWorkingMinutes:
            return minutes{limit.amount};
        case Unit::kHours:
        case Unit::kWorkingHours:
            return hours{limit.amount};
        case Unit::kDays:
        case Unit::kWorkingDays:
            break;
    }
    return milliseconds{0};
}

/// The same, a day being 24 hours.
milliseconds exactLength(Duration span) { return inDays(span.unit) ? days{span.amount} : lengthOf(span); }

milliseconds timeOfDay(Instant at) { return at - startOf(localDate(at)); }

/// Days of the calendar from midnight to midnight.
int wholeDays(Pause pause) {
    const Date first = std::chrono::ceil<days>(toLocal(pause.from));
    const Date last = localDate(pause.to);
    return std::max(0, static_cast<int>((last - first).count()));
}

/// The last day of a limit in days.
Date lastDay(const WorkingCalendar& calendar, Date start, Duration limit) {
    if (limit.unit == Unit::kDays || limit.amount == 0) return start + days{limit.amount};
    return calendar.addWorkingDays(start, limit.amount);
}

Instant endOf(const WorkingCalendar& calendar, Date day, DeadlineEnd end) {
    if (end == DeadlineEnd::kCloseOfWork && !calendar.always() && calendar.isWorkingDay(day))
        return calendar.closeOfWork(day);
    return startOf(day + days{1}) - seconds{1};
}

SkipReason dayOff(const WorkingCalendar& calendar, Date day) {
    return calendar.kindOf(day) == DayKind::kHoliday ? SkipReason::kHoliday : SkipReason::kWeekend;
}

DueExplanation explainDays(const WorkingCalendar& calendar, Date start, Duration limit, Instant due) {
    DueExplanation explanation{.due = due, .counted = {}, .skipped = {}};
    const Date last = lastDay(calendar, start, limit);
    for (Date day = start + days{1}; day <= last; day += days{1}) {
        if (limit.unit == Unit::kDays || calendar.isWorkingDay(day))
            explanation.counted.push_back({day, calendar.workingMinutes(day), calendar.kindOf(day)});
        else
            explanation.skipped.push_back({day, dayOff(calendar, day)});
    }
    return explanation;
}

DueExplanation explainWorkingTime(const WorkingCalendar& calendar, Instant start, Instant due) {
    DueExplanation explanation{.due = due, .counted = {}, .skipped = {}};
    for (Date day = localDate(start); startOf(day) < due; day += days{1}) {
        if (!calendar.isWorkingDay(day)) {
            explanation.skipped.push_back({day, dayOff(calendar, day)});
            continue;
        }
        // Differences of whole minutes since the start, so that the days add up to the limit whatever its seconds.
        const Instant end = std::min(due, startOf(day + days{1}));
        const auto until_end = calendar.between(start, end);
        const auto until_begin = calendar.between(start, startOf(day));
        if (until_end == until_begin) {
            explanation.skipped.push_back({day, SkipReason::kOutsideHours});
            continue;
        }
        const auto used = std::chrono::floor<minutes>(until_end) - std::chrono::floor<minutes>(until_begin);
        explanation.counted.push_back({day, used, calendar.kindOf(day)});
    }
    return explanation;
}

}  // namespace

Result<Duration> parseDuration(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return notADuration();
    int amount = 0;
    for (const char c : text.substr(0, digits)) {
        amount = amount * 10 + (c - '0');
        if (amount > kLargestAmount) return notADuration();
    }
    const std::string_view suffix = text.substr(digits);
    const auto* const name =
        std::find_if(kUnits.begin(), kUnits.end(), [suffix](const UnitName& unit) { return unit.text == suffix; });
    if (name == kUnits.end()) return notADuration();
    return Duration{amount, name->unit};
}

std::string formatDuration(Duration duration) {
    std::string text = std::to_string(duration.amount);
    for (const UnitName& name : kUnits) {
        if (name.unit == duration.unit) text += name.text;
    }
    return text;
}

Instant dueAt(const WorkingCalendar& calendar, Instant start, Duration limit, DeadlineEnd end) {
    if (inDays(limit.unit)) {
        // Never before the start: a limit of zero days may begin after the close of work.
        return std::max(start, endOf(calendar, lastDay(calendar, localDate(start), limit), end));
    }
    if (inWorkingTime(limit.unit)) return calendar.add(start, lengthOf(limit));
    return start + lengthOf(limit);
}

DueExplanation explainDue(const WorkingCalendar& calendar, Instant start, Duration limit, DeadlineEnd end) {
    const Instant due = dueAt(calendar, start, limit, end);
    if (inDays(limit.unit)) return explainDays(calendar, localDate(start), limit, due);
    if (inWorkingTime(limit.unit)) return explainWorkingTime(calendar, start, due);
    return DueExplanation{.due = due, .counted = {}, .skipped = {}};
}

Instant dueAfter(const WorkingCalendar& calendar, Instant due, Duration limit, Pause pause, DeadlineEnd end) {
    if (pause.to <= pause.from || due < pause.from) return due;
    if (inDays(limit.unit)) {
        const bool working = limit.unit == Unit::kWorkingDays;
        const int moved = working ? calendar.wholeWorkingDays(pause.from, pause.to) : wholeDays(pause);
        if (moved == 0) return due;
        return endOf(calendar, lastDay(calendar, localDate(due), {moved, limit.unit}), end);
    }
    if (!inWorkingTime(limit.unit)) return due + (pause.to - pause.from);
    if (calendar.between(pause.from, pause.to) == milliseconds{0}) return due;
    return calendar.add(pause.to, calendar.between(pause.from, due));
}

Instant dueAt(const WorkingCalendar& calendar, Instant start, Duration limit, DeadlineEnd end,
              std::span<const Pause> pauses) {
    Instant due = dueAt(calendar, start, limit, end);
    for (const Pause& pause : pauses) due = dueAfter(calendar, due, limit, pause, end);
    return due;
}

Instant remindAt(const WorkingCalendar& calendar, Instant due, Duration before) {
    if (inWorkingTime(before.unit)) return calendar.subtract(due, lengthOf(before));
    if (before.unit != Unit::kWorkingDays || before.amount == 0)
        return calendar.lastWorkingInstant(due - exactLength(before));
    const Date day = calendar.subtractWorkingDays(localDate(due), before.amount);
    return calendar.lastWorkingInstant(startOf(day) + timeOfDay(due));
}

Instant escalationAt(const WorkingCalendar& calendar, Instant expiry) { return calendar.firstWorkingInstant(expiry); }

Instant escalationAt(const WorkingCalendar& calendar, Instant expiry, Instant noticed) {
    const Instant own = escalationAt(calendar, expiry);
    return noticed <= own + kTimerLag ? own : calendar.firstWorkingInstant(noticed);
}

Instant appointmentAt(const WorkingCalendar& calendar, Instant start, Duration amount, AppointmentEnd end) {
    if (amount.amount == 0) return start;
    if (inWorkingTime(amount.unit)) return calendar.add(start, lengthOf(amount));
    if (amount.unit != Unit::kWorkingDays) return start + exactLength(amount);
    const Instant same_time = startOf(calendar.addWorkingDays(localDate(start), amount.amount)) + timeOfDay(start);
    return end == AppointmentEnd::kSameTime ? same_time : calendar.firstWorkingInstant(same_time);
}

int workingDaysBetween(const WorkingCalendar& calendar, Date after, Date upto) {
    int days = 0;
    for (Date day = after + std::chrono::days{1}; day <= upto; day += std::chrono::days{1})
        days += calendar.isWorkingDay(day) ? 1 : 0;
    return days;
}

}  // namespace pakn::domain
