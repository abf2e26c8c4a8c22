/// @file
/// A plugin that does all the harm it can, in a process of its own: this one goes on, and so does the connector.

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <string>
#include <thread>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::plugin_host {
namespace {

namespace fs = std::filesystem;
using isolation::ProcessHealth;
using testing::FakeHostServices;
using testing::FakeInbox;
using Steady = std::chrono::steady_clock;

const fs::path kFixtures = fs::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins";

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // Its memory is not bounded, and it ends otherwise.
#else
constexpr bool kSanitized = false;
#endif

class HostileTest : public ::testing::Test {
protected:
    HostileTest() { options_.restart = {.first = std::chrono::milliseconds{10}, .crashes = 100}; }

    std::unique_ptr<Instance> made(Settings::Values values = {}) {
        auto one = host_.createIsolated("hostile", Settings{std::move(values)}, services_, {}, options_);
        EXPECT_TRUE(one) << one.error().message;
        return one ? std::move(*one) : nullptr;
    }
    Result<HttpResponse> request(Instance& instance, const std::string& what) {
        return instance.handle({.url = "/" + what}, inbox_, {});
    }
    /// What the plugin said of a misdeed that it lived through.
    std::string said(Instance& instance, const std::string& what) {
        const Result<HttpResponse> answer = request(instance, what);
        return answer ? answer->body : answer.error().problem;
    }
    /// The connector works again, sooner or later.
    bool recovers(Instance& instance) {
        return within([&] {
            const Result<HttpResponse> answer = request(instance, "well");
            return answer && answer->body == "nothing done";
        });
    }
    static bool within(const std::function<bool()>& condition) {
        const auto deadline = Steady::now() + std::chrono::seconds{20};
        while (!condition()) {
            if (Steady::now() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        return true;
    }

    FakeHostServices services_;
    FakeInbox inbox_;
    isolation::ProcessOptions options_{.connector = "hostile", .call_limit = std::chrono::milliseconds{200}};
    PluginHost host_{{kFixtures}};
};

TEST_F(HostileTest, ADeathIsAnErrorAndTheNextCallWorks) {
    const auto instance = made();
    for (const char* what : {"abort", "segv", "exit", "close", "answer_twice", "garbage"}) {
        const Result<HttpResponse> answer = request(*instance, what);
        ASSERT_FALSE(answer) << what;
        EXPECT_EQ(answer.error().code, Errc::kUnavailable) << what;
        EXPECT_EQ(answer.error().problem, "connector.crashed") << what;
        EXPECT_TRUE(recovers(*instance)) << what;
    }
    EXPECT_EQ(instance->process()->crashes, 6);
    EXPECT_EQ(instance->process()->starts, 7);
}

TEST_F(HostileTest, AHangEndsAtTheDeadline) {
    const auto instance = made();
    EXPECT_EQ(said(*instance, "hang"), "connector.hung");
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, AFrozenProcessIsFoundByItsSilence) {
    options_.call_limit = std::chrono::minutes{5};
    const auto instance = made();
    EXPECT_EQ(said(*instance, "freeze"), "connector.crashed");
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, FloodsAreItsOwnTrouble) {
    if (kSanitized) GTEST_SKIP();
    const auto instance = made();
    const auto other = host_.createIsolated("verbs", {}, services_, {}, {.connector = "verbs"});
    ASSERT_TRUE(other);
    for (const char* what : {"threads", "descriptors", "memory", "huge"}) {
        static_cast<void>(request(*instance, what).ok());
        const auto echo = (*other)->handle({.url = "/echo", .body = what}, inbox_, {});
        ASSERT_TRUE(echo) << what << ": " << echo.error().message;
        std::thread{[] {}}.join();  // This process has threads and memory as before.
    }
}

TEST_F(HostileTest, MemoryThatLeaksIsGivenBackByANewProcess) {
    if (kSanitized) GTEST_SKIP();
    options_.memory = 64U << 20U;
    options_.call_limit = std::chrono::seconds{10};
    const auto instance = made();
    const Result<HttpResponse> answer = request(*instance, "memory");
    ASSERT_FALSE(answer) << "its memory has no end";
    EXPECT_TRUE(within([&] { return instance->process()->starts > 1; }));
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, ItReachesNothingOfTheHubs) {
    const testing::TemporaryFolder folder;
    const fs::path key = folder.write("hub.key", "secret");
    options_.sockets = false;
    const auto instance = made({{"target", key.string()}});
    EXPECT_EQ(said(*instance, "open"), "EACCES");
    EXPECT_EQ(said(*instance, "fork"), "EPERM");
    EXPECT_EQ(said(*instance, "exec"), "EPERM");
    EXPECT_EQ(said(*instance, "kill"), "EPERM");
    EXPECT_EQ(said(*instance, "socket"), "EPERM");
    EXPECT_EQ(said(*instance, "unix"), "EPERM");
    options_.sockets = true;
    const auto with_sockets = made();
    EXPECT_EQ(said(*with_sockets, "socket"), "done");
    EXPECT_EQ(said(*with_sockets, "unix"), "EPERM");
}

TEST_F(HostileTest, WhatKillsTwiceIsSetAside) {
    const auto instance = made();
    EXPECT_EQ(request(*instance, "abort?1").error().problem, "connector.crashed");
    EXPECT_TRUE(recovers(*instance));
    const Result<HttpResponse> second = request(*instance, "abort?1");
    EXPECT_EQ(second.error().code, Errc::kRejected);
    EXPECT_EQ(second.error().problem, "connector.quarantined");
    EXPECT_TRUE(recovers(*instance));
    const std::int64_t starts = instance->process()->starts;
    EXPECT_EQ(request(*instance, "abort?1").error().problem, "connector.quarantined");
    EXPECT_EQ(instance->process()->starts, starts) << "it was given to the plugin once more";
    EXPECT_EQ(instance->process()->quarantined, 1);
    EXPECT_EQ(request(*instance, "abort?2").error().problem, "connector.crashed") << "another one is another one";
}

TEST_F(HostileTest, ADeliveryThatKillsIsInDoubtThenDead) {
    const auto instance = made({{"what", "segv"}});
    const Delivery deadly{.id = "d-1", .title = "kill"};
    const Result<Receipt> first = instance->send(deadly, {});
    EXPECT_EQ(first.error().code, Errc::kUnknownOutcome) << "it may have gone out";
    EXPECT_EQ(first.error().problem, "connector.crashed");
    EXPECT_TRUE(recovers(*instance));
    EXPECT_EQ(instance->send(deadly, {}).error().code, Errc::kRejected);
    EXPECT_TRUE(recovers(*instance));
    EXPECT_EQ(instance->send({.id = "d-2"}, {})->reference, "r-d-2");
    EXPECT_EQ(instance->send(deadly, {}).error().problem, "connector.crashed") << "a replay is a new try";
}

TEST_F(HostileTest, TooManyCrashesHoldItBack) {
    options_.restart = {.first = std::chrono::milliseconds{1},
                        .most = std::chrono::milliseconds{1},
                        .crashes = 2,
                        .probe = std::chrono::hours{1}};
    const auto instance = made();
    static_cast<void>(request(*instance, "abort?1").ok());
    EXPECT_TRUE(recovers(*instance));
    EXPECT_FALSE(instance->process()->tripped);
    static_cast<void>(request(*instance, "abort?2").ok());
    EXPECT_TRUE(within([&] { return instance->process()->tripped; }));
    const Result<HttpResponse> answer = request(*instance, "well");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().problem, "connector.restarting");
    EXPECT_GT(answer.error().retry_after, std::chrono::minutes{50});
}

TEST_F(HostileTest, ACrashAtTheStartIsNoConnector) {
    for (const char* what : {"abort", "exit"}) {
        const auto instance = host_.createIsolated(
            "hostile", Settings{Settings::Values{{"where", "constructor"}, {"what", what}}}, services_, {}, options_);
        ASSERT_FALSE(instance) << what;
        EXPECT_EQ(instance.error().problem, "connector.crashed") << what;
    }
}

TEST_F(HostileTest, StopReachesACallUnderWay) {
    options_.call_limit = std::chrono::minutes{1};
    const auto instance = made({{"where", "poll"}, {"what", "wait"}});
    std::stop_source stop;
    auto polled = std::async(std::launch::async, [&] { return instance->poll(inbox_, stop.get_token()); });
    EXPECT_TRUE(within([&] { return services_.counted("waiting") == 1; }));
    stop.request_stop();
    EXPECT_TRUE(polled.get());
    EXPECT_EQ(services_.counted("stopped"), 1);
    EXPECT_EQ(inbox_.stored().size(), 1U);
}

TEST_F(HostileTest, ThreadsOfItsOwnMaySpeak) {
    options_.call_limit = std::chrono::seconds{10};
    const auto instance = made();
    const Result<HttpResponse> answer = request(*instance, "own_thread");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_FALSE(answer->body.empty());
    EXPECT_EQ(services_.counted("own_thread"), 1);
    EXPECT_EQ(inbox_.stored().size(), 1U);
    EXPECT_TRUE(request(*instance, "speak"));
}

}  // namespace
}  // namespace pakn::plugin_host
