/// @file
/// Workers in shares: whoever hangs with all of a share keeps no other owner waiting.

#include "core/http/shared_workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>

namespace pakn::http {
namespace {

TEST(SharedWorkers, OwnersThatHangLeaveOthersAlone) {
    constexpr int kHanging = 5;
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::latch all_hang{kHanging * 2};
    std::atomic<int> ran = 0;
    {
        SharedWorkers workers{{.running = 2, .waiting = 3}};
        for (int owner = 0; owner < kHanging; ++owner) {
            const std::string name = "hanging-" + std::to_string(owner);
            for (int i = 0; i < 2; ++i)
                ASSERT_TRUE(workers.submit(name, [&] {
                    all_hang.count_down();
                    released.wait();
                    ++ran;
                }));
        }
        all_hang.wait();
        for (int owner = 0; owner < kHanging; ++owner) {
            const std::string name = "hanging-" + std::to_string(owner);
            for (int i = 0; i < 3; ++i) ASSERT_TRUE(workers.submit(name, [&] { ++ran; }));
            EXPECT_FALSE(workers.submit(name, [&] { ++ran; })) << "its own queue is full";
        }
        for (int i = 0; i < 100; ++i) {
            std::promise<void> done;
            ASSERT_TRUE(workers.submit("healthy", [&] { done.set_value(); }));
            done.get_future().wait();
        }
        EXPECT_EQ(ran, 0);
        std::latch rest{kHanging};
        release.set_value();
        for (int owner = 0; owner < kHanging; ++owner)
            while (!workers.submit("hanging-" + std::to_string(owner), [&] { rest.count_down(); }))
                std::this_thread::yield();
        rest.wait();
    }
    EXPECT_EQ(ran, kHanging * 5);
}

TEST(SharedWorkers, NoOwnerRunsMoreThanItsShare) {
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    std::latch done{300};
    SharedWorkers workers{{.running = 3, .waiting = 400}};
    for (int i = 0; i < 300; ++i)
        ASSERT_TRUE(workers.submit("one", [&] {
            const int now = ++running;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::yield();
            --running;
            done.count_down();
        }));
    done.wait();
    EXPECT_LE(most, 3);
}

/// Jobs of several owners at once: each gets a thread, though those that were just woken have not looked yet.
TEST(SharedWorkers, WhoIsAboutToWorkIsNotTakenForIdle) {
    SharedWorkers workers{{.running = 1, .waiting = 4}};
    for (int round = 0; round < 200; ++round) {
        constexpr int kOwners = 4;
        auto together = std::make_shared<std::latch>(kOwners + 1);  // Passes only when all run at the same time.
        for (int owner = 0; owner < kOwners; ++owner)
            ASSERT_TRUE(workers.submit(std::to_string(owner), [together] { together->arrive_and_wait(); }));
        together->arrive_and_wait();
    }
}

}  // namespace
}  // namespace pakn::http
