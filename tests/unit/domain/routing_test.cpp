#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

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
        EXPECT_EQ(unitNamed(rules, text, sample::day(2026, 3, 6)), rules.unit("chieu-sang")) << text;
    EXPECT_EQ(unitNamed(rules, "sao Hỏa", sample::day(2026, 3, 6)), nullptr);
    // A code that a unit of a merged province had is another one's by now.
    rules.units.emplace(
        "a-cu", Unit{.id = "a-cu", .name = "Đơn vị cũ", .code = "H99.15.1", .valid_to = sample::day(2025, 6, 30)});
    EXPECT_EQ(unitNamed(rules, "H99.15.1", sample::day(2026, 3, 6))->id, "chieu-sang");
    rules.units.at("chieu-sang").valid_from = sample::day(2025, 7, 1);
    EXPECT_EQ(unitNamed(rules, "H99.15.1", sample::day(2025, 6, 30))->id, "a-cu");
}

TEST(Routing, TheTraceSaysWhyForEveryRouteLookedAt) {
    Rules rules = sample::rules();
    Route first{.name = "Khẩn", .unit = "ubnd"};
    first.when.emergency = true;
    rules.routes.insert(rules.routes.begin(), first);
    RouteExplanation why;
    static_cast<void>(route(rules, facts("ha-tang", "đèn đường"), &why));
    ASSERT_EQ(why.rules.size(), 2U);
    EXPECT_FALSE(why.rules[0].matched);
    EXPECT_TRUE(why.rules[1].matched);
    ASSERT_EQ(why.rules[0].conditions.size(), 1U);
    EXPECT_EQ(why.rules[0].conditions[0].name, "emergency");
    EXPECT_EQ(why.rules[0].conditions[0].wants, "true");
    EXPECT_EQ(why.rules[0].conditions[0].has, "false");
    EXPECT_EQ(why.unit_from, "route Đèn đường");
    EXPECT_EQ(why.workflow_from, "default");
}

TEST(Routing, TheTraceGoesOnAfterTheRouteThatDecides) {
    Rules rules = sample::rules();
    Route second = rules.routes.front();
    second.name = "Cột đèn";
    rules.routes.push_back(second);
    RouteExplanation why;
    static_cast<void>(route(rules, facts("ha-tang", "cột đèn đổ"), &why));
    ASSERT_EQ(why.rules.size(), 2U);
    EXPECT_TRUE(why.rules[0].matched);
    EXPECT_FALSE(why.rules[1].matched) << "every condition holds, but the first decides";
    EXPECT_EQ(why.rules[1].conditions.size(), 2U);
    for (const RouteCondition& one : why.rules[1].conditions) EXPECT_TRUE(one.holds) << one.name;
}

TEST(Routing, TheExplanationIsThatOfTheDecision) {
    std::mt19937 random{20260306};
    const auto pick = [&](auto choices) { return std::string{choices[random() % choices.size()]}; };
    const std::array<const char*, 4> categories{"ha-tang", "khac", "", "unknown"};
    const std::array<const char*, 3> channels{"web", "hotline1022", "zalo"};
    const std::array<const char*, 3> areas{"19753", "19756", ""};
    const std::array<const char*, 4> texts{"đèn đường hỏng", "cột đèn đổ", "hố ga mất nắp", ""};
    const std::array<const char*, 4> units{"", "ubnd", "chieu-sang", "so-xay-dung"};
    for (int run = 0; run < 3000; ++run) {
        Rules rules = sample::rules();
        rules.units.at("chieu-sang").parent = "so-xay-dung";
        rules.categories.at("khac").sla = "khan";
        rules.units.at("so-xay-dung").workflow = "leader-first";
        for (int i = 0; i < 4; ++i) {
            Route more{.name = "r" + std::to_string(i), .unit = pick(units)};
            if (random() % 2) more.when.category = {pick(categories), pick(categories)};
            if (random() % 2) more.when.channel = {pick(channels)};
            if (random() % 3 == 0) more.when.area = {pick(areas)};
            if (random() % 3 == 0) more.when.emergency = random() % 2 == 0;
            if (random() % 3 == 0) more.when.text_any = {"hố ga"}, more.when.text_any_folded = {fold("hố ga")};
            if (random() % 4 == 0) more.sla = "khan";
            if (random() % 4 == 0) more.workflow = "centre-approves";
            rules.routes.insert(
                rules.routes.begin() + static_cast<std::ptrdiff_t>(random() % (rules.routes.size() + 1)), more);
        }
        RoutingFacts about = facts(pick(categories), pick(texts));
        about.channel = pick(channels);
        about.area = pick(areas);
        about.complained_unit = random() % 3 == 0 ? pick(units) : "";
        about.emergency = random() % 4 == 0;
        RouteExplanation why;
        const RouteDecision explained = route(rules, about, &why);
        const RouteDecision silent = route(rules, about);
        ASSERT_EQ(explained.unit, silent.unit);
        ASSERT_EQ(explained.rule, silent.rule);
        ASSERT_EQ(explained.mode, silent.mode);
        ASSERT_EQ(explained.sla, silent.sla);
        ASSERT_EQ(explained.workflow, silent.workflow);
        const auto matched =
            std::count_if(why.rules.begin(), why.rules.end(), [](const auto& one) { return one.matched; });
        const auto first = std::find_if(why.rules.begin(), why.rules.end(), [&](const RouteTrace& one) {
            return rules.routes.size() > static_cast<std::size_t>(&one - why.rules.data()) &&
                   std::all_of(one.conditions.begin(), one.conditions.end(), [](const auto& c) { return c.holds; });
        });
        ASSERT_EQ(matched, first == why.rules.end() ? 0 : 1);
        if (first != why.rules.end()) {
            ASSERT_TRUE(first->matched) << "the first whose conditions all hold";
            ASSERT_EQ(first->rule, silent.rule);
        }
        for (const RouteTrace& one : why.rules) ASSERT_FALSE(one.because.empty()) << one.rule;
        ASSERT_TRUE(silent.unit.empty() || why.unit_from != "nobody");
    }
}

TEST(Routing, HUE33_TheLimitsOfTheDayOfReceiptHold) {
    Rules rules = sample::rules();
    SlaPolicy later = rules.sla.at("thuong");
    for (const char* day : {"2026-07-01", "2027-01-01"}) {
        later.id = std::string{"thuong@"} + day;
        later.basis = std::string{"Quyết định có hiệu lực từ "} + day;
        rules.sla.emplace(later.id, later);
    }
    rules.sla.emplace("thuong-khan", SlaPolicy{.id = "thuong-khan"});
    RoutingFacts asked = facts("ha-tang", "hố ga");
    EXPECT_EQ(route(rules, asked).sla, "thuong") << "no day is known";
    asked.on = sample::day(2026, 6, 30);
    EXPECT_EQ(route(rules, asked).sla, "thuong");
    asked.on = sample::day(2026, 7, 1);
    EXPECT_EQ(route(rules, asked).sla, "thuong@2026-07-01");
    asked.on = sample::day(2030, 1, 1);
    EXPECT_EQ(route(rules, asked).sla, "thuong@2027-01-01");
    asked.received = sample::day(2026, 6, 30);
    EXPECT_EQ(route(rules, asked).sla, "thuong") << "a paper of that time, written down later";
    EXPECT_EQ(rules.policy("thuong@2026-07-01")->basis, "Quyết định có hiệu lực từ 2026-07-01");
    rules.sla.erase("thuong@2026-07-01");
    EXPECT_EQ(rules.policy("thuong@2026-07-01")->id, "thuong") << "a version that is not configured any more";
}

}  // namespace
}  // namespace pakn::domain
