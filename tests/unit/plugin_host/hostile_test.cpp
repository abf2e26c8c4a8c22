/// @file
/// A plugin that does all the harm it can, in a process of its own: this one goes on, and so does the connector.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

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
        return instance.handle({.method = "POST", .url = "/" + what}, inbox_, {});
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
    /// Named after this process: a hub that is root makes the child's user of the name, and a user's threads are
    /// counted together. Tests that run beside each other would use up each other's.
    isolation::ProcessOptions options_{.connector = "hostile-" + std::to_string(::getpid()),
                                       .call_limit = std::chrono::milliseconds{200}};
    PluginHost host_{{kFixtures}};
};

TEST_F(HostileTest, ADeathIsAnErrorAndTheNextCallWorks) {
    const auto instance = made();
    for (const char* what : {"abort", "segv", "exit", "close", "answer_twice", "garbage", "ping"}) {
        const Result<HttpResponse> answer = request(*instance, what);
        ASSERT_FALSE(answer) << what;
        EXPECT_EQ(answer.error().code, Errc::kUnavailable) << what;
        EXPECT_EQ(answer.error().problem, "connector.crashed") << what;
        EXPECT_TRUE(recovers(*instance)) << what;
    }
    // On a machine that is busy enough a call in between is late, too.
    EXPECT_GE(instance->process()->crashes, 7);
    EXPECT_EQ(instance->process()->starts, instance->process()->crashes + 1);
}

TEST_F(HostileTest, AHangEndsAtTheDeadline) {
    const auto instance = made();
    EXPECT_EQ(said(*instance, "hang"), "connector.hung");
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, WhoHangsIsAskedToStopFirst) {
    const auto instance = made();
    const Result<HttpResponse> answer = request(*instance, "wait");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::kUnavailable);
    EXPECT_EQ(answer.error().problem, "") << "its own answer, not the hub's";
    EXPECT_EQ(instance->process()->starts, 1);
}

/// A peer that is slow makes every delivery hang: none of them is to blame.
TEST_F(HostileTest, AHangIsTriedAgainHoweverOften) {
    const auto instance = made({{"what", "hang"}});
    const Delivery slow{.id = "d-1", .title = "kill"};
    for (int i = 0; i < 3; ++i) {
        const Result<Receipt> sent = instance->send(slow, {});
        EXPECT_EQ(sent.error().code, Errc::kUnknownOutcome) << i;
        EXPECT_EQ(sent.error().problem, "connector.hung") << i;
        EXPECT_TRUE(recovers(*instance));
    }
    EXPECT_EQ(instance->process()->quarantined, 0);
}

TEST_F(HostileTest, WhoTalksWithoutEndHangs) {
    const auto instance = made();
    EXPECT_EQ(said(*instance, "flood_log"), "connector.hung");
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, WhoAsksWithoutEndHangs) {
    const auto instance = made();
    for (const char* what : {"flood_now", "flood_state"}) {
        EXPECT_EQ(said(*instance, what), "connector.hung") << what;
        EXPECT_TRUE(recovers(*instance)) << what;
    }
}

/// The time of a poll begins anew with what it asks for, but not for ever.
TEST_F(HostileTest, APollThatAsksWithoutEndHangs) {
    if (kSanitized) GTEST_SKIP() << "it is too slow there to be called a flood";
    const auto instance = made({{"where", "poll"}, {"what", "flood_now"}});
    EXPECT_EQ(instance->poll(inbox_, {}).error().problem, "connector.hung");
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, APollThatIsToStopIsOverAtTheDeadline) {
    const auto instance = made({{"where", "poll"}, {"what", "flood_now"}});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(instance->poll(inbox_, stop.get_token()).error().problem, "connector.hung");
    EXPECT_TRUE(recovers(*instance));
}

TEST_F(HostileTest, ASecondAnswerIsNotTheNextCallsFault) {
    options_.call_limit = std::chrono::seconds{10};
    const auto instance = made();
    EXPECT_EQ(request(*instance, "answer_first").error().code, Errc::kInternal) << "the forged one came first";
    // What the next call gets depends on whether the second answer was there before it; it is never suspected.
    const Delivery innocent{.id = "d-1"};
    const Result<Receipt> next = instance->send(innocent, {});
    ASSERT_FALSE(next);
    EXPECT_TRUE(next.error().problem == "connector.restarting" || next.error().problem == "connector.crashed");
    EXPECT_TRUE(recovers(*instance));
    EXPECT_EQ(request(*instance, "answer_first").error().code, Errc::kInternal);
    EXPECT_FALSE(instance->send(innocent, {}));
    EXPECT_TRUE(recovers(*instance));
    EXPECT_EQ(instance->process()->quarantined, 0);
    EXPECT_TRUE(instance->send(innocent, {}));
}

TEST_F(HostileTest, AFrozenProcessIsFoundByItsSilence) {
    options_.call_limit = std::chrono::minutes{5};
    const auto instance = made();
    EXPECT_EQ(said(*instance, "freeze"), "connector.hung");
    EXPECT_TRUE(recovers(*instance));
}

/// Where there is not enough for all, the hub's own threads go first.
TEST_F(HostileTest, ItStandsBehindTheHub) {
    const auto instance = made();
    ASSERT_TRUE(recovers(*instance));
    EXPECT_GT(::getpriority(PRIO_PROCESS, static_cast<id_t>(instance->process()->pid)), ::getpriority(PRIO_PROCESS, 0));
}

TEST_F(HostileTest, FloodsAreItsOwnTrouble) {
    if (kSanitized) GTEST_SKIP();
    const auto instance = made();
    const auto other = host_.createIsolated("verbs", {}, services_, {}, {.connector = "verbs"});
    ASSERT_TRUE(other);
    for (const char* what : {"threads", "small_threads", "descriptors", "memory", "huge"}) {
        static_cast<void>(request(*instance, what).ok());
        const auto echo = (*other)->handle({.url = "/echo", .body = what}, inbox_, {});
        ASSERT_TRUE(echo) << what << ": " << echo.error().message;
        std::thread{[] {}}.join();  // This process has threads and memory as before.
    }
}

TEST_F(HostileTest, ItMakesSoManyThreadsHoweverSmall) {
    if (kSanitized) GTEST_SKIP();
    options_.call_limit = std::chrono::seconds{10};
    const auto instance = made();
    const int threads = std::stoi(said(*instance, "small_threads"));
    // Whoever is not root shares the bound with all that its user runs: others may have used it up by now.
    EXPECT_GE(threads, ::geteuid() == 0 ? 1 : 0);
    EXPECT_LT(threads, 2000);
}

TEST_F(HostileTest, NeitherMemoryNorADiskIsFilledByOneFile) {
    const testing::TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms::all);
    options_.call_limit = std::chrono::seconds{20};
    const auto instance = made({{"folder", folder.path().string()}});
    EXPECT_EQ(said(*instance, "memfd"), "EFBIG");
    EXPECT_EQ(said(*instance, "disk"), "EFBIG");
    EXPECT_LE(fs::file_size(folder / "x"), 64U << 20U);
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
    EXPECT_EQ(said(*instance, "own"), "EPERM");
    EXPECT_EQ(said(*instance, "socket"), "EPERM");
    EXPECT_EQ(said(*instance, "unix"), "EPERM");
    options_.sockets = true;
    const auto with_sockets = made();
    EXPECT_EQ(said(*with_sockets, "socket"), "done");
    EXPECT_EQ(said(*with_sockets, "unix"), "EPERM");
    EXPECT_EQ(said(*with_sockets, "datagram"), "EPERM");
    const fs::path store = folder.write("paknhub.db", "petitions");
    fs::permissions(store, fs::perms::all);  // As if it were the child's own, which it is where the hub is not root.
    const auto by_name = made({{"target", store.string()}});
    EXPECT_EQ(said(*by_name, "truncate"), "EPERM");
    EXPECT_EQ(said(*by_name, "chmod"), "EPERM");
    EXPECT_EQ(fs::file_size(store), 9U);
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

TEST_F(HostileTest, WhatEverybodyAsksForIsNeverSetAside) {
    const auto instance = made();
    for (int i = 0; i < 3; ++i) {
        const Result<HttpResponse> answer = instance->handle({.method = "GET", .url = "/abort"}, inbox_, {});
        EXPECT_EQ(answer.error().problem, "connector.crashed") << i;
        EXPECT_TRUE(recovers(*instance));
    }
    EXPECT_EQ(instance->process()->quarantined, 0);
}

TEST_F(HostileTest, ARequestIsItsHeadersToo) {
    const auto instance = made();
    const auto with = [&](HttpHeaders headers) {
        const auto answer =
            instance->handle({.method = "POST", .url = "/abort", .headers = std::move(headers)}, inbox_, {});
        EXPECT_TRUE(recovers(*instance));
        return answer.error().problem;
    };
    EXPECT_EQ(with({{"x-a", "1"}, {"date", "now"}}), "connector.crashed");
    EXPECT_EQ(with({{"x-a", "2"}}), "connector.crashed");
    EXPECT_EQ(with({{"x-a", "1"}, {"date", "later"}}), "connector.quarantined");
}

/// reliability: a mail that kills must not hold back those behind it.
TEST_F(HostileTest, AnItemThatKillsAPollTwiceIsRefusedAndTheRestComesIn) {
    const auto instance = made({{"where", "poll"}, {"what", "poison"}});
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(instance->poll(inbox_, {}).error().problem, "connector.crashed");
        EXPECT_TRUE(recovers(*instance));
    }
    EXPECT_EQ(instance->process()->quarantined, 1);
    EXPECT_TRUE(instance->poll(inbox_, {}));
    ASSERT_EQ(inbox_.stored().size(), 2U);
    EXPECT_EQ(inbox_.stored()[1].external_id, "i-3");
    ASSERT_EQ(inbox_.unacceptable().size(), 1U);
    EXPECT_EQ(inbox_.unacceptable()[0].external_id, "i-2");
    EXPECT_EQ(inbox_.unacceptable()[0].raw, "as it came");
    EXPECT_EQ(instance->process()->starts, 3);
}

TEST_F(HostileTest, WhatIsTooLargeForAMessageIsKeptAsRefused) {
    options_.call_limit = std::chrono::seconds{10};
    const auto instance = made();
    EXPECT_EQ(said(*instance, "accept_large"), "T1") << "a long text is no longer than the hub finds it";
    EXPECT_EQ(inbox_.stored().at(0).text.size(), 3U << 20U);
    EXPECT_EQ(said(*instance, "accept_many"), "connector.item_too_large");
    EXPECT_EQ(said(*instance, "update_large"), "connector.item_too_large");
    ASSERT_EQ(inbox_.unacceptable().size(), 2U);
    EXPECT_EQ(inbox_.unacceptable()[0].external_id, "many");
    EXPECT_EQ(inbox_.unacceptable()[0].raw, "with many files");
    EXPECT_EQ(inbox_.unacceptable()[1].external_id, "u-1");
}

TEST_F(HostileTest, AConversationMayBeLongerThanAMessage) {
    if (kSanitized) GTEST_SKIP();
    options_.call_limit = std::chrono::seconds{20};
    options_.memory = 128U << 20U;
    const auto instance = made();
    for (int i = 0; i < 60; ++i)
        ASSERT_TRUE(inbox_.keep({.conversation = "c", .id = std::to_string(i), .data = std::string(1U << 20U, 'x')}));
    EXPECT_EQ(said(*instance, "conversation"), "60");
}

/// A connector with one item on its way into the inbox, until end().
class Occupied {
public:
    explicit Occupied(Instance& instance)
        : inbox_{[this](const IncomingPetition&) -> std::optional<Result<Accepted>> {
              arrived_.set_value();
              go_on_.get_future().wait();
              return Accepted{.code = "1"};
          }},
          first_{std::async(std::launch::async, [this, &instance] {
              return instance.handle({.method = "POST", .url = "/accept", .body = "a"}, inbox_, {});
          })} {
        arrived_.get_future().wait();
    }
    FakeInbox& inbox() { return inbox_; }
    Result<HttpResponse> end() {
        go_on_.set_value();
        return first_.get();
    }

private:
    std::promise<void> arrived_;
    std::promise<void> go_on_;
    FakeInbox inbox_;
    std::future<Result<HttpResponse>> first_;
};

TEST_F(HostileTest, NoMoreItemsAreOnTheirWayThanCredits) {
    options_.call_limit = std::chrono::seconds{20};
    options_.credits = 1;
    const auto instance = made();
    Occupied busy{*instance};
    const auto second = instance->handle({.method = "POST", .url = "/accept", .body = "b"}, busy.inbox(), {});
    EXPECT_EQ(busy.end()->body, "1");
    EXPECT_EQ(second.error().code, Errc::kUnavailable);
    EXPECT_EQ(second.error().problem, "connector.busy");
}

/// The same for everything else that waits for the disk.
TEST_F(HostileTest, NoMoreIsWrittenAtATimeThanCredits) {
    options_.call_limit = std::chrono::seconds{20};
    options_.credits = 1;
    const auto instance = made();
    Occupied busy{*instance};
    const auto all = request(*instance, "write");
    EXPECT_EQ(busy.end()->body, "1");
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->body, "put busy, lease busy, release busy, keep busy, drop busy, refuse busy, update busy");
    EXPECT_EQ(said(*instance, "write"), "put, lease, release, keep, drop, refuse, update");
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

TEST_F(HostileTest, WhoLivesLongEnoughIsHeldBackNoLonger) {
    options_.restart = {.first = std::chrono::milliseconds{1},
                        .most = std::chrono::milliseconds{1},
                        .crashes = 1,
                        .probe = std::chrono::milliseconds{1},
                        .settled = std::chrono::milliseconds{1}};
    const auto instance = made();
    static_cast<void>(request(*instance, "abort?1").ok());
    EXPECT_TRUE(within([&] { return instance->process()->tripped; }));
    EXPECT_TRUE(within([&] { return !instance->process()->tripped; }));
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
