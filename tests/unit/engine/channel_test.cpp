#include "core/engine/channel.hpp"

#include <gtest/gtest.h>

#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

/// A mail box that always holds one more letter..
class MailBox final : public test::IdleInstance {
public:
    explicit MailBox(std::string name) : name_{std::move(name)} {}
    Status poll(Inbox& inbox, std::stop_token) override {
        const int number = ++polls;
        IncomingPetition letter = Bench::petition();
        letter.external_id = name_ + std::to_string(number);
        const Result<Accepted> accepted = inbox.accept(std::move(letter));
        taken += accepted ? 1 : 0;
        if (!accepted) return accepted.error();
        return Done{};
    }

    std::atomic<int> polls{0};
    std::atomic<int> taken{0};

private:
    const std::string name_;
};

class ChannelTest : public ::testing::Test {
protected:
    /// A channel of the one connector, as each hub on the store has one.
    std::unique_ptr<Channel> start(plugin_host::Instance& instance) {
        return std::make_unique<Channel>(
            hub_, instance, settings_, condition_,
            [this](LogLevel, std::string_view id, std::string_view) { standbys += id == "CONNECTOR_STANDBY" ? 1 : 0; });
    }
    template <class Condition>
    static void waitFor(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
    }

    Bench bench_;
    Hub hub_{bench_.hubParts()};
    config::Connector settings_{.id = "mail", .plugin = "scripted", .interval = std::chrono::milliseconds{1}};
    Condition condition_{"mail", "scripted"};
    std::atomic<int> standbys{0};
};

TEST_F(ChannelTest, OfTwoHubsOnePollsAndTheOtherTakesOverWhenItStops) {
    MailBox first{"first-"};
    MailBox second{"second-"};
    std::unique_ptr<Channel> holder = start(first);
    waitFor([&] { return first.taken >= 3; });
    const std::unique_ptr<Channel> waiting = start(second);
    waitFor([&] { return standbys == 1; });
    for (int step = 0; step < 6; ++step) {  // The holder prolongs its lease of 60 s as time goes on.
        bench_.now = bench_.now.load() + std::chrono::seconds{16};
        const int before = first.taken;
        waitFor([&] { return first.taken >= before + 3; });
    }
    EXPECT_EQ(second.polls, 0);
    holder.reset();  // Gives the lease back.
    waitFor([&] { return second.taken >= 1; });
}

TEST_F(ChannelTest, ADeadHubsConnectorIsTakenOverWhenItsLeaseHasRunOut) {
    const Instant now = bench_.now;
    ASSERT_TRUE(*bench_.real->holdLease("poll:mail", "dead hub", now, now + std::chrono::seconds{30}));
    MailBox box{"a-"};
    const std::unique_ptr<Channel> channel = start(box);
    waitFor([&] { return standbys == 1; });
    EXPECT_EQ(box.polls, 0);
    bench_.now = now + std::chrono::seconds{30};
    waitFor([&] { return box.taken >= 1; });
}

TEST_F(ChannelTest, APausedOneTakesNothingInUntilItIsResumed) {
    ASSERT_TRUE(setConnectorMode(*bench_.real, "mail", ConnectorMode::kPaused).ok());
    MailBox box{"a-"};
    const std::unique_ptr<Channel> channel = start(box);
    waitFor([&] { return condition_.read().state == "paused"; });
    EXPECT_EQ(box.polls, 0);
    ASSERT_TRUE(setConnectorMode(*bench_.real, "mail", ConnectorMode::kRunning).ok());
    waitFor([&] {
        bench_.now = bench_.now.load() + std::chrono::seconds{1};  // It looks twice a second.
        return box.taken >= 1;
    });
    EXPECT_EQ(condition_.read().state, "running");
}

TEST_F(ChannelTest, APollThatLostItsLeaseTakesNothingMoreIn) {
    /// Takes in one letter, then another after somebody else was given the lease.
    class Slow final : public test::IdleInstance {
    public:
        explicit Slow(Bench& bench) : bench_{bench} {}
        Status poll(Inbox& inbox, std::stop_token stop) override {
            IncomingPetition letter = Bench::petition();
            letter.external_id = "1";
            first = inbox.accept(letter).ok();
            const Instant later = bench_.now.load() + std::chrono::hours{1};
            static_cast<void>(bench_.real->holdLease("poll:mail", "other hub", later, later + std::chrono::hours{1}));
            bench_.now = later;
            letter.external_id = "2";
            const Result<Accepted> second = inbox.accept(letter);
            if (!second) refusal = static_cast<int>(second.error().code);
            done = true;
            while (!stop.stop_requested()) std::this_thread::yield();
            return Done{};
        }
        std::atomic<bool> first{false};
        std::atomic<bool> done{false};
        std::atomic<int> refusal{-1};

    private:
        Bench& bench_;
    } slow{bench_};
    {
        const std::unique_ptr<Channel> channel = start(slow);
        waitFor([&] { return slow.done.load(); });
    }
    EXPECT_TRUE(slow.first);
    EXPECT_EQ(slow.refusal, static_cast<int>(Errc::kUnavailable));
    EXPECT_EQ(bench_.real->counts()->petitions, 1);
}

}  // namespace
}  // namespace pakn::engine
