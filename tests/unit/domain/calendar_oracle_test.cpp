/// @file
/// Deadlines against the oracle of calendar_oracle.hpp. A difference names the seed, the run and the calendar.
/// ORACLE_SEED repeats a run or begins another one, ORACLE_RUNS says how many deadlines.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "core/domain/deadline.hpp"
#include "tests/unit/domain/calendar_oracle.hpp"

namespace {

using namespace pakn::oracle;  // NOLINT(google-build-using-namespace): the other half of this program.

// ---- The engine, fed by the same numbers.

using pakn::Instant;
using pakn::domain::Date;
using pakn::domain::Duration;
using pakn::domain::WorkingCalendar;
using std::chrono::milliseconds;

Instant instant(int64_t local) { return Instant{std::chrono::seconds{kOriginUtc} + milliseconds{local}}; }

Date date(int64_t day) {
    const CivilDay& civil = days()[static_cast<int>(day)];
    return Date{std::chrono::year{civil.year} / civil.month / civil.day};
}

pakn::domain::WeekHours weekHours(const Week& week) {
    pakn::domain::WeekHours hours;
    for (std::size_t i = 0; i < week.size(); ++i)
        for (const auto& [from, to] : week[i])
            hours[i].push_back({std::chrono::minutes{from}, std::chrono::minutes{to}});
    return hours;
}

WorkingCalendar engine(const Scenario& scenario) {
    WorkingCalendar::Definition definition{.id = "oracle", .always = scenario.always};
    definition.hours = weekHours(scenario.week);
    for (const int day : scenario.off) definition.holidays.insert(date(day));
    for (const int day : scenario.makeup) definition.makeup_days.insert(date(day));
    const WorkingCalendar usual = WorkingCalendar::build(definition).value();
    if (scenario.own.empty()) return usual;
    std::vector<pakn::domain::DatedHours> own;
    for (const OwnHours& one : scenario.own) {
        pakn::domain::DatedHours dated;
        if (one.from >= 0) dated.from = date(one.from);
        if (one.to >= 0) dated.to = date(one.to);
        dated.hours = weekHours(one.week);
        own.push_back(dated);
    }
    return usual.withHours(own).value();
}

constexpr std::array<Duration::Unit, 7> kUnits = {
    Duration::Unit::kSeconds,        Duration::Unit::kMinutes,      Duration::Unit::kHours,      Duration::Unit::kDays,
    Duration::Unit::kWorkingMinutes, Duration::Unit::kWorkingHours, Duration::Unit::kWorkingDays};

// ---- Chance.

class Chance {
public:
    explicit Chance(std::uint64_t seed) : random_{seed} {}
    /// From 0 to `most`, both included.
    int64_t upTo(int64_t most) { return static_cast<int64_t>(random_() % (static_cast<std::uint64_t>(most) + 1)); }
    int within(int from, int to) { return from + static_cast<int>(upTo(to - from)); }
    bool oneIn(int n) { return upTo(n - 1) == 0; }
    template <class T>
    const T& among(const std::vector<T>& things) {
        return things[static_cast<std::size_t>(upTo(static_cast<int64_t>(things.size()) - 1))];
    }

private:
    std::mt19937_64 random_;
};

/// Tết, month and day of the first day of the lunar year, 2020 to 2035.
constexpr std::array<int, 16> kTet = {125, 212, 201, 122, 210, 129, 217, 206, 126, 213, 202, 123, 211, 131, 219, 208};

class Scenarios {
public:
    explicit Scenarios(Chance& chance) : chance_{chance} {}

    Scenario next() {
        switch (chance_.within(0, 9)) {
            case 0: {
                Scenario scenario = chance_.oneIn(2) ? wild() : yearly();
                scenario.name = "24x7";
                scenario.always = true;
                return scenario;
            }
            case 1:
                return official();
            case 2:
            case 3:
            case 4:
                return yearly();
            case 5:
            case 6:
            case 7:
                return wild();
            default: {
                Scenario scenario = chance_.oneIn(2) ? yearly() : wild();
                addOwnHours(scenario);
                return scenario;
            }
        }
    }

private:
    /// The published lists of 2024 to 2026, the open swap taken or not.
    Scenario official() {
        constexpr std::array<std::string_view, 3> kLists = {
            "-01-01 -02-08 -02-09 -02-12 -02-13 -02-14 -04-18 -04-29 -04-30 -05-01 -09-02 -09-03 +05-04",
            "-01-01 -01-27 -01-28 -01-29 -01-30 -01-31 -04-07 -04-30 -05-01 -05-02 -09-01 -09-02 +04-26",
            "-01-01 -01-02 -02-16 -02-17 -02-18 -02-19 -02-20 -04-27 -04-30 -05-01 -08-31 -09-01 -09-02 -11-24 +01-10 "
            "+08-22"};
        Scenario scenario{.name = "official"};
        scenario.week = officeWeek();
        int year = 2024;
        for (const std::string_view list : kLists) {
            std::istringstream words{std::string{list}};
            for (std::string word; words >> word;) {
                const int day = days().of(year, std::stoi(word.substr(1, 2)) * 100 + std::stoi(word.substr(4, 2)));
                (word[0] == '+' ? scenario.makeup : scenario.off).insert(day);
            }
            ++year;
        }
        if (chance_.oneIn(2)) {
            scenario.off.insert(days().of(2026, 1123));
            scenario.makeup.insert(days().of(2026, 1128));
        }
        return scenario;
    }

    /// Years as they are published, all of 2020 to 2035: Tết, fixed days moved off weekends, swapped days, make-up
    /// Saturdays.
    Scenario yearly() {
        Scenario scenario{.name = "yearly"};
        scenario.week = officeWeek();
        for (int year = 2020; year <= 2035; ++year) {
            const int tet = days().of(year, kTet[static_cast<std::size_t>(year - 2020)]);
            const int first = tet - chance_.within(1, 3);
            for (int day = first; day < first + chance_.within(5, 9); ++day) scenario.off.insert(day);
            for (const int month_day : {101, 430, 501, 901, 902, 1124}) {
                int day = days().of(year, month_day);
                while (weekdayOf(day) > 4 || scenario.off.count(day) != 0) ++day;
                scenario.off.insert(day);
            }
            for (int swaps = chance_.within(0, 3); swaps > 0; --swaps) {
                const int day = days().of(year, 101) + chance_.within(7, 350);
                scenario.off.insert(day - weekdayOf(day) + (chance_.oneIn(2) ? 0 : 4));
                const int week = 7 * chance_.within(-2, 2);
                scenario.makeup.insert(day - weekdayOf(day) + 5 + week);
            }
        }
        return scenario;
    }

    /// Anything that a calendar may be.
    Scenario wild() {
        Scenario scenario{.name = "wild"};
        scenario.week = wildWeek();
        const int first = days().of(2019, 701);
        const int last = days().of(2037, 1231);
        for (int n = chance_.within(0, 600); n > 0; --n) scenario.off.insert(chance_.within(first, last));
        for (int n = chance_.within(0, 200); n > 0; --n) scenario.makeup.insert(chance_.within(first, last));
        for (int n = chance_.within(0, 5); n > 0; --n) {
            const int block = chance_.within(first, last);
            for (int day = block; day < block + chance_.within(5, 40); ++day) scenario.off.insert(day);
        }
        return scenario;
    }

    Week officeWeek() {
        static const std::vector<std::vector<Span>> kDays = {
            {{450, 690}, {810, 1020}}, {{420, 690}, {810, 1020}}, {{450, 690}, {810, 1050}}, {{480, 720}, {780, 1020}}};
        Week week;
        const std::vector<Span>& hours = chance_.among(kDays);
        for (std::size_t i = 0; i < 5; ++i) week[i] = hours;
        if (chance_.oneIn(4)) week[5] = {hours.front()};
        if (chance_.oneIn(8)) week[4] = {hours.front()};
        return week;
    }

    Week wildWeek() {
        Week week;
        int minutes = 0;  // An hour a week at least, so that limits end within the oracle's years.
        const bool coarse = chance_.oneIn(2);
        do {
            minutes = 0;
            for (std::vector<Span>& spans : week) {
                spans.clear();
                if (chance_.oneIn(4)) continue;
                std::set<int> borders;
                for (int n = 2 * chance_.within(1, 4); n > 0; --n)
                    borders.insert(coarse ? 30 * chance_.within(0, 48) : chance_.within(0, 1440));
                if (chance_.oneIn(8)) borders.insert(0);
                if (chance_.oneIn(8)) borders.insert(1440);
                const std::vector<int> in_order{borders.begin(), borders.end()};
                // Intervals that touch are allowed; so each second gap may be closed.
                const bool touching = chance_.oneIn(5);
                for (std::size_t i = 0; i + 1 < in_order.size(); i += touching ? 1 : 2)
                    spans.push_back({in_order[i], in_order[i + 1]});
                for (const auto& [from, to] : spans) minutes += to - from;
            }
        } while (minutes < 60);
        return week;
    }

    /// A unit's hours with dates: seasons that touch, leave gaps, or have no bound.
    void addOwnHours(Scenario& scenario) {
        scenario.name += ", own hours";
        int free_from = days().of(2019, 101);
        const int periods = chance_.within(1, 6);
        for (int i = 0; i < periods; ++i) {
            OwnHours own;
            own.from = free_from + (chance_.oneIn(2) ? 0 : chance_.within(1, 400));
            own.to = own.from + (chance_.oneIn(10) ? 0 : chance_.within(1, 1200));
            free_from = own.to + 1;
            if (i == 0 && chance_.oneIn(3)) own.from = -1;
            if (i == periods - 1 && chance_.oneIn(3)) own.to = -1;
            own.week = chance_.oneIn(2) ? officeWeek() : wildWeek();
            scenario.own.push_back(own);
        }
        if (chance_.oneIn(2)) std::reverse(scenario.own.begin(), scenario.own.end());
    }

    Chance& chance_;
};

/// One scenario's deadlines; gathers what differs.
class Comparison {
public:
    Comparison(const Scenario& scenario, Chance& chance)
        : oracle_{scenario}, calendar_{engine(scenario)}, chance_{chance}, name_{scenario.name} {
        for (const int day : scenario.off) listed_.push_back(day);
        for (const int day : scenario.makeup) listed_.push_back(day);
        for (const OwnHours& own : scenario.own) {
            if (own.from >= 0) listed_.push_back(own.from);
            if (own.to >= 0) listed_.push_back(own.to);
        }
        if (listed_.empty()) listed_.push_back(days().of(2026, 217));
    }

    void deadline() {
        const int64_t start = anyStart();
        const Kind kind = static_cast<Kind>(chance_.upTo(6));
        const int amount = anyAmount(kind);
        const bool close = chance_.oneIn(2);
        const int64_t due = oracleDue(oracle_, start, kind, amount, close);
        here_ = {start, kind, amount};
        same("due", engineDue(start, kind, amount, close), due);
        if (kind == kWorkMinutes || kind == kWorkHours) {
            same("the time until due", calendar_.between(instant(start), instant(due)).count(), lengthOf(kind, amount));
            holds("due in working time", oracle_.working(due) && calendar_.isWorkingTime(instant(due)));
        }
        inverse(start);
        if (chance_.oneIn(8)) {
            borders(start);
            around(start, kind, amount, due, close);
        }
    }

    [[nodiscard]] int differences() const { return differences_; }
    [[nodiscard]] const std::string& first() const { return first_; }

private:
    struct Here {
        int64_t start;
        Kind kind;
        int amount;
    };

    static pakn::domain::DeadlineEnd endBy(bool close) {
        return close ? pakn::domain::DeadlineEnd::kCloseOfWork : pakn::domain::DeadlineEnd::kEndOfDay;
    }
    static Duration duration(Kind kind, int amount) { return {amount, kUnits[static_cast<std::size_t>(kind)]}; }
    static int64_t local(Instant at) {
        return (std::chrono::duration_cast<milliseconds>(at.time_since_epoch()) - std::chrono::seconds{kOriginUtc})
            .count();
    }

    int64_t engineDue(int64_t start, Kind kind, int amount, bool close) const {
        return local(dueAt(calendar_, instant(start), duration(kind, amount), endBy(close)));
    }

    /// `add` and `between`, `subtract` and `between` undo each other, over any span.
    void inverse(int64_t from) {
        const int64_t to = from + chance_.upTo(chance_.oneIn(20) ? 400 * kDay : 12 * kDay);
        const int64_t passed = oracle_.between(from, to);
        same("between", calendar_.between(instant(from), instant(to)).count(), passed);
        same("between, backwards", calendar_.between(instant(to), instant(from)).count(), 0);
        if (passed == 0) return;
        const milliseconds worked{passed};
        if (oracle_.worked(to - 1)) same("add(between)", local(calendar_.add(instant(from), worked)), to);
        if (oracle_.worked(from)) same("subtract(between)", local(calendar_.subtract(instant(to), worked)), from);
        const Instant end = calendar_.add(instant(from), worked);
        same("between(add)", calendar_.between(instant(from), end).count(), passed);
        const Instant begin = calendar_.subtract(instant(to), worked);
        same("between(subtract)", calendar_.between(begin, instant(to)).count(), passed);
    }

    void borders(int64_t now) {
        const int64_t today = now / kDay;
        same("opening", local(calendar_.nextOpening(instant(now))), oracle_.opening(now));
        same("first instant", local(calendar_.firstWorkingInstant(instant(now))),
             oracle_.working(now) ? now : oracle_.opening(now));
        same("last instant", local(calendar_.lastWorkingInstant(instant(now))), oracle_.closing(now));
        same("is working time", calendar_.isWorkingTime(instant(now)) ? 1 : 0, oracle_.working(now) ? 1 : 0);
        same("is a working day", calendar_.isWorkingDay(date(today)) ? 1 : 0, oracle_.worksOn(today) ? 1 : 0);
        const int n = chance_.within(1, 30);
        holds("days after", calendar_.addWorkingDays(date(today), n) == date(oracle_.dayAfter(today, n)));
        holds("days before", calendar_.subtractWorkingDays(date(today), n) == date(oracle_.dayBefore(today, n)));
        int64_t to = now + chance_.upTo(12 * kDay);
        if (chance_.oneIn(3)) to = std::max(now, oracle_.closing(to));
        same("whole days", calendar_.wholeWorkingDays(instant(now), instant(to)), oracle_.wholeDays(now, to));
        const int64_t left = 1 + chance_.upTo(40 * kHour);
        same("subtract", local(calendar_.subtract(instant(now), milliseconds{left})), oracle_.back(now, left));
    }

    /// Pauses, reminders, escalations and appointments of a limit.
    void around(int64_t start, Kind kind, int amount, int64_t due, bool close) {
        using namespace pakn::domain;
        const Duration limit = duration(kind, amount);
        int64_t from = start + chance_.upTo(std::max<int64_t>(due - start, kHour));
        if (chance_.oneIn(3)) from = from / kHour * kHour;
        if (chance_.oneIn(10)) from = due;
        const int64_t to = from + 1 + chance_.upTo(12 * kDay);
        const int64_t moved = oracleAfterPause(oracle_, due, kind, from, to, close);
        same("after a pause",
             local(dueAfter(calendar_, instant(due), limit, {instant(from), instant(to)}, endBy(close))), moved);
        const std::array<Pause, 2> pauses = {{{instant(from), instant(to)}, {instant(to + kHour), instant(to + kDay)}}};
        same("after two pauses", local(dueAt(calendar_, instant(start), limit, endBy(close), pauses)),
             oracleAfterPause(oracle_, moved, kind, to + kHour, to + kDay, close));
        holds("a pause shortens nothing", moved >= due);

        const Kind unit = static_cast<Kind>(chance_.upTo(6));
        const int before = 1 + anyAmount(unit) % (unit == kCalendarDays || unit == kWorkDays ? 20 : 500);
        const int64_t reminder = local(remindAt(calendar_, instant(due), duration(unit, before)));
        same("reminder", reminder, oracleReminder(oracle_, due, unit, before));
        holds("reminder in working time", oracle_.working(reminder) && reminder <= due);

        const int64_t escalation = local(escalationAt(calendar_, instant(due)));
        same("escalation", escalation, oracle_.working(due) ? due : oracle_.opening(due));
        holds("escalation in working time", oracle_.working(escalation) && escalation >= due);
        const int64_t noticed = escalation + chance_.upTo(chance_.oneIn(2) ? 2 * kMinute : 5 * kDay);
        const int64_t acts = local(escalationAt(calendar_, instant(due), instant(noticed)));
        const int64_t late = oracle_.working(noticed) ? noticed : oracle_.opening(noticed);
        same("escalation after an outage", acts, noticed - escalation <= kMinute ? escalation : late);
        holds("escalation after an outage in working time", oracle_.working(acts));

        const bool next_opening = chance_.oneIn(2);
        same("appointment",
             local(appointmentAt(calendar_, instant(start), limit,
                                 next_opening ? AppointmentEnd::kNextOpening : AppointmentEnd::kSameTime)),
             oracleAppointment(oracle_, start, kind, amount, next_opening));
    }

    /// From 2020 to 2035: anywhere, on whole minutes, on half hours, beside days that are listed, at borders.
    int64_t anyStart() {
        static const int64_t kFrom = days().of(2020, 101) * kDay;
        static const int64_t kTo = (days().of(2035, 1231) + 1) * kDay - 1;
        int64_t now = kFrom + chance_.upTo(kTo - kFrom);
        if (chance_.oneIn(2)) {
            now = chance_.among(listed_) * kDay + chance_.within(-3, 2) * kDay + chance_.upTo(kDay - 1);
            now = std::clamp(now, kFrom, kTo);
        }
        switch (chance_.within(0, 4)) {
            case 0:
                return now;
            case 1:
                return now / kMinute * kMinute;
            case 2:
                return now / (kHour / 2) * (kHour / 2);
            default:
                now = chance_.oneIn(2) ? oracle_.opening(now) : oracle_.closing(now);
                return std::clamp(now + chance_.within(-1, 1) * (chance_.oneIn(2) ? 1 : kSecond), kFrom, kTo);
        }
    }

    int anyAmount(Kind kind) {
        const bool tiny = chance_.oneIn(20);
        switch (kind) {
            case kSeconds:
            case kMinutes:
                return static_cast<int>(chance_.upTo(tiny ? 1 : 100000));
            case kHours:
                return static_cast<int>(chance_.upTo(tiny ? 1 : 2000));
            case kCalendarDays:
                return static_cast<int>(chance_.upTo(tiny ? 1 : 200));
            case kWorkMinutes:
                return static_cast<int>(chance_.upTo(tiny ? 1 : chance_.oneIn(2) ? 1000 : 8 * weekMinutes()));
            case kWorkHours:
                return static_cast<int>(chance_.upTo(tiny ? 1 : chance_.oneIn(2) ? 16 : 8 * weekMinutes() / 60 + 1));
            case kWorkDays:
                break;
        }
        return static_cast<int>(chance_.upTo(tiny ? 1 : chance_.oneIn(50) ? 500 : 40));
    }

    /// What a week of 2026 without lists may have, so that limits stay within a few months.
    int64_t weekMinutes() {
        if (week_ == 0)
            week_ = std::max<int64_t>(
                oracle_.between(days().of(2026, 601) * kDay, days().of(2026, 608) * kDay) / kMinute, 60);
        return week_;
    }

    void same(const char* what, int64_t engine, int64_t oracle) {
        if (engine == oracle) return;
        if (differences_++ > 0) return;
        std::ostringstream words;
        words << what << " in \"" << name_ << "\": engine " << engine << ", oracle " << oracle << ", apart "
              << engine - oracle << " ms; start " << pakn::domain::formatInstant(instant(here_.start)) << ", limit "
              << pakn::domain::formatDuration(duration(here_.kind, here_.amount));
        first_ = words.str();
    }
    void holds(const char* what, bool truth) { same(what, truth ? 1 : 0, 1); }

    Oracle oracle_;
    WorkingCalendar calendar_;
    Chance& chance_;
    std::string name_;
    std::vector<int> listed_;
    Here here_ = {};
    int64_t week_ = 0;
    int differences_ = 0;
    std::string first_;
};

std::uint64_t numberFrom(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// The suite runs this program once in each zone; a zone that the machine does not know would prove nothing.
TEST(Oracle, theProcessIsInTheZoneItIsMeantToBe) {
    const char* const zone = std::getenv("TZ");
    if (!zone) GTEST_SKIP() << "TZ is not set";
    const std::time_t noon = 1772971200;
    std::tm there{};
    ASSERT_NE(localtime_r(&noon, &there), nullptr);
    EXPECT_EQ(there.tm_gmtoff, std::string_view{zone} == "Asia/Ho_Chi_Minh" ? 7 * 3600 : 0) << zone;
}

TEST(Oracle, countsTheSameMinuteByMinute) {
    constexpr std::uint64_t kPerScenario = 500;
    const std::uint64_t seed = numberFrom("ORACLE_SEED", 20260306);
    const std::uint64_t runs = numberFrom("ORACLE_RUNS", 1000000);
    std::cout << "seed " << seed << ", " << runs << " deadlines" << std::endl;
    Chance chance{seed};
    Scenarios scenarios{chance};
    int differences = 0;
    std::uint64_t run = 0;
    while (run < runs && differences < 100) {
        Comparison comparison{scenarios.next(), chance};
        for (std::uint64_t i = 0; i < kPerScenario && run < runs; ++i, ++run) comparison.deadline();
        differences += comparison.differences();
        EXPECT_EQ(comparison.differences(), 0)
            << "seed " << seed << ", before run " << run << ": " << comparison.first();
    }
    std::cout << run << " deadlines, " << differences << " differences" << std::endl;
    EXPECT_EQ(differences, 0);
}

}  // namespace
