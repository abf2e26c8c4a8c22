#pragma once
/// @file
/// The working calendar: which minutes are working time. Rules: docs/deadlines.md (sections 5 and 6 of the project's
/// calendar contract). Immutable after build; safe from any thread.

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
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

/// By weekday, Monday first; the intervals of a day sorted, not overlapping. None: a day of rest.
using WeekHours = std::array<std::vector<Interval>, 7>;

/// Hours of a season, or of one unit, from their first to their last day; absent: without bound on that side.
struct DatedHours {
    std::optional<Date> from = {};
    std::optional<Date> to = {};
    WeekHours hours = {};
};

/// Why a day does or does not count.
enum class DayKind : std::uint8_t { kWorking, kMakeup, kWeekend, kHoliday };

class WorkingCalendar {
public:
    struct Definition {
        std::string id = {};
        bool always = false;  ///< 24x7: every minute of every day; hours and lists are ignored.
        WeekHours hours = {};
        std::vector<DatedHours> dated_hours = {};  ///< Instead of `hours` on their days; no day in two of them.
        std::set<Date> holidays = {};
        /// Worked although a day of rest; it has the hours of the first working weekday of its season. Wins over
        /// `holidays`.
        std::set<Date> makeup_days = {};
    };

    /// kInvalid when no weekday of the usual or of dated hours has any, when intervals are unsorted, overlapping or out
    /// of range, when dated hours end before they begin or two of them share a day.
    static Result<WorkingCalendar> build(Definition definition);
    /// The same days off and make-up days with a unit's own hours on the days these name; what held there before is
    /// forgotten. An always-open calendar stays as it is. Errors as build().
    [[nodiscard]] Result<WorkingCalendar> withHours(std::vector<DatedHours> own) const;

    [[nodiscard]] const std::string& id() const { return definition_.id; }
    /// All that it was built from, in one canonical text: two calendars with the same text give the same limits.
    [[nodiscard]] std::string text() const;
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
    /// The latest instant from which `working` of working time pass until `end`: the mirror of add(), so it may be
    /// exactly an opening but never the end of an interval. `working` >= 0; zero gives lastWorkingInstant(end).
    [[nodiscard]] Instant subtract(Instant end, std::chrono::milliseconds working) const;
    /// Working time between two instants; negative never: 0 when `to` <= `from`. add(a, between(a, b)) == b for b
    /// inside working time; for b exactly at an opening it is the end of the interval before.
    [[nodiscard]] std::chrono::milliseconds between(Instant from, Instant to) const;
    /// The n-th working day after `start` (which is not counted); n >= 1.
    [[nodiscard]] Date addWorkingDays(Date start, int n) const;
    /// The n-th working day before `end` (which is not counted); n >= 1.
    [[nodiscard]] Date subtractWorkingDays(Date end, int n) const;
    /// Working days of which every working minute lies between the two instants.
    [[nodiscard]] int wholeWorkingDays(Instant from, Instant to) const;
    /// `at` itself when it is inside [from, to) of an interval, else the next interval's start.
    [[nodiscard]] Instant nextOpening(Instant at) const;
    /// `at` itself when it is working time, the end of an interval included; else the next interval's start.
    [[nodiscard]] Instant firstWorkingInstant(Instant at) const;
    /// `at` itself when it is working time, else the end of the last interval before it.
    [[nodiscard]] Instant lastWorkingInstant(Instant at) const;
    /// The end of the last interval of a working day; of a day off, the one before it.
    [[nodiscard]] Instant closeOfWork(Date date) const;

    /// Are the days off of that year listed? They are when some day of it is a holiday and nobody works on the first
    /// three days of Tết: New Year alone, carried over from an older file, is not enough. Always-open: yes.
    [[nodiscard]] bool knowsYear(std::chrono::year year) const;
    /// The last day of the unbroken run of known years that holds `from`; the end of the year before when that year
    /// itself is not known. Later days follow the week alone, Monday to Friday without holidays. Nothing when it is
    /// known for ever (always open).
    [[nodiscard]] std::optional<Date> knownUntil(Date from) const;

private:
    /// The sum of a weight over days, looked up both ways. Within a run the week repeats for ever, so no date is out of
    /// range.
    class DayTotals {
    public:
        /// The weights of the days by weekday, from a day on.
        struct Run {
            Date first;
            std::array<std::int64_t, 7> week;
        };
        /// `runs` in the order of their first days, at least one; the first one holds before its first day, too. The
        /// first and the last have a weekday that counts.
        explicit DayTotals(const std::vector<Run>& runs);
        /// The sum of all days before `day`, counted from some fixed Monday; negative before it.
        [[nodiscard]] std::int64_t before(Date day) const;
        /// The day on which the sum reaches `total`: before(day) < total <= before(day + 1).
        [[nodiscard]] Date reaching(std::int64_t total) const;

    private:
        struct Segment {
            Date first;
            std::int64_t before;               // Sum of all days before the first one.
            std::int64_t offset;               // Of that sum from what the week alone would give.
            std::array<std::int64_t, 8> week;  // Sums before each weekday, Monday first; the last is a whole week.

            [[nodiscard]] std::int64_t regularBefore(Date day) const;
            [[nodiscard]] Date regularReaching(std::int64_t total) const;
        };
        std::vector<Segment> segments_;
    };

    struct Week {
        WeekHours hours;
        std::vector<Interval> makeup;  // Hours of a make-up day.
    };
    /// Which week holds from a day on.
    struct Season {
        Date first;
        std::size_t week;
    };

    explicit WorkingCalendar(Definition definition);
    [[nodiscard]] std::vector<Week> weeksOf() const;
    [[nodiscard]] std::vector<Season> seasonsOf() const;
    [[nodiscard]] const Week& weekOf(Date date) const;
    /// Working time from the fixed Monday to `at`.
    [[nodiscard]] std::chrono::milliseconds worked(Instant at) const;
    [[nodiscard]] DayTotals totals(std::int64_t (*weight)(const std::vector<Interval>&)) const;

    Definition definition_;
    std::vector<Week> weeks_;      // The usual one, then those of dated_hours.
    std::vector<Season> seasons_;  // In the order of time; the first one holds before its first day, too.
    DayTotals minutes_;
    DayTotals days_;
};

/// How long before the end of what a calendar knows people are warned.
inline constexpr std::chrono::days kCalendarWarning{60};
/// Does the first day that `calendar` does not know begin within kCalendarWarning of `today`, or lie before it?
bool endsSoon(const WorkingCalendar& calendar, Date today);

}  // namespace pakn::domain
