/// @file
/// Working time by running totals: an instant becomes the working time passed since a fixed Monday, durations are added
/// to that number, and the number is turned back into an instant.

#include "core/domain/calendar.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace pakn::domain {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::array<std::string_view, 7> kWeekdays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};
constexpr Date kFirstMonday{days{4}};  // 1970-01-05
constexpr Interval kWholeDay{minutes{0}, hours{24}};

/// Monday 0 … Sunday 6.
std::size_t weekdayIndex(Date date) { return std::chrono::weekday{date}.iso_encoding() - 1; }

/// Weeks before the one that holds `day`, rounded down also for dates before 1970.
std::int64_t weeksBefore(Date day) { return std::chrono::floor<std::chrono::weeks>(day - kFirstMonday).count(); }

minutes lengthOf(const std::vector<Interval>& intervals) {
    minutes sum{0};
    for (const Interval& interval : intervals) sum += interval.to - interval.from;
    return sum;
}

bool wellFormed(const std::vector<Interval>& intervals) {
    minutes free_from{0};
    for (const Interval& interval : intervals) {
        if (interval.from < free_from || interval.to <= interval.from || interval.to > kWholeDay.to) return false;
        free_from = interval.to;
    }
    return true;
}

/// The hours of the first weekday that has any; end() of the array when none has.
auto firstWithHours(const std::array<std::vector<Interval>, 7>& week) {
    return std::find_if(week.begin(), week.end(), [](const auto& intervals) { return !intervals.empty(); });
}

Error invalid(const WorkingCalendar::Definition& definition, std::string_view what, std::string field) {
    return Error{.code = Errc::kInvalid,
                 .message = "calendar \"" + definition.id + "\": " + std::string{what},
                 .problem = "calendar.hours",
                 .field = std::move(field)};
}

}  // namespace

WorkingCalendar::DayTotals::DayTotals(const std::array<std::int64_t, 7>& week,
                                      const std::vector<std::pair<Date, std::int64_t>>& listed) {
    for (std::size_t i = 0; i < week.size(); ++i) week_[i + 1] = week_[i] + week[i];
    listed_.reserve(listed.size());
    for (const auto& [day, weight] : listed) {
        const std::int64_t sum = before(day);
        listed_.push_back({day, sum, sum + weight});
    }
}

std::int64_t WorkingCalendar::DayTotals::regularBefore(Date day) const {
    return weeksBefore(day) * week_.back() + week_[weekdayIndex(day)];
}

Date WorkingCalendar::DayTotals::regularReaching(std::int64_t total) const {
    const std::int64_t whole_week = week_.back();
    std::int64_t weeks = (total - 1) / whole_week;
    if ((total - 1) % whole_week < 0) --weeks;
    const auto end_of_day = std::lower_bound(week_.begin() + 1, week_.end(), total - weeks * whole_week);
    return kFirstMonday + std::chrono::weeks{weeks} + days{std::distance(week_.begin() + 1, end_of_day)};
}

std::int64_t WorkingCalendar::DayTotals::before(Date day) const {
    const auto next =
        std::partition_point(listed_.begin(), listed_.end(), [day](const Listed& l) { return l.day < day; });
    if (next == listed_.begin()) return regularBefore(day);
    const Listed& last = *std::prev(next);
    return last.after + regularBefore(day) - regularBefore(last.day + days{1});
}

Date WorkingCalendar::DayTotals::reaching(std::int64_t total) const {
    const auto next =
        std::partition_point(listed_.begin(), listed_.end(), [total](const Listed& l) { return l.before < total; });
    if (next == listed_.begin()) return regularReaching(total);
    const Listed& last = *std::prev(next);
    if (total <= last.after) return last.day;
    return regularReaching(total - last.after + regularBefore(last.day + days{1}));
}

Result<WorkingCalendar> WorkingCalendar::build(Definition definition) {
    if (definition.always) {
        definition.hours.fill({kWholeDay});
        definition.holidays.clear();
        definition.makeup_days.clear();
    }
    for (std::size_t i = 0; i < definition.hours.size(); ++i) {
        if (wellFormed(definition.hours[i])) continue;
        return invalid(definition,
                       "the hours of " + std::string{kWeekdays[i]} +
                           " must be sorted, apart from each other and between 00:00 and 24:00",
                       "/hours/" + std::to_string(i));
    }
    if (firstWithHours(definition.hours) == definition.hours.end())
        return invalid(definition, "no weekday has working hours; give at least one", "/hours");
    return WorkingCalendar{std::move(definition)};
}

WorkingCalendar::WorkingCalendar(Definition definition)
    : definition_{std::move(definition)},
      makeup_hours_{*firstWithHours(definition_.hours)},
      minutes_{totalMinutes()},
      days_{totalDays()} {}

std::vector<Date> WorkingCalendar::listedDays() const {
    std::vector<Date> listed;
    std::set_union(definition_.holidays.begin(), definition_.holidays.end(), definition_.makeup_days.begin(),
                   definition_.makeup_days.end(), std::back_inserter(listed));
    return listed;
}

WorkingCalendar::DayTotals WorkingCalendar::totalMinutes() const {
    std::array<std::int64_t, 7> week{};
    for (std::size_t i = 0; i < week.size(); ++i) week[i] = lengthOf(definition_.hours[i]).count();
    std::vector<std::pair<Date, std::int64_t>> listed;
    for (const Date day : listedDays()) listed.emplace_back(day, workingMinutes(day).count());
    return {week, listed};
}

WorkingCalendar::DayTotals WorkingCalendar::totalDays() const {
    std::array<std::int64_t, 7> week{};
    for (std::size_t i = 0; i < week.size(); ++i) week[i] = definition_.hours[i].empty() ? 0 : 1;
    std::vector<std::pair<Date, std::int64_t>> listed;
    for (const Date day : listedDays()) listed.emplace_back(day, isWorkingDay(day) ? 1 : 0);
    return {week, listed};
}

DayKind WorkingCalendar::kindOf(Date date) const {
    if (definition_.makeup_days.contains(date)) return DayKind::kMakeup;
    if (definition_.holidays.contains(date)) return DayKind::kHoliday;
    return definition_.hours[weekdayIndex(date)].empty() ? DayKind::kWeekend : DayKind::kWorking;
}

bool WorkingCalendar::isWorkingDay(Date date) const {
    const DayKind kind = kindOf(date);
    return kind == DayKind::kWorking || kind == DayKind::kMakeup;
}

const std::vector<Interval>& WorkingCalendar::hoursOf(Date date) const {
    static const std::vector<Interval> kDayOff;
    switch (kindOf(date)) {
        case DayKind::kMakeup:
            return makeup_hours_;
        case DayKind::kWorking:
            return definition_.hours[weekdayIndex(date)];
        case DayKind::kWeekend:
        case DayKind::kHoliday:
            break;
    }
    return kDayOff;
}

minutes WorkingCalendar::workingMinutes(Date date) const { return lengthOf(hoursOf(date)); }

bool WorkingCalendar::isWorkingTime(Instant at) const { return lastWorkingInstant(at) == at; }

milliseconds WorkingCalendar::worked(Instant at) const {
    const Date day = localDate(at);
    const milliseconds time = at - startOf(day);
    milliseconds sum = minutes{minutes_.before(day)};
    for (const Interval& interval : hoursOf(day)) {
        if (time <= interval.from) break;
        sum += std::min<milliseconds>(time, interval.to) - interval.from;
    }
    return sum;
}

Instant WorkingCalendar::add(Instant start, milliseconds working) const {
    if (working <= milliseconds{0}) return nextOpening(start);
    const milliseconds target = worked(start) + working;
    // Totals per day are whole minutes, so the minute that holds the target lies on the same day.
    const Date day = minutes_.reaching(std::chrono::ceil<minutes>(target).count());
    milliseconds left = target - minutes{minutes_.before(day)};
    for (const Interval& interval : hoursOf(day)) {
        const milliseconds length = interval.to - interval.from;
        if (left <= length) return startOf(day) + interval.from + left;
        left -= length;
    }
    return closeOfWork(day);  // Not reached: the day holds the target.
}

milliseconds WorkingCalendar::between(Instant from, Instant to) const {
    if (to <= from) return milliseconds{0};
    return worked(to) - worked(from);
}

Date WorkingCalendar::addWorkingDays(Date start, int n) const {
    return days_.reaching(days_.before(start + days{1}) + std::max(n, 1));
}

Instant WorkingCalendar::nextOpening(Instant at) const {
    const Date day = localDate(at);
    for (const Interval& interval : hoursOf(day)) {
        if (at < startOf(day) + interval.to) return std::max<Instant>(at, startOf(day) + interval.from);
    }
    const Date next = addWorkingDays(day, 1);
    return startOf(next) + hoursOf(next).front().from;
}

Instant WorkingCalendar::lastWorkingInstant(Instant at) const {
    const Date day = localDate(at);
    const std::vector<Interval>& intervals = hoursOf(day);
    for (auto interval = intervals.rbegin(); interval != intervals.rend(); ++interval) {
        if (at >= startOf(day) + interval->from) return std::min<Instant>(at, startOf(day) + interval->to);
    }
    return closeOfWork(day - days{1});  // `at` itself when that day works until 24:00.
}

Instant WorkingCalendar::closeOfWork(Date date) const {
    const Date day = days_.reaching(days_.before(date + days{1}));
    return startOf(day) + hoursOf(day).back().to;
}

}  // namespace pakn::domain
