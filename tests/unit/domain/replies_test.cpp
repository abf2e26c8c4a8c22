/// @file
/// The way back to a petition's sender: one way after the other, each once, and the timeline says which one it was.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using sample::Case;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Rules rulesWith(std::vector<ReplyWay> ways, Rules rules = sample::rules()) {
    rules.deliveries = {{.on = EventKind::kReleased, .to = std::string{kReplyTarget}, .kind = DeliveryKind::kResult}};
    rules.replies = {{.channel = {"elsewhere"}, .by = {{.connector = "never"}}}, {.by = std::move(ways)}};
    return rules;
}

std::vector<ReplyWay> zaloThenSms() {
    return {{.connector = "zalo", .way = "consultation", .within = Duration{7, Duration::Unit::kDays}},
            {.connector = "zalo", .way = "template"},
            {.connector = "sms", .try_for = Duration{1, Duration::Unit::kHours}}};
}

/// An answered petition of somebody who can be reached.
Case answered(Rules rules) {
    Case one{std::move(rules)};
    one.toCentre();
    EXPECT_TRUE(one.act("release", sample::dispatcher()));
    return one;
}

std::vector<std::string> ways(const Petition& petition) {
    std::vector<std::string> all;
    for (const DeliveryRecord& one : petition.deliveries)
        all.push_back(one.connector + (one.way.empty() ? "" : '/' + one.way) + ' ' + std::string{nameOf(one.state)});
    return all;
}

Result<Decision> settle(Case& one, std::variant<Receipt, Error> outcome, Idempotency idempotency = Idempotency::kNone) {
    const Settle command{
        .delivery = one.petition.deliveries.back().id, .outcome = std::move(outcome), .idempotency = idempotency};
    return one.run(command, Actor::system());
}
Error error(Errc code) { return {.code = code, .message = "peer"}; }

TEST(Replies, TheFirstWayThatLeadsThereIsTaken) {
    Case one = answered(rulesWith(zaloThenSms()));
    EXPECT_THAT(ways(one.petition), ElementsAre("zalo/consultation queued"));
    EXPECT_EQ(one.petition.deliveries[0].kind, DeliveryKind::kResult);
    EXPECT_EQ(one.petition.deliveries[0].chain, one.petition.deliveries[0].id);
    ASSERT_TRUE(settle(one, Receipt{}));
    EXPECT_THAT(ways(one.petition), ElementsAre("zalo/consultation sent")) << "one is enough";
}

TEST(Replies, AWayThatCannotTellWhetherItWasSeenIsNeverAnAnswersOnlyOne) {
    Case one = answered(rulesWith({{.connector = "push"}, {.connector = "sms"}, {.connector = "email"}}));
    const Receipt unconfirmed{.attributes = {{std::string{kUnconfirmed}, "true"}}};
    ASSERT_TRUE(settle(one, unconfirmed));
    EXPECT_THAT(ways(one.petition), ElementsAre("push sent", "sms queued"));
    EXPECT_EQ(one.petition.deliveries[1].chain, one.petition.deliveries[0].id);
    ASSERT_TRUE(settle(one, Receipt{}));
    EXPECT_THAT(ways(one.petition), ElementsAre("push sent", "sms sent")) << "and one that can is enough";

    Case again = answered(rulesWith({{.connector = "push"}, {.connector = "sms"}, {.connector = "email"}}));
    ASSERT_TRUE(settle(again, error(Errc::kRejected)));
    ASSERT_TRUE(settle(again, Receipt{}));
    const std::string push = again.petition.deliveries[0].id;
    ASSERT_TRUE(again.run(Requeue{.delivery = push}, Actor{.id = "it", .roles = {Role::kIntegrator}}));
    ASSERT_TRUE(again.run(Settle{.delivery = push, .outcome = unconfirmed}, Actor::system()));
    EXPECT_THAT(ways(again.petition), ElementsAre("push sent", "sms sent")) << "another way had it already";

    Case last = answered(rulesWith({{.connector = "push"}}));
    ASSERT_TRUE(settle(last, unconfirmed));
    EXPECT_THAT(ways(last.petition), ElementsAre("push sent")) << "there is no other";
}

TEST(Replies, WhoCannotBeReachedThisWayIsTriedTheNext) {
    Case one = answered(rulesWith(zaloThenSms()));
    one.now += hours{1};
    ASSERT_TRUE(settle(one, error(Errc::kFallback)));
    ASSERT_TRUE(settle(one, error(Errc::kFallback)));
    EXPECT_THAT(ways(one.petition),
                ElementsAre("zalo/consultation passed_on", "zalo/template passed_on", "sms queued"));
    EXPECT_EQ(one.petition.deliveries[2].chain, one.petition.deliveries[0].id);
    EXPECT_EQ(one.petition.deliveries[2].caused_at, one.petition.deliveries[0].caused_at)
        << "it says what the first would have said";
    ASSERT_TRUE(settle(one, error(Errc::kFallback)));
    EXPECT_EQ(one.petition.deliveries.size(), 3U);
    EXPECT_EQ(one.petition.deliveries[2].state, DeliveryState::kDead) << "nobody reached them: somebody has to look";
}

TEST(Replies, AWayHasItsWindow) {
    Case one{rulesWith(zaloThenSms())};
    one.toCentre();
    one.now += hours{24 * 7 + 1};
    ASSERT_TRUE(one.act("release", sample::dispatcher()));
    EXPECT_THAT(ways(one.petition), ElementsAre("zalo/template queued"));
}

TEST(Replies, AWayThatIsNotToBeHadIsGivenUpInItsTime) {
    Case one = answered(
        rulesWith({{.connector = "push", .try_for = Duration{1, Duration::Unit::kHours}}, {.connector = "sms"}}));
    ASSERT_TRUE(settle(one, error(Errc::kUnavailable)));
    EXPECT_THAT(ways(one.petition), ElementsAre("push queued"));
    one.now += hours{2};
    ASSERT_TRUE(settle(one, error(Errc::kUnavailable)));
    EXPECT_THAT(ways(one.petition), ElementsAre("push passed_on", "sms queued"));
}

TEST(Replies, WhatIsInDoubtIsNotSentTwice) {
    Case one = answered(rulesWith(zaloThenSms()));
    ASSERT_TRUE(settle(one, error(Errc::kUnknownOutcome)));
    EXPECT_THAT(ways(one.petition), ElementsAre("zalo/consultation unknown")) << "a person decides";
}

TEST(Replies, AMistakeIsSeenAndThePersonReachedAllTheSame) {
    Case one = answered(rulesWith(zaloThenSms()));
    ASSERT_TRUE(settle(one, error(Errc::kRejected)));
    EXPECT_THAT(ways(one.petition), ElementsAre("zalo/consultation dead", "zalo/template queued"));
}

TEST(Replies, AMailThatComesBackMovesTheAnswerOn) {
    Case one = answered(rulesWith({{.connector = "email"}, {.connector = "sms"}}));
    ASSERT_TRUE(settle(one, Receipt{}));
    const Actor email{.id = "email", .roles = {Role::kSystem}};
    const Report bounce{.meaning = Report::Meaning::kFailed,
                        .kind = "update_failed",
                        .id = "bounce-1",
                        .delivery = one.petition.deliveries[0].id};
    ASSERT_TRUE(one.run(bounce, email));
    EXPECT_THAT(ways(one.petition), ElementsAre("email passed_on", "sms queued"));
    EXPECT_EQ(one.run(bounce, email).error().problem, "update.heard");
    EXPECT_EQ(one.petition.deliveries.size(), 2U) << "however often the peer says so";
}

TEST(Replies, AFailureThatIsReportedBeforeTheHubHasNotedTheSendingCounts) {
    const Actor email{.id = "email", .roles = {Role::kSystem}};
    Case one = answered(rulesWith({{.connector = "email"}, {.connector = "sms"}}));
    const std::string first = one.petition.deliveries[0].id;
    const auto report = [&](const std::string& id) {
        return Report{.meaning = Report::Meaning::kFailed, .kind = "update_failed", .id = id, .delivery = first};
    };
    const int begun = one.petition.version;
    ASSERT_TRUE(one.run(report("bounce-1"), email));
    EXPECT_THAT(ways(one.petition), ElementsAre("email queued")) << "the attempt is under way";

    for (const Receipt& receipt : {Receipt{}, Receipt{.attributes = {{std::string{kUnconfirmed}, "yes"}}}}) {
        Case taken = one;
        ASSERT_TRUE(taken.run(Settle{.delivery = first, .outcome = receipt, .begun_version = begun}, Actor::system()));
        EXPECT_THAT(ways(taken.petition), ElementsAre("email passed_on", "sms queued"));
    }
    Case doubtful = one;
    ASSERT_TRUE(doubtful.run(Settle{.delivery = first,
                                    .outcome = error(Errc::kUnknownOutcome),
                                    .begun_version = begun,
                                    .idempotency = Idempotency::kNone},
                             Actor::system()));
    EXPECT_THAT(ways(doubtful.petition), ElementsAre("email passed_on", "sms queued"));

    // What was said of an attempt before says nothing of this one, unless the outcome is that one's.
    ASSERT_TRUE(one.run(Settle{.delivery = first, .outcome = error(Errc::kUnavailable), .begun_version = begun},
                        Actor::system()));
    ASSERT_TRUE(one.run(report("bounce-2"), email));
    const auto after = [&](std::variant<Receipt, Error> outcome, int begun_version) {
        Case next = one;
        EXPECT_TRUE(next.run(Settle{.delivery = first,
                                    .outcome = std::move(outcome),
                                    .begun_version = begun_version,
                                    .idempotency = Idempotency::kNone},
                             Actor::system()));
        return ways(next.petition);
    };
    const int now = one.petition.version;
    EXPECT_THAT(after(Receipt{}, now), ElementsAre("email sent"));
    EXPECT_THAT(after(Receipt{.already = true}, now), ElementsAre("email passed_on", "sms queued"));
    EXPECT_THAT(after(error(Errc::kUnknownOutcome), now), ElementsAre("email unknown"));
    EXPECT_THAT(after(error(Errc::kUnknownOutcome), 0), ElementsAre("email passed_on", "sms queued"));
}

TEST(Replies, WhoIsReachedByALaterWayIsNotLedToOneMore) {
    const Actor email{.id = "email", .roles = {Role::kSystem}};
    Case one = answered(rulesWith({{.connector = "email"}, {.connector = "sms"}, {.connector = "zalo"}}));
    const std::string first = one.petition.deliveries[0].id;
    const auto report = [&](Report::Meaning meaning, const std::string& id) {
        ASSERT_TRUE(one.run(Report{.meaning = meaning, .kind = "update", .id = id, .delivery = first}, email));
    };
    ASSERT_TRUE(settle(one, error(Errc::kUnknownOutcome)));
    report(Report::Meaning::kFailed, "1");
    EXPECT_THAT(ways(one.petition), ElementsAre("email passed_on", "sms queued"));
    report(Report::Meaning::kArrived, "2");
    report(Report::Meaning::kFailed, "3");
    EXPECT_THAT(ways(one.petition), ElementsAre("email passed_on", "sms queued")) << "it is under way";

    Case again = answered(rulesWith({{.connector = "email"}, {.connector = "sms"}, {.connector = "zalo"}}));
    const std::string its_first = again.petition.deliveries[0].id;
    ASSERT_TRUE(settle(again, error(Errc::kRejected)));
    ASSERT_TRUE(settle(again, Receipt{}));
    ASSERT_TRUE(again.run(Requeue{.delivery = its_first}, Actor{.id = "it", .roles = {Role::kIntegrator}}));
    ASSERT_TRUE(again.run(Settle{.delivery = its_first, .outcome = error(Errc::kFallback)}, Actor::system()));
    EXPECT_THAT(ways(again.petition), ElementsAre("email passed_on", "sms sent"));
}

TEST(Replies, AFailureOfAnAnswerThatIsNoneAnyMoreIsNobodysConcern) {
    Case one = answered(rulesWith({{.connector = "email"}, {.connector = "sms"}}, sample::wholeRules()));
    const std::string first = one.petition.deliveries[0].id;
    ASSERT_TRUE(settle(one, Receipt{}));
    ASSERT_TRUE(one.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"}));
    ASSERT_TRUE(
        one.run(Report{.meaning = Report::Meaning::kFailed, .kind = "update_failed", .id = "b", .delivery = first},
                Actor{.id = "email", .roles = {Role::kSystem}}));
    EXPECT_THAT(ways(one.petition), ElementsAre("email discarded")) << "a replay would say nothing";
}

TEST(Replies, WhatNobodyKnewOfIsKnownWhenThePeerSaysThatItFailed) {
    Case one = answered(rulesWith({{.connector = "email"}, {.connector = "sms"}}));
    const std::string first = one.petition.deliveries[0].id;
    ASSERT_TRUE(
        one.run(Settle{.delivery = first, .outcome = error(Errc::kUnknownOutcome), .idempotency = Idempotency::kNone},
                Actor::system()));
    EXPECT_THAT(ways(one.petition), ElementsAre("email unknown"));
    ASSERT_TRUE(
        one.run(Report{.meaning = Report::Meaning::kFailed, .kind = "update_failed", .id = "b", .delivery = first},
                Actor{.id = "email", .roles = {Role::kSystem}}));
    EXPECT_THAT(ways(one.petition), ElementsAre("email passed_on", "sms queued"));
}

TEST(Replies, NeverTheSameAnswerTwiceOverOneWay) {
    // Whatever fails, in whatever order, and though the configuration changes meanwhile.
    Case one = answered(rulesWith(zaloThenSms()));
    ASSERT_TRUE(settle(one, error(Errc::kFallback)));
    one.rules.replies[1].by = {{.connector = "sms"},
                               {.connector = "zalo", .way = "consultation"},
                               {.connector = "zalo", .way = "template"},
                               {.connector = "email"}};
    for (int i = 0; i < 6; ++i) {
        if (one.petition.deliveries.back().state != DeliveryState::kQueued) break;
        ASSERT_TRUE(settle(one, error(Errc::kFallback)));
    }
    EXPECT_THAT(ways(one.petition),
                ElementsAre("zalo/consultation passed_on", "zalo/template passed_on", "sms passed_on", "email dead"));
}

TEST(Replies, AnAnswerThatHasNotLeftIsOvertakenByAnotherOne) {
    Case one = answered(rulesWith({{.connector = "email"}}, sample::wholeRules()));
    const std::string first = one.petition.deliveries[0].id;
    Case unsent = one;
    ASSERT_TRUE(one.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"}));
    EXPECT_THAT(ways(one.petition), ElementsAre("email discarded")) << "it would say nothing";
    const Settle sent{.delivery = first, .outcome = Receipt{.reference = "r"}};
    Case late = one;
    ASSERT_TRUE(late.run(sent, Actor::system())) << "it was on its way";
    EXPECT_THAT(ways(late.petition), ElementsAre("email sent"));
    EXPECT_EQ(one.run(Settle{.delivery = first, .outcome = error(Errc::kUnavailable)}, Actor::system()).error().problem,
              "delivery.not_legal_now");
    EXPECT_EQ(one.run(Requeue{.delivery = first}, Actor{.id = "it", .roles = {Role::kIntegrator}}).error().problem,
              "delivery.not_legal_now");

    ASSERT_TRUE(settle(unsent, error(Errc::kRejected)));
    EXPECT_THAT(ways(unsent.petition), ElementsAre("email dead"));
    ASSERT_TRUE(unsent.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"}));
    EXPECT_THAT(ways(unsent.petition), ElementsAre("email discarded")) << "a replay would say what the next one says";

    Case read = answered(rulesWith({{.connector = "email"}}, sample::wholeRules()));
    ASSERT_TRUE(settle(read, Receipt{}));
    ASSERT_TRUE(read.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"}));
    EXPECT_THAT(ways(read.petition), ElementsAre("email sent"));
}

TEST(Replies, WithoutARuleTheChannelItselfAnswersWhereItCan) {
    Rules rules = rulesWith({});
    rules.replies.clear();
    EXPECT_THAT(ways(answered(rules).petition), IsEmpty());
    rules.answering = {"web"};
    EXPECT_THAT(ways(answered(rules).petition), ElementsAre("web queued"));
}

IncomingPetition lamp() { return {.title = "Đèn", .text = "Đèn đường hỏng", .category = "khac"}; }

/// A refused petition, of whose refusal the sender is told by a notice that goes back.
Case refused(std::vector<ReplyWay> by, const std::function<void(Submit&)>& change) {
    Rules rules = rulesWith(std::move(by));
    rules.notices = {{.on = EventKind::kRefused,
                      .audience = Audience::kPetitioner,
                      .notice = "sender",
                      .to = {std::string{kReplyTarget}}}};
    NoticeTemplate words{.id = "sender"};
    words.message.vi = TextTemplate{"{{code}}", Markup::kText};
    rules.notice_templates.emplace("sender", std::move(words));
    Case one{std::move(rules)};
    Submit submit{.petition = lamp(), .channel = "zalo", .code = "060326001", .route = {.workflow = "officer-first"}};
    change(submit);
    EXPECT_TRUE(one.run(submit, Actor::system()));
    EXPECT_TRUE(one.act("refuse", sample::dispatcher(), {.comment = "x"}));
    return one;
}

TEST(Replies, NoticesGoBackTheSameWay) {
    Case one = refused(zaloThenSms(), [](Submit&) {});
    ASSERT_THAT(ways(one.petition), ElementsAre("zalo/consultation queued"));
    ASSERT_TRUE(settle(one, error(Errc::kFallback)));
    ASSERT_THAT(ways(one.petition), ElementsAre("zalo/consultation passed_on", "zalo/template queued"));
    const DeliveryRecord& next = one.petition.deliveries[1];
    EXPECT_EQ(next.kind, DeliveryKind::kNotice);
    ASSERT_TRUE(next.notice);
    EXPECT_EQ(*next.notice, *one.petition.deliveries[0].notice) << "in the same words";
}

TEST(Replies, ANoticeThatMayNotHaveBeenSeenIsNoAnswer) {
    Case one = refused({{.connector = "push"}, {.connector = "sms"}}, [](Submit&) {});
    ASSERT_TRUE(settle(one, Receipt{.attributes = {{std::string{kUnconfirmed}, "true"}}}));
    EXPECT_THAT(ways(one.petition), ElementsAre("push sent")) << "nobody is told the same news twice";
}

TEST(Replies, WhoAskedNotToBeKnownIsFoundByTheirOwnChannelAlone) {
    const auto of = [](bool anonymous, bool channel_knows, bool unreachable) {
        return ways(refused({{.connector = "sms"}, {.connector = "zalo"}}, [&](Submit& submit) {
                        submit.petition.anonymous = anonymous;
                        submit.answers_channel = channel_knows;
                        submit.unreachable = unreachable;
                    }).petition);
    };
    EXPECT_THAT(of(false, false, false), ElementsAre("sms queued"));
    EXPECT_THAT(of(true, true, false), ElementsAre("zalo queued"));
    EXPECT_THAT(of(true, false, false), IsEmpty());
    EXPECT_THAT(of(false, false, true), IsEmpty());
    EXPECT_THAT(of(true, true, true), ElementsAre("zalo queued"));
}

}  // namespace
}  // namespace pakn::domain
