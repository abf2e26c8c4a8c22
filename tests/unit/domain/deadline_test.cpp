/// @file
/// Durations as written, and the ends they lead to: the worked examples of docs/deadlines.md and the acceptance
/// examples (AX-nn) about dates, each with its own calendar.

#include "core/domain/deadline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/unit/domain/official_days.hpp"
#include "tests/unit/domain/time_zone.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using std::chrono::days;

Duration duration(std::string_view text) { return parseDuration(text).value(); }

std::string due(const WorkingCalendar& calendar, std::string_view start, std::string_view limit,
                DeadlineEnd end = DeadlineEnd::kEndOfDay) {
    return formatInstant(dueAt(calendar, at(start), duration(limit), end));
}

/// 08:00-12:00 and 13:00-17:00, as the acceptance examples assume.
WorkingCalendar::Definition eightHours() { return weekdays({hours(8, 0, 12, 0), hours(13, 0, 17, 0)}); }

TEST(Duration, readsEveryUnit) {
    using Unit = Duration::Unit;
    EXPECT_EQ(duration("45s"), (Duration{45, Unit::kSeconds}));
    EXPECT_EQ(duration("30m"), (Duration{30, Unit::kMinutes}));
    EXPECT_EQ(duration("8h"), (Duration{8, Unit::kHours}));
    EXPECT_EQ(duration("5d"), (Duration{5, Unit::kDays}));
    EXPECT_EQ(duration("30wm"), (Duration{30, Unit::kWorkingMinutes}));
    EXPECT_EQ(duration("8wh"), (Duration{8, Unit::kWorkingHours}));
    EXPECT_EQ(duration("7wd"), (Duration{7, Unit::kWorkingDays}));
    EXPECT_EQ(duration("0m").amount, 0);
    EXPECT_EQ(duration("100000wd").amount, 100000);
}

TEST(Duration, writesWhatItReads) {
    for (const char* const text : {"45s", "30m", "8h", "5d", "30wm", "8wh", "7wd", "0d", "100000m"})
        EXPECT_EQ(formatDuration(duration(text)), text);
}

TEST(Duration, refusesEverythingElse) {
    for (const char* const text : {"", "7", "wd", "7 wd", " 7wd", "7wd ", "-7wd", "+7wd", "1.5h", "7WD", "7w", "7dw",
                                   "100001m", "99999999999999999999999m", "7wdx", "7d7h", "７d"}) {
        const auto result = parseDuration(text);
        ASSERT_FALSE(result.ok()) << text;
        EXPECT_EQ(result.error().code, Errc::kInvalid) << text;
    }
}

struct DayExample {
    const char* start;
    const char* limit;
    const char* last_day;
};

TEST(Deadline, countsDaysAsInTheWorkedExamples) {
    const WorkingCalendar calendar = officialCalendar();
    const DayExample examples[] = {
        {"2026-02-26", "7wd", "2026-03-09"},  // three limits of one province
        {"2026-03-05", "7wd", "2026-03-16"}, {"2026-03-06", "7wd", "2026-03-17"},
        {"2026-02-26", "1wd", "2026-02-27"}, {"2019-01-05", "4wd", "2019-01-10"},  // start on a day off
        {"2026-02-11", "7wd", "2026-02-27"},                                       // over Tết
        {"2026-02-13", "1wd", "2026-02-23"},                                       // last day before Tết
        {"2026-02-22", "1wd", "2026-02-23"},                                       // start inside the holiday
        {"2025-12-31", "7wd", "2026-01-12"},  // year change, swapped Friday, working Saturday
        {"2026-01-09", "1wd", "2026-01-10"},  // working Saturdays
        {"2026-08-21", "1wd", "2026-08-22"}, {"2026-08-20", "7wd", "2026-08-28"},
        {"2026-08-27", "7wd", "2026-09-10"},  // National Day bridge
        {"2026-04-24", "1wd", "2026-04-28"},  // compensation Monday
        {"2026-04-22", "5wd", "2026-05-04"},  // two holiday blocks
        {"2025-04-25", "5wd", "2025-05-06"},  // working Saturday, then a block
        {"2025-04-24", "2wd", "2025-04-26"}, {"2024-04-26", "3wd", "2024-05-04"},
        {"2024-12-30", "5wd", "2025-01-07"},  // year change
        {"2026-11-20", "3wd", "2026-11-26"},  // open swap, not taken
        {"2026-11-24", "4wd", "2026-11-30"},
    };
    for (const auto& [start, limit, last_day] : examples) {
        for (const char* const time : {" 00:00", " 09:30", " 23:59:59"})
            EXPECT_EQ(due(calendar, std::string{start} + time, limit), std::string{last_day} + "T23:59:59+07:00")
                << start << time;
    }
}

TEST(Deadline, theOpenSwapOf2026MovesTwoOfThem) {
    const WorkingCalendar calendar = built(withNovemberSwap(officialDefinition()));
    EXPECT_EQ(due(calendar, "2026-11-20 10:00", "3wd"), "2026-11-27T23:59:59+07:00");
    EXPECT_EQ(due(calendar, "2026-11-24 10:00", "4wd"), "2026-11-28T23:59:59+07:00");
}

// AX-01: the leader's step of one working day.
TEST(Deadline, ax01OneWorkingDay) {
    EXPECT_EQ(due(built(eightHours()), "2026-02-26 09:00", "1wd"), "2026-02-27T23:59:59+07:00");
}

// AX-02: seven working days from an assignment in the afternoon.
TEST(Deadline, ax02SevenWorkingDays) {
    EXPECT_EQ(due(built(eightHours()), "2026-02-26 15:56", "7wd"), "2026-03-09T23:59:59+07:00");
}

// AX-03: one convention, the end of the last working day, however early the start.
TEST(Deadline, ax03StartAtMidnight) {
    const Instant end = dueAt(built(eightHours()), at("2026-03-06 00:00"), duration("7wd"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(end), "2026-03-17T23:59:59+07:00");
    EXPECT_LE(at("2026-03-17 10:00"), end);
    EXPECT_GT(at("2026-03-18 00:00:01"), end);
}

// AX-04: the unit's limit runs from distribution; the age runs from receipt and is ten working days.
TEST(Deadline, ax04LimitFromDistributionAgeFromReceipt) {
    const WorkingCalendar calendar = built(eightHours());
    EXPECT_EQ(due(calendar, "2026-03-05 08:00", "7wd"), "2026-03-16T23:59:59+07:00");
    EXPECT_EQ(calendar.addWorkingDays(day("2026-03-02"), 10), day("2026-03-16"));
}

// AX-05: the same end as five calendar or four working days; which of them it is, configuration says.
TEST(Deadline, ax05CalendarOrWorkingDays) {
    const WorkingCalendar calendar = built(eightHours());
    EXPECT_EQ(due(calendar, "2019-01-05 17:27", "5d"), "2019-01-10T23:59:59+07:00");
    EXPECT_EQ(due(calendar, "2019-01-05 17:27", "4wd"), "2019-01-10T23:59:59+07:00");
}

// AX-06: sent on a Saturday to the wrong unit; giving it back is free until the end of Monday.
TEST(Deadline, ax06ReturnWithinOneWorkingDayFromSaturday) {
    const Instant end = dueAt(built(eightHours()), at("2019-01-05 17:33"), duration("1wd"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(end), "2019-01-07T23:59:59+07:00");
    EXPECT_GT(at("2019-01-08 00:00"), end);
}

// AX-07: sent on a Friday.
TEST(Deadline, ax07ReturnWithinOneWorkingDayFromFriday) {
    EXPECT_EQ(due(built(eightHours()), "2026-03-06 14:00", "1wd"), "2026-03-09T23:59:59+07:00");
}

// AX-11: an appointment is exact to the minute, and so is its reminder.
TEST(Deadline, ax11AppointmentAndReminder) {
    const WorkingCalendar calendar = built(eightHours());
    EXPECT_EQ(due(calendar, "2021-05-17 09:00", "240h"), "2021-05-27T09:00:00+07:00");
    EXPECT_EQ(due(calendar, "2021-05-17 09:00", "216h"), "2021-05-26T09:00:00+07:00");
    EXPECT_EQ(due(calendar, "2021-05-17 09:00", "10wd"), "2021-05-31T23:59:59+07:00");
}

// AX-12: each level of an escalation has its own budget from its own start; nothing falls on the Saturday.
TEST(Deadline, ax12LadderOfBudgets) {
    const WorkingCalendar calendar = built(eightHours());
    const Instant unit = dueAt(calendar, at("2021-03-27 08:22:20"), duration("8wh"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(unit), "2021-03-29T17:00:00+07:00");
    EXPECT_TRUE(calendar.isWorkingTime(unit));  // acts at that instant, not at the next opening
    const Instant leader = dueAt(calendar, unit, duration("8wh"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(leader), "2021-03-30T17:00:00+07:00");
}

// AX-13: the lunch break is not counted.
TEST(Deadline, ax13LunchIsNotCounted) {
    const WorkingCalendar calendar = built(eightHours());
    EXPECT_EQ(due(calendar, "2021-05-07 15:00", "8wh"), "2021-05-10T15:00:00+07:00");
    EXPECT_EQ(due(calendar, "2026-03-06 12:15", "8wh"), "2026-03-09T12:00:00+07:00");
}

// AX-26: two blocks of holidays.
TEST(Deadline, ax26Holidays) {
    auto definition = eightHours();
    definition.holidays = {day("2026-04-27"), day("2026-04-30"), day("2026-05-01")};
    EXPECT_EQ(due(built(definition), "2026-04-24 09:00", "7wd"), "2026-05-08T23:59:59+07:00");
}

// AX-27: Tết.
TEST(Deadline, ax27Tet) {
    auto definition = eightHours();
    for (const char* const off : {"2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20"})
        definition.holidays.insert(day(off));
    EXPECT_EQ(due(built(definition), "2026-02-13 09:00", "7wd"), "2026-03-03T23:59:59+07:00");
}

// AX-28: a swapped Friday and the Saturday worked for it.
TEST(Deadline, ax28SwappedDays) {
    auto definition = eightHours();
    definition.holidays = {day("2026-01-01"), day("2026-01-02")};
    EXPECT_EQ(due(built(definition), "2025-12-31 09:00", "7wd"), "2026-01-13T23:59:59+07:00");
    definition.makeup_days = {day("2026-01-10")};
    EXPECT_EQ(due(built(definition), "2025-12-31 09:00", "7wd"), "2026-01-12T23:59:59+07:00");
}

TEST(Deadline, exactUnitsRunThroughNightsAndHolidays) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(due(calendar, "2026-02-13 16:50", "45s"), "2026-02-13T16:50:45+07:00");
    EXPECT_EQ(due(calendar, "2026-02-13 16:50", "30m"), "2026-02-13T17:20:00+07:00");
    // The three days for reporting a breach: weekends count.
    EXPECT_EQ(due(calendar, "2026-03-06 16:00", "72h"), "2026-03-09T16:00:00+07:00");
}

TEST(Deadline, mayEndAtTheCloseOfWork) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(due(calendar, "2026-02-26 15:56", "7wd", DeadlineEnd::kCloseOfWork), "2026-03-09T17:00:00+07:00");
    EXPECT_EQ(due(calendar, "2026-02-26 15:56", "4d", DeadlineEnd::kCloseOfWork), "2026-03-02T17:00:00+07:00");
    // A calendar day that is a day off has no close of work: nothing of it is taken away.
    EXPECT_EQ(due(calendar, "2026-03-06 15:56", "1d", DeadlineEnd::kCloseOfWork), "2026-03-07T23:59:59+07:00");
    EXPECT_EQ(due(calendar, "2026-03-06 15:56", "8wh", DeadlineEnd::kCloseOfWork), "2026-03-09T16:26:00+07:00");
}

TEST(Deadline, noDaysEndWithTheDayOfTheStart) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(due(calendar, "2026-03-06 15:56", "0wd"), "2026-03-06T23:59:59+07:00");
    EXPECT_EQ(due(calendar, "2026-03-07 15:56", "0d"), "2026-03-07T23:59:59+07:00");
    EXPECT_EQ(due(calendar, "2026-03-06 18:00", "0wd", DeadlineEnd::kCloseOfWork), "2026-03-06T18:00:00+07:00");
}

TEST(Deadline, everyDayCountsOnAnAlwaysOpenCalendar) {
    EXPECT_EQ(due(always(), "2026-02-13 15:56", "7wd"), "2026-02-20T23:59:59+07:00");
    EXPECT_EQ(due(always(), "2026-02-13 15:56", "7wd", DeadlineEnd::kCloseOfWork), "2026-02-20T23:59:59+07:00");
    EXPECT_EQ(due(always(), "2026-02-13 15:56", "8wh"), "2026-02-13T23:56:00+07:00");
    EXPECT_EQ(due(always(), "2026-02-13 15:56", "30wm"), "2026-02-13T16:26:00+07:00");
}

TEST(Deadline, theLargestLimitIsStillADate) {
    const WorkingCalendar calendar = officialCalendar();
    // 100,000 working days are 20,000 weeks when no list reaches so far.
    const Instant end = dueAt(calendar, at("2030-01-04 09:00"), duration("100000wd"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(end, startOf(day("2030-01-04") + days{140000 + 1}) - 1s);
}

TEST(Deadline, explainsWorkingDays) {
    const auto explanation =
        explainDue(officialCalendar(), at("2026-02-26 15:56"), duration("7wd"), DeadlineEnd::kEndOfDay);
    std::vector<std::string> counted;
    for (const CountedDay& one : explanation.counted) {
        counted.push_back(formatDate(one.day));
        EXPECT_EQ(one.working, 450min);
    }
    EXPECT_THAT(counted, ::testing::ElementsAre("2026-02-27", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05",
                                                "2026-03-06", "2026-03-09"));
    ASSERT_EQ(explanation.skipped.size(), 4U);
    EXPECT_EQ(explanation.skipped.front().day, day("2026-02-28"));
    for (const SkippedDay& one : explanation.skipped) EXPECT_EQ(one.reason, SkipReason::kWeekend);
}

TEST(Deadline, explainsHolidaysAndMakeupDays) {
    const auto explanation =
        explainDue(officialCalendar(), at("2025-12-31 09:00"), duration("7wd"), DeadlineEnd::kEndOfDay);
    std::vector<std::string> skipped;
    for (const SkippedDay& one : explanation.skipped)
        skipped.push_back(formatDate(one.day) + ' ' + std::string{nameOf(one.reason)});
    EXPECT_THAT(skipped, ::testing::ElementsAre("2026-01-01 holiday", "2026-01-02 holiday", "2026-01-03 weekend",
                                                "2026-01-04 weekend", "2026-01-11 weekend"));
    EXPECT_EQ(explanation.counted[5].day, day("2026-01-10"));
    EXPECT_EQ(explanation.counted[5].kind, DayKind::kMakeup);
}

TEST(Deadline, explainsWorkingHoursByTheMinutesUsed) {
    const auto explanation =
        explainDue(officialCalendar(), at("2026-03-06 16:00:30"), duration("8wh"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(explanation.due), "2026-03-09T16:30:30+07:00");
    ASSERT_EQ(explanation.counted.size(), 2U);
    EXPECT_EQ(explanation.counted[0].working, 59min);
    EXPECT_EQ(explanation.counted[1].working, 421min);
    EXPECT_EQ(explanation.skipped.size(), 2U);
}

TEST(Deadline, explainsAStartAfterHours) {
    const auto explanation =
        explainDue(officialCalendar(), at("2026-03-05 17:30"), duration("1wh"), DeadlineEnd::kEndOfDay);
    ASSERT_EQ(explanation.skipped.size(), 1U);
    EXPECT_EQ(explanation.skipped[0].day, day("2026-03-05"));
    EXPECT_EQ(explanation.skipped[0].reason, SkipReason::kOutsideHours);
    ASSERT_EQ(explanation.counted.size(), 1U);
    EXPECT_EQ(explanation.counted[0].day, day("2026-03-06"));
}

TEST(Deadline, explainsCalendarDaysAndNothingOfExactUnits) {
    const auto calendar_days =
        explainDue(officialCalendar(), at("2026-03-06 16:00"), duration("3d"), DeadlineEnd::kEndOfDay);
    ASSERT_EQ(calendar_days.counted.size(), 3U);
    EXPECT_EQ(calendar_days.counted[0].working, 0min);
    EXPECT_EQ(calendar_days.counted[2].working, 450min);
    EXPECT_TRUE(calendar_days.skipped.empty());

    const auto exact = explainDue(officialCalendar(), at("2026-03-06 16:00"), duration("72h"), DeadlineEnd::kEndOfDay);
    EXPECT_TRUE(exact.counted.empty());
    EXPECT_TRUE(exact.skipped.empty());
}

TEST(Deadline, explanationsAddUp) {
    std::mt19937 random{20260306};
    const auto upTo = [&random](int most) { return std::uniform_int_distribution<int>{0, most}(random); };
    for (const WorkingCalendar& calendar : {officialCalendar(), always()}) {
        for (int run = 0; run < 2000; ++run) {
            const Instant start = at("2024-01-01 00:00") + std::chrono::seconds{upTo(4 * 365 * 86400)};
            for (const Duration limit :
                 {Duration{upTo(6000), Duration::Unit::kWorkingMinutes},
                  Duration{upTo(30), Duration::Unit::kWorkingDays}, Duration{upTo(30), Duration::Unit::kDays}}) {
                const auto explanation = explainDue(calendar, start, limit, DeadlineEnd::kEndOfDay);
                ASSERT_EQ(explanation.due, dueAt(calendar, start, limit, DeadlineEnd::kEndOfDay));
                ASSERT_GE(explanation.due, start);
                const auto minutes = std::accumulate(
                    explanation.counted.begin(), explanation.counted.end(), 0min,
                    [](std::chrono::minutes sum, const CountedDay& counted) { return sum + counted.working; });
                const bool working_time = limit.unit == Duration::Unit::kWorkingMinutes;
                ASSERT_EQ(working_time ? minutes.count() : static_cast<std::int64_t>(explanation.counted.size()),
                          limit.amount)
                    << formatInstant(start) << ' ' << formatDuration(limit);
            }
        }
    }
}

TEST(Deadline, ignoresTheZoneOfTheProcess) {
    for (const char* const zone : {"UTC", "Asia/Ho_Chi_Minh"}) {
        const TimeZone set{zone};
        EXPECT_EQ(dueAt(officialCalendar(), Instant{1772096160s}, duration("7wd"), DeadlineEnd::kEndOfDay),
                  Instant{1773075599s})
            << zone;
    }
}

}  // namespace
}  // namespace pakn::domain
