/// @file
/// A connection whose plugin does not come back.

#include <gtest/gtest.h>

#include <condition_variable>

#include "core/engine/channel.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

/// Stays in poll until it is let go, whatever is asked of it.
class Hanging final : public test::IdleInstance {
public:
    Status poll(Inbox&, std::stop_token) override {
        inside = true;
        inside.notify_all();
        let_go.wait(false);
        return Done{};
    }
    std::atomic<bool> inside{false};
    std::atomic<bool> let_go{false};
};

TEST(ChannelStopTest, AHangingPollIsSeenAndWaitedForNoLongerThanSaid) {
    Bench bench;
    Hub hub{bench.hubParts()};
    const config::Connector settings{.id = "mail", .plugin = "scripted", .interval = std::chrono::milliseconds{1}};
    Condition condition{"mail", "scripted"};
    Hanging plugin;
    Channel channel{hub, plugin, settings, condition, [](LogLevel, std::string_view, std::string_view) {}};
    plugin.inside.wait(false);
    channel.requestStop();
    EXPECT_FALSE(channel.endsBy(std::chrono::steady_clock::now() + std::chrono::milliseconds{20}));
    plugin.let_go = true;
    plugin.let_go.notify_all();
    EXPECT_TRUE(channel.endsBy(std::chrono::steady_clock::now() + std::chrono::seconds{20}));
}

}  // namespace
}  // namespace pakn::engine
