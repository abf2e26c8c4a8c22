/// @file
/// The working calendar against the official lists and at its borders. Worked examples: worked_examples_test.cpp; any
/// calendar, minute by minute: calendar_oracle_test.cpp.

#include "core/domain/calendar.hpp"

#include <gtest/gtest.h>

#include "core/domain/calendar_lunar.hpp"
#include "tests/unit/domain/official_days.hpp"
#include "tests/unit/domain/time_zone.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using std::chrono::days;

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

TEST(Calendar, mayEndExactlyAtTheEndOfAnInterval) {
    const WorkingCalendar calendar = officialCalendar();
    const Instant opening = at("2026-03-11 07:30");
    EXPECT_EQ(calendar.add(opening, 240min + 1ms), at("2026-03-11 13:30") + 1ms);
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

/// 08:00-12:00 all week in the summer of 2026, the office's hours else; Saturday mornings in 2027 for good.
WorkingCalendar unitWithSeasons() {
    WeekHours summer;
    for (auto& day : summer) day = {hours(8, 0, 12, 0)};
    WeekHours later;
    later.fill({});
    for (std::size_t i = 0; i < 6; ++i) later[i] = {hours(7, 0, 11, 0)};
    return officialCalendar()
        .withHours({{day("2027-01-01"), {}, later}, {day("2026-06-01"), day("2026-08-31"), summer}})
        .value();
}

TEST(Calendar, hoursWithDatesHoldOnTheirDaysOnly) {
    const WorkingCalendar calendar = unitWithSeasons();
    EXPECT_EQ(calendar.workingMinutes(day("2026-05-29")), 450min);
    EXPECT_EQ(calendar.workingMinutes(day("2026-06-01")), 240min);
    EXPECT_EQ(calendar.workingMinutes(day("2026-08-30")), 240min);  // a Sunday of the season
    EXPECT_EQ(calendar.workingMinutes(day("2026-08-31")), 0min);    // a holiday of it
    EXPECT_EQ(calendar.workingMinutes(day("2026-09-03")), 450min);
    EXPECT_EQ(calendar.workingMinutes(day("2026-12-26")), 0min);
    EXPECT_EQ(calendar.workingMinutes(day("2027-01-02")), 240min);
    EXPECT_EQ(calendar.workingMinutes(day("2150-06-20")), 240min);
    EXPECT_EQ(calendar.kindOf(day("2026-06-07")), DayKind::kWorking);
    EXPECT_EQ(calendar.kindOf(day("2026-09-06")), DayKind::kWeekend);

    EXPECT_EQ(calendar.add(at("2026-05-29 16:30"), 4h + 31min), at("2026-06-02 08:01"));
    EXPECT_EQ(calendar.add(at("2026-08-30 11:00"), 2h), at("2026-09-03 08:30"));
    EXPECT_EQ(calendar.addWorkingDays(day("2026-05-29"), 3), day("2026-06-03"));
    EXPECT_EQ(calendar.addWorkingDays(day("2026-06-05"), 2), day("2026-06-07"));
    EXPECT_EQ(calendar.addWorkingDays(day("2027-01-01"), 1), day("2027-01-02"));
    EXPECT_EQ(calendar.nextOpening(at("2026-06-06 07:40")), at("2026-06-06 08:00"));
}

TEST(Calendar, aMakeupDayHasTheHoursOfItsSeason) {
    WeekHours afternoons;
    for (std::size_t i = 1; i < 5; ++i) afternoons[i] = {hours(13, 0, 16, 0)};
    const WorkingCalendar calendar =
        officialCalendar().withHours({{day("2026-08-22"), day("2026-08-22"), afternoons}}).value();
    EXPECT_EQ(calendar.hoursOf(day("2026-08-22")), std::vector{hours(13, 0, 16, 0)});
    EXPECT_EQ(calendar.workingMinutes(day("2026-01-10")), 450min);
}

TEST(Calendar, hoursWithoutAFirstDayHoldSinceEver) {
    WeekHours nights;
    nights.fill({hours(20, 0, 24, 0)});
    const WorkingCalendar calendar =
        built(weekdays({hours(8, 0, 12, 0)})).withHours({{{}, day("1960-01-03"), nights}}).value();
    EXPECT_EQ(calendar.addWorkingDays(day("1899-12-30"), 1), day("1899-12-31"));  // a Sunday
    EXPECT_EQ(calendar.add(at("1970-01-01 08:00"), 4h), at("1970-01-01 12:00"));
    EXPECT_EQ(calendar.workingMinutes(day("1960-01-03")), 240min);  // a Sunday, too
    EXPECT_EQ(calendar.workingMinutes(day("1960-01-10")), 0min);
    EXPECT_EQ(calendar.between(startOf(day("1960-01-01")), startOf(day("1960-01-11"))), 8 * 4h);
}

TEST(Calendar, ownHoursChangeNothingOfAnAlwaysOpenCalendar) {
    WeekHours mornings;
    mornings.fill({hours(8, 0, 12, 0)});
    const WorkingCalendar calendar = always().withHours({{{}, {}, mornings}}).value();
    EXPECT_EQ(calendar.workingMinutes(day("2026-06-07")), 24h);
}

TEST(Calendar, refusesHoursWithDatesThatAreNone) {
    WeekHours sound;
    sound[0] = {hours(8, 0, 12, 0)};
    WeekHours broken = sound;
    broken[3] = {hours(12, 0, 8, 0)};
    const auto field = [](std::vector<DatedHours> own) {
        const auto result = officialCalendar().withHours(std::move(own));
        return result.ok() ? std::string{"accepted"} : result.error().field;
    };
    const Date june = day("2026-06-01");
    const Date july = day("2026-07-01");
    EXPECT_EQ(field({{june, july, sound}, {july + days{1}, {}, sound}}), "accepted");
    EXPECT_EQ(field({{july + days{1}, {}, sound}, {{}, july, sound}}), "accepted");
    EXPECT_EQ(field({{june, june, sound}}), "accepted");
    EXPECT_EQ(field({{june, july, WeekHours{}}}), "/dated_hours/0/hours");
    EXPECT_EQ(field({{june, july, sound}, {july + days{1}, {}, broken}}), "/dated_hours/1/hours/3");
    EXPECT_EQ(field({{july, june, sound}}), "/dated_hours/0");
    EXPECT_EQ(field({{june, july, sound}, {july, {}, sound}}), "/dated_hours/1");
    EXPECT_EQ(field({{july, {}, sound}, {{}, july, sound}}), "/dated_hours/1");
    EXPECT_EQ(field({{{}, july, sound}, {{}, june, sound}}), "/dated_hours/1");
    EXPECT_EQ(field({{june, {}, sound}, {july, {}, sound}}), "/dated_hours/1");
}

TEST(Calendar, countsBack) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.subtract(at("2026-03-09 08:30"), 8h), at("2026-03-06 08:00"));
    EXPECT_EQ(calendar.subtract(at("2026-03-09 08:30"), 1h), at("2026-03-09 07:30"));  // not Friday 17:00
    EXPECT_EQ(calendar.subtract(at("2026-03-09 08:30"), 1h + 1ms), at("2026-03-06 17:00") - 1ms);
    EXPECT_EQ(calendar.subtract(at("2026-03-09 14:30"), 1h), at("2026-03-09 13:30"));  // not 11:30
    EXPECT_EQ(calendar.subtract(at("2026-03-08 12:00"), 1min), at("2026-03-06 16:59"));
    EXPECT_EQ(calendar.subtract(at("2026-03-08 12:00"), 0ms), at("2026-03-06 17:00"));
    EXPECT_EQ(calendar.subtract(at("2026-02-23 08:00"), 1h), at("2026-02-13 16:30"));
    EXPECT_EQ(calendar.subtractWorkingDays(day("2026-02-23"), 1), day("2026-02-13"));
    EXPECT_EQ(calendar.subtractWorkingDays(day("2026-01-12"), 7), day("2025-12-31"));
    EXPECT_EQ(calendar.subtractWorkingDays(day("2026-01-11"), 1), day("2026-01-10"));
}

TEST(Calendar, countsDaysThatLieWholeInASpan) {
    const WorkingCalendar calendar = officialCalendar();
    const auto whole = [&](const char* from, const char* to) { return calendar.wholeWorkingDays(at(from), at(to)); };
    EXPECT_EQ(whole("2026-03-06 09:00", "2026-03-10 09:00"), 1);  // Friday to Tuesday: Monday
    EXPECT_EQ(whole("2026-03-06 07:30", "2026-03-09 17:00"), 2);  // with all their hours
    EXPECT_EQ(whole("2026-03-06 07:31", "2026-03-09 16:59"), 0);
    EXPECT_EQ(whole("2026-03-06 00:00", "2026-03-06 23:00"), 1);
    EXPECT_EQ(whole("2026-03-06 08:00", "2026-03-06 23:00"), 0);
    EXPECT_EQ(whole("2026-03-06 18:00", "2026-03-09 07:00"), 0);
    EXPECT_EQ(whole("2026-02-13 18:00", "2026-02-23 07:00"), 0);  // Tết
    EXPECT_EQ(whole("2026-01-09 18:00", "2026-01-12 07:00"), 1);  // working Saturday
    EXPECT_EQ(whole("2026-03-10 09:00", "2026-03-06 09:00"), 0);
}

TEST(Calendar, anInstantAtTheEndOfAnIntervalIsItsOwnFirstWorkingInstant) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.firstWorkingInstant(at("2026-03-10 17:00")), at("2026-03-10 17:00"));
    EXPECT_EQ(calendar.firstWorkingInstant(at("2026-03-10 17:00") + 1ms), at("2026-03-11 07:30"));
    EXPECT_EQ(calendar.firstWorkingInstant(at("2026-03-10 12:00")), at("2026-03-10 13:30"));
    EXPECT_EQ(calendar.firstWorkingInstant(at("2026-03-10 07:30")), at("2026-03-10 07:30"));
}

TEST(Calendar, saysUntilWhenItIsKnown) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(calendar.knownUntil(day("2024-01-01")), day("2026-12-31"));
    EXPECT_EQ(calendar.knownUntil(day("2026-12-31")), day("2026-12-31"));
    EXPECT_EQ(calendar.knownUntil(day("2027-03-05")), day("2026-12-31"));
    EXPECT_EQ(calendar.knownUntil(day("2023-06-15")), day("2022-12-31"));
    EXPECT_EQ(always().knownUntil(day("2027-03-05")), std::nullopt);
    EXPECT_EQ(built(weekdays({hours(8, 0, 12, 0)})).knownUntil(day("2026-03-05")), day("2025-12-31"));
}

TEST(Calendar, aYearWithoutTetIsNotKnown) {
    auto definition = officialDefinition();
    definition.holidays.insert(day("2027-01-01"));
    EXPECT_EQ(built(definition).knownUntil(day("2026-03-05")), day("2026-12-31"));
    // Tết 2027 is Saturday 06/02; its third day is a Monday.
    definition.holidays.insert(day("2027-02-08"));
    EXPECT_EQ(built(definition).knownUntil(day("2026-03-05")), day("2027-12-31"));
    definition.holidays.erase(day("2025-01-29"));
    EXPECT_EQ(built(definition).knownUntil(day("2024-03-05")), day("2024-12-31"));
    EXPECT_EQ(built(definition).knownUntil(day("2025-03-05")), day("2024-12-31"));
    EXPECT_EQ(built(definition).knownUntil(day("2026-03-05")), day("2027-12-31"));
}

TEST(Calendar, itsEndIsSaidSixtyDaysBefore) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_FALSE(endsSoon(calendar, day("2026-11-01")));
    EXPECT_TRUE(endsSoon(calendar, day("2026-11-02")));  // sixty days before 2027-01-01
    EXPECT_TRUE(endsSoon(calendar, day("2027-05-01")));
    EXPECT_FALSE(endsSoon(always(), day("2027-05-01")));
}

// A year that nobody entered must not stop anything: Monday to Friday, Tết included.
TEST(Calendar, aMissingYearIsMondayToFridayWithoutHolidays) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_TRUE(calendar.isWorkingDay(day("2027-01-01")));
    EXPECT_TRUE(calendar.isWorkingDay(day("2027-02-08")));
    EXPECT_FALSE(calendar.isWorkingDay(day("2027-02-06")));
    EXPECT_EQ(calendar.addWorkingDays(day("2026-12-31"), 5), day("2027-01-07"));
    EXPECT_EQ(calendar.add(at("2026-12-31 16:30"), 1h), at("2027-01-01 08:00"));
    EXPECT_EQ(workingDays(calendar, day("2027-01-01"), day("2028-01-01")), 261);
}

struct LunarYear {
    int year;
    const char* tet;
    const char* hung_kings;
};

TEST(LunarCalendar, hasTheKnownDaysInAnyZone) {
    constexpr LunarYear kYears[] = {
        {2024, "02-10", "04-18"}, {2025, "01-29", "04-07"}, {2026, "02-17", "04-26"}, {2027, "02-06", "04-16"},
        {2028, "01-26", "04-04"}, {2029, "02-13", "04-23"}, {2030, "02-02", "04-12"}, {2031, "01-23", "04-01"},
        {2032, "02-11", "04-19"}, {2033, "01-31", "04-09"}, {2034, "02-19", "04-28"}, {2035, "02-08", "04-17"},
    };
    for (const char* const zone : {"UTC", "Asia/Ho_Chi_Minh"}) {
        const TimeZone set{zone};
        for (const LunarYear& known : kYears) {
            const std::chrono::year year{known.year};
            EXPECT_EQ(formatDate(lunarNewYear(year)), std::to_string(known.year) + "-" + known.tet) << zone;
            EXPECT_EQ(formatDate(hungKingsDay(year)), std::to_string(known.year) + "-" + known.hung_kings) << zone;
        }
    }
}

// Years whose Tết is another day than the Chinese new year, since the zone is +7.
TEST(LunarCalendar, isNotTheChineseOne) {
    EXPECT_EQ(formatDate(lunarNewYear(std::chrono::year{1968})), "1968-01-29");
    EXPECT_EQ(formatDate(lunarNewYear(std::chrono::year{1985})), "1985-01-21");
    EXPECT_EQ(formatDate(lunarNewYear(std::chrono::year{2007})), "2007-02-17");
}

// Tết is a new moon between 20 January and 21 February, and years have twelve or thirteen months.
TEST(LunarCalendar, staysInItsBoundsForTwoCenturies) {
    for (int year = 1900; year < 2199; ++year) {
        const Date tet = lunarNewYear(std::chrono::year{year});
        const Date begin{std::chrono::year{year} / std::chrono::January / 1};
        ASSERT_GE(tet - begin, days{19}) << year;
        ASSERT_LE(tet - begin, days{51}) << year;
        const auto length = lunarNewYear(std::chrono::year{year + 1}) - tet;
        ASSERT_TRUE((length >= days{353} && length <= days{355}) || (length >= days{383} && length <= days{385}))
            << year;
    }
}

}  // namespace
}  // namespace pakn::domain
