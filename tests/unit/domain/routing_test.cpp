#include <gtest/gtest.h>

#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::domain {
namespace {

RoutingFacts facts(std::string category, std::string_view text) {
    RoutingFacts facts;
    facts.category = std::move(category);
    facts.folded_text = fold(text);
    return facts;
}

TEST(Routing, TheFirstRouteWhoseConditionsAllHoldDecides) {
    const Rules rules = sample::rules();
    const RouteDecision found = route(rules, facts("ha-tang", "DEN DUONG trước nhà không sáng"));
    EXPECT_EQ(found.unit, "chieu-sang");
    EXPECT_EQ(found.mode, RouteMode::kAutomatic);
    EXPECT_EQ(found.rule, "Đèn đường");
    EXPECT_EQ(found.workflow, "officer-first");
    EXPECT_EQ(found.sla, "thuong");
}

TEST(Routing, PhrasesMatchWholeWordsInAnyNormalForm) {
    const Rules rules = sample::rules();
    EXPECT_EQ(route(rules, facts("ha-tang", "đèn đường hỏng")).unit, "chieu-sang");

    EXPECT_EQ(route(rules, facts("ha-tang", "\u0111e\u0300n \u0111\u01b0\u01a1\u0300ng tắt")).unit, "chieu-sang")
        << "NFD";
    EXPECT_EQ(route(rules, facts("ha-tang", "den duongbo")).rule, "category") << "not a whole word";
}

TEST(Routing, WithoutARouteTheCategoryAndThenTheCentreDecide) {
    const Rules rules = sample::rules();
    EXPECT_EQ(route(rules, facts("ha-tang", "hố ga")).unit, "so-xay-dung");
    EXPECT_EQ(route(rules, facts("ha-tang", "hố ga")).mode, RouteMode::kSuggest);
    for (const char* category : {"khac", "", "unknown"}) {
        const RouteDecision found = route(rules, facts(category, "hố ga"));
        EXPECT_EQ(found.unit, "");
        EXPECT_EQ(found.rule, "triage");
        EXPECT_EQ(found.workflow, "officer-first") << "nobody can place it, yet it is not lost";
    }
}

TEST(Routing, AX21_APetitionAgainstAUnitNeverGoesToIt) {
    const Rules rules = sample::rules();
    RoutingFacts against = facts("ha-tang", "đèn đường");
    against.complained_unit = "chieu-sang";
    const RouteDecision found = route(rules, against);
    EXPECT_EQ(found.unit, "");
    EXPECT_EQ(found.mode, RouteMode::kSuggest);
}

TEST(Routing, NorToAUnitBelowItNorAnywhereWhenNobodyKnowsTheUnit) {
    Rules rules = sample::rules();
    rules.units.at("chieu-sang").parent = "so-xay-dung";
    RoutingFacts against = facts("ha-tang", "đèn đường");
    against.complained_unit = "so-xay-dung";
    EXPECT_EQ(route(rules, against).unit, "") << "its own subordinate";
    against.complained_unit = "Công ty nào đó";
    EXPECT_EQ(route(rules, against).mode, RouteMode::kSuggest);
    EXPECT_EQ(route(rules, against).unit, "");
    EXPECT_EQ(route(rules, against).tags, std::vector<std::string>{"conflict_of_interest"});
}

TEST(Routing, AUnitIsMeantByIdNameOrCode) {
    Rules rules = sample::rules();
    rules.units.at("chieu-sang").name = "Trung tâm chiếu sáng công cộng";
    rules.units.at("chieu-sang").code = "H99.15.1";
    for (const char* text : {"chieu-sang", "CHIEU-SANG", "trung tam chieu sang cong cong", "h99.15.1"})
        EXPECT_EQ(unitNamed(rules, text), rules.unit("chieu-sang")) << text;
    EXPECT_EQ(unitNamed(rules, "sao Hỏa"), nullptr);
}

TEST(Routing, TheTraceSaysWhyForEveryRouteLookedAt) {
    Rules rules = sample::rules();
    Route first{.name = "Khẩn", .unit = "ubnd"};
    first.when.emergency = true;
    rules.routes.insert(rules.routes.begin(), first);
    std::vector<RouteTrace> trace;
    static_cast<void>(route(rules, facts("ha-tang", "đèn đường"), &trace));
    ASSERT_EQ(trace.size(), 2U);
    EXPECT_FALSE(trace[0].matched);
    EXPECT_TRUE(trace[1].matched);
    EXPECT_FALSE(trace[0].because.empty());
}

}  // namespace
}  // namespace pakn::domain
