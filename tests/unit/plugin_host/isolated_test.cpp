/// @file
/// A plugin in a process of its own does what it does in this one, and its death is an error like others.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::plugin_host {
namespace {

namespace fs = std::filesystem;
using testing::FakeHostServices;
using testing::FakeInbox;

const fs::path kFixtures = fs::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins";

isolation::ProcessOptions options() {
    return {.connector = "test", .program = PAKN_BINARY_DIR "/bin/paknhub-plugin-host"};
}

class IsolatedTest : public ::testing::Test {
protected:
    Result<std::unique_ptr<Instance>> made(const std::string& plugin, Settings::Values values = {},
                                           const isolation::ProcessOptions& how = options()) {
        return host_.createIsolated(plugin, Settings{std::move(values)}, services_, {}, how);
    }

    FakeHostServices services_;
    PluginHost host_{{kFixtures}};
};

TEST_F(IsolatedTest, CallsGoThereAndBack) {
    FakeInbox inbox;
    const auto verbs = made("verbs");
    ASSERT_TRUE(verbs) << verbs.error().message;
    const auto echo = (*verbs)->handle({.method = "POST",
                                        .url = "/echo",
                                        .headers = {{"x-a", "1"}},
                                        .body = std::string(300000, 'b'),
                                        .mount = "/verbs",
                                        .client = "203.0.113.9"},
                                       inbox, {});
    ASSERT_TRUE(echo) << echo.error().message;
    EXPECT_EQ(echo->status, 200);
    EXPECT_EQ(echo->headers.at("x-mount"), "/verbs");
    EXPECT_EQ(echo->body, "POST 203.0.113.9 " + std::string(300000, 'b') + "\nx-a=1");
    EXPECT_EQ(echo->set_cookies, (std::vector<std::string>{"a=1", "b=2"}));
    const auto file = (*verbs)->handle({.url = "/file"}, inbox, {});
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->file);
    EXPECT_EQ(file->file->size(), 300000U);
    const auto accepted = (*verbs)->handle({.url = "/accept", .body = "7"}, inbox, {});
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->status, 201);
    EXPECT_EQ(inbox.stored().size(), 1U);
    EXPECT_EQ((*verbs)->handle({.url = "/split"}, inbox, {}).error().problem, "plugin.bad_answer");
    const auto later = (*verbs)->handle({.url = "/later"}, inbox, {});
    EXPECT_EQ(later.error().code, Errc::kUnavailable);
    EXPECT_EQ(later.error().retry_after, std::chrono::seconds{17});
    const auto start = (*verbs)->begin({.callback_url = "https://hub.example/back"}, {});
    ASSERT_TRUE(start);
    EXPECT_EQ(start->secret, "s-1");
    const auto identity = (*verbs)->finish({.secret = start->secret}, {});
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->subject, "7");
    EXPECT_EQ((*verbs)->send({}, {}).error().problem, "plugin.ability");
}

TEST_F(IsolatedTest, SettingsAreCheckedThereToo) {
    const auto check = [&](Settings::Values values) {
        return host_.checkSettingsIsolated("mischief", Settings{std::move(values)}, {}, options());
    };
    const auto sound = check({{"what", "int"}});
    ASSERT_TRUE(sound) << sound.error().message;
    EXPECT_TRUE(sound->empty());
    const auto wrong = check({{"what", "mistakes"}});
    ASSERT_TRUE(wrong);
    ASSERT_EQ(wrong->size(), 2U);
    EXPECT_EQ(wrong->front().hint, "exception");
    EXPECT_EQ(wrong->back().file, "/etc/mischief.yaml");
    EXPECT_EQ(wrong->back().column, 7);
    EXPECT_EQ(check({{"where", "checkSettings"}}).error().problem, "plugin.threw");
}

TEST_F(IsolatedTest, WhatIsThrownThereIsAnErrorHere) {
    const auto constructed = made("mischief", {{"where", "constructor"}, {"what", "exception"}});
    ASSERT_FALSE(constructed);
    EXPECT_EQ(constructed.error().code, Errc::kMisconfigured);
    EXPECT_EQ(constructed.error().problem, "plugin.threw");
    const auto sender = made("mischief", {{"where", "send"}, {"what", "foreign_type"}});
    ASSERT_TRUE(sender);
    const auto sent = (*sender)->send({.id = "d"}, {});
    EXPECT_EQ(sent.error().code, Errc::kInternal);
    EXPECT_EQ(sent.error().problem, "plugin.threw");
    const auto polled = made("mischief", {{"where", "poll"}, {"what", "bad_code"}});
    ASSERT_TRUE(polled);
    FakeInbox inbox;
    EXPECT_EQ((*polled)->poll(inbox, {}).error().code, Errc::kInternal);
}

TEST_F(IsolatedTest, IsDestroyedWithItsInstance) {
    {
        const auto made_one = made("mischief", {{"what", "exception"}});
        ASSERT_TRUE(made_one);
        EXPECT_EQ((*made_one)->process()->state, isolation::ProcessHealth::State::kReady);
        EXPECT_GT((*made_one)->process()->pid, 0);
    }
    EXPECT_EQ(services_.counted("destroyed"), 1) << "its destructor ran, and could still speak to the hub";
}

TEST_F(IsolatedTest, WithoutTheProgramItIsMisconfigured) {
    isolation::ProcessOptions how = options();
    how.program = "/nowhere/paknhub-plugin-host";
    const auto made_one = made("verbs", {}, how);
    ASSERT_FALSE(made_one);
    EXPECT_EQ(made_one.error().code, Errc::kMisconfigured);
}

TEST_F(IsolatedTest, APinnedFileMustBeTheOne) {
    const auto pinned = host_.createIsolated("verbs", {}, services_, std::string(64, 'a'), options());
    ASSERT_FALSE(pinned);
    EXPECT_EQ(pinned.error().problem, "plugin.hash");
}

}  // namespace
}  // namespace pakn::plugin_host
