#pragma once
/// @file
/// The working calendar: which minutes are working time. Rules: docs/deadlines.md (sections 5 and 6 of the project's
/// calendar contract). Immutable after build; safe from any thread.

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
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
        bool always = false;  ///< 24x7: every minute of every day; hours and lists are ignored.
        /// By weekday, Monday first; sorted, not overlapping. Empty: a day of rest.
        std::array<std::vector<Interval>, 7> hours = {};
        std::set<Date> holidays = {};
        /// Worked although a day of rest; it has the hours of the first working weekday. Wins over `holidays`.
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
    /// gives nextOpening(start) unless start is inside an interval. O(log n) in the days listed, whatever the span.
    [[nodiscard]] Instant add(Instant start, std::chrono::milliseconds working) const;
    /// Working time between two instants; negative never: 0 when `to` <= `from`. add(a, between(a, b)) == b for b
    /// inside working time; for b exactly at an opening it is the end of the interval before.
    [[nodiscard]] std::chrono::milliseconds between(Instant from, Instant to) const;
    /// The n-th working day after `start` (which is not counted); n >= 1.
    [[nodiscard]] Date addWorkingDays(Date start, int n) const;
    /// `at` itself when it is inside [from, to) of an interval, else the next interval's start.
    [[nodiscard]] Instant nextOpening(Instant at) const;
    /// `at` itself when it is working time, else the end of the last interval before it.
    [[nodiscard]] Instant lastWorkingInstant(Instant at) const;
    /// The end of the last interval of a working day; of a day off, the one before it.
    [[nodiscard]] Instant closeOfWork(Date date) const;

private:
    /// The sum of a weight over days, looked up both ways. The week repeats for ever; only the listed days differ, so
    /// no date is out of range.
    class DayTotals {
    public:
        /// `listed` in the order of their dates.
        DayTotals(const std::array<std::int64_t, 7>& week, const std::vector<std::pair<Date, std::int64_t>>& listed);
        /// The sum of all days before `day`, counted from some fixed Monday; negative before it.
        [[nodiscard]] std::int64_t before(Date day) const;
        /// The day on which the sum reaches `total`: before(day) < total <= before(day + 1).
        [[nodiscard]] Date reaching(std::int64_t total) const;

    private:
        struct Listed {
            Date day;
            std::int64_t before;
            std::int64_t after;
        };
        [[nodiscard]] std::int64_t regularBefore(Date day) const;
        [[nodiscard]] Date regularReaching(std::int64_t total) const;

        std::array<std::int64_t, 8> week_ = {};  // Sums before each weekday, Monday first; the last is a whole week.
        std::vector<Listed> listed_;
    };

    explicit WorkingCalendar(Definition definition);
    [[nodiscard]] std::vector<Date> listedDays() const;
    /// Working time from the fixed Monday to `at`.
    [[nodiscard]] std::chrono::milliseconds worked(Instant at) const;
    [[nodiscard]] DayTotals totalMinutes() const;
    [[nodiscard]] DayTotals totalDays() const;

    Definition definition_;
    std::vector<Interval> makeup_hours_;
    DayTotals minutes_;
    DayTotals days_;
};

}  // namespace pakn::domain
