#include "core/engine/store_clock.hpp"

#include <gtest/gtest.h>

#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;
using namespace std::chrono_literals;

TEST(StoreClock, TellsTheStoresTimeWhateverTheMachineSays) {
    Bench bench;
    const Instant store_time = domain::sample::at(2026, 3, 6, 8);
    bench.faulty->setClock(store_time);
    const StoreClock clock{bench.faulty, store_time + 24h, 1h};
    EXPECT_GE(clock.now(), store_time);
    EXPECT_LT(clock.now(), store_time + 1min);
}

TEST(StoreClock, GoesOnFromTheLastAnswerWhileTheStoreIsAway) {
    Bench bench;
    const Instant store_time = domain::sample::at(2026, 3, 6, 8);
    bench.faulty->setClock(store_time);
    StoreClock clock{bench.faulty, store_time, 1h};
    bench.faulty->setClock(Error{.code = Errc::kUnavailable, .message = "restarting"});
    EXPECT_FALSE(clock.look());
    const Instant before = clock.now();
    EXPECT_GE(before, store_time);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (clock.now() == before) ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it stands still";
    bench.faulty->setClock(store_time + 1h);
    EXPECT_TRUE(clock.look());
    EXPECT_GE(clock.now(), store_time + 1h);
}

TEST(StoreClock, LooksAgainByItself) {
    Bench bench;
    const Instant store_time = domain::sample::at(2026, 3, 6, 8);
    const StoreClock clock{bench.faulty, store_time, 1ms};
    EXPECT_LT(clock.now(), store_time + 1min) << "nobody has told it anything yet";
    bench.faulty->setClock(store_time + 1h);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (clock.now() < store_time + 1h) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
}

}  // namespace
}  // namespace pakn::engine
