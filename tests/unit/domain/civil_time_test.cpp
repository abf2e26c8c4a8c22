/// @file
/// Text forms of instants, and that they do not depend on the process's time zone.

#include "core/domain/civil_time.hpp"

#include <gtest/gtest.h>

#include "tests/unit/domain/time_zone.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;

Instant epoch(std::int64_t milliseconds) { return Instant{std::chrono::milliseconds{milliseconds}}; }

TEST(CivilTime, writesInstantsInLocalTime) {
    EXPECT_EQ(formatInstant(epoch(0)), "1970-01-01T07:00:00+07:00");
    EXPECT_EQ(formatInstant(epoch(1773075599000)), "2026-03-09T23:59:59+07:00");
    EXPECT_EQ(formatInstant(epoch(1773075599250)), "2026-03-09T23:59:59.250+07:00");
    EXPECT_EQ(formatInstant(epoch(1773075599007)), "2026-03-09T23:59:59.007+07:00");
    EXPECT_EQ(formatInstant(epoch(-1)), "1970-01-01T06:59:59.999+07:00");
}

// AX-14: one instant has one 24-hour face everywhere.
TEST(CivilTime, ax14OneInstantOneFace) {
    const Instant at = parseInstant("2021-03-28T08:27:52Z").value();
    EXPECT_EQ(formatInstant(at), "2021-03-28T15:27:52+07:00");
    EXPECT_EQ(formatForPeople(at), "28/03/2021 15:27");
}

TEST(CivilTime, readsEveryOffset) {
    const Instant expected = epoch(1773075599000);
    for (const char* const text :
         {"2026-03-09T23:59:59+07:00", "2026-03-09T16:59:59Z", "2026-03-09t16:59:59z", "2026-03-09T16:59:59-00:00",
          "2026-03-10T00:59:59+08:00", "2026-03-09T11:29:59-05:30", "2026-03-09T23:59:59.0+07:00"})
        EXPECT_EQ(parseInstant(text), expected) << text;
}

TEST(CivilTime, cutsFractionsToMilliseconds) {
    EXPECT_EQ(parseInstant("1970-01-01T00:00:00.2Z"), epoch(200));
    EXPECT_EQ(parseInstant("1970-01-01T00:00:00.02Z"), epoch(20));
    EXPECT_EQ(parseInstant("1970-01-01T00:00:00.1239999999999999999Z"), epoch(123));
}

TEST(CivilTime, refusesWhatIsNoInstant) {
    for (const char* const text : {"",
                                   "2026-03-09",
                                   "2026-03-09T23:59:59",
                                   "2026-03-09 23:59:59Z",
                                   "2026-03-09T23:59Z",
                                   "2026-03-09T23:59:60Z",
                                   "2026-03-09T24:00:00Z",
                                   "2026-03-09T23:60:00Z",
                                   "2026-02-29T00:00:00Z",
                                   "2026-13-01T00:00:00Z",
                                   "2026-00-01T00:00:00Z",
                                   "2026-04-31T00:00:00Z",
                                   "2026-03-09T23:59:59.Z",
                                   "2026-03-09T23:59:59,5Z",
                                   "2026-03-09T23:59:59+0700",
                                   "2026-03-09T23:59:59+7:00",
                                   "2026-03-09T23:59:59+24:00",
                                   "2026-03-09T23:59:59+07:60",
                                   "2026-03-09T23:59:59+07:00 ",
                                   " 2026-03-09T23:59:59Z",
                                   "2026-03-09T23:59:59ZZ",
                                   "2026-3-09T23:59:59Z",
                                   "+026-03-09T23:59:59Z",
                                   "2026-03-09T-1:59:59Z",
                                   "2026-03-09T23:59:59.1",
                                   "1969-12-31T00:00:00Z",
                                   "2200-01-02T00:00:00Z",
                                   "9999-12-31T23:59:59Z"})
        EXPECT_EQ(parseInstant(text), std::nullopt) << text;
}

TEST(CivilTime, readsBackWhatItWrites) {
    // A prime step visits all times of day, leap days and year ends.
    const Instant end = parseInstant("2199-12-31T23:59:59.999+07:00").value();
    const Instant begin = parseInstant("1970-01-01T00:00:00+07:00").value();
    for (Instant at = begin; at <= end; at += std::chrono::milliseconds{86'399'999'993LL})
        ASSERT_EQ(parseInstant(formatInstant(at)), at) << formatInstant(at);
    EXPECT_EQ(parseInstant(formatInstant(end)), end);
}

TEST(CivilTime, datesOfTheGregorianCalendarOnly) {
    EXPECT_EQ(formatDate(parseDate("2024-02-29").value()), "2024-02-29");
    EXPECT_EQ(parseDate("2000-01-01").value().time_since_epoch(), std::chrono::days{10957});
    for (const char* const text : {"2023-02-29", "1900-02-29", "2026-00-10", "2026-10-00", "2026-06-31", "2026-1-01",
                                   "26-01-01", "2026/01/01", "2026-01-01 ", "", "abcd-ef-gh"})
        EXPECT_EQ(parseDate(text), std::nullopt) << text;
}

TEST(CivilTime, theDayBeginsAtLocalMidnight) {
    const Instant before = parseInstant("2026-03-08T16:59:59.999Z").value();
    EXPECT_EQ(formatDate(localDate(before)), "2026-03-08");
    EXPECT_EQ(formatDate(localDate(before + 1ms)), "2026-03-09");
    EXPECT_EQ(startOf(parseDate("2026-03-09").value()), before + 1ms);
    EXPECT_EQ(toInstant(toLocal(before)), before);
}

TEST(CivilTime, ignoresTheZoneOfTheProcess) {
    for (const char* const zone : {"UTC", "Asia/Ho_Chi_Minh", "America/New_York"}) {
        const testing::TimeZone set{zone};
        EXPECT_EQ(formatInstant(epoch(1773075599000)), "2026-03-09T23:59:59+07:00") << zone;
        EXPECT_EQ(formatForPeople(epoch(1773075599000)), "09/03/2026 23:59") << zone;
        EXPECT_EQ(parseInstant("2026-03-09T23:59:59+07:00"), epoch(1773075599000)) << zone;
    }
}

}  // namespace
}  // namespace pakn::domain
