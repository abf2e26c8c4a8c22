/// @file
/// The connector as a whole, in this process and in one of its own: what its settings must say, and that one way in
/// does not close the others.

#include <gmock/gmock.h>

#include <filesystem>

#include "ami_events.hpp"
#include "call_inbox.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/isolated_subject.hpp"
#include "core/testing/loopback_peer.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::hotline {
namespace {

using testing::InProcessSubject;
using testing::IsolatedSubject;
using testing::Subject;

const std::filesystem::path kFile = PAKN_BINARY_DIR "/lib/paknhub/in_hotline1022.so";

Settings settingsOf(Settings::Values values, Settings::Lists lists = {}) {
    return testing::settingsFor(testing::LoadedPlugin{kFile}.descriptor().info.options, std::move(values),
                                std::move(lists));
}

class HotlineTest : public ::testing::TestWithParam<testing::MakeSubject> {
protected:
    bool isMade(Settings::Values values, Settings::Lists lists = {}) {
        return GetParam()(kFile, settingsOf(std::move(values), std::move(lists)), services_).ok();
    }

    /// A folder that is gone, and recordings that may not be fetched.
    std::unique_ptr<Subject> withoutFiles(Settings::Values more) {
        more.merge(Settings::Values{{"cdr_directory", folder_.path().string()},
                                    {"recordings", "all"},
                                    {"recording_url", "https://tongdai.example/{call_id}"}});
        auto made =
            GetParam()(kFile, settingsOf(std::move(more), {{"recording_hosts", {"tongdai.example"}}}), services_);
        std::filesystem::remove_all(folder_.path());
        services_.peer.answer({.status = 401});
        EXPECT_TRUE(inbox_.call({.id = "c1", .started_at = services_.now(), .ended_at = services_.now()}));
        return made ? std::move(*made) : nullptr;
    }
    int warnings() const {
        int all = 0;
        for (const auto& line : services_.logged()) all += line.level == LogLevel::kWarning ? 1 : 0;
        return all;
    }

    testing::FakeHostServices services_;
    CallInbox inbox_;
    const testing::TemporaryFolder folder_;
};

TEST_P(HotlineTest, SettingsThatCannotWorkMakeNoConnector) {
    EXPECT_TRUE(isMade({{"webhook_secret", "k"}}));
    EXPECT_TRUE(isMade({{"cdr_directory", folder_.path().string()}}));
    EXPECT_FALSE(isMade({})) << "there is nothing to do";
    EXPECT_FALSE(isMade({{"ami_host", "127.0.0.1"}}));
    EXPECT_FALSE(isMade({{"webhook_secret", "k"}, {"recordings", "some"}}));
    EXPECT_FALSE(isMade({{"webhook_secret", "k"}, {"recording_url", "https://tongdai.example/{call_id}"}}));
    EXPECT_FALSE(isMade({{"webhook_secret", "k"}}, {{"recording_hosts", {"http://tongdai.example"}}}));
    EXPECT_FALSE(isMade({{"cdr_directory", folder_.path().string()}, {"cdr_encoding", "latin-1"}}));
    EXPECT_FALSE(isMade({{"cdr_directory", (folder_.path() / "none").string()}}));
}

TEST_P(HotlineTest, WhatFailsDoesNotCloseTheOtherWays) {
    folder_.write("a.csv", "call_id;started_at;ended_at\nc1;2026-03-06 07:00:00;2026-03-06 07:01:00\n");
    auto made = GetParam()(kFile,
                           settingsOf({{"cdr_directory", folder_.path().string()},
                                       {"cdr_renamed", "true"},
                                       {"recordings", "all"},
                                       {"recording_url", "https://tongdai.example/{call_id}"},
                                       {"ami_host", "127.0.0.1"},
                                       {"ami_port", "1"},
                                       {"ami_user", "pakn"},
                                       {"ami_secret", "canary-secret"}},
                                      {{"recording_hosts", {"tongdai.example"}}}),
                           services_);
    ASSERT_TRUE(made.ok());
    services_.peer.answer({.status = 200, .body = std::string(3U << 20U, 'x')});
    EXPECT_EQ((*made)->poll(inbox_, {}).error().code, Errc::kUnavailable) << "nobody listens there";
    ASSERT_TRUE(inbox_.one("c1").recording);
    EXPECT_EQ(inbox_.one("c1").recording->content.size(), 3U << 20U);
    EXPECT_EQ((*made)->handle({.method = "POST", .url = "/calls"}, inbox_, {}).error().code, Errc::kNotFound)
        << "without a secret nothing is taken over HTTP";
}

TEST_P(HotlineTest, NoFileStopsTheListeningToAnExchange) {
    testing::LoopbackPeer exchange{[](testing::Connection& connection) {
        connection.write("Asterisk Call Manager/7.0.3\r\n");
        static_cast<void>(connection.readRequest());
        connection.write(packet({{"Response", "Success"}, {"ActionID", "1"}}) + callerComes("1.1"));
        connection.waitForHangUp();
    }};
    const std::unique_ptr<Subject> made = withoutFiles({{"ami_host", "127.0.0.1"},
                                                        {"ami_port", std::to_string(exchange.port())},
                                                        {"ami_user", "pakn"},
                                                        {"ami_secret", "canary-secret"}});
    ASSERT_TRUE(made);
    const int before = warnings();
    for (int polls = 1; polls <= 2; ++polls) {
        EXPECT_TRUE(made->poll(inbox_, {})) << "the hub has no reason to ask later and later";
        EXPECT_EQ(services_.counted("cdr_failures"), polls);
        EXPECT_EQ(services_.counted("recording_failures"), polls);
        EXPECT_EQ(warnings(), before + 2) << "each is told once";
        services_.clock.advance(std::chrono::minutes{1});
    }
    EXPECT_TRUE(inbox_.one("1.1").started_at);
    EXPECT_EQ(exchange.connections(), 1);
    std::stop_source stop;  // Only the folder is looked at then.
    stop.request_stop();
    services_.clock.advance(std::chrono::hours{3});
    EXPECT_TRUE(made->poll(inbox_, stop.get_token()));
    EXPECT_EQ(warnings(), before + 3) << "what comes back after a long time is told again";
}

TEST_P(HotlineTest, WithoutAnExchangeAFileThatFailsIsAFailure) {
    const std::unique_ptr<Subject> made = withoutFiles({});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->poll(inbox_, {}).error().code, Errc::kUnauthenticated);
    EXPECT_TRUE(inbox_.call({.id = "c1", .no_recording = true}));
    EXPECT_EQ(made->poll(inbox_, {}).error().problem, "hotline.folder");
    EXPECT_EQ(services_.counted("cdr_failures"), 0);
}

/// As large as may be, with the memory that the README says it takes; and what the default takes with the default.
TEST(HotlineMemory, ALargeRecordingFitsIntoAProcessOfItsOwn) {
    for (const std::size_t megabytes : {24U, 64U}) {
        testing::FakeHostServices services;
        CallInbox inbox;
        const testing::TemporaryFolder folder;
        folder.write("a.csv", "call_id;started_at;ended_at\nc1;2026-03-06 07:00:00;2026-03-06 07:01:00\n");
        isolation::ProcessOptions options;
        if (megabytes > 24) options.memory = megabytes * 8 << 20U;
        auto made = IsolatedSubject::makeWith(kFile,
                                              settingsOf({{"cdr_directory", folder.path().string()},
                                                          {"cdr_renamed", "true"},
                                                          {"recordings", "all"},
                                                          {"max_recording", std::to_string(megabytes) + "MB"},
                                                          {"recording_url", "https://tongdai.example/{call_id}"}},
                                                         {{"recording_hosts", {"tongdai.example"}}}),
                                              services, options);
        ASSERT_TRUE(made.ok());
        services.peer.answer({.status = 200, .body = std::string(megabytes << 20U, 'x')});
        EXPECT_TRUE((*made)->poll(inbox, {})) << megabytes;
        ASSERT_TRUE(inbox.one("c1").recording) << megabytes;
        EXPECT_EQ(inbox.one("c1").recording->content.size(), megabytes << 20U);
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, HotlineTest,
                         ::testing::Values(testing::MakeSubject{&InProcessSubject::make},
                                           testing::MakeSubject{&IsolatedSubject::make}),
                         [](const auto& way) { return way.index == 0 ? "in_process" : "isolated"; });

}  // namespace
}  // namespace pakn::hotline
