/// @file
/// What kills twice is set aside, and not for ever.

#include "core/isolation/suspects.hpp"

#include <gtest/gtest.h>

#include "core/isolation/helper.hpp"
#include "core/isolation/remote_connector.hpp"

namespace pakn::isolation {
namespace {

constexpr Steady::time_point kNow{std::chrono::hours{1000}};

TEST(SuspectsTest, TwiceAloneOrFourTimesAmongOthers) {
    Suspects suspects;
    EXPECT_FALSE(suspects.note("a", true, kNow));
    EXPECT_FALSE(suspects.condemned("a", kNow));
    EXPECT_TRUE(suspects.note("a", true, kNow));
    EXPECT_TRUE(suspects.condemned("a", kNow));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(suspects.note("b", false, kNow));
    EXPECT_TRUE(suspects.note("b", false, kNow));
    suspects.forget("a");
    EXPECT_FALSE(suspects.condemned("a", kNow));
}

TEST(SuspectsTest, ASuspicionEnds) {
    Suspects suspects;
    const auto later = kNow + Suspects::kRemembered + std::chrono::seconds{1};
    suspects.note("a", true, kNow);
    EXPECT_FALSE(suspects.note("a", true, later)) << "the first time is forgotten";
    EXPECT_TRUE(suspects.note("a", true, later));
    EXPECT_TRUE(suspects.condemned("a", later + Suspects::kRemembered));
    EXPECT_FALSE(suspects.condemned("a", later + Suspects::kRemembered + std::chrono::seconds{1}));
}

TEST(HelperTest, AConnectorsUserIsItsOwn) {
    static_assert(kFirstUser > kDescribingUser);
    static_assert(kFirstUser + kUsers - 1 < kDecodingUser);
}

TEST(HelperTest, CountsTheThreadsOfAUser) {
    const int before = threadsOf(::geteuid());
    EXPECT_GE(before, 1);
    EXPECT_LT(before, 100000);
    EXPECT_EQ(threadsOf(4'000'000'000U), 0) << "nobody";
}

}  // namespace
}  // namespace pakn::isolation
