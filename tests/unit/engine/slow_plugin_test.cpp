/// @file
/// Plugins that do not come back from a call, as the hub runs them: whoever waits for one is that one alone. And after
/// the stop nobody is called any more, while what was lent still works until the object is gone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "core/engine/connections.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/settings.hpp"
#include "test_paths.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using namespace std::chrono_literals;
using test::Bench;

class SlowPluginTest : public ::testing::Test {
protected:
    ~SlowPluginTest() override {
        open();
        connections_.stop(20s);
    }

    config::Connector connector(const std::string& id, const std::string& where) {
        return {.id = id,
                .plugin = "slow",
                .isolation = config::Isolation::kInProcess,
                .settings = testing::settingsFor(plugins_.find("slow")->info.options,
                                                 {{"where", where},
                                                  {"gate", (bench_.folder / "gate").string()},
                                                  {"diary", (bench_.folder / id).string()}}),
                .interval = 1ms};
    }
    /// From now on calls come back.
    void open() const { std::ofstream{bench_.folder / "gate"}; }

    [[nodiscard]] std::vector<std::string> diary(const std::string& id) const {
        std::ifstream file{bench_.folder / id};
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        return lines;
    }
    [[nodiscard]] auto calls(const std::string& id, const std::string& call) const {
        const std::vector<std::string> lines = diary(id);
        return std::count(lines.begin(), lines.end(), call);
    }
    template <class Condition>
    static void waitFor(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
    }
    [[nodiscard]] Result<HttpResponse> ask(const std::string& id) const {
        return connections_.find(id)->handle({.url = "/"});
    }
    [[nodiscard]] bool logged(std::string_view id) {
        const std::lock_guard lock{mutex_};
        return std::find(log_.begin(), log_.end(), id) != log_.end();
    }

    Bench bench_;
    Hub hub_{bench_.hubParts()};
    plugin_host::PluginHost plugins_{{std::filesystem::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins"}};
    testing::FakeHttpClient http_;
    testing::FakeRecords records_;
    CitizenDesk desk_{hub_, *bench_.faulty, {}};
    std::mutex mutex_;
    std::vector<std::string> log_;
    Connections connections_{{.hub = hub_,
                              .store = *bench_.faulty,
                              .plugins = &plugins_,
                              .http = http_,
                              .records = records_,
                              .citizens = desk_,
                              .decode = {},
                              .now = [this] { return bench_.now.load(); },
                              .log =
                                  [this](LogLevel, std::string_view id, std::string_view) {
                                      const std::lock_guard lock{mutex_};
                                      log_.emplace_back(id);
                                  }}};
};

TEST_F(SlowPluginTest, OneThatHangsInPollHoldsNobodyElse) {
    connections_.start({connector("slow", "poll"), connector("other", "")}, {});
    waitFor([&] { return calls("slow", "poll") == 1; });
    const auto before = calls("other", "poll");
    waitFor([&] { return calls("other", "poll") > before + 5; });
    EXPECT_EQ(ask("slow")->status, 204) << "its own requests have threads of their own";
    EXPECT_EQ(calls("slow", "poll"), 1) << "never two polls at a time";
}

TEST_F(SlowPluginTest, RequestsBeyondWhatOneMayHaveInsideAreTurnedAwayAtOnce) {
    connections_.start({connector("slow", "handle"), connector("other", "")}, {});
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i) clients.emplace_back([this] { EXPECT_EQ(ask("slow")->status, 204); });
    waitFor([&] { return calls("slow", "handle") == 8; });
    const Result<HttpResponse> ninth = ask("slow");
    ASSERT_FALSE(ninth);
    EXPECT_EQ(ninth.error().problem, "connector.busy");
    EXPECT_TRUE(ninth.error().retry_after);
    EXPECT_EQ(ask("other")->status, 204);
    open();
    clients.clear();
    EXPECT_EQ(ask("slow")->status, 204);
}

TEST_F(SlowPluginTest, WhoDoesNotComeBackInTimeIsLeftBehindAndNamed) {
    connections_.start({connector("slow", "poll"), connector("other", "")}, {});
    waitFor([&] { return calls("slow", "poll") == 1 && calls("other", "poll") > 0; });
    EXPECT_FALSE(connections_.stop(1s));
    EXPECT_TRUE(logged("CONNECTOR_HANGS"));
    EXPECT_EQ(diary("other").back(), "destroyed, and stored its last one") << "the other one went properly";
    EXPECT_EQ(calls("slow", "destroyed"), 0) << "its object is still in use";
}

TEST_F(SlowPluginTest, WhereTheHubIsReachedIsAReasonToBuildAnew) {
    const config::Connector slow = connector("slow", "");
    connections_.start({slow}, "https://a.example");
    const auto replace = [&](const std::string& url) {
        return connections_.replace({slow}, url, [] { return Status{Done{}}; })->restarted.size();
    };
    EXPECT_EQ(replace("https://a.example"), 0U);
    EXPECT_EQ(replace("https://b.example"), 1U);
    EXPECT_EQ(connections_.find("slow")->publicUrl(), "https://b.example");
}

TEST_F(SlowPluginTest, OneThatHangsRefusesTheChangeAndIsReplacedWhenItIsBack) {
    config::Connector slow = connector("slow", "poll");
    slow.call_limit = 1ms;
    config::Connector other = connector("other", "");
    connections_.start({slow, other}, {});
    waitFor([&] { return calls("slow", "poll") == 1; });
    std::vector<config::Connector> wanted{slow, other};
    for (config::Connector& one : wanted) one.workers = 2;
    bool accepted = false;
    const auto accept = [&]() -> Status {
        accepted = true;
        return Done{};
    };
    const auto refused = connections_.replace(wanted, {}, accept);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("\"slow\""));
    EXPECT_FALSE(accepted);
    EXPECT_TRUE(logged("CONNECTOR_HANGS"));
    EXPECT_EQ(connections_.find("other")->settings().workers, 1) << "the former one, built again";
    EXPECT_EQ(ask("other")->status, 204);
    EXPECT_EQ(ask("slow").error().problem, "connector.not_running");
    EXPECT_EQ(calls("slow", "destroyed"), 0) << "its object is still in use";
    EXPECT_EQ(connections_.health().back().state, "failed");

    open();
    waitFor([&] { return static_cast<bool>(connections_.replace(wanted, {}, accept)); });
    EXPECT_TRUE(accepted);
    EXPECT_EQ(connections_.find("slow")->settings().workers, 2);
    EXPECT_EQ(ask("slow")->status, 204);
}

TEST_F(SlowPluginTest, WhoAsksForOneThatIsBeingReplacedGetsTheNext) {
    config::Connector slow = connector("slow", "handle");
    connections_.start({slow}, {});
    const std::shared_ptr<Connection> former = connections_.find("slow");
    std::jthread inside{[this] { EXPECT_EQ(ask("slow")->status, 204); }};
    waitFor([&] { return calls("slow", "handle") == 1; });
    slow.workers = 2;
    std::jthread replacing{[&] { EXPECT_TRUE(connections_.replace({slow}, {}, [] { return Status{Done{}}; })); }};
    waitFor([&] { return connections_.find("slow") != former; });
    std::atomic<int> begun{0};
    std::vector<std::jthread> waiting;
    for (int i = 0; i < 3; ++i)
        waiting.emplace_back([&] {
            ++begun;
            EXPECT_EQ(connections_.handle("slow", {.url = "/"})->status, 204);
        });
    waitFor([&] { return begun == 3; });
    open();
    waiting.clear();
    replacing.join();
    inside.join();
    EXPECT_NE(connections_.find("slow"), former);
    EXPECT_EQ(calls("slow", "handle"), 4);
    EXPECT_EQ(connections_.handle("nobody", {.url = "/"}).error().problem, "connector.not_running");
}

TEST_F(SlowPluginTest, AfterTheStopNobodyIsCalledAndWhatWasLentWorksToTheEnd) {
    connections_.start({connector("slow", "")}, {});
    waitFor([&] { return calls("slow", "poll") >= 2; });
    const std::shared_ptr<Connection> held = connections_.find("slow");  // As a request that comes during the stop.
    EXPECT_TRUE(connections_.stop(20s));
    const std::vector<std::string> last = diary("slow");
    EXPECT_EQ(last.back(), "destroyed, and stored its last one");
    EXPECT_EQ(bench_.real->counts()->petitions, 1);
    const Result<HttpResponse> late = held->handle({.url = "/"});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().problem, "connector.not_running");
    held->wake();
    EXPECT_EQ(diary("slow"), last);
    EXPECT_EQ(connections_.find("slow"), nullptr);
}

TEST_F(SlowPluginTest, AStopWaitsForRequestsUnderWayAndLetsNoNewOnesIn) {
    connections_.start({connector("slow", "handle")}, {});
    std::jthread client{[this] { EXPECT_EQ(ask("slow")->status, 204); }};
    waitFor([&] { return calls("slow", "handle") == 1; });
    const std::shared_ptr<Connection> held = connections_.find("slow");
    held->requestStop();
    EXPECT_EQ(held->handle({.url = "/"}).error().problem, "connector.not_running");
    EXPECT_EQ(calls("slow", "handle"), 1);
    std::jthread stopping{[this] { EXPECT_TRUE(connections_.stop(20s)); }};
    open();
    stopping.join();
    EXPECT_EQ(diary("slow").back(), "destroyed, and stored its last one");
}

TEST_F(SlowPluginTest, WhoTakesItsTimeToGoHoldsNobodyUp) {
    connections_.start({connector("one", "going"), connector("two", "going")}, {});
    const std::shared_ptr<Connection> held = connections_.find("one");
    std::jthread stopping{[this] { EXPECT_TRUE(connections_.stop(20s)); }};
    waitFor([&] { return calls("one", "going") == 1 && calls("two", "going") == 1; });  // Both at a time.
    EXPECT_EQ(held->handle({.url = "/"}).error().problem, "connector.not_running") << "a request does not wait for it";
    open();
    stopping.join();
}

/// reload: the next one need not wait until what it held runs out.
TEST_F(SlowPluginTest, WhatOneHeldIsFreeForWhoeverTakesItsPlace) {
    connections_.start({connector("one", "lease")}, {});
    ASSERT_TRUE(connections_.find("one")->built());
    config::Connector changed = connector("one", "lease");
    changed.interval = 2ms;
    const auto replaced = connections_.replace({changed}, {}, [] { return Status{Done{}}; });
    EXPECT_TRUE(replaced) << replaced.error().message;
}

TEST(InstanceLogTest, WordsWithoutEndAreCounted) {
    Bench bench;
    testing::FakeHttpClient http;
    testing::FakeRecords records;
    Hub hub{bench.hubParts()};
    CitizenDesk desk{hub, *bench.faulty, {}};
    std::vector<std::string> said;
    const auto log = [&](LogLevel, std::string_view id, std::string_view text) {
        said.push_back(std::string{id} + ' ' + std::string{text});
    };
    const auto count = [&](std::string_view id) {
        return std::count_if(said.begin(), said.end(), [&](const std::string& one) { return one.starts_with(id); });
    };
    WriteLimit writes;
    {
        InstanceServices services{config::Connector{.id = "mail"},
                                  {.store = *bench.faulty,
                                   .http = http,
                                   .records = records,
                                   .citizens = desk,
                                   .decode = {},
                                   .public_url = {},
                                   .now = [&] { return bench.now.load(); },
                                   .log = log},
                                  writes};
        for (int i = 0; i < 1000; ++i) services.log(LogLevel::kInfo, std::string(10000, 'x'));
        EXPECT_EQ(count("CONNECTOR_SAYS"), 200);
        EXPECT_LT(said[0].size(), 5000U);
        EXPECT_EQ(count("CONNECTOR_LINES_LEFT_OUT"), 0);
        bench.now = bench.now.load() + 50ms;  // Room for one.
        services.log(LogLevel::kInfo, "again");
        ASSERT_EQ(count("CONNECTOR_LINES_LEFT_OUT"), 1);
        EXPECT_NE(said[said.size() - 2].find("800"), std::string::npos);
        EXPECT_NE(said.back().find("again"), std::string::npos);
        services.log(LogLevel::kInfo, "one too many");
    }
    EXPECT_EQ(count("CONNECTOR_LINES_LEFT_OUT"), 2) << "the last ones are told at the end";
}

}  // namespace
}  // namespace pakn::engine
