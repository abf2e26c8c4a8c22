/// @file
/// The final state as eSMS tells it: believed with the secret, about our deliveries, once.

#include "callback.hpp"
#include "driver.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/testing/fake_inbox.hpp"
#include "loaded_sms.hpp"

namespace pakn::out_sms {
namespace {

using testing::FakeInbox;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kDelivered =
    "SMSID=id-1&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=0.0000&TotalReceiver=1&TotalSent=1&RequestId=&"
    "TypeId=2"
    "&telcoid=1&phonenumber=0912345678";
constexpr const char* kFailed = "SMSID=id-1&SendFailed=1&SendStatus=5&SendSuccess=0&RequestId=";

std::string with(const std::string& query, const std::string& token = kToken, const std::string& id = kDeliveryId) {
    return "/esms/" + token + "/" + id + "?" + query;
}

class SmsCallback : public ::testing::Test {
protected:
    int status(const HttpRequest& request) {
        const Result<HttpResponse> answer = callbacks.handle(request, inbox);
        if (answer) return answer->status;
        return failure(answer).code == Errc::kNotFound      ? 404
               : failure(answer).code == Errc::kUnavailable ? 503
               : failure(answer).code == Errc::kTooLarge    ? 413
                                                            : 422;
    }
    int get(const std::string& url) { return status({.url = url}); }
    int post(const std::string& url, const std::string& body) {
        return status({.method = "POST", .url = url, .body = body});
    }

    testing::FakeHostServices services;
    FakeInbox inbox;
    Marks failures{services.kept, "failed"};
    Callbacks callbacks{kToken, services, failures};
};

TEST_F(SmsCallback, Delivered) {
    EXPECT_EQ(get(with(kDelivered)), 200);
    ASSERT_THAT(inbox.updates(), SizeIs(1));
    EXPECT_EQ(inbox.updates()[0].kind, Update::Kind::kArrived);
    EXPECT_EQ(inbox.updates()[0].delivery, kDeliveryId);
    EXPECT_EQ(inbox.updates()[0].text, "") << "there is nothing else to say, the number least of all";
    EXPECT_EQ(services.counted("callbacks_delivered"), 1);
}

TEST_F(SmsCallback, Failed) {
    EXPECT_EQ(get(with(kFailed)), 200);
    EXPECT_EQ(get(with("SendStatus=4", kToken, "other")), 200);
    ASSERT_THAT(inbox.updates(), SizeIs(2));
    EXPECT_EQ(inbox.updates()[0].kind, Update::Kind::kFailed);
    EXPECT_EQ(inbox.updates()[1].kind, Update::Kind::kFailed);
    EXPECT_EQ(inbox.updates()[1].delivery, "other");
    EXPECT_EQ(services.counted("callbacks_failed"), 2);
}

TEST_F(SmsCallback, TwiceIsOnce) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(get(with(kDelivered)), 200);
    EXPECT_THAT(inbox.updates(), SizeIs(1));
}

TEST_F(SmsCallback, AMessageThatIsSentAgainTellsAnew) {
    EXPECT_EQ(get(with(kFailed)), 200);
    EXPECT_EQ(get(with("SMSID=id-2&SendFailed=1&SendStatus=5")), 200);
    EXPECT_THAT(inbox.updates(), SizeIs(2));
    EXPECT_NE(inbox.updates()[0].id, inbox.updates()[1].id);
    EXPECT_EQ(*failures.find(kDeliveryId), 2);
}

TEST_F(SmsCallback, OnlyNewFailuresCount) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(get(with(kFailed)), 200);
    EXPECT_EQ(get(with(kDelivered, kToken, "other")), 200);
    EXPECT_EQ(*failures.find(kDeliveryId), 1);
    EXPECT_EQ(*failures.find("other"), std::nullopt);
    inbox.answerUpdates(FakeInbox::refused("update.not_found"));
    EXPECT_EQ(get(with(kFailed, kToken, "unknown")), 200);
    EXPECT_EQ(*failures.find("unknown"), std::nullopt);
}

TEST_F(SmsCallback, WhatIsNotFinalIsNoNews) {
    for (const char* query :
         {"SendStatus=1", "SendStatus=2", "SendStatus=7", "SendStatus=", "", "SendStatus=5",
          "SendStatus=5&SendSuccess=0&SendFailed=0", "SendStatus=99&SendSuccess=1", "SendSuccess=1"})
        EXPECT_EQ(get(with(query)), 200) << query;
    EXPECT_THAT(inbox.updates(), IsEmpty());
    EXPECT_EQ(services.counted("callbacks_not_final"), 9);
}

TEST_F(SmsCallback, TheRequestIdNamesTheDeliveryToo) {
    const std::string plain = std::string{"/esms/"} + kToken + "?SendStatus=5&SendSuccess=1&RequestId=pakn-";
    EXPECT_EQ(get(plain + kDeliveryId), 200);
    ASSERT_THAT(inbox.updates(), SizeIs(1));
    EXPECT_EQ(inbox.updates()[0].delivery, kDeliveryId);
    for (const char* id : {"", "a%2Fb", "%00"}) EXPECT_EQ(get(plain + id), 200);
    EXPECT_EQ(get(std::string{"/esms/"} + kToken + "?SendStatus=5&SendSuccess=1&RequestId=other"), 200);
    EXPECT_THAT(inbox.updates(), SizeIs(1));
    EXPECT_EQ(services.counted("callbacks_unknown"), 4);
}

TEST_F(SmsCallback, WhatTheHubDoesNotKnowIsAnsweredAndCounted) {
    inbox.answerUpdates(FakeInbox::refused("update.not_found"));
    EXPECT_EQ(get(with(kDelivered)), 200);
    EXPECT_EQ(services.counted("callbacks_unknown"), 1);
    EXPECT_EQ(services.counted("callbacks_delivered"), 0);
}

TEST_F(SmsCallback, WhatIsNotStoredIsToldAgain) {
    inbox.answerUpdates(FakeInbox::failed(Errc::kUnavailable));
    EXPECT_EQ(get(with(kDelivered)), 503);
    inbox.answerUpdates(std::nullopt);
    EXPECT_EQ(get(with(kDelivered)), 200);
    EXPECT_THAT(inbox.updates(), SizeIs(1));
}

TEST_F(SmsCallback, StrangersGetNothing) {
    const std::string token{kToken};
    for (const std::string& wrong : {std::string{}, token.substr(1), token + "x", std::string(token.size(), 'x')}) {
        EXPECT_EQ(get(with(kDelivered, wrong)), 404) << wrong;
    }
    EXPECT_EQ(services.counted("strangers"), 4);
    for (const char* url : {"/", "/esms", "/esms?x", "/other", ""}) EXPECT_EQ(get(url), 404) << url;
    EXPECT_THAT(inbox.updates(), IsEmpty());
    Callbacks closed{"", services, failures};
    EXPECT_FALSE(closed.handle({.url = "/esms/?" + std::string{kDelivered}}, inbox));
    EXPECT_FALSE(closed.handle({.url = "/esms//x?" + std::string{kDelivered}}, inbox));
}

TEST_F(SmsCallback, FormsAndJson) {
    EXPECT_EQ(post(with(""), kDelivered), 200);
    EXPECT_EQ(post(with("", kToken, "b"), R"({"SMSID":"id-1","SendStatus":5,"SendSuccess":0,"SendFailed":1})"), 200);
    ASSERT_THAT(inbox.updates(), SizeIs(2));
    EXPECT_EQ(inbox.updates()[0].kind, Update::Kind::kArrived);
    EXPECT_EQ(inbox.updates()[1].kind, Update::Kind::kFailed);
    EXPECT_EQ(post(with(""), "{\"a\":"), 422);
    EXPECT_EQ(status({.method = "PUT", .url = with(kDelivered)}), 405);
}

TEST_F(SmsCallback, Bounds) {
    EXPECT_EQ(get(with(std::string(9000, 'x'))), 413);
    EXPECT_EQ(post(with(""), std::string(17000, 'x')), 413);
    std::string many;
    for (int i = 0; i < 500; ++i) many += "a" + std::to_string(i) + "=1&";
    EXPECT_EQ(get(with(many + kDelivered)), 200);
    EXPECT_THAT(inbox.updates(), IsEmpty()) << "the fields behind the first fifty are not looked at";
    EXPECT_EQ(get(with("SendStatus=%35&Send%53uccess=+1&%=%&%zz=%4")), 200);
    EXPECT_THAT(inbox.updates(), SizeIs(1)) << "escapes are read, broken ones stay";
}

TEST_F(SmsCallback, NothingOfItIsLogged) {
    for (const std::string& url : {with(kDelivered), with(kFailed, "wrong"), with("SendStatus=1")}) get(url);
    for (const auto& line : services.logged()) {
        EXPECT_EQ(line.text.find("0912345678"), std::string::npos);
        EXPECT_EQ(line.text.find(kToken), std::string::npos);
    }
}

TEST(SmsCallbackAddress, HoldsTokenAndDelivery) {
    EXPECT_EQ(callbackPath("t", "d-1"), "/esms/t/d-1");
    EXPECT_EQ(callbackPath("t", "a/../b?c"), "/esms/t") << "what cannot stand in an address is left out";
    EXPECT_EQ(keyOfRequestId("pakn-d-1"), "d-1");
    for (const char* id : {"pakn-d-1-s", "pakn-d-1-r2", "pakn-d-1-r10-s"}) EXPECT_EQ(keyOfRequestId(id), "d-1") << id;
    EXPECT_EQ(keyOfRequestId("pakn-d-rx"), "d-rx");
    for (const char* id : {"d-1", "", "pakn-a b", "pakn-"}) EXPECT_EQ(keyOfRequestId(id), "") << id;
    EXPECT_EQ(keyOfRequestId("pakn-" + std::string(60, 'x')), "");
}

TEST(SmsCallbackAddress, TheAddressThatIsGivenOutIsTheOneThatIsAnswered) {
    Sms sms{"esms"};
    sms.answers(accepted("esms"));
    ASSERT_TRUE(sms.send(result()));
    const std::string body = sms.requests()[0].body;
    const std::size_t at = body.find(sms.services.public_address) + sms.services.public_address.size();
    const std::string path = body.substr(at, body.find('"', at) - at);
    FakeInbox inbox;
    const Result<HttpResponse> answer = sms.subject().handle({.url = path + "?" + kFailed}, inbox, {});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    ASSERT_THAT(inbox.updates(), SizeIs(1));
    EXPECT_EQ(inbox.updates()[0].delivery, kDeliveryId);
}

TEST(SmsCallbackAddress, WhatFailedIsSentAgainUnderAnotherId) {
    Sms sms{"esms"};
    sms.answers(accepted("esms"));
    ASSERT_TRUE(sms.send(result()));
    FakeInbox inbox;
    ASSERT_TRUE(sms.subject().handle({.url = with(kFailed)}, inbox, {}));
    sms.restart();
    ASSERT_TRUE(sms.send(result()));
    Delivery retried = result();
    retried.attempt = 2;
    ASSERT_TRUE(sms.send(retried));
    const auto requests = sms.requests();
    EXPECT_NE(requests[0].body, requests[1].body) << "of the old id eSMS would say that it had it";
    EXPECT_NE(requests[1].body.find("pakn-018f2c7a-0000-7000-8000-000000000001-r1\""), std::string::npos);
    EXPECT_EQ(requests[1].body, requests[2].body);
}

TEST(SmsCallbackAddress, OtherGatewaysHaveNone) {
    for (const char* driver : {"vnpt", "viettel"}) {
        Sms sms{driver};
        FakeInbox inbox;
        const Result<HttpResponse> answer = sms.subject().handle({.url = with(kDelivered)}, inbox, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(failure(answer).code, Errc::kNotFound);
    }
}

}  // namespace
}  // namespace pakn::out_sms
