/// @file
/// How often a client may ask, by a clock set by hand.

#include "core/http/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pakn::http {
namespace {

using namespace std::chrono_literals;

Address client(int number) { return *parseAddress("2001:db8::" + std::to_string(number)); }

class RateLimiterTest : public testing::Test {
protected:
    int askedUntilRefused(RateLimiter& limiter, int most) {
        for (int i = 0; i < most; ++i)
            if (limiter.ask(client(1), now_) > 0s) return i;
        return most;
    }

    RateLimiter::Time now_ = RateLimiter::Time{} + 1000h;
};

TEST_F(RateLimiterTest, ABurstThenTheLastingRate) {
    RateLimiter limiter{100ms, 5, 1};
    EXPECT_EQ(askedUntilRefused(limiter, 100), 5);
    EXPECT_EQ(limiter.ask(client(1), now_), 100ms) << "it says how long to wait";
    now_ += 99ms;
    EXPECT_EQ(limiter.ask(client(1), now_), 1ms);
    now_ += 1ms;
    EXPECT_EQ(limiter.ask(client(1), now_), 0s);
    EXPECT_GT(limiter.ask(client(1), now_), 0s);
    now_ += 300ms;
    EXPECT_EQ(askedUntilRefused(limiter, 100), 3);
    now_ += 1h;
    EXPECT_EQ(askedUntilRefused(limiter, 100), 5) << "patience is worth no more than the burst";
}

TEST_F(RateLimiterTest, OverAnHourItIsTheRate) {
    RateLimiter limiter{100ms, 5, 1};
    int allowed = 0;
    for (int i = 0; i < 3600 * 40; ++i, now_ += 25ms)
        if (limiter.ask(client(1), now_) == 0s) ++allowed;
    EXPECT_NEAR(allowed, 36000, 5);
}

TEST_F(RateLimiterTest, RefusedAsksDoNotCount) {
    RateLimiter limiter{1s, 1, 1};
    EXPECT_EQ(limiter.ask(client(1), now_), 0s);
    for (int i = 0; i < 1000; ++i) EXPECT_GT(limiter.ask(client(1), now_), 0s);
    now_ += 1s;
    EXPECT_EQ(limiter.ask(client(1), now_), 0s);
}

TEST_F(RateLimiterTest, EachClientForItself) {
    RateLimiter limiter{1s, 1, 1};
    for (int i = 1; i < 200; ++i) EXPECT_EQ(limiter.ask(client(i), now_), 0s) << i;
    for (int i = 1; i < 200; ++i) EXPECT_GT(limiter.ask(client(i), now_), 0s) << i;
}

TEST_F(RateLimiterTest, LookingDoesNotCount) {
    RateLimiter limiter{1s, 1, 1};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(limiter.wait(client(1), now_), 0s);
    EXPECT_EQ(limiter.ask(client(1), now_), 0s);
    EXPECT_EQ(limiter.wait(client(1), now_), 1s);
}

TEST_F(RateLimiterTest, AFloodOfAddressesDoesNotFreeABusyOne) {
    RateLimiter limiter{1ms, 10000, 1, 64};
    for (int i = 0; i < 10000; ++i) EXPECT_EQ(limiter.ask(client(1), now_), 0s);
    EXPECT_GT(limiter.ask(client(1), now_), 0s);
    for (int i = 2; i < 9000; ++i) EXPECT_EQ(limiter.ask(client(i), now_), 0s);
    EXPECT_GT(limiter.ask(client(1), now_), 0s) << "the others asked little, so they make room for each other";
}

}  // namespace
}  // namespace pakn::http
