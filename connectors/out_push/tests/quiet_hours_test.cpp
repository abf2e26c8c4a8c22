/// @file
/// Hours over midnight and within a day, in Viet Nam's time.

#include "quiet_hours.hpp"

#include <gtest/gtest.h>

namespace pakn::out_push {
namespace {

using namespace std::chrono_literals;

/// An instant by Viet Nam's clock, of 2026-03-06.
Instant at(std::chrono::minutes time) {
    return Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 6}} + time - 7h;
}

TEST(PushQuietHours, OverMidnight) {
    const auto quiet = QuietHours::read("22:00-06:30");
    ASSERT_TRUE(quiet);
    EXPECT_FALSE(quiet->endsAt(at(21h + 59min)));
    EXPECT_EQ(quiet->endsAt(at(22h)), at(30h + 30min));
    EXPECT_EQ(quiet->endsAt(at(23h + 59min)), at(30h + 30min));
    EXPECT_EQ(quiet->endsAt(at(0h)), at(6h + 30min));
    EXPECT_EQ(quiet->endsAt(at(6h + 29min)), at(6h + 30min));
    EXPECT_FALSE(quiet->endsAt(at(6h + 30min)));
}

TEST(PushQuietHours, WithinADay) {
    const auto quiet = QuietHours::read("12:00-13:00");
    ASSERT_TRUE(quiet);
    EXPECT_FALSE(quiet->endsAt(at(11h + 59min)));
    EXPECT_EQ(quiet->endsAt(at(12h + 30min)), at(13h));
    EXPECT_FALSE(quiet->endsAt(at(13h)));
    EXPECT_FALSE(quiet->endsAt(at(1h)));
}

TEST(PushQuietHours, WhatIsNoneIsRefused) {
    for (const char* text : {"", "22:00", "22:00-", "22-06", "24:00-06:00", "22:60-06:00", "22:00-22:00", "2a:00-06:00",
                             "22:00-06:00 ", "-1:00-06:00", "22:0x-06:00"})
        EXPECT_FALSE(QuietHours::read(text)) << text;
}

}  // namespace
}  // namespace pakn::out_push
