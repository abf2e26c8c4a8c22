/// @file
/// What a portal sends: believed only with its signature, acknowledged only when stored.

#include "push.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "mapped.hpp"

namespace pakn::in_portal {
namespace {

using namespace std::chrono_literals;
using testing::FakeInbox;
using ::testing::SizeIs;

// The vector of docs/contracts/webhooks.md.
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const Instant kThen{1614265330s};

HttpRequest published() {
    return {.method = "POST",
            .url = "/",
            .headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                        {"webhook-timestamp", "1614265330"},
                        {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
            .body = R"({"test": 2432232314})"};
}

PushShape shapeOf(const std::string& yaml) {
    Mistakes mistakes{"portal.yaml"};
    const std::optional<Node> tree = parseYaml(yaml, mistakes);
    PushShape shape = readPushShape(tree ? &*tree : nullptr, mistakes);
    for (const std::string& line : mistakes.lines()) ADD_FAILURE() << line;
    return shape;
}

TEST(PushGuard, BelievesThePublishedVector) {
    const PushGuard guard{shapeOf("scheme: standard-webhooks"), {kSecret}};
    EXPECT_TRUE(guard.check(published(), kThen));
    HttpRequest several = published();
    several.headers["webhook-signature"].insert(0, "v1a,abc v1,AAAA ");
    EXPECT_TRUE(guard.check(several, kThen)) << "while its secret changes a portal signs twice";
}

TEST(PushGuard, OnlyWithinFiveMinutes) {
    const PushGuard guard{shapeOf("scheme: standard-webhooks"), {kSecret}};
    EXPECT_TRUE(guard.check(published(), kThen + 300s));
    EXPECT_TRUE(guard.check(published(), kThen - 300s));
    EXPECT_EQ(guard.check(published(), kThen + 301s).error().problem, "portal.timestamp");
    EXPECT_EQ(guard.check(published(), kThen - 301s).error().problem, "portal.timestamp");
}

TEST(PushGuard, TwoSecretsWhileOneIsReplaced) {
    EXPECT_TRUE((PushGuard{shapeOf("scheme: standard-webhooks"), {"whsec_bmV3IHNlY3JldA==", kSecret}}.check(published(),
                                                                                                            kThen)));
    EXPECT_FALSE(
        (PushGuard{shapeOf("scheme: standard-webhooks"), {"whsec_bmV3IHNlY3JldA=="}}.check(published(), kThen)));
    EXPECT_THROW((PushGuard{shapeOf("scheme: standard-webhooks"), {}}), std::invalid_argument);
    EXPECT_THROW((PushGuard{shapeOf("scheme: standard-webhooks"), {"whsec_!"}}), std::invalid_argument);
    EXPECT_THROW((PushGuard{shapeOf("{scheme: api-key, header: X-Key}"), {""}}), std::invalid_argument);
}

TEST(PushGuard, EveryFlippedBitIsSeen) {
    const PushGuard guard{shapeOf("scheme: standard-webhooks"), {kSecret}};
    std::mt19937 random{7};
    int forgeries = 0;
    for (int i = 0; i < 10000; ++i) {
        HttpRequest request = published();
        std::string* const parts[] = {&request.body, &request.headers["webhook-id"],
                                      &request.headers["webhook-timestamp"], &request.headers["webhook-signature"]};
        std::string& part = *parts[random() % 4];
        part[random() % part.size()] ^= static_cast<char>(1U << (random() % 7));
        if (guard.check(request, kThen)) ++forgeries;
    }
    EXPECT_EQ(forgeries, 0);
    for (const char* header : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
        HttpRequest request = published();
        request.headers.erase(header);
        EXPECT_FALSE(guard.check(request, kThen)) << header;
    }
}

TEST(PushGuard, PlainHmacInTheWaysPortalsDoIt) {
    const std::string body = "Hello, World!";
    // The example of GitHub's documentation.
    const std::string known = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const auto check = [&](const std::string& yaml, HttpHeaders headers, Instant now = kThen) {
        const PushGuard guard{shapeOf(yaml), {"It's a Secret to Everybody"}};
        return guard.check({.method = "POST", .headers = std::move(headers), .body = body}, now).ok();
    };
    const std::string github = "{scheme: hmac, header: X-Hub-Signature-256, prefix: \"sha256=\"}";
    EXPECT_TRUE(check(github, {{"x-hub-signature-256", "sha256=" + known}}));
    EXPECT_FALSE(check(github, {{"x-hub-signature-256", known}}));
    EXPECT_FALSE(check(github, {{"x-hub-signature-256", "sha256="}}));
    EXPECT_FALSE(check(github, {}));
    const std::string base64 = "{scheme: hmac, header: S, encoding: base64}";
    EXPECT_TRUE(check(
        base64,
        {{"s", webhooks::toBase64(webhooks::hmac(webhooks::Digest::kSha256, "It's a Secret to Everybody", body))}}));
    const std::string stamped =
        "{scheme: hmac, header: S, algorithm: sha512, signed: timestamp.body, timestamp_header: T}";
    const HttpHeaders headers{
        {"t", "1614265330"},
        {"s", webhooks::toHex(
                  webhooks::hmac(webhooks::Digest::kSha512, "It's a Secret to Everybody", "1614265330." + body))}};
    EXPECT_TRUE(check(stamped, headers));
    EXPECT_FALSE(check(stamped, headers, kThen + 301s));
    EXPECT_TRUE(check("{scheme: api-key, header: X-Key}", {{"x-key", "It's a Secret to Everybody"}}));
    EXPECT_FALSE(check("{scheme: api-key, header: X-Key}", {{"x-key", "It's a Secret to Everybod"}}));
}

TEST(PushShape, MistakesAreNamed) {
    const auto count = [](const std::string& yaml) {
        Mistakes mistakes{"portal.yaml"};
        const auto tree = parseYaml(yaml, mistakes);
        static_cast<void>(readPushShape(&*tree, mistakes));
        return mistakes.lines().size();
    };
    EXPECT_EQ(count("{scheme: hmac}"), 1U);
    EXPECT_EQ(count("{scheme: hmac, header: S, signed: id.timestamp.body}"), 2U);
    EXPECT_EQ(count("{scheme: hmac, header: S, timestamp_header: T}"), 1U);
    EXPECT_EQ(count("{scheme: md5, header: S}"), 1U);
}

class PushTest : public ::testing::Test {
protected:
    PushTest() { services_.clock.set(kThen); }
    HttpResponse push(const std::string& body, FakeInbox& inbox, HttpHeaders headers = {{"x-key", "k"}},
                      const std::string& method = "POST") {
        return taker_.handle({.method = method, .url = "/", .headers = std::move(headers), .body = body}, inbox);
    }
    static std::string codeOf(const HttpResponse& answer) {
        const JsonDocument document = jsonOf(answer.body);
        return std::string{viewOf(*Place::parse("/code")->find(document))};
    }

    const Mapping mapping_ = mappingOf("items: /items\nfields: { external_id: /id, content: /text }");
    testing::FakeHostServices services_;
    Intake intake_{mapping_, services_, {}};
    PushTaker taker_{PushGuard{shapeOf("{scheme: api-key, header: X-Key}"), {"k"}}, mapping_, intake_, services_};
    FakeInbox inbox_;
};

TEST_F(PushTest, SaysStoredOnlyOfWhatIs) {
    const HttpResponse answer = push(R"({"items": [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]})", inbox_);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"items":[{"external_id":"1","outcome":"stored","code":"T1"},)"
                           R"({"external_id":"2","outcome":"stored","code":"T2"}]})");
    const HttpResponse again = push(R"({"items": {"id": 1, "text": "a"}})", inbox_);
    EXPECT_EQ(again.body, R"({"items":[{"external_id":"1","outcome":"duplicate","code":"T1"}]})");
    EXPECT_THAT(inbox_.stored(), SizeIs(2));
    EXPECT_EQ(push(R"({"items": []})", inbox_).status, 200);
}

TEST_F(PushTest, AsksToComeAgainWhenTheHubCannotStore) {
    int calls = 0;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        if (++calls == 2) return FakeInbox::failed(Errc::kUnavailable);
        return std::nullopt;
    }};
    const std::string body = R"({"items": [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]})";
    const HttpResponse answer = push(body, inbox);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers.at("retry-after"), "30");
    EXPECT_EQ(push(body, inbox).status, 200);
    EXPECT_THAT(inbox.stored(), SizeIs(2)) << "the first one was found again";
}

TEST_F(PushTest, ProblemsByTheirCode) {
    const auto problem = [&](const std::string& body, HttpHeaders headers = {{"x-key", "k"}}) {
        const HttpResponse answer = push(body, inbox_, std::move(headers));
        EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
        return std::to_string(answer.status) + ' ' + codeOf(answer);
    };
    EXPECT_EQ(problem("{}", {}), "401 portal.signature");
    EXPECT_EQ(problem("{}", {{"x-key", "wrong"}}), "401 portal.signature");
    EXPECT_EQ(problem("{broken"), "400 portal.json");
    EXPECT_EQ(problem(std::string(100, '[')), "400 portal.json");
    EXPECT_EQ(problem("{}"), "400 portal.items");
    EXPECT_EQ(problem("{}", {{"x-key", "k"}, {"content-type", "text/xml"}}), "415 portal.content_type");
    EXPECT_EQ(problem(R"({"items": [{"text": "no id"}]})"), "422 portal.missing");
    EXPECT_EQ(push("{}", inbox_, {{"x-key", "k"}}, "GET").status, 405);
    EXPECT_EQ(inbox_.calls(), 0);
    EXPECT_EQ(services_.counted("push_refused"), 2);
}

TEST_F(PushTest, WhatChangedAtThePortalIsNotedOncePerChangeAndNotSentAgain) {
    FakeInbox inbox{[](const IncomingPetition& in) -> std::optional<Result<Accepted>> {
        if (in.text == "first") return std::nullopt;
        return FakeInbox::refused("idempotency.key_reused");
    }};
    EXPECT_EQ(push(R"({"items": [{"id": 1, "text": "first"}]})", inbox).status, 200);
    for (const char* body :
         {R"({"items": {"id": 1, "text": "second"}})", R"({"items": {"text": "second", "id": 1, "seen": 7}})"}) {
        const HttpResponse answer = push(body, inbox);
        EXPECT_EQ(answer.status, 200) << "another status would make the portal send it again and again";
        EXPECT_EQ(answer.body, R"({"items":[{"external_id":"1","outcome":"changed"}]})");
    }
    ASSERT_THAT(inbox.updates(), SizeIs(1)) << "nothing that we look at differs between the two";
    EXPECT_EQ(inbox.updates()[0].external_id, "1");
    EXPECT_EQ(inbox.updates()[0].text.find("second"), std::string::npos);
    EXPECT_EQ(push(R"({"items": {"id": 1, "text": "third"}})", inbox).status, 200);
    EXPECT_THAT(inbox.updates(), SizeIs(2));
    EXPECT_EQ(services_.counted("changed"), 2);
    inbox.answerUpdates(FakeInbox::failed(Errc::kUnavailable));
    EXPECT_EQ(push(R"({"items": {"id": 1, "text": "fourth"}})", inbox).status, 503);
}

class PushWithFilesTest : public ::testing::Test {
protected:
    HttpResponse push(const std::stop_token& stop = {}) {
        std::string items;
        for (const char* host : {"a", "b", "c", "d", "e"})
            items += (items.empty() ? "" : ", ") + std::string{R"({"id": ")"} + host + R"(", "file": "https://)" +
                     host + R"(.example/1.jpg"})";
        return taker_.handle({.method = "POST", .url = "/", .headers = {{"x-key", "k"}}, .body = "[" + items + "]"},
                             inbox_, stop);
    }
    /// Time goes on, here and in the hub.
    void pass(std::chrono::milliseconds time) {
        services_.clock.advance(time);
        inbox_.clock.set(services_.clock.now());
    }
    /// Every host takes so long, and is given up on when it may not.
    void answerAfter(std::chrono::milliseconds needed) {
        services_.peer.setPeer(
            [this, needed](const HttpRequest&, const HttpClient::Limits& limits) -> Result<HttpResponse> {
                services_.clock.advance(std::min(limits.timeout, needed));
                if (limits.timeout < needed) return Error{.code = Errc::kUnknownOutcome, .problem = "http.timeout"};
                return HttpResponse{.body = "bytes"};
            });
    }

    const Mapping mapping_ = mappingOf("fields: { external_id: /id, content: /id }\nattachments: { url: /file }");
    testing::FakeHostServices services_;
    Intake intake_{
        mapping_,
        services_,
        {.hosts = {"a.example", "b.example", "c.example", "d.example", "e.example"}, .limits = {.timeout = 10s}}};
    PushTaker taker_{PushGuard{shapeOf("{scheme: api-key, header: X-Key}"), {"k"}}, mapping_, intake_, services_};
    FakeInbox inbox_;
};

TEST_F(PushWithFilesTest, QuickFilesComeWithTheirPetitions) {
    answerAfter(100ms);
    EXPECT_EQ(push().status, 200);
    ASSERT_THAT(inbox_.stored(), SizeIs(5));
    for (const IncomingPetition& one : inbox_.stored()) EXPECT_THAT(one.attachments, SizeIs(1));
}

TEST_F(PushWithFilesTest, SlowHostsHoldUpNoAnswerAndTheirFilesJoinLater) {
    answerAfter(9s);
    const Instant before = services_.clock.now();
    EXPECT_EQ(push().status, 200);
    EXPECT_LE(services_.clock.now() - before, 2s) << "a hub waits for its connector as long as limits.call says";
    ASSERT_THAT(inbox_.stored(), SizeIs(5));
    for (const IncomingPetition& one : inbox_.stored()) {
        EXPECT_TRUE(one.attachments.empty());
        EXPECT_EQ(one.attributes.at("attachments_missing"), "1");
    }
    const std::size_t asked = services_.peer.requests().size();
    EXPECT_EQ(push().status, 200);
    EXPECT_LE(services_.peer.requests().size(), asked + 1) << "who was too slow a moment ago is not waited for again";
    ASSERT_TRUE(intake_.take(jsonOf(R"({"id": "patient", "file": "https://a.example/2.jpg"})"), "here", inbox_));
    EXPECT_THAT(inbox_.stored().back().attachments, SizeIs(1)) << "whoever has the time gets it";
    pass(2min);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    EXPECT_THAT(inbox_.updates(), SizeIs(5)) << "a poll has the time";
}

TEST_F(PushWithFilesTest, OfWhatThereIsTimeForNothingComesLate) {
    answerAfter(600ms);
    EXPECT_EQ(push().status, 200);
    std::size_t attached = 0;
    for (const IncomingPetition& one : inbox_.stored()) attached += one.attachments.size();
    EXPECT_EQ(attached, 3U);
    pass(2min);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    EXPECT_THAT(inbox_.updates(), SizeIs(2));
}

TEST_F(PushWithFilesTest, AHubThatStopsWaitsForNoFileAndNoItem) {
    answerAfter(100ms);
    std::stop_source stop;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        stop.request_stop();
        return std::nullopt;
    }};
    const HttpResponse answer = taker_.handle({.method = "POST",
                                               .url = "/",
                                               .headers = {{"x-key", "k"}},
                                               .body = R"([{"id": "1"}, {"id": "2", "file": "https://a.example/"}])"},
                                              inbox, stop.get_token());
    EXPECT_EQ(answer.status, 503) << "all of it comes again";
    EXPECT_EQ(inbox.calls(), 1);
    EXPECT_TRUE(services_.peer.requests().empty());
}

TEST_F(PushTest, WhatIsTooLargeIsToldSo) {
    EXPECT_EQ(push("[" + std::string(2 * kMostJsonValues, ',') + "]", inbox_).status, 413);
}

TEST_F(PushTest, OneBadItemAmongGoodOnesIsNamed) {
    const HttpResponse answer = push(R"({"items": [{"id": 1, "text": "a"}, {"id": 2, "text": [1]}]})", inbox_);
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(
        answer.body.find(R"({"external_id":"2","outcome":"refused","problem":"portal.not_text","field":"/content"})"),
        std::string::npos)
        << answer.body;
    EXPECT_THAT(inbox_.stored(), SizeIs(1));
}

}  // namespace
}  // namespace pakn::in_portal
