#include "core/engine/timers.hpp"

#include <gtest/gtest.h>

#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

TEST(Timers, ADueRowBecomesAnEventOnceAndTheStoreIsAllTheyNeed) {
    Bench bench;
    Committer committer{bench.committerParts()};
    const std::string id = committer.run(bench.arrival("a"))->petition->id;
    bench.now = domain::sample::at(2026, 3, 10, 8);  // 8 working hours of triage are over.
    const auto missed = [&] { return bench.real->petition(id)->value().missed; };
    const auto waitForMiss = [&] {
        Timers timers{*bench.faulty, committer, [&] { return bench.now.load(); },
                      [](LogLevel, std::string_view, std::string_view) {}};
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (missed().empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    };
    waitForMiss();
    ASSERT_TRUE(missed().contains(domain::Clock::kTriage));
    EXPECT_EQ(missed().at(domain::Clock::kTriage), domain::sample::at(2026, 3, 9, 8, 30));
    EXPECT_EQ(bench.real->history(id)->size(), 3U) << "received, routed, deadline_missed";
    waitForMiss();  // Another start, as after a crash.
    EXPECT_EQ(bench.real->history(id)->size(), 3U);
    EXPECT_TRUE(bench.real->dueTimers(bench.now, 10)->empty());
}

TEST(Timers, RowsThatCannotFireDoNotHoldUpThoseBehindThem) {
    Bench bench;
    Committer committer{bench.committerParts()};
    std::set<std::string> ids;
    for (int i = 0; i < 201; ++i) ids.insert(committer.run(bench.arrival(std::to_string(i)))->petition->id);
    const std::string last = *ids.rbegin();
    ids.erase(last);
    bench.faulty->damaged = ids;
    bench.now = domain::sample::at(2026, 3, 10, 8);
    Timers timers{*bench.faulty, committer, [&] { return bench.now.load(); },
                  [](LogLevel, std::string_view, std::string_view) {}};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    const auto missed = [&] { return bench.real->petition(last)->value().missed; };
    while (missed().empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(missed().contains(domain::Clock::kTriage));
}

}  // namespace
}  // namespace pakn::engine
