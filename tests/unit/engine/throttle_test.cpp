#include "core/engine/throttle.hpp"

#include <gtest/gtest.h>

namespace pakn::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kNow{seconds{1772758800}};

TEST(RateLimitTest, LetsABurstThroughAndThenOneAfterTheOther) {
    RateLimit limit{config::Rate{.count = 5, .per = seconds{1}}};
    EXPECT_EQ(limit.take(kNow, 4), 4);
    EXPECT_EQ(limit.take(kNow, 4), 1);
    EXPECT_EQ(limit.take(kNow, 4), 0);
    EXPECT_EQ(limit.take(kNow + milliseconds{199}, 4), 0);
    EXPECT_EQ(limit.take(kNow + milliseconds{200}, 4), 1);
    EXPECT_EQ(limit.take(kNow + seconds{9}, 9), 5);
}

TEST(RateLimitTest, WhatWasNotUsedComesBack) {
    RateLimit limit{config::Rate{.count = 5, .per = seconds{1}}};
    EXPECT_EQ(limit.take(kNow, 4), 4);
    limit.giveBack(3);
    EXPECT_EQ(limit.take(kNow, 9), 4);
}

TEST(RateLimitTest, WithoutARateEverythingGoes) {
    RateLimit limit{std::nullopt};
    EXPECT_EQ(limit.take(kNow, 1000), 1000);
}

TEST(BreakerTest, OpensAfterFiveFailuresInARowProbesAndCloses) {
    Breaker breaker{seconds{1}, seconds{60}};
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(breaker.judge(kNow, Errc::kUnavailable));
    EXPECT_EQ(breaker.admit(kNow, 4), 4);
    EXPECT_TRUE(breaker.judge(kNow, Errc::kUnavailable));
    EXPECT_TRUE(breaker.open());
    EXPECT_EQ(breaker.admit(kNow + milliseconds{1999}, 4), 0);
    EXPECT_EQ(breaker.admit(kNow + seconds{2}, 4), 1) << "one probes";
    EXPECT_EQ(breaker.admit(kNow + seconds{2}, 4), 0) << "and nobody else";
    EXPECT_FALSE(breaker.judge(kNow + seconds{2}, Errc::kUnavailable));
    EXPECT_EQ(breaker.admit(kNow + seconds{5}, 4), 0) << "it waits longer each time";
    EXPECT_EQ(breaker.admit(kNow + seconds{6}, 4), 1);
    breaker.unused(kNow + seconds{6});
    EXPECT_EQ(breaker.admit(kNow + seconds{6}, 4), 1) << "nothing was there to send: the next one may";
    EXPECT_TRUE(breaker.judge(kNow + seconds{6}, std::nullopt));
    EXPECT_EQ(breaker.admit(kNow + seconds{6}, 4), 4);
}

TEST(BreakerTest, APeerThatDoesNotAnswerIsDown) {
    Breaker breaker{seconds{1}, seconds{60}};
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(breaker.judge(kNow, Errc::kUnknownOutcome));
    EXPECT_TRUE(breaker.judge(kNow, Errc::kUnknownOutcome));
    EXPECT_EQ(breaker.admit(kNow + seconds{2}, 4), 1);
}

TEST(BreakerTest, ARefusedLoginOpensItAtOnceAndARejectionNever) {
    Breaker breaker{seconds{1}, seconds{60}};
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(breaker.judge(kNow, Errc::kRejected));
    EXPECT_TRUE(breaker.judge(kNow, Errc::kUnauthenticated));
    EXPECT_EQ(breaker.admit(kNow + seconds{29}, 4), 0);
    EXPECT_EQ(breaker.admit(kNow + seconds{30}, 4), 1);
}

}  // namespace
}  // namespace pakn::engine
