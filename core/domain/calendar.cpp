/// @file
/// Working time by running totals: an instant becomes the working time passed since a fixed Monday, durations are added
/// to that number, and the number is turned back into an instant.

#include "core/domain/calendar.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "core/domain/calendar_lunar.hpp"

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
auto firstWithHours(const WeekHours& week) {
    return std::find_if(week.begin(), week.end(), [](const auto& intervals) { return !intervals.empty(); });
}

struct Defect {
    std::string what;
    std::string field;
};

std::optional<Defect> defectOf(const WeekHours& week, const std::string& field) {
    for (std::size_t i = 0; i < week.size(); ++i) {
        if (wellFormed(week[i])) continue;
        return Defect{"the hours of " + std::string{kWeekdays[i]} +
                          " must be sorted, apart from each other and between 00:00 and 24:00",
                      field + "/" + std::to_string(i)};
    }
    if (firstWithHours(week) == week.end()) return Defect{"no weekday has working hours; give at least one", field};
    return std::nullopt;
}

bool startsBefore(const DatedHours& a, const DatedHours& b) { return b.from && (!a.from || *a.from < *b.from); }

std::optional<Defect> defectOf(const std::vector<DatedHours>& dated) {
    const auto field_of = [](std::size_t i) { return "/dated_hours/" + std::to_string(i); };
    std::vector<std::size_t> in_time(dated.size());
    for (std::size_t i = 0; i < dated.size(); ++i) {
        in_time[i] = i;
        if (auto defect = defectOf(dated[i].hours, field_of(i) + "/hours")) return defect;
        if (dated[i].from && dated[i].to && *dated[i].to < *dated[i].from)
            return Defect{"the last day of dated hours lies before the first one", field_of(i)};
    }
    std::sort(in_time.begin(), in_time.end(),
              [&](std::size_t a, std::size_t b) { return startsBefore(dated[a], dated[b]); });
    for (std::size_t i = 1; i < in_time.size(); ++i) {
        const std::optional<Date>& ended = dated[in_time[i - 1]].to;
        const std::optional<Date>& begins = dated[in_time[i]].from;
        if (!ended || !begins || *begins <= *ended)
            return Defect{"two dated hours share a day", field_of(std::max(in_time[i - 1], in_time[i]))};
    }
    return std::nullopt;
}

/// 1 for a working day.
std::int64_t oneIfWorked(const std::vector<Interval>& intervals) { return intervals.empty() ? 0 : 1; }
std::int64_t minutesOf(const std::vector<Interval>& intervals) { return lengthOf(intervals).count(); }

Date startOfYear(std::chrono::year year) { return Date{year / std::chrono::January / 1}; }

}  // namespace

WorkingCalendar::DayTotals::DayTotals(const std::vector<Run>& runs) {
    segments_.reserve(runs.size());
    for (const Run& run : runs) {
        Segment segment{.first = run.first, .before = 0, .offset = 0, .week = {}};
        for (std::size_t i = 0; i < run.week.size(); ++i) segment.week[i + 1] = segment.week[i] + run.week[i];
        if (!segments_.empty()) {
            segment.before = before(run.first);
            segment.offset = segment.before - segment.regularBefore(run.first);
        }
        segments_.push_back(segment);
    }
}

std::int64_t WorkingCalendar::DayTotals::Segment::regularBefore(Date day) const {
    return weeksBefore(day) * week.back() + week[weekdayIndex(day)];
}

Date WorkingCalendar::DayTotals::Segment::regularReaching(std::int64_t total) const {
    const std::int64_t whole_week = week.back();
    std::int64_t weeks = (total - 1) / whole_week;
    if ((total - 1) % whole_week < 0) --weeks;
    const auto end_of_day = std::lower_bound(week.begin() + 1, week.end(), total - weeks * whole_week);
    return kFirstMonday + std::chrono::weeks{weeks} + days{std::distance(week.begin() + 1, end_of_day)};
}

std::int64_t WorkingCalendar::DayTotals::before(Date day) const {
    const auto next = std::partition_point(segments_.begin() + 1, segments_.end(),
                                           [day](const Segment& segment) { return segment.first <= day; });
    return std::prev(next)->offset + std::prev(next)->regularBefore(day);
}

Date WorkingCalendar::DayTotals::reaching(std::int64_t total) const {
    // Not a run without working days: its successor begins with the same sum and comes later.
    const auto next = std::partition_point(segments_.begin() + 1, segments_.end(),
                                           [total](const Segment& segment) { return segment.before < total; });
    return std::prev(next)->regularReaching(total - std::prev(next)->offset);
}

Result<WorkingCalendar> WorkingCalendar::build(Definition definition) {
    if (definition.always) {
        definition.hours.fill({kWholeDay});
        definition.dated_hours.clear();
        definition.holidays.clear();
        definition.makeup_days.clear();
    }
    auto defect = defectOf(definition.hours, "/hours");
    if (!defect) defect = defectOf(definition.dated_hours);
    if (defect)
        return Error{.code = Errc::kInvalid,
                     .message = "calendar \"" + definition.id + "\": " + defect->what,
                     .problem = "calendar.hours",
                     .field = std::move(defect->field)};
    return WorkingCalendar{std::move(definition)};
}

Result<WorkingCalendar> WorkingCalendar::withHours(std::vector<DatedHours> own) const {
    Definition definition = definition_;
    definition.dated_hours = std::move(own);
    return build(std::move(definition));
}

WorkingCalendar::WorkingCalendar(Definition definition)
    : definition_{std::move(definition)},
      weeks_{weeksOf()},
      seasons_{seasonsOf()},
      minutes_{totals(&minutesOf)},
      days_{totals(&oneIfWorked)} {}

std::vector<WorkingCalendar::Week> WorkingCalendar::weeksOf() const {
    std::vector<Week> weeks{{definition_.hours, *firstWithHours(definition_.hours)}};
    for (const DatedHours& dated : definition_.dated_hours)
        weeks.push_back({dated.hours, *firstWithHours(dated.hours)});
    return weeks;
}

std::vector<WorkingCalendar::Season> WorkingCalendar::seasonsOf() const {
    std::vector<Season> seasons{{kFirstMonday, 0}};
    std::vector<std::pair<DatedHours, std::size_t>> dated;
    for (std::size_t i = 0; i < definition_.dated_hours.size(); ++i)
        dated.emplace_back(definition_.dated_hours[i], i + 1);
    std::sort(dated.begin(), dated.end(), [](const auto& a, const auto& b) { return startsBefore(a.first, b.first); });
    for (const auto& [one, week] : dated) {
        if (one.from)
            seasons.push_back({*one.from, week});  // Of two that begin on one day, the later one holds.
        else
            seasons.back().week = week;  // It is the first in time, and the first season holds before its day.
        if (one.to) seasons.push_back({*one.to + days{1}, 0});
    }
    return seasons;
}

const WorkingCalendar::Week& WorkingCalendar::weekOf(Date date) const {
    const auto next = std::partition_point(seasons_.begin() + 1, seasons_.end(),
                                           [date](const Season& season) { return season.first <= date; });
    return weeks_[std::prev(next)->week];
}

WorkingCalendar::DayTotals WorkingCalendar::totals(std::int64_t (*weight)(const std::vector<Interval>&)) const {
    const auto week_of = [weight](const Week& week) {
        std::array<std::int64_t, 7> weights{};
        std::transform(week.hours.begin(), week.hours.end(), weights.begin(), weight);
        return weights;
    };
    // A listed day is a run of its own.
    std::set<Date> listed = definition_.holidays;
    listed.insert(definition_.makeup_days.begin(), definition_.makeup_days.end());
    std::set<Date> firsts = listed;
    for (const Date day : listed) firsts.insert(day + days{1});
    for (std::size_t i = 1; i < seasons_.size(); ++i) firsts.insert(seasons_[i].first);

    std::vector<DayTotals::Run> runs{{kFirstMonday, week_of(weeks_[seasons_.front().week])}};
    for (const Date first : firsts) {
        DayTotals::Run run{first, week_of(weekOf(first))};
        if (listed.contains(first)) run.week.fill(weight(hoursOf(first)));
        runs.push_back(run);
    }
    return DayTotals{runs};
}

DayKind WorkingCalendar::kindOf(Date date) const {
    if (definition_.makeup_days.contains(date)) return DayKind::kMakeup;
    if (definition_.holidays.contains(date)) return DayKind::kHoliday;
    return weekOf(date).hours[weekdayIndex(date)].empty() ? DayKind::kWeekend : DayKind::kWorking;
}

bool WorkingCalendar::isWorkingDay(Date date) const {
    const DayKind kind = kindOf(date);
    return kind == DayKind::kWorking || kind == DayKind::kMakeup;
}

const std::vector<Interval>& WorkingCalendar::hoursOf(Date date) const {
    static const std::vector<Interval> kDayOff;
    switch (kindOf(date)) {
        case DayKind::kMakeup:
            return weekOf(date).makeup;
        case DayKind::kWorking:
            return weekOf(date).hours[weekdayIndex(date)];
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

Instant WorkingCalendar::subtract(Instant end, milliseconds working) const {
    if (working <= milliseconds{0}) return lastWorkingInstant(end);
    const milliseconds target = worked(end) - working;
    // The minute that begins at the target, or holds it, is the first not yet worked.
    const Date day = minutes_.reaching(std::chrono::floor<minutes>(target).count() + 1);
    milliseconds left = target - minutes{minutes_.before(day)};
    for (const Interval& interval : hoursOf(day)) {
        const milliseconds length = interval.to - interval.from;
        if (left < length) return startOf(day) + interval.from + left;
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

Date WorkingCalendar::subtractWorkingDays(Date end, int n) const {
    return days_.reaching(days_.before(end) - std::max(n, 1) + 1);
}

int WorkingCalendar::wholeWorkingDays(Instant from, Instant to) const {
    const Date first = localDate(from);
    const Date last = localDate(to);
    if (to <= from) return 0;
    const auto whole = [&](Date day) {
        return isWorkingDay(day) && from <= startOf(day) + hoursOf(day).front().from &&
               startOf(day) + hoursOf(day).back().to <= to;
    };
    if (first == last) return whole(first) ? 1 : 0;
    const auto between_them = static_cast<int>(days_.before(last) - days_.before(first + days{1}));
    return between_them + (whole(first) ? 1 : 0) + (whole(last) ? 1 : 0);
}

Instant WorkingCalendar::nextOpening(Instant at) const {
    const Date day = localDate(at);
    for (const Interval& interval : hoursOf(day)) {
        if (at < startOf(day) + interval.to) return std::max<Instant>(at, startOf(day) + interval.from);
    }
    const Date next = addWorkingDays(day, 1);
    return startOf(next) + hoursOf(next).front().from;
}

Instant WorkingCalendar::firstWorkingInstant(Instant at) const { return isWorkingTime(at) ? at : nextOpening(at); }

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

bool WorkingCalendar::knowsYear(std::chrono::year year) const {
    if (definition_.always) return true;
    const auto holiday = definition_.holidays.lower_bound(startOfYear(year));
    if (holiday == definition_.holidays.end() || *holiday >= startOfYear(year + std::chrono::years{1})) return false;
    const Date tet = lunarNewYear(year);
    return !isWorkingDay(tet) && !isWorkingDay(tet + days{1}) && !isWorkingDay(tet + days{2});
}

std::optional<Date> WorkingCalendar::knownUntil(Date from) const {
    if (definition_.always) return std::nullopt;
    std::chrono::year year = std::chrono::year_month_day{from}.year();
    while (knowsYear(year)) ++year;
    return startOfYear(year) - days{1};
}

std::string WorkingCalendar::text() const {
    if (definition_.always) return "always";
    std::string text;
    const auto day = [](const std::optional<Date>& date) { return date ? formatDate(*date) : std::string{"*"}; };
    const auto week = [&](const WeekHours& hours) {
        for (const std::vector<Interval>& intervals : hours) {
            text += '|';
            for (const Interval& one : intervals)
                text += std::to_string(one.from.count()) + '-' + std::to_string(one.to.count()) + ' ';
        }
    };
    week(definition_.hours);
    for (const DatedHours& dated : definition_.dated_hours) {
        text += "\n" + day(dated.from) + ".." + day(dated.to);
        week(dated.hours);
    }
    text += "\n-";
    for (const Date& date : definition_.holidays) text += formatDate(date) + ' ';
    text += "\n+";
    for (const Date& date : definition_.makeup_days) text += formatDate(date) + ' ';
    return text;
}

bool endsSoon(const WorkingCalendar& calendar, Date today) {
    const std::optional<Date> last = calendar.knownUntil(today);
    return last && *last + days{1} - today <= kCalendarWarning;
}

}  // namespace pakn::domain
