/// @file
/// The working calendar against the official lists, worked examples, and an oracle that counts minute by minute.

#include "core/domain/calendar.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "tests/unit/domain/official_days.hpp"
#include "tests/unit/domain/time_zone.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using std::chrono::days;
using std::chrono::milliseconds;

int workingDays(const WorkingCalendar& calendar, Date from, Date until) {
    int count = 0;
    for (Date date = from; date < until; date += days{1}) count += calendar.isWorkingDay(date) ? 1 : 0;
    return count;
}

TEST(Calendar, officialYearsHaveTheirCheckSums) {
    const WorkingCalendar calendar = officialCalendar();
    for (const OfficialYear& year : kOfficialYears) {
        const Date begin = day(std::to_string(year.year) + "-01-01");
        const Date end = day(std::to_string(year.year + 1) + "-01-01");
        EXPECT_EQ(workingDays(calendar, begin, end), year.working_days) << year.year;
        EXPECT_EQ(calendar.between(startOf(begin), startOf(end)), year.working_days * 450min) << year.year;
        EXPECT_EQ(calendar.addWorkingDays(begin - days{1}, year.working_days + 1),
                  calendar.addWorkingDays(end - days{1}, 1));
    }
}

TEST(Calendar, monthsOf2026HaveTheirCheckSums) {
    const WorkingCalendar calendar = officialCalendar();
    const std::array<int, 12> expected = {21, 15, 22, 20, 20, 22, 23, 21, 20, 22, 20, 23};
    for (unsigned i = 0; i < expected.size(); ++i) {
        const std::chrono::year_month month{std::chrono::year{2026}, std::chrono::month{i + 1}};
        const Date begin{month / std::chrono::day{1}};
        const Date end{(month + std::chrono::months{1}) / std::chrono::day{1}};
        EXPECT_EQ(workingDays(calendar, begin, end), expected[i]) << i + 1;
    }
}

TEST(Calendar, saysWhyADayCounts) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.kindOf(day("2026-03-06")), DayKind::kWorking);
    EXPECT_EQ(calendar.kindOf(day("2026-03-07")), DayKind::kWeekend);
    EXPECT_EQ(calendar.kindOf(day("2026-02-17")), DayKind::kHoliday);
    EXPECT_EQ(calendar.kindOf(day("2026-08-22")), DayKind::kMakeup);
    EXPECT_EQ(calendar.workingMinutes(day("2026-08-22")), 450min);
    EXPECT_EQ(calendar.workingMinutes(day("2026-02-17")), 0min);
    EXPECT_TRUE(calendar.hoursOf(day("2026-03-07")).empty());
}

TEST(Calendar, addsEightWorkingHoursAsInTheWorkedExamples) {
    const WorkingCalendar calendar = officialCalendar();
    const std::pair<const char*, const char*> examples[] = {
        {"2026-03-06 08:00", "2026-03-09 08:30"},  // weekend
        {"2026-03-06 16:00", "2026-03-09 16:30"},  // weekend and lunch
        {"2026-03-07 10:00", "2026-03-10 08:00"},  // start on a day off
        {"2026-03-10 11:30", "2026-03-11 14:00"},  // start at the end of an interval
        {"2026-03-10 12:00", "2026-03-11 14:00"},  // start in the lunch break
        {"2026-03-10 16:59", "2026-03-12 07:59"},  // last minute
        {"2026-03-10 17:00", "2026-03-12 08:00"},  // start at close
        {"2026-03-11 09:00", "2026-03-12 09:30"},  // plain
        {"2026-02-13 15:30", "2026-02-23 16:00"},  // over Tết
        {"2026-01-09 16:00", "2026-01-10 16:30"},  // working Saturday
        {"2026-08-28 16:00", "2026-09-03 16:30"},  // National Day bridge
        {"2026-11-23 16:00", "2026-11-25 16:30"},  // 24/11
    };
    for (const auto& [start, end] : examples)
        EXPECT_EQ(formatForPeople(calendar.add(at(start), 8h)), formatForPeople(at(end))) << start;
}

TEST(Calendar, mayEndExactlyAtTheEndOfAnInterval) {
    const WorkingCalendar calendar = officialCalendar();
    const Instant opening = at("2026-03-11 07:30");
    EXPECT_EQ(calendar.add(opening, 240min), at("2026-03-11 11:30"));
    EXPECT_EQ(calendar.add(opening, 241min), at("2026-03-11 13:31"));
    EXPECT_EQ(calendar.add(opening, 450min), at("2026-03-11 17:00"));
    EXPECT_EQ(calendar.add(opening, 451min), at("2026-03-12 07:31"));
    EXPECT_EQ(calendar.add(opening, 450min + 1ms), at("2026-03-12 07:30") + 1ms);
}

TEST(Calendar, countsSecondsAndMilliseconds) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.add(at("2026-03-10 16:59:59") + 250ms, 1s), at("2026-03-11 07:30") + 250ms);
    EXPECT_EQ(calendar.between(at("2026-03-10 16:59:59") + 250ms, at("2026-03-11 07:30") + 250ms), 1s);
    EXPECT_EQ(calendar.between(at("2026-03-10 11:29:59"), at("2026-03-10 13:30:01")), 2s);
}

TEST(Calendar, addingNothingWaitsForTheOpening) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.add(at("2026-03-10 08:00"), 0ms), at("2026-03-10 08:00"));
    EXPECT_EQ(calendar.add(at("2026-03-10 11:30"), 0ms), at("2026-03-10 13:30"));
    EXPECT_EQ(calendar.add(at("2026-03-06 18:00"), 0ms), at("2026-03-09 07:30"));
}

TEST(Calendar, nothingPassesBackwards) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.between(at("2026-03-10 09:00"), at("2026-03-10 08:00")), 0ms);
    EXPECT_EQ(calendar.between(at("2026-03-10 09:00"), at("2026-03-10 09:00")), 0ms);
}

TEST(Calendar, theEndOfAnIntervalIsStillWorkingTime) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_TRUE(calendar.isWorkingTime(at("2026-03-10 07:30")));
    EXPECT_TRUE(calendar.isWorkingTime(at("2026-03-10 11:30")));
    EXPECT_TRUE(calendar.isWorkingTime(at("2026-03-10 17:00")));
    EXPECT_FALSE(calendar.isWorkingTime(at("2026-03-10 17:00") + 1ms));
    EXPECT_FALSE(calendar.isWorkingTime(at("2026-03-10 07:30") - 1ms));
    EXPECT_FALSE(calendar.isWorkingTime(at("2026-03-10 12:00")));
    EXPECT_FALSE(calendar.isWorkingTime(at("2026-02-17 09:00")));
    EXPECT_FALSE(calendar.isWorkingTime(at("2026-03-10 00:00")));
}

TEST(Calendar, findsTheNextOpeningAndTheLastWorkingInstant) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.nextOpening(at("2026-03-10 08:15")), at("2026-03-10 08:15"));
    EXPECT_EQ(calendar.nextOpening(at("2026-03-10 17:00")), at("2026-03-11 07:30"));
    EXPECT_EQ(calendar.nextOpening(at("2026-03-10 03:00")), at("2026-03-10 07:30"));
    EXPECT_EQ(calendar.nextOpening(at("2026-02-13 17:00")), at("2026-02-23 07:30"));
    EXPECT_EQ(calendar.lastWorkingInstant(at("2026-03-10 17:00")), at("2026-03-10 17:00"));
    EXPECT_EQ(calendar.lastWorkingInstant(at("2026-03-10 12:00")), at("2026-03-10 11:30"));
    EXPECT_EQ(calendar.lastWorkingInstant(at("2026-02-23 07:29")), at("2026-02-13 17:00"));
    EXPECT_EQ(calendar.closeOfWork(day("2026-03-10")), at("2026-03-10 17:00"));
    EXPECT_EQ(calendar.closeOfWork(day("2026-03-08")), at("2026-03-06 17:00"));
}

TEST(Calendar, aWorkingSaturdayHasTheHoursOfANormalDay) {
    auto definition = weekdays({hours(7, 30, 11, 30), hours(13, 30, 17, 0)});
    definition.hours[5] = {hours(7, 30, 11, 30)};  // a unit that works on Saturday mornings
    definition.makeup_days = {day("2026-08-22")};
    const WorkingCalendar calendar = built(definition);
    EXPECT_EQ(calendar.workingMinutes(day("2026-08-15")), 240min);
    EXPECT_EQ(calendar.workingMinutes(day("2026-08-22")), 450min);
    EXPECT_EQ(calendar.addWorkingDays(day("2026-08-14"), 2), day("2026-08-17"));
    EXPECT_EQ(calendar.add(at("2026-08-21 16:30"), 8h), at("2026-08-22 17:00"));
}

TEST(Calendar, aMakeupDayWinsOverAHoliday) {
    auto definition = weekdays({hours(8, 0, 12, 0)});
    definition.holidays = {day("2026-03-10")};
    definition.makeup_days = {day("2026-03-10")};
    EXPECT_EQ(built(definition).kindOf(day("2026-03-10")), DayKind::kMakeup);
}

TEST(Calendar, alwaysCountsEveryMinuteOfEveryDay) {
    const WorkingCalendar calendar = always();
    const Instant tet = at("2026-02-17 03:00");
    EXPECT_TRUE(calendar.isWorkingTime(tet));
    EXPECT_EQ(calendar.kindOf(day("2026-02-17")), DayKind::kWorking);
    EXPECT_EQ(calendar.add(tet, 45h), tet + 45h);
    EXPECT_EQ(calendar.add(tet, 21h), at("2026-02-18 00:00"));
    EXPECT_EQ(calendar.between(tet, tet + 1234567ms), 1234567ms);
    EXPECT_EQ(calendar.addWorkingDays(day("2026-02-14"), 3), day("2026-02-17"));
    EXPECT_EQ(calendar.nextOpening(tet), tet);
    EXPECT_EQ(calendar.lastWorkingInstant(at("2026-02-18 00:00")), at("2026-02-18 00:00"));
}

TEST(Calendar, alwaysIgnoresHoursAndLists) {
    auto definition = officialDefinition();
    definition.always = true;
    const WorkingCalendar calendar = built(definition);
    EXPECT_EQ(calendar.kindOf(day("2026-02-17")), DayKind::kWorking);
    EXPECT_EQ(calendar.workingMinutes(day("2026-08-22")), 24h);
}

TEST(Calendar, midnightMayEndAnInterval) {
    auto definition = weekdays({hours(0, 0, 6, 0), hours(18, 0, 24, 0)});
    const WorkingCalendar calendar = built(definition);
    EXPECT_EQ(calendar.add(at("2026-03-06 23:00"), 1h), at("2026-03-07 00:00"));
    EXPECT_TRUE(calendar.isWorkingTime(at("2026-03-07 00:00")));   // Friday's end
    EXPECT_FALSE(calendar.isWorkingTime(at("2026-03-08 00:00")));  // Saturday has none
    EXPECT_TRUE(calendar.isWorkingTime(at("2026-03-09 00:00")));   // Monday's start
    EXPECT_EQ(calendar.nextOpening(at("2026-03-07 00:00")), at("2026-03-09 00:00"));
    EXPECT_EQ(calendar.lastWorkingInstant(at("2026-03-08 12:00")), at("2026-03-07 00:00"));
}

TEST(Calendar, yearsWithoutListsAreMondayToFriday) {
    const WorkingCalendar calendar = officialCalendar();
    for (const char* const monday :
         {"1899-12-25", "1969-12-29", "2019-01-07", "2099-12-28", "2100-01-04", "2150-06-15"}) {
        const Date date = day(monday);
        EXPECT_EQ(calendar.addWorkingDays(date, 5), date + days{7}) << monday;
        EXPECT_EQ(calendar.add(startOf(date) + 12h, 450min), startOf(date) + 35h + 30min) << monday;
        EXPECT_EQ(calendar.between(startOf(date), startOf(date + days{7})), 5 * 450min) << monday;
    }
    // From long before the lists to long after them: whole weeks, less the days off, plus the make-up days.
    const std::int64_t weeks = (day("2150-06-15") - day("1899-12-25")) / days{7};
    const auto definition = officialDefinition();
    const auto listed = static_cast<std::int64_t>(definition.makeup_days.size()) -
                        static_cast<std::int64_t>(definition.holidays.size());
    EXPECT_EQ(calendar.between(startOf(day("1899-12-25")), startOf(day("2150-06-15"))), (weeks * 5 + listed) * 450min);
}

TEST(Calendar, refusesHoursThatAreNone) {
    const auto refused = [](std::vector<Interval> intervals) {
        const auto result = WorkingCalendar::build(weekdays(std::move(intervals)));
        return !result.ok() && result.error().code == Errc::kInvalid;
    };
    EXPECT_TRUE(refused({}));
    EXPECT_TRUE(refused({hours(13, 0, 17, 0), hours(8, 0, 12, 0)}));
    EXPECT_TRUE(refused({hours(8, 0, 12, 0), hours(11, 59, 17, 0)}));
    EXPECT_TRUE(refused({hours(8, 0, 8, 0)}));
    EXPECT_TRUE(refused({hours(12, 0, 8, 0)}));
    EXPECT_TRUE(refused({hours(8, 0, 24, 1)}));
    EXPECT_TRUE(refused({{-1min, 60min}}));
    EXPECT_FALSE(refused({hours(0, 0, 24, 0)}));
    EXPECT_FALSE(refused({hours(8, 0, 12, 0), hours(12, 0, 17, 0)}));
}

TEST(Calendar, ignoresTheZoneOfTheProcess) {
    for (const char* const zone : {"UTC", "Asia/Ho_Chi_Minh", "America/New_York"}) {
        const TimeZone set{zone};
        const WorkingCalendar calendar = officialCalendar();
        EXPECT_EQ(calendar.add(at("2026-03-06 08:00"), 8h), Instant{1773019800s}) << zone;
        EXPECT_EQ(calendar.addWorkingDays(day("2026-02-26"), 7), day("2026-03-09")) << zone;
    }
}

/// Counts minute by minute over a table of its own: from its own reading of the lists, its own month lengths and its
/// own weekdays. Shares nothing with the calendar under test. Minutes are local, from 2024-01-01, a Monday.
class MinuteOracle {
public:
    explicit MinuteOracle(bool saturday_mornings) {
        constexpr std::array<int, 12> kMonths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int weekday = 0;
        for (int year = 2024; year <= 2028; ++year) {
            const int leap = year % 4 == 0 ? 1 : 0;
            for (int month = 1; month <= 12; ++month) {
                const int length = kMonths[static_cast<std::size_t>(month - 1)] + (month == 2 ? leap : 0);
                for (int date = 1; date <= length; ++date, weekday = (weekday + 1) % 7)
                    addDay(markOf(year, month, date), weekday, saturday_mornings);
            }
        }
    }

    [[nodiscard]] std::int64_t add(std::int64_t start, std::int64_t working) const {
        std::int64_t now = start;
        for (;;) {
            const std::int64_t next = (now / 60000 + 1) * 60000;
            if (worked(now)) {
                if (working <= next - now) return now + working;
                working -= next - now;
            }
            now = next;
        }
    }

    [[nodiscard]] std::int64_t between(std::int64_t from, std::int64_t to) const {
        std::int64_t sum = 0;
        while (from < to) {
            const std::int64_t next = std::min((from / 60000 + 1) * 60000, to);
            if (worked(from)) sum += next - from;
            from = next;
        }
        return sum;
    }

    [[nodiscard]] bool worked(std::int64_t now) const { return minutes_[static_cast<std::size_t>(now / 60000)] != 0; }

    [[nodiscard]] std::int64_t addDays(std::int64_t day, int n) const {
        while (n > 0) n -= worksOn(++day) ? 1 : 0;
        return day;
    }

    [[nodiscard]] bool worksOn(std::int64_t day) const {
        const auto begin = minutes_.begin() + day * 1440;
        return std::find(begin, begin + 1440, 1) != begin + 1440;
    }

private:
    /// '+', '-' or nothing in the lists.
    static char markOf(int year, int month, int date) {
        for (const OfficialYear& official : kOfficialYears) {
            if (official.year != year) continue;
            std::array<char, 8> text{};
            std::snprintf(text.data(), text.size(), "%02d-%02d", month % 100, date % 100);
            const std::size_t found = official.days.find(text.data());
            if (found != std::string_view::npos) return official.days[found - 1];
        }
        return 0;
    }

    void addDay(char mark, int weekday, bool saturday_mornings) {
        const bool normal = mark == '+' || (mark != '-' && weekday < 5);
        const bool morning = normal || (saturday_mornings && mark != '-' && weekday == 5);
        for (int minute = 0; minute < 1440; ++minute) {
            const bool in_morning = minute >= 450 && minute < 690;
            const bool in_afternoon = minute >= 810 && minute < 1020;
            minutes_.push_back((morning && in_morning) || (normal && in_afternoon) ? 1 : 0);
        }
    }

    std::vector<char> minutes_;
};

class AgainstMinuteOracle : public ::testing::TestWithParam<bool> {
protected:
    static WorkingCalendar calendar() {
        auto definition = officialDefinition();
        if (GetParam()) definition.hours[5] = {hours(7, 30, 11, 30)};
        return built(definition);
    }
    Instant instant(std::int64_t local) const { return origin_ + milliseconds{local}; }

    const Instant origin_{1704042000s};  // 2024-01-01 00:00 local
    static constexpr std::int64_t kFourYears = std::int64_t{1461} * 86400 * 1000;
    static constexpr int kRuns = 20000;
    std::mt19937_64 random_{20260306};

    std::int64_t upTo(std::int64_t most) { return std::uniform_int_distribution<std::int64_t>{0, most}(random_); }
    /// Half of the instants on a whole half hour, where intervals begin and end.
    std::int64_t anyInstant() {
        const std::int64_t any = upTo(kFourYears);
        return upTo(1) == 0 ? any : any - any % 1800000;
    }
};

TEST_P(AgainstMinuteOracle, addsAndMeasuresTheSame) {
    const MinuteOracle oracle{GetParam()};
    const WorkingCalendar calendar = AgainstMinuteOracle::calendar();
    for (int run = 0; run < kRuns; ++run) {
        const std::int64_t start = anyInstant();
        const std::int64_t longest = run % 50 == 0 ? 60 * 27000000LL : 3 * 27000000LL;
        std::int64_t working = 1 + upTo(longest);
        if (upTo(1) == 0) working += 1800000 - working % 1800000;
        const std::int64_t end = oracle.add(start, working);

        ASSERT_EQ(calendar.add(instant(start), milliseconds{working}), instant(end))
            << formatInstant(instant(start)) << " + " << working << " ms";
        ASSERT_EQ(calendar.between(instant(start), instant(end)).count(), working) << formatInstant(instant(start));
        ASSERT_TRUE(calendar.isWorkingTime(instant(end)));
    }
}

TEST_P(AgainstMinuteOracle, measuresAnySpanTheSame) {
    const MinuteOracle oracle{GetParam()};
    const WorkingCalendar calendar = AgainstMinuteOracle::calendar();
    for (int run = 0; run < kRuns; ++run) {
        const std::int64_t from = anyInstant();
        const std::int64_t to = from + upTo(14LL * 86400000);
        const std::int64_t passed = oracle.between(from, to);
        ASSERT_EQ(calendar.between(instant(from), instant(to)).count(), passed)
            << formatInstant(instant(from)) << " to " << formatInstant(instant(to));
        // The inverse: back at `to` when it lies inside working time and is no opening.
        if (passed > 0 && oracle.worked(to - 1)) {
            ASSERT_EQ(calendar.add(instant(from), milliseconds{passed}), instant(to));
        }
    }
}

TEST_P(AgainstMinuteOracle, findsTheSameBordersAndDays) {
    const MinuteOracle oracle{GetParam()};
    const WorkingCalendar calendar = AgainstMinuteOracle::calendar();
    constexpr std::int64_t kDay = 86400000;
    for (int run = 0; run < kRuns; ++run) {
        const std::int64_t now = 14 * kDay + anyInstant();
        std::int64_t opening = now;
        while (!oracle.worked(opening)) opening = (opening / 60000 + 1) * 60000;
        ASSERT_EQ(calendar.nextOpening(instant(now)), instant(opening)) << formatInstant(instant(now));

        std::int64_t last = now;
        while (!oracle.worked(last) && !oracle.worked(last - 1)) last = (last - 1) / 60000 * 60000;
        ASSERT_EQ(calendar.lastWorkingInstant(instant(now)), instant(last)) << formatInstant(instant(now));

        const int n = 1 + static_cast<int>(upTo(20));
        ASSERT_EQ(startOf(calendar.addWorkingDays(localDate(instant(now)), n)),
                  instant(oracle.addDays(now / kDay, n) * kDay));
    }
}

INSTANTIATE_TEST_SUITE_P(Calendar, AgainstMinuteOracle, ::testing::Bool(), [](const auto& saturday_mornings) {
    return saturday_mornings.param ? "saturdayMornings" : "mondayToFriday";
});

}  // namespace
}  // namespace pakn::domain
