/// @file
/// The webhook: who is let in, what is understood, and that "stored" is said when it is.

#include "signed_events.hpp"

#include <gmock/gmock.h>

#include "call_inbox.hpp"
#include "contract.hpp"
#include "core/testing/fake_host.hpp"
#include "digest.hpp"
#include "times.hpp"

namespace pakn::hotline {
namespace {

using ::testing::HasSubstr;

constexpr const char* kKey = "k1022";
constexpr std::chrono::milliseconds kShortCall{3000};
const std::string kWhole =
    R"({"event_id":"c-1","call_id":"1763333492.7","type":"call_ended","caller":"0912345678","called":"1022","agent":"201",)"
    R"("started_at":"2026-11-22T10:15:29+07:00","answered_at":"2026-11-22T10:15:41+07:00",)"
    R"("ended_at":"2026-11-22T10:18:02+07:00","result":"answered",)"
    R"("recording_url":"https://tongdai.example/rec/1763333492.7.wav"})";

class WebhookTest : public ::testing::Test {
protected:
    HttpRequest request(const std::string& body, const std::string& key = kKey,
                        std::chrono::milliseconds off = {}) const {
        const std::string stamp = std::to_string((services_.now() + off).time_since_epoch().count());
        return {.method = "POST",
                .url = "/calls",
                .headers = {{"content-type", "application/json"},
                            {"x-hub-timestamp", stamp},
                            {"x-hub-signature", "sha256=" + webhooks::toHex(webhooks::hmac(webhooks::Digest::kSha256,
                                                                                           key, stamp + '.' + body))}},
                .body = body};
    }
    HttpResponse send(const HttpRequest& request) { return webhook_.handle(request, inbox_, {}); }
    HttpResponse send(const std::string& body) { return send(request(body)); }
    static std::string event(const std::string& more) {
        return R"({"event_id":"e","call_id":"c","type":"call_started")" + more + '}';
    }

    testing::FakeHostServices services_;
    CallInbox inbox_;
    Webhook webhook_{{kKey, "before"}, kShortCall, services_};
};

TEST_F(WebhookTest, EachRowOfTheContractsTable) {
    struct Case {
        HttpRequest request;
        int status;
        std::string code;
        std::function<void()> before = [] {};
    };
    const auto without = [&](const char* header) {
        HttpRequest one = request(kWhole);
        one.headers.erase(header);
        return one;
    };
    const auto with = [&](const char* header, const std::string& value) {
        HttpRequest one = request(kWhole);
        one.headers[header] = value;
        return one;
    };
    HttpRequest no_time = request(kWhole);
    no_time.headers["x-hub-timestamp"] = "soon";
    no_time.headers["x-hub-signature"] =
        "sha256=" + webhooks::toHex(webhooks::hmac(webhooks::Digest::kSha256, kKey, "soon." + kWhole));
    HttpRequest get = request(kWhole);
    get.method = "GET";
    const std::vector<Case> cases{
        {request(kWhole), 200, "stored"},
        {request(kWhole), 200, "duplicate"},
        {without("x-hub-timestamp"), 401, "hotline.signature"},
        {request(kWhole, "another"), 401, "hotline.signature"},
        {no_time, 401, "hotline.timestamp"},
        {request(kWhole, kKey, -std::chrono::seconds{301}), 401, "hotline.timestamp"},
        {request("[]"), 400, "hotline.json"},
        {request(event(R"(,"result":"lost")")), 400, "hotline.field"},
        {request(event("")), 400, "call.id", [&] { inbox_.fail(Errc::kInvalid, "call.id"); }},
        {get, 405, "hotline.method"},
        {with("content-type", "text/xml"), 415, "hotline.content_type"},
        {request(std::string((64U << 10U) + 1, ' ')), 413, "hotline.too_large"},
        {request(event("")), 503, "store.unavailable", [&] { inbox_.fail(Errc::kUnavailable, "store.unavailable"); }},
    };
    for (const Case& one : cases) {
        one.before();
        const HttpResponse answer = send(one.request);
        EXPECT_EQ(answer.status, one.status) << one.code;
        EXPECT_THAT(answer.body, HasSubstr('"' + one.code + '"')) << one.code;
        EXPECT_EQ(answer.headers.count("retry-after"), one.status == 503 ? 1U : 0U);
    }
    EXPECT_EQ(cases.size(), contractRows("| what arrives | answer | code |").size());
}

TEST_F(WebhookTest, AnEventIsWhatTheContractSays) {
    ASSERT_EQ(send(kWhole).status, 200);
    const Call call = inbox_.one("1763333492.7");
    EXPECT_EQ(call.caller, "0912345678");
    EXPECT_EQ(call.called, "1022");
    EXPECT_EQ(call.agent, "201");
    EXPECT_EQ(call.result, "answered");
    EXPECT_EQ(call.started_at, parseInstant("2026-11-22T10:15:29+07:00"));
    EXPECT_EQ(call.answered_at, parseInstant("2026-11-22T10:15:41+07:00"));
    EXPECT_EQ(call.ended_at, parseInstant("2026-11-22T10:18:02+07:00"));
    EXPECT_EQ(call.attributes, (Attributes{{"recording_url", "https://tongdai.example/rec/1763333492.7.wav"}}));
    EXPECT_FALSE(call.no_recording);
}

TEST_F(WebhookTest, TheVectorOfTheContract) {
    HttpRequest vector{
        .method = "POST",
        .url = "/calls",
        .headers = {{"x-hub-timestamp", "1763781482000"},
                    {"x-hub-signature", "sha256=a4cbdbd08365c146b5ca0a1876dbf7272cfd1c93efccd444b001f5496327a52a"}},
        .body = R"({"event_id":"c-1"})"};
    services_.clock.set(Instant{std::chrono::milliseconds{1763781482000}});
    EXPECT_THAT(send(vector).body, HasSubstr("hotline.field")) << "it is let in, and lacks a call_id";
    vector.headers["x-hub-signature"] = "SHA256=A4CBDBD08365C146B5CA0A1876DBF7272CFD1C93EFCCD444B001F5496327A52A";
    EXPECT_EQ(send(vector).status, 400) << "hex in capitals is the same number";
    vector.headers["x-hub-signature"].back() = 'B';
    EXPECT_EQ(send(vector).status, 401);
}

TEST_F(WebhookTest, TheSecretBeforeCountsWhileItIsReplacedAndClocksMayDifferALittle) {
    EXPECT_EQ(send(request(kWhole, "before")).status, 200);
    EXPECT_EQ(send(request(event(""), kKey, std::chrono::minutes{5})).status, 200);
    EXPECT_EQ(send(request(event(""), kKey, -std::chrono::minutes{5})).status, 200);
    EXPECT_EQ(send(request(event(""), kKey, std::chrono::milliseconds{300001})).status, 401);
    EXPECT_EQ(services_.counted("webhook_refused"), 1);
    EXPECT_THROW((Webhook{{"a", ""}, kShortCall, services_}), std::invalid_argument);
}

TEST_F(WebhookTest, TheSignatureIsOverTheTimestampToo) {
    HttpRequest moved = request(kWhole);
    moved.headers["x-hub-timestamp"] =
        std::to_string((services_.now() + std::chrono::seconds{1}).time_since_epoch().count());
    EXPECT_EQ(send(moved).status, 401);
}

TEST_F(WebhookTest, ADuplicateIsNoWorkAndOneThatWasNotStoredIsNone) {
    inbox_.fail(Errc::kUnavailable);
    EXPECT_EQ(send(kWhole).status, 503);
    inbox_.setScript({});
    EXPECT_THAT(send(kWhole).body, HasSubstr("stored"));
    for (int i = 0; i < 3; ++i) EXPECT_THAT(send(kWhole).body, HasSubstr("duplicate"));
    EXPECT_EQ(inbox_.told(), 2);
}

TEST_F(WebhookTest, EveryFieldIsLookedAt) {
    const std::pair<std::string, const char*> wrong[] = {
        {R"({"call_id":"c","type":"call_started"})", "/event_id"},
        {R"({"event_id":"e","type":"call_started"})", "/call_id"},
        {R"({"event_id":"e","call_id":"c"})", "/type"},
        {R"({"event_id":"e","call_id":"c","type":"call_moved"})", "/type"},
        {R"({"event_id":"e","call_id":7,"type":"call_started"})", "/call_id"},
        {R"({"event_id":"e","call_id":")" + std::string(201, 'c') + R"(","type":"call_started"})", "/call_id"},
        {event(R"(,"caller":912345678)"), "/caller"},
        {event(R"(,"agent":"\u0000")"), "/agent"},
        {event(R"(,"started_at":"2026-11-22 10:15:29")"), "/started_at"},
        {event(R"(,"answered_at":1)"), "/answered_at"},
        {event(R"(,"ended_at":"yesterday")"), "/ended_at"},
        {event(R"(,"result":"lost")"), "/result"},
        {event(R"(,"recording_url":"file:///etc/passwd")"), "/recording_url"},
        {event(R"(,"recording_url":"https://user@tongdai.example/1.wav")"), "/recording_url"},
        {R"({"event_id":"e","call_id":"c","type":"recording_ready"})", "/recording_url"},
    };
    for (const auto& [body, field] : wrong) {
        const HttpResponse answer = send(body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_THAT(answer.body, HasSubstr('"' + std::string{field} + '"')) << body;
    }
    for (const std::string& body :
         {std::string{}, std::string{"{\"a\":"}, std::string{"\xff\xfe"}, std::string(60000, '['), event("") + "x"})
        EXPECT_THAT(send(body).body, HasSubstr("hotline.json"));
    EXPECT_EQ(inbox_.told(), 0);
}

TEST_F(WebhookTest, EveryTypeAndResultInAnyOrder) {
    const std::string begin = R"({"call_id":"c","event_id":)";
    EXPECT_EQ(send(begin + R"("4","type":"recording_ready","recording_url":"https://tongdai.example/c.wav"})").status,
              200);
    EXPECT_EQ(send(begin + R"("3","type":"call_ended","ended_at":"2026-11-22T10:18:02+07:00"})").status, 200);
    EXPECT_EQ(inbox_.one("c").result, "") << "nobody said how it ended";
    EXPECT_EQ(send(begin + R"("2","type":"call_answered","agent":"201"})").status, 200);
    EXPECT_EQ(send(begin + R"("1","type":"call_started","caller":null})").status, 200);
    const Call call = inbox_.one("c");
    EXPECT_EQ(call.result, "answered");
    EXPECT_EQ(call.agent, "201");
    EXPECT_EQ(call.attributes.at("recording_url"), "https://tongdai.example/c.wav");
    int n = 10;
    for (const char* result : {"answered", "no_answer", "abandoned", "busy", "failed"}) {
        EXPECT_EQ(
            send(begin + '"' + std::to_string(++n) + R"(","type":"call_ended","result":")" + result + "\"}").status,
            200);
        EXPECT_EQ(inbox_.one("c").result, result);
    }
}

TEST_F(WebhookTest, AShortCallThatNobodyTookIsMarked) {
    const auto ended = [&](const char* id, const char* result, const char* at) {
        return std::string{R"({"event_id":")"} + id + R"(","call_id":")" + id +
               R"(","type":"call_ended","started_at":"2026-11-22T10:15:29+07:00","ended_at":"2026-11-22T10:15:)" + at +
               R"(+07:00","result":")" + result + "\"}";
    };
    send(ended("short", "abandoned", "31"));
    send(ended("long", "abandoned", "32"));
    send(ended("taken", "answered", "30"));
    EXPECT_EQ(inbox_.one("short").attributes, (Attributes{{"short", "true"}}));
    EXPECT_TRUE(inbox_.one("long").attributes.empty());
    EXPECT_TRUE(inbox_.one("taken").attributes.empty());
}

TEST(SeenEvents, TheOldestAreForgotten) {
    SeenEvents seen;
    for (int i = 0; i <= 10'000; ++i) seen.add(std::to_string(i));
    EXPECT_FALSE(seen.has("0"));
    EXPECT_TRUE(seen.has("1"));
    EXPECT_TRUE(seen.has("10000"));
}

}  // namespace
}  // namespace pakn::hotline
