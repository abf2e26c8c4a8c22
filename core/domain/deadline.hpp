#pragma once
/// @file
/// Durations as configuration writes them, and the deadline they lead to, with every counted and skipped day.

#include <array>
#include <chrono>
#include <cstdint>
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

}  // namespace pakn::domain
