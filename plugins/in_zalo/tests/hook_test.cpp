/// @file
/// What Zalo sends: believed with its signature, kept before it is acknowledged, and nobody is asked meanwhile.

#include "hook.hpp"

#include <gmock/gmock.h>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class WebhookTest : public ::testing::Test {
protected:
    int post(const std::string& body) { return statusOf(zalo_.webhook.handle(signedRequest(body), inbox_)); }
    static int statusOf(const Result<HttpResponse>& answer) {
        if (answer) return answer->status;
        switch (answer.error().code) {
            case Errc::kUnauthenticated:
                return 401;
            case Errc::kUnavailable:
                return 503;
            case Errc::kTooLarge:
                return 413;
            case Errc::kNotFound:
                return 404;
            default:
                return 500;
        }
    }
    std::size_t keptOf(const std::string& conversation) { return inbox_.kept(conversation)->size(); }

    testing::FakeHostServices services_;
    testing::FakeInbox inbox_;
    Connector zalo_{services_, settingsWith()};
    Writer user_;
};

TEST_F(WebhookTest, TheProbeOfTheConsoleIsAnsweredAndCreatesNothing) {
    for (const char* body : {"{}", " {}\n"}) {
        const Result<HttpResponse> answer = zalo_.webhook.handle({.method = "POST", .url = "/", .body = body}, inbox_);
        EXPECT_EQ(statusOf(answer), 200);
    }
    EXPECT_EQ(statusOf(zalo_.webhook.handle(
                  {.method = "POST", .url = "/", .headers = {{"x-zevent-signature", "mac=00"}}, .body = "{}"}, inbox_)),
              401)
        << "with a signature it is no probe";
    EXPECT_EQ(inbox_.keeps(), 0);
    EXPECT_THAT(inbox_.unacceptable(), IsEmpty());
}

TEST_F(WebhookTest, StrangersAreCountedAndTheLogHearsOfThemOnceAMinute) {
    const std::string body = user_.text("canary-text");
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(statusOf(zalo_.webhook.handle({.method = "POST", .url = "/", .body = body}, inbox_)), 401);
    EXPECT_EQ(statusOf(zalo_.webhook.handle(signedRequest(body, "another key"), inbox_)), 401);
    EXPECT_EQ(services_.counted("strangers"), 51);
    EXPECT_THAT(services_.logged(), SizeIs(1));
    services_.clock.advance(1min);
    EXPECT_EQ(statusOf(zalo_.webhook.handle({.method = "POST", .url = "/", .body = body}, inbox_)), 401);
    ASSERT_THAT(services_.logged(), SizeIs(2));
    EXPECT_THAT(services_.logged()[1].text, HasSubstr("51 "));
    for (const auto& line : services_.logged()) EXPECT_THAT(line.text, Not(HasSubstr("canary")));
    EXPECT_EQ(inbox_.keeps(), 0);
}

TEST_F(WebhookTest, AMessageIsKeptWholeAndNothingIsAsked) {
    const std::string body = user_.text("Đèn đường hỏng");
    EXPECT_EQ(post(body), 200);
    const std::vector<KeptEvent> kept = *inbox_.kept(kUser);
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].data, body);
    EXPECT_THAT(services_.peer.requests(), IsEmpty());
    EXPECT_EQ(inbox_.calls(), 0);
}

TEST_F(WebhookTest, ADuplicateDoesNothing) {
    const std::string body = user_.text("Đèn đường hỏng");
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(keptOf(kUser), 1U);
    SeenKeys seen{services_.state()};
    ASSERT_TRUE(seen.add(kUser, {inbox_.kept(kUser)->front().id}, services_.now()));
    ASSERT_TRUE(inbox_.drop(kUser, 1000));
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(keptOf(kUser), 0U) << "hours later, when its petition is made";
    EXPECT_EQ(services_.counted("duplicates"), 1);
}

TEST_F(WebhookTest, AgeIsNoReasonToRefuse) {
    user_.at(services_.now() - 30h);
    EXPECT_EQ(post(user_.text("cũ")), 200);
    EXPECT_EQ(keptOf(kUser), 1U);
    EXPECT_EQ(services_.counted("events_late"), 1);
    EXPECT_EQ(services_.counted("events_too_old"), 1);
    user_.at(services_.now() - 12h);
    EXPECT_EQ(post(user_.text("muộn")), 200);
    EXPECT_EQ(services_.counted("events_late"), 2);
    EXPECT_EQ(services_.counted("events_too_old"), 1);
}

TEST_F(WebhookTest, WithoutTheInboxZaloComesAgain) {
    inbox_.failKeep(Error{.code = Errc::kUnavailable, .message = "no"});
    const std::string body = user_.text("a");
    EXPECT_EQ(post(body), 503);
    inbox_.failKeep({});
    HttpRequest again = signedRequest(body);
    again.headers.emplace("num_retry", "1");
    EXPECT_EQ(statusOf(zalo_.webhook.handle(again, inbox_)), 200);
    EXPECT_EQ(keptOf(kUser), 1U);
    EXPECT_EQ(services_.counted("webhook_retries"), 1);
}

TEST_F(WebhookTest, WhatTheConversationCannotHoldIsKeptForAPerson) {
    inbox_.failKeep(Error{.code = Errc::kTooLarge, .message = "no", .problem = "kept.too_many"});
    const std::string body = user_.text("a");
    EXPECT_EQ(post(body), 200) << "sent again it would not fit, either";
    ASSERT_THAT(inbox_.unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.unacceptable()[0].raw, body);
}

TEST_F(WebhookTest, SizeHasAnEnd) {
    std::string text(1U << 20U, 'x');
    std::string body = user_.text("");
    body = user_.text(text.substr(0, text.size() - body.size()));
    ASSERT_LE(body.size(), 1U << 20U);
    EXPECT_EQ(post(body), 200);
    const std::string more((1U << 20U) + 1, ' ');
    EXPECT_EQ(statusOf(zalo_.webhook.handle({.method = "POST", .url = "/", .body = more}, inbox_)), 413);
}

TEST_F(WebhookTest, SignedNonsenseIsKeptForAPerson) {
    const std::string bodies[] = {
        std::string{R"({"event_name":"user_send_text","message":{"text":")"} + "\xff\"}}", "[]",
        R"({"event_name":"user_send_text","sender":{"id":"../etc"},"message":{"text":"a","msg_id":"1"}})"};
    for (const std::string& body : bodies) {
        // Of what cannot be read there is no time in it, either: the header's is signed.
        HttpRequest request{
            .method = "POST",
            .url = "/",
            .headers = {{"x-zevent-timestamp", "1764000000999"},
                        {"x-zevent-signature", "mac=" + macOf(kAppId, body, "1764000000999", kOaSecret)}},
            .body = body};
        EXPECT_EQ(statusOf(zalo_.webhook.handle(request, inbox_)), 200);
    }
    EXPECT_THAT(inbox_.unacceptable(), SizeIs(3));
    EXPECT_EQ(inbox_.keeps(), 0);
}

TEST_F(WebhookTest, EchoesAndRelationsAreNoIntake) {
    EXPECT_EQ(
        post(
            R"({"event_name":"oa_send_text","sender":{"id":"1646000000000000001"},"recipient":{"id":"5510000000000000001"},"message":{"msg_id":"e","text":"x"},"timestamp":"1764000004000"})"),
        200);
    EXPECT_EQ(post(user_.event("follow", R"("follower":{"id":"1"},"oa_id":"1646000000000000001")")), 200);
    EXPECT_EQ(post(user_.event("unfollow", R"("follower":{"id":"1"},"oa_id":"1646000000000000001")")), 200);
    EXPECT_EQ(post(user_.event("user_click_button", R"("message":{"msg_id":"b"})")), 200);
    EXPECT_EQ(post(user_.event("user_send_group_text", R"("message":{"msg_id":"b","text":"x"})")), 200);
    EXPECT_EQ(inbox_.keeps(), 0);
    EXPECT_EQ(services_.counted("echoes"), 1);
    EXPECT_EQ(services_.counted("follows"), 1);
    EXPECT_EQ(services_.counted("unfollows"), 1);
    EXPECT_EQ(services_.counted("events_ignored"), 2);
}

TEST_F(WebhookTest, EventsOfAnotherOfficialAccountAreNotOurs) {
    std::string body = user_.text("a");
    body.replace(body.find(kOaId), std::string_view{kOaId}.size(), "1646000000000000009");
    EXPECT_EQ(post(body), 200);
    EXPECT_EQ(inbox_.keeps(), 0);
    EXPECT_EQ(services_.counted("events_of_others"), 1);
}

TEST_F(WebhookTest, ReceiptsAndAnonymousMessagesHaveConversationsOfTheirOwn) {
    EXPECT_EQ(
        post(
            R"({"event_name":"user_seen_message","sender":{"id":"1646000000000000001"},"recipient":{"id":"5510000000000000001"},"message":{"msg_ids":["m-out-1"]},"timestamp":"1764000004000"})"),
        200);
    EXPECT_EQ(keptOf("receipts/5510000000000000001"), 1U);
    EXPECT_EQ(post(user_.message("anonymous_send_text", R"("text":"a")")), 200);
    EXPECT_EQ(keptOf("anonymous/5510000000000000001"), 1U);
    EXPECT_EQ(
        post(
            R"({"event_name":"anonymous_send_text","recipient":{"id":"1646000000000000001"},"message":{"msg_id":"anon-1","text":"b"},"timestamp":"1764000004000"})"),
        200);
    EXPECT_EQ(keptOf("anonymous/anon-1"), 1U);
    EXPECT_EQ(keptOf(kUser), 0U);
}

TEST_F(WebhookTest, OnlyPostToTheMountItself) {
    HttpRequest request = signedRequest(user_.text("a"));
    request.method = "GET";
    EXPECT_EQ(statusOf(zalo_.webhook.handle(request, inbox_)), 405);
    request.method = "POST";
    request.url = "/other";
    EXPECT_EQ(statusOf(zalo_.webhook.handle(request, inbox_)), 404);
    request.url = "/?from=zalo";
    EXPECT_EQ(statusOf(zalo_.webhook.handle(request, inbox_)), 200);
}

}  // namespace
}  // namespace pakn::in_zalo
