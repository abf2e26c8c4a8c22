/// @file
/// FCM: the message as the contract shows it, the access token and its life, and what becomes of a delivery by each
/// row.

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include "contract.hpp"
#include "fcm.hpp"
#include "invented.hpp"

namespace pakn::out_push {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(PushFcm, TheMessageIsTheContracts) {
    Pusher push;
    push.has("fcm", kAndroid);
    const Result<Receipt> sent = push.send(result());
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->reference, "projects/mau-paht/messages/0:1%31b");
    ASSERT_EQ(push.google.messages.size(), 1U);
    const HttpRequest& request = push.google.messages[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://fcm.googleapis.com/v1/projects/mau-paht/messages:send");
    EXPECT_EQ(request.headers.at("authorization"), "Bearer access-1");
    EXPECT_EQ(request.body, R"({"message":{"token":")" + kAndroid +
                                R"(","notification":{"title":"Phản ánh 060326001","body":"Đã có kết quả xử lý"},)"
                                R"("data":{"pakn":"060326001","status":"answered"},)"
                                R"("android":{"priority":"HIGH","ttl":"86400s","collapse_key":"060326001"},)"
                                R"("apns":{"headers":{"apns-priority":"10","apns-collapse-id":"060326001"},)"
                                R"("payload":{"aps":{"sound":"default"}}}}})");
}

TEST(PushFcm, DataHasTextsAloneAndNoNameThatIsReserved) {
    const Result<std::string> text = fcmMessage({.code = "1", .status = "answered"}, "t", 1s);
    rapidjson::Document json;
    json.Parse(text->c_str());
    for (const auto& member : json["message"]["data"].GetObject()) {
        EXPECT_TRUE(member.value.IsString());
        EXPECT_FALSE(isForbiddenDataKey(member.name.GetString())) << member.name.GetString();
    }
    for (const char* name : {"from", "gcm", "google", "google.c.a", "googlex"}) EXPECT_TRUE(isForbiddenDataKey(name));
    for (const char* name : {"pakn", "status", "goo", "From"}) EXPECT_FALSE(isForbiddenDataKey(name));
}

TEST(PushFcm, AMessageThatIsTooLongIsNotSent) {
    Pusher push;
    push.has("fcm", kAndroid);
    Delivery delivery = result();
    delivery.code = std::string(1000, '9');
    EXPECT_EQ(failure(push.send(delivery)).problem, "push.too_large");
    EXPECT_TRUE(push.google.messages.empty());
    EXPECT_TRUE(fcmMessage({}, std::string(3000, 'x'), 1s));
    EXPECT_FALSE(fcmMessage({}, std::string(4096, 'x'), 1s));
}

TEST(PushFcm, TheAssertionIsTheContracts) {
    Pusher push;
    push.has("fcm", kAndroid);
    ASSERT_TRUE(push.send(result()));
    ASSERT_EQ(push.google.token_requests.size(), 1U);
    const HttpRequest& request = push.google.token_requests[0];
    EXPECT_EQ(request.headers.at("content-type"), "application/x-www-form-urlencoded");
    const std::string form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    ASSERT_TRUE(request.body.starts_with(form));
    const OpenedToken token = opened(request.body.substr(form.size()));
    EXPECT_TRUE(verifies(rsaKey(), token.signed_text, token.signature));
    EXPECT_EQ(token.header, R"({"alg":"RS256","typ":"JWT"})");
    const auto now = std::chrono::floor<std::chrono::seconds>(push.services.now()).time_since_epoch().count();
    EXPECT_EQ(token.claims, R"({"iss":"hub@mau-paht.iam.gserviceaccount.example",)"
                            R"("scope":"https://www.googleapis.com/auth/firebase.messaging",)"
                            R"("aud":"https://oauth2.googleapis.com/token","iat":)" +
                                std::to_string(now) + ",\"exp\":" + std::to_string(now + 3600) + "}");
}

TEST(PushFcm, ATokenIsUsedUntilAMinuteBeforeItsEnd) {
    Pusher push;
    push.has("fcm", kAndroid);
    ASSERT_TRUE(push.send(result()));
    push.services.clock.advance(58min + 59s);
    ASSERT_TRUE(push.send(result()));
    EXPECT_EQ(push.google.token_requests.size(), 1U);
    push.services.clock.advance(2s);
    ASSERT_TRUE(push.send(result()));
    EXPECT_EQ(push.google.token_requests.size(), 2U);
    EXPECT_EQ(push.google.messages.back().headers.at("authorization"), "Bearer access-2");
}

TEST(PushFcm, ATokenThatIsRefusedIsRenewedOnce) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.google.answers = {fcmError(401, ""), HttpResponse{.body = R"({"name":"n"})"}};
    ASSERT_TRUE(push.send(result()));
    EXPECT_EQ(push.google.messages.size(), 2U);
    EXPECT_EQ(push.google.messages.back().headers.at("authorization"), "Bearer access-2");

    push.google.answers = {fcmError(401, "")};
    EXPECT_EQ(failure(push.send(result())).code, Errc::kUnauthenticated);
    EXPECT_EQ(push.google.messages.size(), 4U) << "once, and not for ever";
    EXPECT_EQ(push.google.token_requests.size(), 3U);
}

struct TokenCase {
    HttpResponse answer;
    Errc code;
};

TEST(PushFcm, WithoutATokenNothingIsSent) {
    const std::vector<TokenCase> cases{
        {{.status = 400, .body = R"({"error":"invalid_grant"})"}, Errc::kUnauthenticated},
        {{.status = 401}, Errc::kUnauthenticated},
        {{.status = 302}, Errc::kUnauthenticated},
        {{.status = 429}, Errc::kUnavailable},
        {{.status = 503, .headers = {{"retry-after", "90"}}}, Errc::kUnavailable},
        {{.status = 200, .body = "<html>"}, Errc::kUnavailable},
        {{.status = 200, .body = R"({"access_token":"a\r\nb","expires_in":3600})"}, Errc::kUnavailable},
        {{.status = 200, .body = R"({"access_token":"a"})"}, Errc::kUnavailable},
    };
    for (const TokenCase& one : cases) {
        Pusher push;
        push.has("fcm", kAndroid);
        push.google.token_answer = one.answer;
        const Error error = failure(push.send(result()));
        EXPECT_EQ(error.code, one.code) << one.answer.status << ' ' << error.message;
        EXPECT_TRUE(push.google.messages.empty());
    }
    Pusher push;
    push.has("fcm", kAndroid);
    push.google.token_answer = Error{.code = Errc::kUnknownOutcome, .message = "no answer"};
    EXPECT_EQ(failure(push.send(result())).code, Errc::kUnavailable) << "no message was sent for certain";
}

TEST(PushFcm, WhetherAMessageArrivedMayBeUnknown) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.google.answers = {Error{.code = Errc::kUnknownOutcome, .message = "no answer"}};
    EXPECT_EQ(failure(push.send(result())).code, Errc::kUnknownOutcome);
}

struct Case {
    int status;
    std::string word;
    Errc code;
    std::string problem;
    bool forgets = false;
};

/// One for each row of the contract's table.
const std::vector<Case>& cases() {
    static const std::vector<Case> kCases{{404, "UNREGISTERED", Errc::kFallback, "push.device_gone", true},
                                          {400, "INVALID_ARGUMENT", Errc::kFallback, "push.device_gone", true},
                                          {400, "BadRequest", Errc::kInternal, "push.not_understood"},
                                          {403, "SENDER_ID_MISMATCH", Errc::kRejected, "push.other_project", true},
                                          {401, "", Errc::kUnauthenticated, "push.not_let_in"},
                                          {401, "THIRD_PARTY_AUTH_ERROR", Errc::kMisconfigured, "push.misconfigured"},
                                          {429, "QUOTA_EXCEEDED", Errc::kUnavailable, "push.busy"},
                                          {500, "INTERNAL", Errc::kUnavailable, "push.busy"},
                                          {502, "", Errc::kUnavailable, "push.busy"},
                                          {503, "UNAVAILABLE", Errc::kUnavailable, "push.busy"},
                                          {0, "UNSPECIFIED_ERROR", Errc::kUnavailable, "push.busy"}};
    return kCases;
}

TEST(PushFcm, EveryRowOfTheContractHasACase) {
    const std::vector<std::string> rows = contractRows("fcm");
    EXPECT_EQ(rows.size(), 11U);
    EXPECT_EQ(rows.size(), cases().size());
    std::set<std::string> tested;
    for (const Case& one : cases()) tested.insert(rowName(one.status, one.word));
    std::set<std::string> known;
    for (const FcmRow& row : fcmRows()) known.insert(rowName(row.status, row.code));
    EXPECT_EQ(asSet(rows), tested);
    EXPECT_EQ(asSet(rows), known);
}

class PushFcmRow : public ::testing::TestWithParam<Case> {};

TEST_P(PushFcmRow, HasItsRemedy) {
    const Case& one = GetParam();
    Pusher push;
    push.has("fcm", kAndroid);
    push.google.answers = {fcmError(one.status == 0 ? 418 : one.status, one.word)};
    const Error error = failure(push.send(result()));
    EXPECT_EQ(error.code, one.code) << error.message;
    EXPECT_EQ(error.problem, one.problem);
    EXPECT_THAT(error.message, HasSubstr(one.word));
    EXPECT_EQ(error.message.find("canary"), std::string::npos) << "the peer's own text is not passed on";
    EXPECT_EQ(push.services.people.known().empty(), one.forgets);
    for (const auto& line : push.services.logged()) EXPECT_EQ(line.text.find("canary"), std::string::npos) << line.text;
}
INSTANTIATE_TEST_SUITE_P(Contract, PushFcmRow, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return testName(rowName(one.param.status, one.param.word)); });

TEST(PushFcm, TheWaitIsTheServicesOwn) {
    const Instant now = testing::FakeClock{}.now();
    const auto waits = [&](const HttpResponse& answer) { return fcmVerdict(answer, now).retry_after; };
    EXPECT_EQ(waits(fcmError(503, "UNAVAILABLE", {{"retry-after", "7"}})), 7s);
    EXPECT_EQ(waits(fcmError(429, "QUOTA_EXCEEDED", {{"retry-after", "120"}})), 120s);
    EXPECT_EQ(waits(fcmError(429, "QUOTA_EXCEEDED")), 60s) << "a minute at least, when it says nothing";
    EXPECT_EQ(waits(fcmError(503, "UNAVAILABLE")), std::nullopt);
    EXPECT_EQ(waits(fcmError(503, "UNAVAILABLE", {{"retry-after", "Fri, 06 Mar 2099 01:00:00 GMT"}})), 24h);
}

TEST(PushFcm, WhatSaysNotWhyIsTriedThreeTimes) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.google.answers = {fcmError(500, "UNSPECIFIED_ERROR")};
    Delivery delivery = result();
    for (const auto& [attempt, code] : {std::pair{1, Errc::kUnavailable}, std::pair{2, Errc::kUnavailable},
                                        std::pair{3, Errc::kRejected}, std::pair{9, Errc::kRejected}}) {
        delivery.attempt = attempt;
        EXPECT_EQ(failure(push.send(delivery)).code, code) << attempt;
    }
}

TEST(PushFcm, WhatIsInNoTableHasARemedyAllTheSame) {
    const Instant now = testing::FakeClock{}.now();
    const auto remedy = [&](const HttpResponse& answer) { return fcmVerdict(answer, now).remedy; };
    EXPECT_EQ(remedy(fcmError(404, "")), Remedy::kHuman) << "another address, and no word of a device";
    EXPECT_EQ(remedy(fcmError(403, "")), Remedy::kHuman);
    EXPECT_EQ(remedy({.status = 302}), Remedy::kHuman);
    EXPECT_EQ(remedy({.status = 400, .body = "<html>"}), Remedy::kBug);
    EXPECT_EQ(remedy(fcmError(400, "UNREGISTERED")), Remedy::kBug) << "a device is forgotten by its own row alone";
    EXPECT_EQ(remedy({.status = 504}), Remedy::kRetry);
    EXPECT_EQ(remedy({.status = 500, .body = std::string(100000, '[')}), Remedy::kRetry);
    EXPECT_EQ(remedy({.status = 503, .body = R"({"error":{"details":{"a":1}}})"}), Remedy::kRetry);
}

}  // namespace
}  // namespace pakn::out_push
