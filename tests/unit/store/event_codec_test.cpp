#include "core/store/event_codec.hpp"

#include <gtest/gtest.h>

#include "tests/unit/store/every_event.hpp"
#include "tests/unit/store/samples.hpp"

namespace pakn::store {
namespace {

using domain::EventKind;

TEST(EventCodec, EveryKindComesBackWithAllItsFields) {
    for (const bool filled : {true, false}) {
        for (const domain::EventData& data : test::everyKindOfEvent(filled)) {
            const std::string json = encodePayload(data);
            EXPECT_TRUE(test::sameData(data, decodePayload(kindOf(data), json))) << nameOf(kindOf(data)) << json;
        }
    }
}

TEST(EventCodec, PayloadIsTheFieldTable) {
    domain::Reminded reminded;
    reminded.clock = domain::Clock::kTriage;
    EXPECT_EQ(encodePayload(reminded), R"({"clock":"triage"})");

    domain::DeliveryFailed failed;
    failed.delivery = "d";
    failed.attempt = 3;
    failed.next_at = Instant{std::chrono::milliseconds{1773018000000}};
    EXPECT_EQ(encodePayload(failed), R"({"delivery":"d","attempt":3,"next_at":1773018000000})");
}

TEST(EventCodec, EmptyAndAbsentFieldsAreLeftOut) {
    EXPECT_EQ(
        encodePayload(domain::Received{}),
        R"({"emergency":false,"emergency_claimed":false,"public":false,"anonymous":false,"anonymous_to_public":false,"identity_usable":false})");
}

TEST(EventCodec, AbsentFieldsAreTheDefaultAndUnknownOnesIgnored) {
    const auto data = decodePayload(EventKind::kDeliverySent, R"({"delivery":"d","of_the_future":[{}]})");
    const auto& sent = std::get<domain::DeliverySent>(data);
    EXPECT_EQ(sent.delivery, "d");
    EXPECT_EQ(sent.attempt, 1);
    EXPECT_FALSE(sent.already);
}

TEST(EventCodec, WhatCannotBeReadIsDamaged) {
    for (const char* json : {"", "[]", "{", R"({"clock":"noon"})", R"({"clock":1})", R"({"clock":null})"})
        EXPECT_THROW(decodePayload(EventKind::kReminded, json), DamagedRow) << json;
}

}  // namespace
}  // namespace pakn::store
