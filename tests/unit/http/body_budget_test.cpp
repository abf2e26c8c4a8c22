#include "core/http/body_budget.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

namespace pakn::http {
namespace {

TEST(BodyBudget, GivesNoMoreThanItHas) {
    BodyBudget budget{100};
    BodyShare one{budget};
    BodyShare two{budget};
    EXPECT_TRUE(one.growTo(60));
    EXPECT_FALSE(two.growTo(41));
    EXPECT_TRUE(two.growTo(40)) << "a refusal takes nothing";
    EXPECT_FALSE(one.growTo(61));
    EXPECT_TRUE(one.growTo(10)) << "a share never shrinks before its end";
    EXPECT_FALSE(two.growTo(std::numeric_limits<std::size_t>::max()));
}

TEST(BodyBudget, GetsBackWhatARequestHeld) {
    BodyBudget budget{100};
    {
        BodyShare first{budget};
        ASSERT_TRUE(first.growTo(100));
        const BodyShare moved{std::move(first)};
        EXPECT_FALSE(budget.take(1));
    }
    EXPECT_TRUE(budget.take(100)) << "once, though the share was moved";
    EXPECT_FALSE(budget.take(1));
}

TEST(BodyBudget, ThreadsNeverGetMoreTogether) {
    BodyBudget budget{10};
    std::atomic<int> held = 0;
    std::atomic<bool> too_many = false;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int round = 0; round < 20'000; ++round) {
                    BodyShare share{budget};
                    if (!share.growTo(4)) continue;
                    if (++held > 2) too_many = true;
                    --held;
                }
            });
    }
    EXPECT_FALSE(too_many);
    EXPECT_TRUE(budget.take(10)) << "all came back";
}

TEST(BodyBudget, SomeCanBeKeptFreeForOthers) {
    BodyBudget budget{10};
    BodyShare open{budget, 4};
    EXPECT_FALSE(open.growTo(7));
    EXPECT_TRUE(open.growTo(6));
    BodyShare reserved{budget};
    EXPECT_TRUE(reserved.growTo(4));
}

}  // namespace
}  // namespace pakn::http
