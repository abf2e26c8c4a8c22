/// @file
/// The attempt counter: its window, and its bound in memory.

#include "core/security/attempts.hpp"

#include <gtest/gtest.h>

namespace pakn::security {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::milliseconds{1'772'762'400'000}};

TEST(AttemptCounter, LetsTheLimitPassInEachWindow) {
    AttemptCounter counter{2, 1min};
    EXPECT_FALSE(counter.count("a", kNow));
    EXPECT_FALSE(counter.count("a", kNow + 20s));
    EXPECT_EQ(counter.count("a", kNow + 30s), 30s);
    EXPECT_EQ(counter.count("a", kNow + 1min - 1ms), 1ms);
    EXPECT_FALSE(counter.count("a", kNow + 1min));
    EXPECT_FALSE(counter.count("a", kNow + 1min));
    EXPECT_EQ(counter.count("a", kNow + 1min), 1min);
}

TEST(AttemptCounter, CountsEachNameForItselfAndForgets) {
    AttemptCounter counter{1, 1min};
    EXPECT_FALSE(counter.count("a", kNow));
    EXPECT_FALSE(counter.count("b", kNow));
    EXPECT_TRUE(counter.count("a", kNow));
    counter.forget("a");
    EXPECT_FALSE(counter.count("a", kNow));
    EXPECT_TRUE(counter.count("b", kNow));
}

TEST(AttemptCounter, FollowsAClockThatGoesBack) {
    AttemptCounter counter{1, 1min};
    EXPECT_FALSE(counter.count("a", kNow));
    EXPECT_FALSE(counter.count("a", kNow - 1h));
    EXPECT_TRUE(counter.count("a", kNow - 1h));
}

TEST(AttemptCounter, HoldsNoMoreThanItsBoundAndDropsTheOldest) {
    AttemptCounter counter{1, 1min};
    EXPECT_FALSE(counter.count("victim", kNow));
    for (std::size_t i = 0; i < AttemptCounter::kMostNames - 1; ++i)
        ASSERT_FALSE(counter.count("hostile " + std::to_string(i), kNow + 1s));
    EXPECT_TRUE(counter.count("victim", kNow + 2s)) << "still counted at the bound";
    EXPECT_FALSE(counter.count("one more", kNow + 2s));
    EXPECT_EQ(counter.size(), AttemptCounter::kMostNames);
    EXPECT_FALSE(counter.count("victim", kNow + 2s)) << "the oldest went";
    EXPECT_EQ(counter.size(), AttemptCounter::kMostNames);
}

TEST(AttemptCounter, DropsWhatIsOverFirst) {
    AttemptCounter counter{1, 1min};
    for (std::size_t i = 0; i < AttemptCounter::kMostNames; ++i) ASSERT_FALSE(counter.count(std::to_string(i), kNow));
    EXPECT_FALSE(counter.count("late", kNow + 1min));
    EXPECT_EQ(counter.size(), 1U);
}

}  // namespace
}  // namespace pakn::security
