/// @file
/// Recordings: fetched from where they may be, asked for again, and given up in the end.

#include "recordings.hpp"

#include <gmock/gmock.h>

#include "call_inbox.hpp"
#include "core/testing/fake_host.hpp"

namespace pakn::hotline {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;

class RecordingsTest : public ::testing::Test {
protected:
    RecordingsTest() { answer(200, "RIFF"); }

    Recordings make() { return Recordings{settings_, services_}; }
    void answer(int status, const std::string& body = {}) { services_.peer.answer({.status = status, .body = body}); }
    void ended(const std::string& id, Attributes attributes, std::chrono::milliseconds ago = 1min) {
        ASSERT_TRUE(inbox_.call({.id = id, .ended_at = services_.now() - ago, .attributes = std::move(attributes)}));
    }
    [[nodiscard]] std::size_t asked() const { return services_.peer.requests().size(); }
    void expectMistake() { EXPECT_THROW(make(), std::invalid_argument); }

    testing::FakeHostServices services_;
    CallInbox inbox_;
    RecordingSettings settings_{.linked_only = false,
                                .hosts = {"tongdai.example", "http://127.0.0.1:8000"},
                                .max_size = 1 << 20,
                                .give_up = 24h * 7,
                                .timeout = 10s};
};

TEST_F(RecordingsTest, TheAddressComesWithTheCall) {
    ended("c", {{"recording_url", "https://tongdai.example/rec/c.wav"}});
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    ASSERT_THAT(services_.peer.requests(), SizeIs(1));
    EXPECT_EQ(services_.peer.requests()[0].url, "https://tongdai.example/rec/c.wav");
    ASSERT_TRUE(inbox_.one("c").recording);
    EXPECT_EQ(inbox_.one("c").recording->content.bytes(100).value(), "RIFF");
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 1U) << "it is there";
    EXPECT_EQ(services_.counted("recordings_fetched"), 1);
}

TEST_F(RecordingsTest, OrIsMadeOfTheCall) {
    settings_.url = "https://tongdai.example/rec/{call_id}?f={file}";
    Recordings recordings = make();
    EXPECT_EQ(recordings.addressOf({.id = "1/7 ?", .attributes = {{"recording_file", "a&b.wav"}}}),
              "https://tongdai.example/rec/1%2F7%20%3F?f=a%26b.wav");
    EXPECT_EQ(recordings.addressOf({.id = "17"}), "") << "its file is not known yet";
    EXPECT_EQ(recordings.addressOf({.id = "{file}", .attributes = {{"recording_file", "x"}}}),
              "https://tongdai.example/rec/%7Bfile%7D?f=x");
    EXPECT_EQ(recordings.addressOf({.id = "17", .attributes = {{"recording_url", "https://other.example/"}}}),
              "https://other.example/");
}

TEST_F(RecordingsTest, OnlyLinkedOnesAreFetched) {
    settings_.linked_only = true;
    ended("a", {{"recording_url", "https://tongdai.example/a"}});
    ended("b", {{"recording_url", "https://tongdai.example/b"}});
    inbox_.link("b");
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_FALSE(inbox_.one("a").recording);
    EXPECT_TRUE(inbox_.one("b").recording);
}

TEST_F(RecordingsTest, NothingIsAskedOfOtherHosts) {
    int n = 0;
    for (const char* url :
         {"https://tongdai.example.evil/x", "http://tongdai.example/x", "https://tongdai.example:444/x",
          "http://127.0.0.1/x", "https://169.254.169.254/latest", "https://a@tongdai.example/"})
        ended(std::to_string(++n), {{"recording_url", url}});
    ended("7", {});
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 0U);
    EXPECT_EQ(services_.counted("recordings_host_not_allowed"), 6);
    ended("8", {{"recording_url", "http://127.0.0.1:8000/x"}});
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 1U);
}

TEST_F(RecordingsTest, OneThatIsNotThereIsAskedForLessAndLessOften) {
    answer(404);
    ended("c", {{"recording_url", "https://tongdai.example/c"}});
    Recordings recordings = make();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 1U);
    services_.clock.advance(6s);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 2U);
    services_.clock.advance(6s);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 2U) << "twice as long";
    ASSERT_TRUE(inbox_.call({.id = "c", .attributes = {{"recording_url", "https://tongdai.example/other"}}}));
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), 3U) << "another address is asked at once";
    answer(200, "RIFF");
    services_.clock.advance(6s);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("c").recording);
}

TEST_F(RecordingsTest, OneThatNeverComesIsGivenUp) {
    answer(404);
    ended("c", {{"recording_url", "https://tongdai.example/c"}});
    ended("nowhere", {});
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    services_.clock.advance(24h * 7 - 5min);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_FALSE(inbox_.one("c").no_recording);
    services_.clock.advance(5min);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("c").no_recording);
    EXPECT_TRUE(inbox_.one("nowhere").no_recording);
    const std::size_t before = asked();
    services_.clock.advance(1h);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_EQ(asked(), before);
    EXPECT_EQ(services_.counted("recordings_given_up"), 2);
}

TEST_F(RecordingsTest, AnAnswerThatIsNoSoundIsAskedForAgain) {
    inbox_.setScript([](const Call& call) -> std::optional<Error> {
        if (!call.recording) return std::nullopt;
        return Error{.code = Errc::kInvalid, .message = "no", .problem = "attachment.type_not_accepted"};
    });
    ended("c", {{"recording_url", "https://tongdai.example/c"}});
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_FALSE(inbox_.one("c").no_recording);
    inbox_.setScript({});
    services_.clock.advance(6s);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("c").recording);
}

TEST_F(RecordingsTest, WhatIsTooLargeIsLeftOut) {
    ended("peer", {{"recording_url", "https://tongdai.example/c"}});
    services_.peer.fail({.code = Errc::kUnknownOutcome, .message = "no", .problem = "http.answer_too_large"});
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("peer").no_recording);
    answer(200, "RIFF");
    inbox_.setScript([](const Call& call) -> std::optional<Error> {
        if (!call.recording) return std::nullopt;
        return Error{.code = Errc::kTooLarge, .message = "no", .problem = "attachment.too_large"};
    });
    ended("hub", {{"recording_url", "https://tongdai.example/d"}});
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("hub").no_recording);
}

TEST_F(RecordingsTest, AHostThatDoesNotAnswerIsLeftAloneForAWhile) {
    for (int i = 0; i < 5; ++i) ended(std::to_string(i), {{"recording_url", "https://tongdai.example/c"}});
    services_.peer.fail({.code = Errc::kUnavailable, .message = "no"});
    Recordings recordings = make();
    ASSERT_TRUE(recordings.poll(inbox_, {})) << "that is no failure of the whole connector";
    EXPECT_EQ(asked(), 1U);
    answer(200, "RIFF");
    services_.clock.advance(2min);
    ASSERT_TRUE(recordings.poll(inbox_, {}));
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(inbox_.one(std::to_string(i)).recording);
}

TEST_F(RecordingsTest, ALoginThatIsRefusedIsTold) {
    for (const int status : {401, 403}) {
        answer(status);
        ended("c", {{"recording_url", "https://tongdai.example/c"}});
        Recordings recordings = make();
        EXPECT_EQ(recordings.poll(inbox_, {}).error().code, Errc::kUnauthenticated);
    }
}

TEST_F(RecordingsTest, EveryLoginIsShown) {
    ended("c", {{"recording_url", "https://tongdai.example/c"}});
    answer(404);
    settings_.user = "pakn";
    settings_.header = "X-Key";
    settings_.secret = "canary";
    const std::pair<const char*, HttpHeaders> ways[] = {{"none", {}},
                                                        {"bearer", {{"authorization", "Bearer canary"}}},
                                                        {"basic", {{"authorization", "Basic cGFrbjpjYW5hcnk="}}},
                                                        {"header", {{"x-key", "canary"}}}};
    for (const auto& [way, headers] : ways) {
        settings_.auth = way;
        Recordings recordings = make();
        ASSERT_TRUE(recordings.poll(inbox_, {}));
        EXPECT_EQ(services_.peer.requests().back().headers, headers);
    }
    for (const auto& line : services_.logged()) EXPECT_EQ(line.text.find("canary"), std::string::npos);
}

TEST_F(RecordingsTest, ManyThatAreNowhereHideNoneBehindThem) {
    for (int i = 0; i < 250; ++i) ended("n" + std::to_string(i), {}, 1h + std::chrono::milliseconds{i * 10});
    ended("c", {{"recording_url", "https://tongdai.example/c"}});
    Recordings recordings = make();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("c").recording);
    ended("old", {{"recording_url", "https://tongdai.example/o"}}, 2h);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(recordings.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("old").recording) << "a round ends, and begins anew";
}

TEST_F(RecordingsTest, SettingsThatCannotWorkAreNone) {
    const RecordingSettings sound = settings_;
    settings_.hosts = {"http://tongdai.example"};
    expectMistake();
    settings_.hosts = {"ftp://tongdai.example"};
    expectMistake();
    settings_ = sound;
    settings_.url = "https://other.example/{call_id}";
    expectMistake();
    settings_.url = "https://tongdai.example/rec";
    expectMistake();
    settings_ = sound;
    settings_.auth = "digest";
    expectMistake();
    settings_.auth = "bearer";
    expectMistake();
    settings_ = sound;
    settings_.max_size = (64U << 20U) + 1;
    expectMistake();
}

}  // namespace
}  // namespace pakn::hotline
