/// @file
/// APNs: the request as the contract shows it, our token and its life, and what becomes of a delivery by each reason.

#include "apns.hpp"

#include <gmock/gmock.h>

#include <map>
#include <regex>

#include "contract.hpp"
#include "invented.hpp"

namespace pakn::out_push {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::map<std::string, std::string> headersOf(const Http2Request& request) {
    return {request.headers.begin(), request.headers.end()};
}
std::string loginOf(const Http2Request& request) {
    return headersOf(request)["authorization"].substr(std::string_view{"bearer "}.size());
}

TEST(PushApns, TheRequestIsTheContracts) {
    Pusher push;
    push.has("apns", kApple);
    const Result<Receipt> sent = push.send(result());
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->reference, "id-1");
    ASSERT_EQ(push.apple.requests().size(), 1U);
    const Http2Request request = push.apple.requests()[0];
    EXPECT_EQ(request.url, "https://api.push.apple.com/3/device/" + kApple);
    EXPECT_EQ(request.body, R"({"aps":{"alert":{"title":"Phản ánh 060326001","body":"Đã có kết quả xử lý"},)"
                            R"("sound":"default"},"pakn":"060326001","status":"answered"})");
    auto headers = headersOf(request);
    EXPECT_EQ(headers.size(), request.headers.size()) << "each once";
    EXPECT_EQ(headers["apns-topic"], "vn.example.paht");
    EXPECT_EQ(headers["apns-push-type"], "alert");
    EXPECT_EQ(headers["apns-priority"], "10");
    EXPECT_EQ(headers["apns-collapse-id"], "060326001");
    const auto until = std::chrono::floor<std::chrono::seconds>(push.services.now() + 24h).time_since_epoch().count();
    EXPECT_EQ(headers["apns-expiration"], std::to_string(until));
    EXPECT_TRUE(std::regex_match(headers["apns-id"],
                                 std::regex{"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"}));
    const OpenedToken token = opened(loginOf(request));
    EXPECT_EQ(token.header, R"({"alg":"ES256","kid":"KEY1234567"})");
    const auto now = std::chrono::floor<std::chrono::seconds>(push.services.now()).time_since_epoch().count();
    EXPECT_EQ(token.claims, R"({"iss":"TEAM123456","iat":)" + std::to_string(now) + "}");
    ASSERT_EQ(token.signature.size(), 64U);
    EXPECT_TRUE(verifies(p256Key(), token.signed_text, derOf(token.signature)));
}

TEST(PushApns, TheSameDeliveryHasTheSameName) {
    EXPECT_EQ(apnsId("d-1"), apnsId("d-1"));
    EXPECT_NE(apnsId("d-1"), apnsId("d-2"));
    EXPECT_EQ(apnsId("d-1").size(), 36U);
}

TEST(PushApns, ACodeThatFitsNoHeaderReplacesNothing) {
    for (const std::string& code : {std::string(65, '9'), std::string{"a\r\nb: c"}, std::string{"số"}, std::string{}}) {
        Pusher push;
        push.has("apns", kApple);
        Delivery delivery = result();
        delivery.code = code;
        ASSERT_TRUE(push.send(delivery));
        const Http2Request request = push.apple.requests()[0];
        EXPECT_FALSE(headersOf(request).contains("apns-collapse-id"));
    }
}

TEST(PushApns, ATokenOfNoDeviceLeadsNowhere) {
    for (const std::string& token :
         {std::string{"../../x"}, std::string{"a/b"}, std::string{"a?b=c"}, std::string{"a b"}, std::string{"a\r\nb"},
          std::string(401, 'a'), std::string{"%2e"}}) {
        Pusher push;
        push.has("apns", token);
        EXPECT_EQ(failure(push.send(result())).code, Errc::kFallback);
        EXPECT_TRUE(push.apple.requests().empty());
        EXPECT_TRUE(push.services.people.known().empty()) << "it is forgotten";
    }
}

TEST(PushApns, OurTokenIsRenewedBetween20And60Minutes) {
    Pusher push;
    push.has("apns", kApple);
    std::set<std::string> logins;
    std::vector<std::chrono::minutes> renewed;
    for (std::chrono::minutes time{0}; time < 4h; time += 1min) {
        ASSERT_TRUE(push.send(result()));
        if (logins.insert(loginOf(push.apple.requests().back())).second) renewed.push_back(time);
        push.services.clock.advance(1min);
    }
    ASSERT_GT(renewed.size(), 3U);
    for (std::size_t i = 1; i < renewed.size(); ++i) {
        EXPECT_GE(renewed[i] - renewed[i - 1], 20min);
        EXPECT_LT(renewed[i] - renewed[i - 1], 60min);
    }
}

TEST(PushApns, AnOldTokenThatIsOverIsRenewedAndAYoungOneIsNot) {
    Pusher push;
    push.has("apns", kApple);
    ASSERT_TRUE(push.send(result()));
    const std::string first = loginOf(push.apple.requests().back());
    push.services.clock.advance(25min);
    push.apple.answersInTurn({apnsError(403, "ExpiredProviderToken"), HttpResponse{}});
    ASSERT_TRUE(push.send(result()));
    EXPECT_EQ(push.apple.requests().size(), 3U);
    EXPECT_NE(loginOf(push.apple.requests().back()), first);

    push.apple.answersInTurn({apnsError(403, "ExpiredProviderToken")});
    const Error error = failure(push.send(result()));
    EXPECT_EQ(error.code, Errc::kUnavailable) << "Apple wants no new one within 20 minutes";
    EXPECT_EQ(error.retry_after, 20min);
    EXPECT_EQ(push.apple.requests().size(), 4U);
    EXPECT_FALSE(push.services.logged().empty()) << "somebody should look at the clock";

    push.services.clock.advance(21min);
    EXPECT_EQ(failure(push.send(result())).code, Errc::kUnauthenticated) << "the new one is refused, too";
}

TEST(PushApns, OurTokenOutlivesARestartAndIsSharedByAllNodes) {
    Pusher push;
    push.has("apns", kApple);
    ASSERT_TRUE(push.send(result()));
    const std::string first = loginOf(push.apple.requests().back());
    push.services.clock.advance(10min);
    Sending restarted{optionsOf(bothSettings()), push.services, &push.apple};
    ASSERT_TRUE(restarted.send(result(), {}));
    EXPECT_EQ(loginOf(push.apple.requests().back()), first);

    Settings::Values another = bothSettings();
    another["apns_key_id"] = "KEY7654321";
    Sending rekeyed{optionsOf(another), push.services, &push.apple};
    ASSERT_TRUE(rekeyed.send(result(), {}));
    EXPECT_NE(loginOf(push.apple.requests().back()), first) << "another key's token is no use";
}

TEST(PushApns, WhileAnotherNodeMakesATokenTheOldOneIsUsed) {
    Pusher push;
    push.has("apns", kApple);
    ASSERT_TRUE(push.send(result()));
    const std::string first = loginOf(push.apple.requests().back());
    push.services.takeAway("apns_login");
    push.services.clock.advance(45min);
    ASSERT_TRUE(push.send(result()));
    EXPECT_EQ(loginOf(push.apple.requests().back()), first);
    push.services.clock.advance(12min);
    ASSERT_TRUE(push.send(result()));
    EXPECT_NE(loginOf(push.apple.requests().back()), first) << "the other one may have died over it";
}

TEST(PushApns, WhatAnotherNodeMadeMeanwhileIsTakenWhenOursIsOver) {
    Pusher push;
    push.has("apns", kApple);
    ASSERT_TRUE(push.send(result()));
    push.services.clock.advance(5min);
    const auto line = push.services.kept.get("apns_login");
    ASSERT_TRUE(line && *line);
    const std::string account = (*line)->substr(0, (*line)->find(' '));
    const auto now = std::to_string(push.services.now().time_since_epoch().count());
    ASSERT_TRUE(push.services.kept.put("apns_login", account + ' ' + now + " another-nodes-token"));
    push.apple.answersInTurn({apnsError(403, "ExpiredProviderToken"), HttpResponse{}});
    ASSERT_TRUE(push.send(result()));
    EXPECT_EQ(loginOf(push.apple.requests().back()), "another-nodes-token");
}

TEST(PushApns, WhatIsKeptAndIsNoTokenIsNotSent) {
    for (const char* line : {"", "x", "x y", "x y z", " ", "0123456789abcdef -1 t"}) {
        Pusher push;
        push.has("apns", kApple);
        ASSERT_TRUE(push.services.kept.put("apns_login", line));
        ASSERT_TRUE(push.send(result()));
        EXPECT_EQ(opened(loginOf(push.apple.requests().back())).header, R"({"alg":"ES256","kid":"KEY1234567"})");
    }
}

TEST(PushApns, WhatTheConnectionSaysIsPassedOn) {
    for (const Errc code : {Errc::kUnavailable, Errc::kUnknownOutcome, Errc::kMisconfigured}) {
        Pusher push;
        push.has("apns", kApple);
        push.apple.answersInTurn({Error{.code = code, .message = "x"}});
        EXPECT_EQ(failure(push.send(result())).code, code);
    }
}

struct Case {
    int status;
    std::string reason;
    Errc code;
    std::string problem;
    bool forgets = false;
};

/// One for each row of the contract's table. Our token is 30 minutes old.
const std::vector<Case>& cases() {
    const auto gone = [](int status, const char* reason) {
        return Case{status, reason, Errc::kFallback, "push.device_gone", true};
    };
    const auto ours = [](int status, const char* reason) {
        return Case{status, reason, Errc::kInternal, "push.not_understood"};
    };
    const auto human = [](int status, const char* reason) {
        return Case{status, reason, Errc::kMisconfigured, "push.misconfigured"};
    };
    const auto later = [](int status, const char* reason) {
        return Case{status, reason, Errc::kUnavailable, "push.busy"};
    };
    static const std::vector<Case> kCases{gone(400, "BadDeviceToken"),
                                          gone(400, "DeviceTokenNotForTopic"),
                                          gone(400, "MissingDeviceToken"),
                                          ours(400, "BadTopic"),
                                          ours(400, "MissingTopic"),
                                          ours(400, "BadPriority"),
                                          ours(400, "BadExpirationDate"),
                                          ours(400, "BadCollapseId"),
                                          ours(400, "BadMessageId"),
                                          ours(400, "PayloadEmpty"),
                                          ours(400, "DuplicateHeaders"),
                                          human(400, "TopicDisallowed"),
                                          later(400, "IdleTimeout"),
                                          Case{403, "ExpiredProviderToken", Errc::kUnauthenticated, "push.not_let_in"},
                                          human(403, "InvalidProviderToken"),
                                          human(403, "MissingProviderToken"),
                                          human(403, "BadCertificate"),
                                          human(403, "BadCertificateEnvironment"),
                                          human(403, "Forbidden"),
                                          ours(404, "BadPath"),
                                          ours(405, "MethodNotAllowed"),
                                          gone(410, "Unregistered"),
                                          ours(413, "PayloadTooLarge"),
                                          later(429, "TooManyRequests"),
                                          later(429, "TooManyProviderTokenUpdates"),
                                          later(500, "InternalServerError"),
                                          later(503, "ServiceUnavailable"),
                                          later(503, "Shutdown")};
    return kCases;
}

TEST(PushApns, EveryRowOfTheContractHasACase) {
    const std::vector<std::string> rows = contractRows("apns");
    EXPECT_EQ(rows.size(), 28U);
    EXPECT_EQ(rows.size(), cases().size());
    std::set<std::string> tested;
    for (const Case& one : cases()) tested.insert(rowName(one.status, one.reason));
    std::set<std::string> known;
    for (const ApnsRow& row : apnsRows()) known.insert(rowName(row.status, row.reason));
    EXPECT_EQ(asSet(rows), tested);
    EXPECT_EQ(asSet(rows), known);
}

class PushApnsRow : public ::testing::TestWithParam<Case> {};

TEST_P(PushApnsRow, HasItsRemedy) {
    const Case& one = GetParam();
    Pusher push;
    push.has("apns", kApple);
    ASSERT_TRUE(push.send(result()));
    push.services.clock.advance(30min);
    push.apple.answersInTurn({apnsError(one.status, one.reason)});
    const Error error = failure(push.send(result()));
    EXPECT_EQ(error.code, one.code) << error.message;
    EXPECT_EQ(error.problem, one.problem);
    EXPECT_THAT(error.message, HasSubstr(one.reason));
    EXPECT_EQ(push.services.people.known().empty(), one.forgets);
    const bool connection = one.reason == "IdleTimeout" || one.status >= 500;
    EXPECT_EQ(endsApnsConnection(apnsError(one.status, one.reason)), connection);
    for (const auto& line : push.services.logged()) EXPECT_EQ(line.text.find("canary"), std::string::npos) << line.text;
}
INSTANTIATE_TEST_SUITE_P(Contract, PushApnsRow, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return testName(rowName(one.param.status, one.param.reason)); });

TEST(PushApns, TheWaitIsTheServicesOwn) {
    const Instant now = testing::FakeClock{}.now();
    const auto waits = [&](const HttpResponse& answer) { return apnsVerdict(answer, now).retry_after; };
    EXPECT_EQ(waits(apnsError(429, "TooManyRequests", {{"retry-after", "7"}})), 7s);
    EXPECT_EQ(waits(apnsError(429, "TooManyRequests")), 1min);
    EXPECT_EQ(waits(apnsError(429, "TooManyProviderTokenUpdates")), 20min);
    EXPECT_EQ(waits(apnsError(503, "Shutdown", {{"retry-after", "Fri, 06 Mar 2099 01:00:00 GMT"}})), 24h);
    EXPECT_EQ(waits(apnsError(503, "Shutdown")), std::nullopt);
}

TEST(PushApns, WhatIsInNoTableHasARemedyAllTheSame) {
    const Instant now = testing::FakeClock{}.now();
    const auto remedy = [&](const HttpResponse& answer) { return apnsVerdict(answer, now).remedy; };
    EXPECT_EQ(remedy({.status = 410}), Remedy::kForget);
    EXPECT_EQ(remedy(apnsError(400, "AReasonOfTomorrow")), Remedy::kBug);
    EXPECT_EQ(remedy({.status = 400, .body = R"({"reason":"<b>canary</b>"})"}), Remedy::kBug);
    EXPECT_EQ(remedy({.status = 403, .body = std::string(100000, '{')}), Remedy::kHuman);
    EXPECT_EQ(remedy({.status = 302}), Remedy::kHuman);
    EXPECT_EQ(remedy({.status = 599}), Remedy::kRetry);
}

}  // namespace
}  // namespace pakn::out_push
