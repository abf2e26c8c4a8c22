/// @file
/// Durations as written, and the ends they lead to: the acceptance examples (AX-nn) about dates, each with its own
/// calendar, and what happens around a limit. Worked examples: worked_examples_test.cpp.

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
    const auto ends = [&](const char* amount) {
        return formatInstant(
            appointmentAt(calendar, at("2021-05-17 09:00"), duration(amount), AppointmentEnd::kSameTime));
    };
    EXPECT_EQ(ends("10d"), "2021-05-27T09:00:00+07:00");
    EXPECT_EQ(ends("9d"), "2021-05-26T09:00:00+07:00");
    EXPECT_EQ(ends("10wd"), "2021-05-31T09:00:00+07:00");
    EXPECT_EQ(due(calendar, "2021-05-17 09:00", "10wd"), "2021-05-31T23:59:59+07:00");
}

// AX-12: each level of an escalation has its own budget from its own start; nothing falls on the Saturday.
TEST(Deadline, ax12LadderOfBudgets) {
    const WorkingCalendar calendar = built(eightHours());
    const Instant unit = dueAt(calendar, at("2021-03-27 08:22:20"), duration("8wh"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(unit), "2021-03-29T17:00:00+07:00");
    EXPECT_EQ(escalationAt(calendar, unit), unit);  // acts at that instant, not at the next opening
    const Instant leader = dueAt(calendar, unit, duration("8wh"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(formatInstant(leader), "2021-03-30T17:00:00+07:00");
}

// AX-13: the lunch break is not counted.
TEST(Deadline, ax13LunchIsNotCounted) {
    const WorkingCalendar calendar = built(eightHours());
    EXPECT_EQ(due(calendar, "2021-05-07 15:00", "8wh"), "2021-05-10T15:00:00+07:00");
    EXPECT_EQ(due(calendar, "2026-03-06 12:15", "8wh"), "2026-03-09T12:00:00+07:00");
}

// AX-19: on a Sunday night an emergency begins at once, anything else on Monday morning.
TEST(Deadline, ax19SundayNight) {
    EXPECT_EQ(due(always(), "2026-03-08 02:00", "4h"), "2026-03-08T06:00:00+07:00");
    const WorkingCalendar calendar = built(eightHours());
    EXPECT_EQ(formatInstant(calendar.nextOpening(at("2026-03-08 02:00"))), "2026-03-09T08:00:00+07:00");
    EXPECT_EQ(due(calendar, "2026-03-08 02:00", "8wh"), "2026-03-09T17:00:00+07:00");
    EXPECT_EQ(due(calendar, "2026-03-08 02:00", "1wd"), "2026-03-09T23:59:59+07:00");
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

Pause pause(const char* from, const char* to) { return {at(from), at(to)}; }

std::string after(const WorkingCalendar& calendar, const char* due, const char* limit, Pause pause,
                  DeadlineEnd end = DeadlineEnd::kEndOfDay) {
    return formatInstant(dueAfter(calendar, at(due), duration(limit), pause, end)).substr(0, 19);
}

TEST(Pause, keepsTheWorkingMinutesThatWereLeft) {
    const WorkingCalendar calendar = officialCalendar();
    // Two hours and a half were left on Tuesday at 09:00; they are left on Friday at 15:00.
    EXPECT_EQ(after(calendar, "2026-03-10 11:30", "8wh", pause("2026-03-10 09:00", "2026-03-13 15:00")),
              "2026-03-16T08:00:00");
    EXPECT_EQ(after(calendar, "2026-03-10 13:45", "30wm", pause("2026-03-10 13:30", "2026-03-10 16:45")),
              "2026-03-10T17:00:00");
    // A pause without working time, and one on a calendar that is always open.
    EXPECT_EQ(after(calendar, "2026-03-09 10:00", "8wh", pause("2026-03-06 17:00", "2026-03-09 07:30")),
              "2026-03-09T10:00:00");
    EXPECT_EQ(after(calendar, "2026-03-06 17:00", "8wh", pause("2026-03-06 17:00", "2026-03-07 10:00")),
              "2026-03-06T17:00:00");
    EXPECT_EQ(after(always(), "2026-03-08 10:00", "8wh", pause("2026-03-08 04:00", "2026-03-08 05:30")),
              "2026-03-08T11:30:00");
}

TEST(Pause, movesADayCountByItsWholeWorkingDays) {
    const WorkingCalendar calendar = officialCalendar();
    const char* const due = "2026-03-09 23:59:59";
    EXPECT_EQ(after(calendar, due, "7wd", pause("2026-03-03 09:00", "2026-03-03 16:00")), "2026-03-09T23:59:59");
    EXPECT_EQ(after(calendar, due, "7wd", pause("2026-03-03 09:00", "2026-03-04 16:00")), "2026-03-09T23:59:59");
    EXPECT_EQ(after(calendar, due, "7wd", pause("2026-03-03 09:00", "2026-03-05 16:00")), "2026-03-10T23:59:59");
    EXPECT_EQ(after(calendar, due, "7wd", pause("2026-03-03 06:00", "2026-03-05 18:00")), "2026-03-12T23:59:59");
    // A weekend gives nothing back, a working Saturday does.
    EXPECT_EQ(after(calendar, due, "7wd", pause("2026-03-06 17:00", "2026-03-09 07:30")), "2026-03-09T23:59:59");
    EXPECT_EQ(after(calendar, "2026-01-12 23:59:59", "7wd", pause("2026-01-09 17:00", "2026-01-12 07:30")),
              "2026-01-13T23:59:59");
    EXPECT_EQ(after(calendar, "2026-03-09 17:00", "7wd", pause("2026-03-03 09:00", "2026-03-05 16:00"),
                    DeadlineEnd::kCloseOfWork),
              "2026-03-10T17:00:00");
}

TEST(Pause, movesCalendarDaysByWholeDaysAndExactTimeByItself) {
    const WorkingCalendar calendar = officialCalendar();
    EXPECT_EQ(after(calendar, "2026-03-10 23:59:59", "5d", pause("2026-03-06 17:00", "2026-03-09 07:30")),
              "2026-03-12T23:59:59");
    EXPECT_EQ(after(calendar, "2026-03-10 23:59:59", "5d", pause("2026-03-06 00:00", "2026-03-07 00:00")),
              "2026-03-11T23:59:59");
    EXPECT_EQ(after(calendar, "2026-03-10 23:59:59", "5d", pause("2026-03-06 00:01", "2026-03-07 23:59")),
              "2026-03-10T23:59:59");
    EXPECT_EQ(after(calendar, "2026-03-10 10:00", "72h", pause("2026-03-07 10:00", "2026-03-08 11:15")),
              "2026-03-11T11:15:00");
}

TEST(Pause, helpsNoLimitThatIsOver) {
    const WorkingCalendar calendar = officialCalendar();
    for (const char* const limit : {"8wh", "7wd", "5d", "72h"}) {
        EXPECT_EQ(after(calendar, "2026-03-10 10:00", limit, pause("2026-03-10 10:00:01", "2026-03-20 09:00")),
                  "2026-03-10T10:00:00")
            << limit;
        EXPECT_EQ(after(calendar, "2026-03-10 10:00", limit, pause("2026-03-09 10:00", "2026-03-02 09:00")),
                  "2026-03-10T10:00:00")
            << limit;
    }
}

TEST(Pause, severalAddUpAlsoWhenTheCalendarChanged) {
    const std::vector<Pause> pauses = {pause("2026-11-17 09:00", "2026-11-19 09:00"),
                                       pause("2026-11-25 07:00", "2026-11-25 18:00")};
    const auto due_by = [&](const WorkingCalendar& calendar, std::span<const Pause> these) {
        const Instant start = at("2026-11-16 09:00");
        return formatDate(localDate(dueAt(calendar, start, duration("5wd"), DeadlineEnd::kEndOfDay, these)));
    };
    const WorkingCalendar before = officialCalendar();
    EXPECT_EQ(due_by(before, {}), "2026-11-23");
    EXPECT_EQ(due_by(before, std::span{pauses}.first(1)), "2026-11-25");  // 24/11 is off
    EXPECT_EQ(due_by(before, pauses), "2026-11-26");
    EXPECT_EQ(due_by(built(withNovemberSwap(officialDefinition())), pauses), "2026-11-27");
}

TEST(Reminder, movesBackIntoWorkingTime) {
    const WorkingCalendar calendar = officialCalendar();
    const auto reminder = [&](const char* due, const char* before) {
        return formatInstant(remindAt(calendar, at(due), duration(before))).substr(0, 16);
    };
    EXPECT_EQ(reminder("2026-03-11 10:00", "24h"), "2026-03-10T10:00");
    EXPECT_EQ(reminder("2026-03-09 23:59:59", "24h"), "2026-03-06T17:00");  // Sunday night
    EXPECT_EQ(reminder("2026-03-11 13:00", "1d"), "2026-03-10T11:30");      // lunch
    EXPECT_EQ(reminder("2026-02-23 23:59:59", "1d"), "2026-02-13T17:00");   // Tết
    EXPECT_EQ(reminder("2026-01-12 08:00", "24h"), "2026-01-10T17:00");     // working Saturday
    EXPECT_EQ(reminder("2026-03-11 17:30", "30m"), "2026-03-11T17:00");
    EXPECT_EQ(reminder("2026-03-09 08:30", "8wh"), "2026-03-06T08:00");
    EXPECT_EQ(reminder("2026-03-09 08:30", "60wm"), "2026-03-09T07:30");
    EXPECT_EQ(reminder("2026-03-09 23:59:59", "1wd"), "2026-03-06T17:00");
    EXPECT_EQ(reminder("2026-02-24 10:15", "2wd"), "2026-02-13T10:15");
    EXPECT_EQ(reminder("2026-03-08 10:00", "0h"), "2026-03-06T17:00");
}

TEST(Reminder, isExactOnAnAlwaysOpenCalendar) {
    EXPECT_EQ(remindAt(always(), at("2026-02-17 03:20"), duration("24h")), at("2026-02-16 03:20"));
    EXPECT_EQ(remindAt(always(), at("2026-02-17 03:20"), duration("8wh")), at("2026-02-16 19:20"));
    EXPECT_EQ(remindAt(always(), at("2026-02-17 03:20"), duration("1wd")), at("2026-02-16 03:20"));
}

TEST(Escalation, waitsForTheNextOpening) {
    const WorkingCalendar calendar = officialCalendar();
    const auto acts = [&](const char* expiry) {
        return formatInstant(escalationAt(calendar, at(expiry))).substr(0, 16);
    };
    EXPECT_EQ(acts("2026-03-10 17:00"), "2026-03-10T17:00");  // the end of an interval is working time
    EXPECT_EQ(acts("2026-03-10 11:30"), "2026-03-10T11:30");
    EXPECT_EQ(acts("2026-03-10 17:00:01"), "2026-03-11T07:30");
    EXPECT_EQ(acts("2026-03-09 23:59:59"), "2026-03-10T07:30");
    EXPECT_EQ(acts("2026-03-07 10:00"), "2026-03-09T07:30");
    EXPECT_EQ(acts("2026-02-13 23:59:59"), "2026-02-23T07:30");
    EXPECT_EQ(acts("2026-01-09 23:59:59"), "2026-01-10T07:30");
    EXPECT_EQ(escalationAt(always(), at("2026-02-17 03:20")), at("2026-02-17 03:20"));
}

TEST(Escalation, isJudgedByItsInstantAndNotByWhenItWasNoticed) {
    const WorkingCalendar calendar = officialCalendar();
    const Instant close = at("2026-03-10 17:00");
    EXPECT_EQ(escalationAt(calendar, close, close + 800ms), close);
    EXPECT_EQ(escalationAt(calendar, close, close + kTimerLag), close);
    EXPECT_EQ(escalationAt(calendar, close, close + kTimerLag + 1ms), at("2026-03-11 07:30"));
    EXPECT_EQ(escalationAt(calendar, close, at("2026-03-10 09:00")), close);  // not due yet
    EXPECT_EQ(escalationAt(calendar, at("2026-03-07 10:00"), at("2026-03-07 10:00")), at("2026-03-09 07:30"));
}

// Three levels are over when the hub comes back on Saturday: one acts on Monday, the next has its own budget from
// there.
TEST(Escalation, takesOneLevelAfterAnOutage) {
    const WorkingCalendar calendar = built(eightHours());
    const Instant first = escalationAt(calendar, at("2021-03-24 10:00"), at("2021-03-27 08:22:21"));
    EXPECT_EQ(first, at("2021-03-29 08:00"));
    EXPECT_EQ(escalationAt(calendar, at("2021-03-24 10:00"), first), first);  // asked again when its timer fires
    const Instant next = dueAt(calendar, first, duration("8wh"), DeadlineEnd::kEndOfDay);
    EXPECT_EQ(escalationAt(calendar, next, first), at("2021-03-29 17:00"));
    EXPECT_EQ(escalationAt(calendar, at("2021-03-24 10:00"), at("2021-03-26 14:10")), at("2021-03-26 14:10"));
}

TEST(Appointment, isExactInCalendarUnits) {
    const WorkingCalendar calendar = built(eightHours());
    const auto ends = [&](const char* start, const char* amount, AppointmentEnd end = AppointmentEnd::kNextOpening) {
        return formatInstant(appointmentAt(calendar, at(start), duration(amount), end)).substr(0, 16);
    };
    EXPECT_EQ(ends("2021-05-17 09:00", "90m"), "2021-05-17T10:30");
    EXPECT_EQ(ends("2021-05-21 20:00", "1d"), "2021-05-22T20:00");  // a Saturday night, and exact all the same
    EXPECT_EQ(ends("2021-05-21 16:00", "16wh"), "2021-05-25T16:00");
    EXPECT_EQ(ends("2021-05-21 20:00", "0wd"), "2021-05-21T20:00");
}

TEST(Appointment, inWorkingDaysKeepsTheTimeOfDayOrWaitsForTheOpening) {
    const WorkingCalendar calendar = built(eightHours());
    const auto ends = [&](const char* start, const char* amount, AppointmentEnd end) {
        return formatInstant(appointmentAt(calendar, at(start), duration(amount), end)).substr(0, 16);
    };
    EXPECT_EQ(ends("2021-05-20 20:00", "1wd", AppointmentEnd::kSameTime), "2021-05-21T20:00");
    EXPECT_EQ(ends("2021-05-20 20:00", "1wd", AppointmentEnd::kNextOpening), "2021-05-24T08:00");
    EXPECT_EQ(ends("2021-05-20 12:20", "1wd", AppointmentEnd::kNextOpening), "2021-05-21T13:00");
    EXPECT_EQ(ends("2021-05-20 17:00", "1wd", AppointmentEnd::kNextOpening), "2021-05-21T17:00");
    EXPECT_EQ(ends("2021-05-22 07:00", "1wd", AppointmentEnd::kSameTime), "2021-05-24T07:00");
    EXPECT_EQ(ends("2021-05-22 07:00", "1wd", AppointmentEnd::kNextOpening), "2021-05-24T08:00");
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
