#pragma once
/// @file
/// Durations as configuration writes them, the deadline they lead to with every counted and skipped day, and what
/// happens around it: pauses, reminders, escalations, appointments. Rules: docs/deadlines.md. Pure; safe from any
/// thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/calendar.hpp"

namespace pakn::domain {

/// "30m", "8h", "45s" exact; "5d" calendar days; "8wh", "30wm" working time; "7wd" working days.
struct Duration {
    enum class Unit : std::uint8_t { kSeconds, kMinutes, kHours, kDays, kWorkingMinutes, kWorkingHours, kWorkingDays };
    int amount = 0;
    Unit unit = Unit::kMinutes;
    friend bool operator==(const Duration&, const Duration&) = default;
};

/// kInvalid (with the accepted forms in the message) unless a whole number 0…100000 and a unit.
Result<Duration> parseDuration(std::string_view text);
std::string formatDuration(Duration duration);

/// When a limit in whole days ends on its last day.
enum class DeadlineEnd : std::uint8_t { kEndOfDay, kCloseOfWork };

struct CountedDay {
    Date day;
    std::chrono::minutes working;
    DayKind kind = DayKind::kWorking;  ///< kMakeup: a day of rest that is worked; of calendar days, any.
};
/// Why a day does not count.
enum class SkipReason : std::uint8_t { kWeekend, kHoliday, kOutsideHours };
inline constexpr std::array<std::string_view, 3> kSkipReasonNames{"weekend", "holiday", "outside_hours"};
constexpr std::string_view nameOf(SkipReason reason) { return kSkipReasonNames[static_cast<std::size_t>(reason)]; }

struct SkippedDay {
    Date day;
    SkipReason reason;
};
struct DueExplanation {
    Instant due;
    std::vector<CountedDay> counted;
    std::vector<SkippedDay> skipped;
};

/// The end of a limit. Days (calendar or working) do not count the start day and end at 23:59:59 local of the last day,
/// or at its close of work (a last day off, and any day of an always-open calendar, has no close: 23:59:59 then). On an
/// always-open calendar every day counts and `8wh` is `8h`. A limit of zero days ends with the start day.
Instant dueAt(const WorkingCalendar& calendar, Instant start, Duration limit, DeadlineEnd end);
/// The same with its reasons; `explainDue(…).due == dueAt(…)`. Days of a limit in days: each day after the start day.
/// Working units: the days whose time was used, with the minutes used; the day of the start may be over already
/// (kOutsideHours). Exact units count no days.
DueExplanation explainDue(const WorkingCalendar& calendar, Instant start, Duration limit, DeadlineEnd end);

/// A time in which the clock of a limit stands still: waiting for the citizen, or returned.
struct Pause {
    Instant from;
    Instant to;
};

/// Where the end `due` of a limit moves by a pause. What was left when it began is left when it ends: of a limit in
/// working time the working minutes, of an exact one the time. A limit in working days moves by one day for each
/// working day that lies whole in the pause, one in calendar days for each whole calendar day; both end as dueAt()
/// says. A limit that was over before the pause stays over, and a pause that ends before it begins moves nothing.
Instant dueAfter(const WorkingCalendar& calendar, Instant due, Duration limit, Pause pause, DeadlineEnd end);
/// The end of a limit with all its pauses, `pauses` in the order of time and apart from each other. How an open limit
/// is computed anew when the calendar has changed.
Instant dueAt(const WorkingCalendar& calendar, Instant start, Duration limit, DeadlineEnd end,
              std::span<const Pause> pauses);

/// When to remind of a limit that ends at `due`: `before` it, counted back in the unit of `before` (`1d` is 24 h, `1wd`
/// the same time of the working day before). A reminder that falls outside working time moves back to the last working
/// instant; on an always-open calendar it is exact. The reminder of an appointment is no such one: appointmentAt().
Instant remindAt(const WorkingCalendar& calendar, Instant due, Duration before);

/// Has a limit passed for what is still open? From its end on: what ends at 17:00:00 is missed, overdue and acts at
/// 17:00:00. What was done at its end was done in time.
constexpr bool hasPassed(Instant due, Instant now) { return due <= now; }

/// How late a timer may be before that counts as an outage.
inline constexpr std::chrono::minutes kTimerLag{1};
/// When an expiry escalates: at once when it lies in working time, the end of an interval included (17:00:00 acts
/// then); else at the next opening. On an always-open calendar at once. Never outside working time.
Instant escalationAt(const WorkingCalendar& calendar, Instant expiry);
/// The same when it is noticed only at `noticed`. A timer's ordinary lateness, up to kTimerLag, changes nothing: an
/// expiry is judged by its own instant. After an outage the level acts when it is noticed, or at the opening after
/// that. The next level's budget runs from what is returned here, so that only one level acts however many are over:
/// dueAt(calendar, escalationAt(…), budget, end).
Instant escalationAt(const WorkingCalendar& calendar, Instant expiry, Instant noticed);

/// Where on its last day an appointment in working days falls.
enum class AppointmentEnd : std::uint8_t {
    kSameTime,    ///< At the time of day of its start, be it working time or not.
    kNextOpening  ///< There when that is working time, else at the next opening.
};
/// An appointment, or its reminder, `amount` after `start`. Exact in calendar units, to the minute and day of the
/// clock (`10d` from 17/05 09:00 is 27/05 09:00); in working time as dueAt() counts it; in working days by `end`. No
/// amount: `start`.
Instant appointmentAt(const WorkingCalendar& calendar, Instant start, Duration amount, AppointmentEnd end);

/// Working days behind the first date, up to the second and with it: of a petition, its age.
int workingDaysBetween(const WorkingCalendar& calendar, Date after, Date upto);

}  // namespace pakn::domain
