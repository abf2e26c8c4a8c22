/// @file
/// Who writes again and again does not go before those who wait.

#include "core/store/sqlite/turns.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace pakn::test {
namespace {

using store::sqlite::Turns;

TEST(TurnsTest, EachHasItInTheOrderOfAsking) {
    Turns turns;
    std::string order;
    turns.lock();
    std::vector<std::jthread> others;
    for (const char name : {'a', 'b', 'c'}) {
        others.emplace_back([&turns, &order, name] {
            const std::scoped_lock turn{turns};
            order += name;
        });
        while (turns.asked() != others.size() + 1) std::this_thread::yield();
    }
    turns.unlock();
    {
        const std::scoped_lock again{turns};
        EXPECT_EQ(order, "abc") << "whoever has had it goes behind them";
    }
}

}  // namespace
}  // namespace pakn::test
