// Units that end and those that take over; areas; units that are not on the system; what looks like a case of its own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/projection.hpp"
#include "core/domain/replay.hpp"
#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using sample::at;
using sample::Case;
using sample::day;
using sample::dispatcher;
using sample::officer;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// so-cu ended on 30/06/2025; what comes after is set by each test.
Rules merged() {
    Rules rules = sample::wholeRules();
    rules.units.emplace("so-cu", Unit{.id = "so-cu", .name = "Sở cũ", .valid_to = day(2025, 6, 30)});
    rules.areas = {{"46", {.id = "46", .name = "Huế"}},
                   {"19753", {.id = "19753", .name = "Phường A", .parent = "46"}},
                   {"19756", {.id = "19756", .name = "Phường B", .parent = "46"}}};
    rules.categories.at("khac").unit = "so-cu";
    return rules;
}

const Unit* standing(const Rules& rules, std::string_view area, Date on = day(2026, 3, 6)) {
    return rules.standingFor("so-cu", area, on);
}

TEST(Succession, OneUnitTakesOverAndItsSuccessorAfterIt) {
    Rules rules = merged();
    EXPECT_EQ(standing(rules, ""), nullptr) << "nobody";
    rules.units.at("so-cu").successors = {"so-xay-dung"};
    EXPECT_EQ(standing(rules, "")->id, "so-xay-dung");
    EXPECT_EQ(standing(rules, "", day(2025, 6, 30))->id, "so-cu") << "its last day";
    rules.units.at("so-xay-dung").valid_to = day(2025, 12, 31);
    rules.units.at("so-xay-dung").successors = {"ubnd"};
    EXPECT_EQ(standing(rules, "")->id, "ubnd");
}

TEST(Succession, AmongSeveralTheAreaDecidesElseTheCentre) {
    Rules rules = merged();
    rules.units.at("so-cu").successors = {"so-xay-dung", "chieu-sang"};
    rules.units.at("so-xay-dung").areas = {"19753"};
    rules.units.at("chieu-sang").areas = {"19756"};
    EXPECT_EQ(standing(rules, "19753")->id, "so-xay-dung");
    EXPECT_EQ(standing(rules, "19756")->id, "chieu-sang");
    EXPECT_EQ(standing(rules, ""), nullptr);
    EXPECT_EQ(standing(rules, "99999"), nullptr);
    rules.units.at("so-xay-dung").areas = {"46"};
    EXPECT_EQ(standing(rules, "19753")->id, "so-xay-dung") << "the area above";
    EXPECT_EQ(standing(rules, "19756"), nullptr) << "two answer for it";
}

TEST(Succession, RoutingFollowsItAndSaysSo) {
    Rules rules = merged();
    rules.units.at("so-cu").successors = {"so-xay-dung"};
    RouteExplanation why;
    const RoutingFacts facts{.category = "khac", .on = day(2026, 3, 6)};
    EXPECT_EQ(route(rules, facts, &why).unit, "so-xay-dung");
    EXPECT_THAT(why.rules.back().because, testing::HasSubstr("successor"));
    rules.units.at("so-cu").successors.clear();
    const RouteDecision nobody = route(rules, facts);
    EXPECT_EQ(nobody.unit, "");
    EXPECT_THAT(nobody.tags, Contains("unit_ended"));
}

TEST(Succession, NothingIsGivenToAUnitThatIsNoMore) {
    Case one{merged()};
    ASSERT_TRUE(one.submit({.title = "t", .text = "x", .category = "ha-tang"}));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    EXPECT_EQ(one.act("distribute", dispatcher(), {.units = {"so-cu"}}).error().problem, "action.unit_ended");
}

TEST(External, TheCentreActsInThePlaceOfAUnitThatIsNotOnTheSystem) {
    Case one{sample::wholeRules()};
    one.rules.units.emplace("dien-luc",
                            Unit{.id = "dien-luc", .name = "Điện lực", .external = true, .forward = "axis"});
    ASSERT_TRUE(one.submit({.title = "Mất điện", .text = "x", .category = "khac"}));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"dien-luc"}}));
    ASSERT_EQ(one.petition.deliveries.size(), 1U);
    EXPECT_EQ(one.petition.deliveries[0].kind, DeliveryKind::kForward);
    EXPECT_EQ(one.petition.deliveries[0].connector, "axis");
    const TaskRow task = project(one.petition).tasks.at(0);
    EXPECT_EQ(task.role, Role::kDispatcher);
    EXPECT_EQ(task.unit, "");
    EXPECT_THAT(one.legal(dispatcher()), Contains("start"));
    ASSERT_TRUE(one.act("start", dispatcher()));
    ASSERT_TRUE(one.act("draft", dispatcher(), {.result = "Đã đóng điện lúc 9 giờ."}));
    ASSERT_TRUE(one.act("submit", dispatcher()));
    ASSERT_TRUE(one.act("approve", dispatcher()));
    EXPECT_EQ(one.journal.back().role, Role::kDispatcher) << "nobody else's name stands there";
    ASSERT_TRUE(one.act("release", dispatcher()));
    Case usual{sample::wholeRules()};
    usual.toWorking();
    EXPECT_THAT(usual.legal(dispatcher()), IsEmpty()) << "of a unit on the system nothing";
}

TEST(Suspected, WhatLooksLikeAComplaintByLawIsMarkedAndNeverSentByItself) {
    Rules rules = sample::wholeRules();
    rules.suspected["khieu-nai"].text_any = {"đơn khiếu nại"};
    rules.suspected["khieu-nai"].text_any_folded = {fold("đơn khiếu nại")};
    const auto routed = [&](std::string_view text) {
        return route(rules, {.category = "ha-tang", .folded_text = fold(text)});
    };
    const RouteDecision usual = routed("đèn đường tắt");
    EXPECT_EQ(usual.mode, RouteMode::kAutomatic);
    const RouteDecision marked = routed("ĐƠN KHIẾU NẠI về đèn đường");
    EXPECT_EQ(marked.mode, RouteMode::kSuggest);
    EXPECT_EQ(marked.unit, "chieu-sang") << "the suggestion stays";
    EXPECT_THAT(marked.tags, Contains("suspected_khieu-nai"));
}

TEST(Roster, AnEmergencyCallsOneAfterTheOtherUntilSomebodyAnswers) {
    Case one{sample::wholeRules()};
    one.rules.emergency_roster = true;
    const auto run = [&](const Command& command, const Actor& actor) {
        const Context context{one.rules, one.now, actor, [] { return std::string{"id"}; }, {"a1", "a2"}};
        Result<Decision> decision = decide(one.petition, command, context);
        if (decision) one.petition = decision->after;
        return decision;
    };
    ASSERT_TRUE(run(Submit{.petition = {.title = "Cháy", .text = "Cháy nhà", .emergency = true},
                           .channel = "hotline1022",
                           .code = "1",
                           .route = route(one.rules, {})},
                    Actor::citizen()));
    EXPECT_EQ(one.petition.roster->account, "a1");
    EXPECT_EQ(one.petition.roster->next_at, one.now + std::chrono::minutes{2});
    one.now += std::chrono::minutes{2};
    ASSERT_TRUE(run(Fire{Fire::What::kRoster, Clock::kTotal, {}}, Actor::system()));
    EXPECT_EQ(one.petition.roster->account, "a2");
    EXPECT_EQ(run(Acknowledge{}, officer("ubnd", "a9")).error().problem, "roster.not_yours");
    ASSERT_TRUE(run(Acknowledge{}, officer("ubnd", "a1"))) << "late, but there";
    EXPECT_FALSE(one.petition.roster->next_at);
    EXPECT_EQ(run(Acknowledge{}, officer("ubnd", "a2")).error().problem, "roster.nothing");
    EXPECT_EQ(run(Fire{Fire::What::kRoster, Clock::kTotal, {}}, Actor::system()).error().problem, "timer.stale");
}

TEST(Replay, TellsWhatAnotherConfigurationWouldHaveDone) {
    Case one{sample::wholeRules()};
    one.toWorking();  // 06/03/2026, due 17/03.
    ASSERT_TRUE(one.act("draft", officer(), {.result = "x"}));
    one.now = at(2026, 3, 13, 9);
    ASSERT_TRUE(one.act("submit", officer()));
    ASSERT_TRUE(one.act("approve", sample::leader()));
    const Replayed same = replayed(one.petition, one.rules, one.now);
    EXPECT_FALSE(same.routedDifferently());
    EXPECT_FALSE(same.dueDifferently());
    Rules candidate = one.rules;
    candidate.categories.at("ha-tang").unit = "ubnd";
    candidate.sla.at("thuong").handle = Duration{3, Duration::Unit::kWorkingDays};
    const Replayed other = replayed(one.petition, candidate, one.now);
    EXPECT_TRUE(other.routedDifferently());
    EXPECT_EQ(other.unit_now, "ubnd");
    EXPECT_EQ(other.unit_because, "category ha-tang");
    EXPECT_EQ(other.handle.then, at(2026, 3, 17, 23, 59, 59));
    EXPECT_EQ(other.handle.now, at(2026, 3, 11, 23, 59, 59));
    EXPECT_TRUE(other.wouldBeLate());
    EXPECT_FALSE(other.wouldBeInTime());
}

TEST(Organisation, GL58_AUnitTakesPartFromItsDayOn) {
    Rules rules = sample::wholeRules();
    rules.units.at("so-xay-dung").valid_from = day(2026, 5, 17);
    rules.categories.at("khac").unit = "so-xay-dung";
    RoutingFacts facts{.category = "khac", .on = day(2026, 5, 16)};
    const RouteDecision before = route(rules, facts);
    EXPECT_EQ(before.unit, "");
    EXPECT_THAT(before.tags, Contains("unit_ended"));
    facts.on = day(2026, 5, 17);
    EXPECT_EQ(route(rules, facts).unit, "so-xay-dung");
}

TEST(Contacts, PhonesAndAddressesOfOffices) {
    EXPECT_EQ(contactPhone("0234 3822 041").value(), "+842343822041");
    EXPECT_EQ(contactPhone("1022").value(), "1022");
    EXPECT_FALSE(contactPhone("không có"));
    EXPECT_FALSE(contactPhone(std::string(60, '1')));
    EXPECT_EQ(contactEmail(" Tiep.Nhan@so-xd.example ").value(), "Tiep.Nhan@so-xd.example");
    for (const char* bad :
         {"", "a", "@a.example", "a@", "a@b", "a@.example", "a@b.example.", "a b@c.example", "a@b@c.example",
          "a@b.example,c@d.example", "<a@b.example>", "a@b.example\nBcc: x@y.example"})
        EXPECT_FALSE(contactEmail(bad)) << bad;
}

}  // namespace
}  // namespace pakn::domain
