/// @file
/// Requests and sign-in through the host: what a class overrides is what the host calls, and no answer can break out.

#include <gtest/gtest.h>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "test_paths.hpp"

namespace pakn::plugin_host {
namespace {

namespace fs = std::filesystem;

class VerbsTest : public ::testing::Test {
protected:
    static const PluginHost& host() {
        static const PluginHost host{{fs::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins"}};
        return host;
    }
    Result<HttpResponse> ask(const std::string& url) { return instance_->handle({.url = url}, inbox_, {}); }

    testing::FakeHostServices services_;
    testing::FakeInbox inbox_;
    std::unique_ptr<Instance> instance_ = std::move(host().create("verbs", {}, services_)).value();
};

TEST_F(VerbsTest, TheDescriptorSaysWhatTheClassOverrides) {
    const Descriptor& verbs = instance_->descriptor();
    EXPECT_TRUE(verbs.has(Ability::kReceiver) && verbs.has(Ability::kHandles) && verbs.has(Ability::kAuthenticator));
    EXPECT_FALSE(verbs.has(Ability::kPolls) || verbs.has(Ability::kSender));
    ASSERT_EQ(verbs.info.mounts.size(), 2U);
    const Descriptor& mischief = *host().find("mischief");
    EXPECT_TRUE(mischief.has(Ability::kPolls) && mischief.has(Ability::kReconciles));
    EXPECT_FALSE(mischief.has(Ability::kHandles) || mischief.has(Ability::kAuthenticator));
}

TEST_F(VerbsTest, AnswersAndTakesIn) {
    const auto answer = instance_->handle({.url = "/accept", .body = "7"}, inbox_, {});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(inbox_.stored().at(0).external_id, "7");
    EXPECT_EQ(ask("/nowhere")->status, 404);
    EXPECT_EQ(ask("/file")->file->size(), 300000U);
}

TEST_F(VerbsTest, NoAnswerBreaksOut) {
    for (const char* url : {"/throw", "/split", "/status", "/same_header", "/nameless_cookie", "/odd_cookie"}) {
        const auto answer = ask(url);
        ASSERT_FALSE(answer) << url;
        EXPECT_EQ(answer.error().code, Errc::kInternal);
        EXPECT_EQ(answer.error().message.find("private"), std::string::npos);
    }
    EXPECT_EQ(ask("/later").error().retry_after, std::chrono::seconds{17});
}

TEST_F(VerbsTest, NamesOfHeadersComeInLowerCase) {
    const auto answer = ask("/capitals");
    ASSERT_TRUE(answer);
    for (const char* name : {"content-length", "content-type", "set-cookie", "x-other"})
        EXPECT_TRUE(answer->headers.contains(name)) << name;
    EXPECT_EQ(answer->headers.size(), 4U);
}

TEST_F(VerbsTest, SignsIn) {
    const auto start = instance_->begin({.callback_url = "https://hub.example/back"}, {});
    ASSERT_TRUE(start);
    EXPECT_EQ(instance_->finish({.secret = start->secret}, {})->subject, "7");
    EXPECT_EQ(instance_->finish({.secret = "other"}, {}).error().code, Errc::kRejected);
    EXPECT_EQ(*instance_->logout({}, {}), "");
}

TEST_F(VerbsTest, WhatAClassDoesNotOverrideIsNotCalled) {
    const auto mischief = host().create("mischief", {}, services_);
    ASSERT_TRUE(mischief);
    EXPECT_EQ((*mischief)->handle({}, inbox_, {}).error().code, Errc::kMisconfigured);
    EXPECT_EQ((*mischief)->begin({}, {}).error().code, Errc::kMisconfigured);
}

TEST(MountsTest, AMountOfTheHubOrAnOddOneIsRefused) {
    const PluginHost host{{fs::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins"}};
    int refused = 0;
    for (const Refusal& refusal : host.refusals()) {
        if (refusal.file.stem() != "hub_mount" && refusal.file.stem() != "odd_mount") continue;
        EXPECT_EQ(refusal.error.problem, "plugin.descriptor");
        ++refused;
    }
    EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace pakn::plugin_host
