#pragma once
/// @file
/// The working calendar: which minutes are working time. Rules: docs/deadlines.md (sections 5 and 6 of the project's
/// calendar contract). Immutable after build; safe from any thread.

#include <array>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "core/domain/civil_time.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::domain {

/// Minutes since local midnight, `from` < `to` <= 24:00.
struct Interval {
    std::chrono::minutes from;
    std::chrono::minutes to;
    friend auto operator<=>(const Interval&, const Interval&) = default;
};

/// Why a day does or does not count.
enum class DayKind : std::uint8_t { kWorking, kMakeup, kWeekend, kHoliday };

class WorkingCalendar {
public:
    struct Definition {
        std::string id = {};
        bool always = false;  ///< 24x7: every minute of every day; the rest is ignored.
        /// By weekday, Monday first; sorted, not overlapping. Empty: a day of rest.
        std::array<std::vector<Interval>, 7> hours = {};
        std::set<Date> holidays = {};
        /// Worked although a day of rest; it has the hours of the first working weekday.
        std::set<Date> makeup_days = {};
    };

    /// kInvalid when no weekday has hours, or intervals are unsorted, overlapping or out of range.
    static Result<WorkingCalendar> build(Definition definition);

    [[nodiscard]] const std::string& id() const { return definition_.id; }
    [[nodiscard]] bool always() const { return definition_.always; }
    [[nodiscard]] DayKind kindOf(Date date) const;
    [[nodiscard]] bool isWorkingDay(Date date) const;
    /// Inside an interval, or exactly at its end (calendar contract §5).
    [[nodiscard]] bool isWorkingTime(Instant at) const;
    /// Working intervals of a date; empty on a day off.
    [[nodiscard]] const std::vector<Interval>& hoursOf(Date date) const;
    [[nodiscard]] std::chrono::minutes workingMinutes(Date date) const;

    /// The instant when `working` of working time have passed since `start`. A start outside an interval, or exactly at
    /// its end, counts from the next opening; the result may be exactly the end of an interval. `working` >= 0; zero
    /// gives nextOpening(start) unless start is inside an interval. O(log n) in the days passed.
    [[nodiscard]] Instant add(Instant start, std::chrono::milliseconds working) const;
    /// Working time between two instants; negative never: 0 when `to` <= `from`. add(a, between(a, b)) == b for b inside
    /// working time.
    [[nodiscard]] std::chrono::milliseconds between(Instant from, Instant to) const;
    /// The n-th working day after `start` (which is not counted); n >= 1.
    [[nodiscard]] Date addWorkingDays(Date start, int n) const;
    /// `at` itself when it is inside [from, to) of an interval, else the next interval's start.
    [[nodiscard]] Instant nextOpening(Instant at) const;
    /// `at` itself when it is working time, else the end of the last interval before it.
    [[nodiscard]] Instant lastWorkingInstant(Instant at) const;
    /// The end of the last interval of a working day.
    [[nodiscard]] Instant closeOfWork(Date date) const;

private:
    explicit WorkingCalendar(Definition definition);

    Definition definition_;
    std::vector<Interval> makeup_hours_;
    // Working minutes and working days from the first day of the table to the end of each day.
    std::vector<std::int32_t> minutes_until_;
    std::vector<std::int32_t> days_until_;
};

}  // namespace pakn::domain
