/// @file
/// Instants as call centres and spreadsheets write them.

#include "times.hpp"

#include <gtest/gtest.h>

namespace pakn::hotline {
namespace {

constexpr Instant kThen{std::chrono::milliseconds{1795317329000}};  // 2026-11-22 10:15:29 in Viet Nam.

TEST(Times, AnInstantHasItsZone) {
    EXPECT_EQ(parseInstant("2026-11-22T10:15:29+07:00"), kThen);
    EXPECT_EQ(parseInstant("2026-11-22T03:15:29Z"), kThen);
    EXPECT_EQ(parseInstant("2026-11-22t03:15:29.987z"), kThen);
    EXPECT_EQ(parseInstant("2026-11-21T22:15:29-05:00"), kThen);
    for (const char* text :
         {"", "2026-11-22", "2026-11-22T10:15:29", "2026-11-22 10:15:29+07:00", "2026-11-22T10:15+07:00",
          "2026-11-22T10:15:29+0700", "2026-11-31T10:15:29Z", "2026-13-22T10:15:29Z", "2026-11-22T24:15:29Z",
          "2026-11-22T10:60:29Z", "2026-11-22T10:15:29.Z", "2026-11-22T10:15:29Zx", "22/11/2026T10:15:29Z",
          "1999-11-22T10:15:29Z", "99999999999999999999-11-22T10:15:29Z"})
        EXPECT_EQ(parseInstant(text), std::nullopt) << text;
}

TEST(Times, ASpreadsheetMayLeaveTheZoneAndTheSecondsAway) {
    const Instant minute = kThen - std::chrono::seconds{29};
    for (const char* text : {"2026-11-22T10:15:29+07:00", "2026-11-22 10:15:29", "22/11/2026 10:15:29",
                             "2026-11-22 03:15:29Z", "2026-11-22T10:15:29+0700", "2026-11-22 10:15:29.5"})
        EXPECT_EQ(parseLooseInstant(text), kThen) << text;
    for (const char* text : {"2026-11-22 10:15", "22/11/2026 10:15"})
        EXPECT_EQ(parseLooseInstant(text), minute) << text;
    EXPECT_EQ(parseLooseInstant("1/2/2026 8:05"), parseInstant("2026-02-01T08:05:00+07:00"));
    for (const char* text : {"", "22/11/2026", "46348.42", "31/11/2026 10:15", "22-11-2026 10:15", "22/11/26 10:15"})
        EXPECT_EQ(parseLooseInstant(text), std::nullopt) << text;
}

}  // namespace
}  // namespace pakn::hotline
