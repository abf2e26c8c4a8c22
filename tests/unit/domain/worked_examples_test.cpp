/// @file
/// The worked examples of docs/deadlines.md, one test each, with the official lists of 2024 to 2026 and the hours
/// 07:30-11:30 and 13:30-17:00; those of the open swap of November 2026 with and without it.

#include <gtest/gtest.h>

#include "core/domain/deadline.hpp"
#include "tests/unit/domain/official_days.hpp"

namespace pakn::domain {
namespace {

using namespace testing;

struct Example {
    const char* name;
    const char* start;
    const char* limit;
    const char* end;
    bool november_swap = false;
};

WorkingCalendar calendarOf(const Example& example) {
    return example.november_swap ? built(withNovemberSwap(officialDefinition())) : officialCalendar();
}

Instant dueOf(const Example& example, const std::string& start) {
    return dueAt(calendarOf(example), at(start), parseDuration(example.limit).value(), DeadlineEnd::kEndOfDay);
}

const auto kNames = [](const auto& example) { return std::string{example.param.name}; };

class WorkedDays : public ::testing::TestWithParam<Example> {};

// Whatever the hour of the start.
TEST_P(WorkedDays, lastDay) {
    for (const char* const time : {" 00:00", " 09:30", " 23:59:59"})
        EXPECT_EQ(formatInstant(dueOf(GetParam(), GetParam().start + std::string{time})),
                  std::string{GetParam().end} + "T23:59:59+07:00")
            << time;
}

INSTANTIATE_TEST_SUITE_P(Examples, WorkedDays,
                         ::testing::Values(Example{"sevenDays", "2026-02-26", "7wd", "2026-03-09"},
                                           Example{"sevenDaysFromAThursday", "2026-03-05", "7wd", "2026-03-16"},
                                           Example{"sevenDaysFromAFriday", "2026-03-06", "7wd", "2026-03-17"},
                                           Example{"oneDay", "2026-02-26", "1wd", "2026-02-27"},
                                           Example{"startOnADayOff", "2019-01-05", "4wd", "2019-01-10"},
                                           Example{"overTet", "2026-02-11", "7wd", "2026-02-27"},
                                           Example{"lastDayBeforeTet", "2026-02-13", "1wd", "2026-02-23"},
                                           Example{"startInsideTheHoliday", "2026-02-22", "1wd", "2026-02-23"},
                                           Example{"yearChangeSwappedFridayWorkingSaturday", "2025-12-31", "7wd",
                                                   "2026-01-12"},
                                           Example{"workingSaturdayOfJanuary", "2026-01-09", "1wd", "2026-01-10"},
                                           Example{"workingSaturdayOfAugust", "2026-08-21", "1wd", "2026-08-22"},
                                           Example{"workingSaturdayInside", "2026-08-20", "7wd", "2026-08-28"},
                                           Example{"nationalDayBridge", "2026-08-27", "7wd", "2026-09-10"},
                                           Example{"compensationMonday", "2026-04-24", "1wd", "2026-04-28"},
                                           Example{"twoHolidayBlocks", "2026-04-22", "5wd", "2026-05-04"},
                                           Example{"workingSaturdayThenABlock", "2025-04-25", "5wd", "2025-05-06"},
                                           Example{"endsOnAWorkingSaturday", "2025-04-24", "2wd", "2025-04-26"},
                                           Example{"swapOf2024", "2024-04-26", "3wd", "2024-05-04"},
                                           Example{"yearChange", "2024-12-30", "5wd", "2025-01-07"},
                                           Example{"openSwapOffBefore", "2026-11-20", "3wd", "2026-11-26"},
                                           Example{"openSwapOnBefore", "2026-11-20", "3wd", "2026-11-27", true},
                                           Example{"openSwapOffInside", "2026-11-24", "4wd", "2026-11-30"},
                                           Example{"openSwapOnInside", "2026-11-24", "4wd", "2026-11-28", true}),
                         kNames);

class WorkedHours : public ::testing::TestWithParam<Example> {};

TEST_P(WorkedHours, end) {
    EXPECT_EQ(formatInstant(dueOf(GetParam(), GetParam().start)), formatInstant(at(GetParam().end)));
}

INSTANTIATE_TEST_SUITE_P(
    EightHours, WorkedHours,
    ::testing::Values(Example{"weekend", "2026-03-06 08:00", "8wh", "2026-03-09 08:30"},
                      Example{"weekendAndLunch", "2026-03-06 16:00", "8wh", "2026-03-09 16:30"},
                      Example{"startOnADayOff", "2026-03-07 10:00", "8wh", "2026-03-10 08:00"},
                      Example{"startAtTheEndOfAnInterval", "2026-03-10 11:30", "8wh", "2026-03-11 14:00"},
                      Example{"startInTheLunchBreak", "2026-03-10 12:00", "8wh", "2026-03-11 14:00"},
                      Example{"lastMinute", "2026-03-10 16:59", "8wh", "2026-03-12 07:59"},
                      Example{"startAtClose", "2026-03-10 17:00", "8wh", "2026-03-12 08:00"},
                      Example{"plain", "2026-03-11 09:00", "8wh", "2026-03-12 09:30"},
                      Example{"overTet", "2026-02-13 15:30", "8wh", "2026-02-23 16:00"},
                      Example{"workingSaturday", "2026-01-09 16:00", "8wh", "2026-01-10 16:30"},
                      Example{"nationalDayBridge", "2026-08-28 16:00", "8wh", "2026-09-03 16:30"},
                      Example{"dayOfCulture", "2026-11-23 16:00", "8wh", "2026-11-25 16:30"}),
    kNames);

INSTANTIATE_TEST_SUITE_P(
    Borders, WorkedHours,
    ::testing::Values(Example{"endsWithTheMorning", "2026-03-11 07:30", "240wm", "2026-03-11 11:30"},
                      Example{"oneMinuteMore", "2026-03-11 07:30", "241wm", "2026-03-11 13:31"},
                      Example{"endsWithTheDay", "2026-03-11 07:30", "450wm", "2026-03-11 17:00"},
                      Example{"runsIntoTheNextDay", "2026-03-11 07:30", "451wm", "2026-03-12 07:31"}),
    kNames);

}  // namespace
}  // namespace pakn::domain
