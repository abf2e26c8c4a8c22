/// @file
/// What a client may do in an hour.

#include "limits.hpp"

#include <gtest/gtest.h>

#include "core/testing/fake_clock.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;
using testing::FakeClock;

TEST(WebLimits, SoMuchAtOnceAndTheRestWithinTheHour) {
    FakeClock clock;
    Limits limits;
    for (int i = 0; i < 6; ++i) EXPECT_FALSE(limits.use(Counted::kWaited, "a", 1, 6, clock.now())) << i;
    const auto wait = limits.use(Counted::kWaited, "a", 1, 6, clock.now());
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, 600s);
    clock.advance(599s);
    EXPECT_TRUE(limits.use(Counted::kWaited, "a", 1, 6, clock.now()));
    clock.advance(2s);
    EXPECT_FALSE(limits.use(Counted::kWaited, "a", 1, 6, clock.now()));
    clock.advance(1h);
    EXPECT_EQ(limits.used(Counted::kWaited, "a", 6, clock.now()), 0);
}

TEST(WebLimits, ClientsAndKindsAreCountedByThemselves) {
    FakeClock clock;
    Limits limits;
    EXPECT_FALSE(limits.use(Counted::kWaited, "a", 1, 1, clock.now()));
    EXPECT_TRUE(limits.use(Counted::kWaited, "a", 1, 1, clock.now()));
    EXPECT_FALSE(limits.use(Counted::kWaited, "b", 1, 1, clock.now()));
    EXPECT_FALSE(limits.use(Counted::kProven, "a", 1, 1, clock.now()));
}

TEST(WebLimits, WhatIsRefusedUsesNothing) {
    FakeClock clock;
    Limits limits;
    EXPECT_TRUE(limits.use(Counted::kBytes, "a", 11, 10, clock.now()));
    EXPECT_EQ(limits.used(Counted::kBytes, "a", 10, clock.now()), 0);
    EXPECT_FALSE(limits.use(Counted::kBytes, "a", 10, 10, clock.now()));
}

TEST(WebLimits, NoneMeansNone) {
    FakeClock clock;
    Limits limits;
    EXPECT_TRUE(limits.use(Counted::kWaited, "a", 1, 0, clock.now()));
}

TEST(WebLimits, MemoryIsBoundedAndThoseWhoDidMostAreRemembered) {
    FakeClock clock;
    Limits limits;
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(limits.use(Counted::kTries, "guesser", 1, 10, clock.now()));
    for (std::size_t i = 0; i < Limits::kMostClients * 2; ++i)
        EXPECT_FALSE(limits.use(Counted::kTries, std::to_string(i), 1, 10, clock.now()));
    EXPECT_TRUE(limits.use(Counted::kTries, "guesser", 1, 10, clock.now()));
}

}  // namespace
}  // namespace pakn::in_web
