/// @file
/// Instants as the app writes them.

#include "times.hpp"

#include <gtest/gtest.h>

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

const Instant kMorning{std::chrono::sys_days{std::chrono::year{2026} / 3 / 6} + 1h};

TEST(MobileTimes, AreWrittenInVietnamsTime) {
    EXPECT_EQ(writeInstant(kMorning), "2026-03-06T08:00:00+07:00");
    EXPECT_EQ(writeInstant(kMorning + 7ms), "2026-03-06T08:00:00.007+07:00");
    EXPECT_EQ(writeInstant(kMorning + 16h), "2026-03-07T00:00:00+07:00");
}

TEST(MobileTimes, AreReadWithTheirZone) {
    for (const char* text : {"2026-03-06T08:00:00+07:00", "2026-03-06T01:00:00Z", "2026-03-05T20:30:00-04:30",
                             "2026-03-06t01:00:00.000z", "2026-03-06 01:00:00Z"})
        EXPECT_EQ(readInstant(text), kMorning) << text;
    EXPECT_EQ(readInstant("2026-03-06T01:00:00.1239Z"), kMorning + 123ms);
    EXPECT_EQ(readInstant("2026-03-06T00:59:60Z"), kMorning);
    EXPECT_EQ(readInstant(writeInstant(kMorning + 59ms)), kMorning + 59ms);
}

TEST(MobileTimes, WhatIsNoneIsRefused) {
    for (const char* text : {"", "2026-03-06", "2026-03-06T08:00:00", "2026-02-29T08:00:00Z", "2026-13-01T00:00:00Z",
                             "2026-03-06T24:00:00Z", "2026-03-06T08:00Z", "2026-03-06T08:00:00.Z",
                             "2026-03-06T08:00:00Zx", "1999-12-31T23:59:59Z", "2026-03-06T08:00:00+0700",
                             "2026-3-6T08:00:00Z", "99999999999999999999", "2026-03-06T08:00:00+24:00"})
        EXPECT_FALSE(readInstant(text)) << text;
}

}  // namespace
}  // namespace pakn::in_mobile
