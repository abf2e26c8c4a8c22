/// @file
/// One delivery: whose devices it goes to, several of them, none, and quiet hours.

#include "sending.hpp"

#include <gmock/gmock.h>

#include "invented.hpp"

namespace pakn::out_push {
namespace {

using namespace std::chrono_literals;

TEST(PushSending, ASenderIsFoundByTheAccountOfTheirChannel) {
    Pusher push;
    push.has("fcm", "other-owner", "acct-other");
    push.has("fcm", "other-channel", kOwner, "zalo");
    push.has("fcm", kAndroid);
    ASSERT_TRUE(push.send(result()));
    ASSERT_EQ(push.google.messages.size(), 1U);
    EXPECT_NE(push.google.messages[0].body.find(kAndroid), std::string::npos);
}

TEST(PushSending, AnOfficerIsFoundByTheirLogin) {
    Pusher push;
    push.has("fcm", "citizens", "can.bo.1", "app");
    push.has("fcm", kAndroid, "can.bo.1", "");
    ASSERT_TRUE(push.send(forOfficer("assigned")));
    ASSERT_EQ(push.google.messages.size(), 1U);
    EXPECT_NE(push.google.messages[0].body.find(kAndroid), std::string::npos);
}

TEST(PushSending, WithoutADeviceTheNextWayIsTaken) {
    Pusher push;
    EXPECT_EQ(failure(push.send(result())).problem, kNobodyThere);
    EXPECT_EQ(failure(push.send(result())).code, Errc::kFallback);
    Delivery nobody = result();
    nobody.reply_address.clear();
    push.has("fcm", kAndroid, "");
    EXPECT_EQ(failure(push.send(nobody)).code, Errc::kFallback) << "no account is not the account without a name";
    Delivery office = forOfficer("assigned");
    office.recipient = {.kind = "queue", .role = "officer", .unit = "so-xay-dung"};
    EXPECT_EQ(failure(push.send(office)).problem, kNobodyThere);
    Delivery other_kind = result();
    other_kind.kind = "sign_request";
    EXPECT_EQ(failure(push.send(other_kind)).code, Errc::kRejected);
    EXPECT_TRUE(push.google.messages.empty());
}

TEST(PushSending, ADeviceOfAServiceThatIsNotSetUpIsNoWay) {
    Pusher android_only{fcmSettings()};
    android_only.has("apns", kApple);
    EXPECT_EQ(failure(android_only.send(result())).problem, "push.no_service");
    android_only.has("fcm", kAndroid);
    EXPECT_TRUE(android_only.send(result()));
    EXPECT_EQ(android_only.services.people.known().size(), 2U) << "it is kept for the day it is";
}

TEST(PushSending, SeveralDevicesAreToldAndTheDeadOnesForgotten) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.has("apns", kApple);
    push.google.answers = {fcmError(404, "UNREGISTERED")};
    const auto sent = push.send(result());
    ASSERT_TRUE(sent) << "one took it";
    EXPECT_EQ(sent->reference, "id-1");
    ASSERT_EQ(push.services.people.known().size(), 1U);
    EXPECT_EQ(push.services.people.known()[0].platform, "apns");
    EXPECT_EQ(push.services.counted("pushed"), 1);
    EXPECT_EQ(push.services.counted("devices_gone"), 1);
    for (const auto& line : push.services.logged()) EXPECT_EQ(line.text.find("canary"), std::string::npos) << line.text;
}

TEST(PushSending, WhenTheLastDeviceIsGoneTheNextWayIsTaken) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.google.answers = {fcmError(404, "UNREGISTERED")};
    EXPECT_EQ(failure(push.send(result())).code, Errc::kFallback);
    EXPECT_EQ(failure(push.send(result())).problem, kNobodyThere);
    EXPECT_EQ(push.google.messages.size(), 1U);
}

TEST(PushSending, ADeadDeviceBesideABusyServiceIsNotTheEnd) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.has("apns", kApple);
    push.google.answers = {fcmError(404, "UNREGISTERED")};
    push.apple.answersInTurn({apnsError(503, "ServiceUnavailable", {{"retry-after", "30"}})});
    const Error error = failure(push.send(result()));
    EXPECT_EQ(error.code, Errc::kUnavailable);
    EXPECT_EQ(error.retry_after, 30s);
}

TEST(PushSending, InQuietHoursItWaitsUntilTheirEnd) {
    Settings::Values values = bothSettings();
    // The clock of the tests stands at 08:00 of Viet Nam.
    values["quiet_hours"] = "07:30-09:00";
    Pusher push{values};
    push.has("fcm", kAndroid);
    push.has("fcm", "officers-device-0123456789", "can.bo.1", "");
    const Error error = failure(push.send(result()));
    EXPECT_EQ(error.code, Errc::kDeferred);
    EXPECT_EQ(error.not_before, push.services.now() + 1h);
    EXPECT_TRUE(push.google.messages.empty());
    EXPECT_TRUE(push.send(forOfficer("roster_called"))) << "whoever is on duty is called at any hour";
    EXPECT_EQ(failure(push.send(forOfficer("reminded"))).code, Errc::kDeferred);
    Delivery nobody = result();
    nobody.reply_address = "acct-without-a-device";
    EXPECT_EQ(failure(push.send(nobody)).code, Errc::kFallback) << "the next way has hours of its own";
    push.services.clock.advance(1h);
    EXPECT_TRUE(push.send(result()));
}

TEST(PushSending, NothingPersonalLeaves) {
    Pusher push;
    push.has("fcm", kAndroid);
    push.has("apns", kApple);
    for (const char* kind : {"result", "notice", "status_update"}) {
        Delivery delivery = result();
        delivery.kind = kind;
        delivery.attachments = {{.name = "canary.pdf", .content_type = "application/pdf", .content = "canary"}};
        ASSERT_TRUE(push.send(delivery));
    }
    std::string all;
    for (const HttpRequest& request : push.google.messages) all += request.body;
    for (const Http2Request& request : push.apple.requests()) {
        all += request.body;
        for (const auto& [name, value] : request.headers) all += name + value;
    }
    for (const char* word : {"canary-title", "canary-result", "canary-message", "canary-subject", "canary-secret",
                             "canary-unit", "canary@", "912345678", "canary.pdf", kOwner})
        EXPECT_EQ(all.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace pakn::out_push
