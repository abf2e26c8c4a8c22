/// @file
/// When nobody knows whether a message arrived: sent again under the same id while the gateway knows ids again, else
/// left to a person.

#include <gmock/gmock.h>

#include <string>

#include "loaded_sms.hpp"
#include "marks.hpp"

namespace pakn::out_sms {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const Error kNoAnswer{.code = Errc::kUnknownOutcome, .message = "no answer"};

std::string duplicate(const std::string& driver) {
    return driver == "vnpt" ? R"({"RPLY":{"ERROR":"33"}})" : R"({"CodeResult":"124"})";
}

Delivery attempt(int number) {
    Delivery delivery = result();
    delivery.attempt = number;
    return delivery;
}

class SmsDoubt : public ::testing::TestWithParam<const char*> {
protected:
    static std::string driver() { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Gateways, SmsDoubt, ::testing::Values("vnpt", "esms"),
                         [](const auto& one) { return std::string{one.param}; });

TEST_P(SmsDoubt, ALostAnswerIsAskedForAgainAndTheDuplicateIsSuccess) {
    Sms sms{driver()};
    sms.answersInTurn({kNoAnswer, HttpResponse{.body = duplicate(driver())}});
    const Result<Receipt> first = sms.send(attempt(1));
    EXPECT_EQ(failure(first).code, Errc::kUnavailable);
    EXPECT_EQ(failure(first).problem, "sms.unanswered");
    sms.restart();
    sms.services.clock.advance(5min);
    const Result<Receipt> second = sms.send(attempt(2));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->already);
    EXPECT_EQ(sms.requests()[0].body, sms.requests()[1].body);
}

TEST_P(SmsDoubt, AnAnswerThatCannotBeReadIsNone) {
    for (const char* body : {"", "{", "<html>", "{}", "[]", R"({"RPLY":{}})", R"({"error":"Invalid request"})"}) {
        Sms sms{driver()};
        sms.answers(body);
        EXPECT_EQ(failure(sms.send(attempt(1))).code, Errc::kUnavailable) << body;
        EXPECT_EQ(failure(sms.send(attempt(1))).problem, "sms.unanswered") << body;
    }
}

TEST_P(SmsDoubt, WhatTheGatewayMayHaveForgottenIsLeftToAPerson) {
    Sms sms{driver(), {{"remembers", "24h"}}};
    sms.answersInTurn({kNoAnswer, kNoAnswer, HttpResponse{.body = accepted(driver())}});
    EXPECT_EQ(failure(sms.send(attempt(1))).code, Errc::kUnavailable);
    sms.services.clock.advance(23h);
    EXPECT_EQ(failure(sms.send(attempt(2))).code, Errc::kUnavailable) << "still within the day";
    sms.services.clock.advance(1h);
    const Result<Receipt> late = sms.send(attempt(3));
    EXPECT_EQ(failure(late).code, Errc::kUnknownOutcome) << "the first attempt counts, not the last";
    EXPECT_EQ(failure(late).problem, "sms.in_doubt");
    EXPECT_THAT(sms.requests(), SizeIs(2)) << "nothing was sent a third time";
}

TEST_P(SmsDoubt, WhatCertainlyDidNotArriveIsSentHoweverLate) {
    Sms sms{driver()};
    sms.answersInTurn(
        {Error{.code = Errc::kUnavailable, .message = "no connection"}, HttpResponse{.body = accepted(driver())}});
    EXPECT_EQ(failure(sms.send(attempt(1))).code, Errc::kUnavailable);
    sms.services.clock.advance(72h);
    const Result<Receipt> sent = sms.send(attempt(2));
    ASSERT_TRUE(sent);
    EXPECT_FALSE(sent->already);
}

TEST_P(SmsDoubt, AGatewayThatIsNotTrustedWithItLeavesItToAPerson) {
    Sms sms{driver(), {{"remembers", "0s"}}};
    sms.answersInTurn({kNoAnswer});
    EXPECT_EQ(failure(sms.send(attempt(1))).code, Errc::kUnknownOutcome);
    EXPECT_EQ(failure(sms.reconcile(attempt(1))).code, Errc::kUnknownOutcome);
    EXPECT_THAT(sms.requests(), SizeIs(1));
}

TEST_P(SmsDoubt, AfterACrashTheSameRequestIsTheQuestion) {
    Sms sms{driver()};
    sms.services.clock.advance(2h);
    sms.answers(duplicate(driver()));
    const Result<Receipt> arrived = sms.reconcile(attempt(1));
    ASSERT_TRUE(arrived);
    EXPECT_TRUE(arrived->already);
    sms.answers(accepted(driver()));
    const Result<Receipt> now = sms.reconcile(attempt(1));
    ASSERT_TRUE(now);
    EXPECT_FALSE(now->already);
}

TEST_P(SmsDoubt, AfterALongOutageACrashIsLeftToAPerson) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    sms.services.clock.advance(24h);
    EXPECT_EQ(failure(sms.reconcile(attempt(1))).code, Errc::kUnknownOutcome);
    EXPECT_THAT(sms.requests(), SizeIs(0));
}

TEST_P(SmsDoubt, ACrashAndAnOutageTogetherAreNotForgotten) {
    Sms sms{driver()};
    sms.answersInTurn(
        {Error{.code = Errc::kUnavailable, .message = "no connection"}, HttpResponse{.body = accepted(driver())}});
    sms.services.clock.advance(1h);
    EXPECT_EQ(failure(sms.reconcile(attempt(1))).code, Errc::kUnavailable);
    sms.services.clock.advance(23h);
    EXPECT_EQ(failure(sms.send(attempt(2))).code, Errc::kUnknownOutcome)
        << "the attempt before the crash may have arrived";
}

TEST_P(SmsDoubt, WhatAPersonSendsAgainIsNoLongerInDoubt) {
    Sms sms{driver()};
    sms.answersInTurn({kNoAnswer, Error{.code = Errc::kUnavailable, .message = "no connection"},
                       HttpResponse{.body = accepted(driver())}});
    EXPECT_EQ(failure(sms.send(attempt(1))).code, Errc::kUnavailable);
    sms.services.clock.advance(48h);
    EXPECT_EQ(failure(sms.send(attempt(2))).code, Errc::kUnknownOutcome);
    // Attempts count anew.
    EXPECT_EQ(failure(sms.send(attempt(1))).code, Errc::kUnavailable);
    EXPECT_TRUE(sms.send(attempt(2)));
}

/// Keeps nothing new.
class FullState final : public State {
public:
    Result<std::optional<std::string>> get(std::string_view) override { return std::optional<std::string>{}; }
    Status put(std::string_view, std::string_view) override {
        return Error{.code = Errc::kTooLarge, .message = "full"};
    }
};
/// Cannot be read.
class LostState final : public State {
public:
    Result<std::optional<std::string>> get(std::string_view) override {
        return Error{.code = Errc::kUnavailable, .message = "away"};
    }
    Status put(std::string_view, std::string_view) override { return Done{}; }
};

TEST(SmsMarks, AreKeptChangedAndDropped) {
    testing::FakeState state;
    Marks marks{state, "a"};
    EXPECT_EQ(*marks.find("d"), std::nullopt);
    ASSERT_TRUE(marks.put("d", 20));
    ASSERT_TRUE(marks.put("e", -7));
    ASSERT_TRUE(marks.put("d", 30));
    EXPECT_EQ(*(Marks{state, "a"}.find("d")), 30);
    EXPECT_EQ(*(Marks{state, "b"}.find("d")), std::nullopt) << "other marks";
    ASSERT_TRUE(marks.drop("d"));
    EXPECT_EQ(*marks.find("d"), std::nullopt);
    EXPECT_EQ(*marks.find("e"), -7);
}

TEST(SmsMarks, AreBoundedAndTheNewestStay) {
    testing::FakeState state;
    Marks marks{state, "a"};
    constexpr int kMany = 20000;
    for (int i = 0; i < kMany; ++i) ASSERT_TRUE(marks.put("d" + std::to_string(i), i));
    int known = 0;
    for (int i = 0; i < kMany; ++i) known += marks.find("d" + std::to_string(i))->has_value() ? 1 : 0;
    EXPECT_EQ(known, static_cast<int>(Marks::kLots * Marks::kPerLot));
    EXPECT_EQ(*marks.find("d" + std::to_string(kMany - 1)), kMany - 1);
    EXPECT_EQ(*marks.find("d0"), std::nullopt);
}

TEST(SmsMarks, AStateThatDoesNotWorkIsTold) {
    FullState full;
    EXPECT_EQ(failure((Marks{full, "a"}.put("d", 1))).code, Errc::kTooLarge);
    EXPECT_TRUE((Marks{full, "a"}.drop("d"))) << "there is nothing to write";
    LostState lost;
    EXPECT_EQ(failure((Marks{lost, "a"}.put("d", 1))).code, Errc::kUnavailable);
    EXPECT_EQ(failure((Marks{lost, "a"}.find("d"))).code, Errc::kUnavailable);
    EXPECT_EQ(failure((Marks{lost, "a"}.drop("d"))).code, Errc::kUnavailable);
}

TEST(SmsMarks, SpoiltEntriesAreLeftOut) {
    testing::FakeState state;
    Marks marks{state, "a"};
    for (std::size_t i = 0; i < Marks::kLots; ++i)
        ASSERT_TRUE(state.put("a." + std::to_string(i), "x\n\n y\nab 12x\n 5 5\n"));
    EXPECT_EQ(*marks.find("d"), std::nullopt);
    ASSERT_TRUE(marks.put("d", 1));
    EXPECT_EQ(*marks.find("d"), 1);
}

}  // namespace
}  // namespace pakn::out_sms
