/// @file
/// What a lock screen shows has the number of the petition and how it stands, and nothing else of it.

#include "notification.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/domain/catalogue.hpp"
#include "invented.hpp"

namespace pakn::out_push {
namespace {

Notification made(const Delivery& delivery) {
    const auto notification = notificationOf(delivery, "Phản ánh {code}", usualWords());
    if (!notification) throw std::runtime_error{"no notification"};
    return *notification;
}

TEST(PushNotification, NumberAndStateAlone) {
    const Notification one = made(result());
    EXPECT_EQ(one.title, "Phản ánh 060326001");
    EXPECT_EQ(one.body, usualWords().at("answered"));
    EXPECT_EQ(one.code, "060326001");
    EXPECT_EQ(one.status, "answered");
}

TEST(PushNotification, AResultIsAnAnswerHoweverThePetitionStandsMeanwhile) {
    Delivery delivery = result();
    delivery.status = "closed";
    EXPECT_EQ(made(delivery).body, usualWords().at("answered"));
}

TEST(PushNotification, NothingElseOfADeliveryGetsThere) {
    for (const char* kind : {"result", "notice", "status_update"}) {
        for (const char* to : {"petitioner", "account"}) {
            Delivery delivery = result();
            delivery.kind = kind;
            delivery.recipient.kind = to;
            const Notification one = made(delivery);
            for (const std::string* text : {&one.title, &one.body, &one.code, &one.status}) {
                EXPECT_EQ(text->find("canary"), std::string::npos) << kind << ": " << *text;
                EXPECT_EQ(text->find("912345678"), std::string::npos);
            }
        }
    }
}

TEST(PushNotification, EveryStatusHasWords) {
    for (const std::string_view status : domain::kStatusNames) EXPECT_TRUE(usualWords().contains(status)) << status;
    Delivery delivery = result();
    delivery.kind = "notice";
    delivery.status = "a_status_of_tomorrow";
    EXPECT_FALSE(made(delivery).body.empty());
}

TEST(PushNotification, EveryEventThatHasWordsIsOne) {
    const std::set<std::string_view> events{domain::kEventKindNames.begin(), domain::kEventKindNames.end()};
    for (const auto& [name, words] : usualWords())
        EXPECT_TRUE(!name.starts_with("event/") || events.contains(std::string_view{name}.substr(6))) << name;
}

TEST(PushNotification, AnOfficerIsToldWhatToDo) {
    EXPECT_EQ(made(forOfficer("reminded")).body, usualWords().at("event/reminded"));
    EXPECT_EQ(made(forOfficer("an_event_of_tomorrow")).body, usualWords().at("assigned"));
    Delivery sender = result();
    sender.kind = "notice";
    sender.event = "reminded";
    EXPECT_EQ(made(sender).body, usualWords().at("answered")) << "a sender is told how it stands";
    sender.event = "noted";
    EXPECT_EQ(made(sender).body, usualWords().at("event/noted")) << "or that they are asked something";
}

TEST(PushNotification, OtherKindsAreForNobodysTelephone) {
    for (const char* kind : {"sign_request", "forward", ""}) {
        Delivery delivery = result();
        delivery.kind = kind;
        EXPECT_FALSE(notificationOf(delivery, "{code}", usualWords())) << kind;
    }
}

}  // namespace
}  // namespace pakn::out_push
