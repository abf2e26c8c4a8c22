/// @file
/// Two lanes of workers: whoever fills the open one keeps nobody out of the reserved one.

#include "core/http/workers.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>

namespace pakn::http {
namespace {

TEST(Workers, TheReservedLaneMovesWhileTheOpenOneIsStuck) {
    std::latch both_stuck{2};
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::promise<void> reserved_ran;
    std::atomic<int> open_ran = 0;
    {
        Workers workers{{.open = 2, .reserved = 1, .waiting = 3}};
        for (int i = 0; i < 2; ++i)
            ASSERT_TRUE(workers.submit(Lane::kOpen, [&] {
                both_stuck.count_down();
                released.wait();
                ++open_ran;
            }));
        both_stuck.wait();
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(workers.submit(Lane::kOpen, [&] { ++open_ran; }));
        EXPECT_FALSE(workers.submit(Lane::kOpen, [&] { ++open_ran; })) << "the lane is full";
        ASSERT_TRUE(workers.submit(Lane::kReserved, [&] { reserved_ran.set_value(); }));
        reserved_ran.get_future().wait();
        EXPECT_EQ(open_ran, 0);

        std::promise<void> all_ran;
        release.set_value();
        while (!workers.submit(Lane::kOpen, [&] { all_ran.set_value(); })) std::this_thread::yield();
        all_ran.get_future().wait();
    }
    EXPECT_EQ(open_ran, 5);
}

TEST(Workers, OpenWorkersHelpInTheReservedLane) {
    Workers workers{{.open = 2, .reserved = 0, .waiting = 10}};
    std::latch ran{5};
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(workers.submit(Lane::kReserved, [&] { ran.count_down(); }));
    ran.wait();
}

TEST(Workers, ManyJobsFromManyThreadsAllRun) {
    constexpr int kEach = 2000;
    std::latch ran{4 * kEach};
    {
        Workers workers{{.open = 3, .reserved = 2, .waiting = 100000}};
        std::vector<std::thread> callers;
        for (int caller = 0; caller < 4; ++caller)
            callers.emplace_back([&, lane = caller % 2 == 0 ? Lane::kOpen : Lane::kReserved] {
                for (int i = 0; i < kEach; ++i) ASSERT_TRUE(workers.submit(lane, [&] { ran.count_down(); }));
            });
        for (std::thread& caller : callers) caller.join();
        ran.wait();
    }
}

}  // namespace
}  // namespace pakn::http
