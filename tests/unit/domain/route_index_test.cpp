/// @file
/// Routes found by their index are those found by looking at each; patterns in texts.

#include "core/domain/route_index.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/domain/routing.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {
namespace {

TextPattern pattern(std::string_view written) {
    Result<TextPattern> compiled = TextPattern::compile(written);
    EXPECT_TRUE(compiled) << written << ": " << compiled.error().message;
    return compiled ? *compiled : TextPattern{};
}

TEST(TextPattern, AccentsAndCaseDoNotMatter) {
    const std::string text = fold("Cột  đèn SỐ 12 trước ngõ không sáng");
    for (const char* found : {"cột đèn( số)? \\d+", "COT DEN", "^ cot", "sang $", "(hẻm|ngõ) khong", "\\bden\\b",
                              "so \\D*\\d", "c\u00F4\u0323t", "(?P<So>\\d{2})"})
        EXPECT_TRUE(pattern(found).in(text)) << found << " is " << pattern(found).folded();
    for (const char* absent : {"cột điện", "\\d{3}", "^cot", "\\Bden"})
        EXPECT_FALSE(pattern(absent).in(text)) << absent;
    EXPECT_FALSE(TextPattern{}.in(text));
}

TEST(TextPattern, WhatIsNoneIsRefused) {
    for (const std::string& bad : {std::string{"("}, std::string{"a**"}, std::string{"[z-a]"}, std::string{"\\"},
                                   std::string{""}, std::string{"x*"}, std::string{"a|"}, std::string{"(?=a)"},
                                   std::string{"\xFF"}, std::string(2000, 'a'), std::string{"((a{1,1000}){1,1000})"}})
        EXPECT_FALSE(TextPattern::compile(bad)) << bad.substr(0, 40);
}

/// The one thing that counts: whatever the rules and the petition, the index decides as every rule in turn.
TEST(RouteIndex, FindsWhatLookingAtEachFinds) {
    constexpr unsigned kSeed = 20260306;
    std::mt19937 random{kSeed};
    const auto below = [&](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random);
    };
    const std::vector<std::string> words{"đèn",  "đường", "hố",      "ga", "rác", "thải", "ổ",   "gà",
                                         "nước", "ngập",  "karaoke", "hồ", "sơ",  "nắp",  "cống"};
    const auto phrase = [&] {
        std::string text = words[below(words.size())];
        if (below(2) == 0) text += " " + words[below(words.size())];
        return text;
    };
    const std::vector<TextPattern> patterns{pattern("đèn|điện"), pattern("ho (ga|so)"), pattern("\\bngap\\b"),
                                            pattern("karaoke.*duong")};
    const auto some = [&](const char* prefix) {
        std::vector<std::string> values;
        for (std::size_t i = below(4); i > 0; --i) values.push_back(prefix + std::to_string(below(5)));
        return values;
    };
    int decided = 0;
    for (int round = 0; round < 400; ++round) {
        Rules rules;
        for (std::size_t i = below(60); i > 0; --i) {
            Route route{.name = std::to_string(i), .when = {}, .unit = "u"};
            if (below(2) == 0) route.when.category = some("c");
            if (below(3) == 0) route.when.area = some("a");
            if (below(4) == 0) route.when.channel = some("k");
            if (below(5) == 0) route.when.petition_class = some("p");
            if (below(6) == 0) route.when.emergency = below(2) == 0;
            for (std::size_t n = below(3); n > 0; --n) route.when.text_any.push_back(phrase());
            for (const std::string& one : route.when.text_any) route.when.text_any_folded.push_back(fold(one));
            if (below(5) == 0) route.when.text_match.push_back(patterns[below(patterns.size())]);
            rules.routes.push_back(std::move(route));
        }
        Rules indexed = rules;
        indexed.route_index = RouteIndex::build(indexed.routes).value();
        for (int petition = 0; petition < 25; ++petition) {
            RoutingFacts facts{.category = "c" + std::to_string(below(6)),
                               .channel = "k" + std::to_string(below(6)),
                               .area = "a" + std::to_string(below(6)),
                               .petition_class = "p" + std::to_string(below(6)),
                               .emergency = below(4) == 0};
            std::string text;
            for (std::size_t n = below(12); n > 0; --n) text += words[below(words.size())] + " ";
            facts.folded_text = fold(text);
            const RouteDecision each = route(rules, facts);
            ASSERT_EQ(route(indexed, facts).rule, each.rule)
                << "seed " << kSeed << ", round " << round << ", text " << text;
            decided += each.rule == "triage" ? 0 : 1;
        }
    }
    EXPECT_GT(decided, 1000) << "the rules of the test decide something";
}

TEST(RouteIndex, ThirtyThousandPhrasesFit) {
    std::vector<Route> routes;
    for (int i = 0; i < 10000; ++i) {
        Route route{.name = std::to_string(i), .when = {}, .unit = "u"};
        for (const char* what : {"cột đèn số ", "trạm biến áp ", "cầu vượt "})
            route.when.text_any_folded.push_back(fold(what + std::to_string(i)));
        routes.push_back(std::move(route));
    }
    const auto index = RouteIndex::build(routes);
    ASSERT_TRUE(index) << index.error().message;
    RoutingFacts facts;
    facts.folded_text = fold("Cầu vượt 7777 và trạm biến áp 4242 mất điện");
    int asked = 0;
    const auto first = (*index)->first(facts, [&](std::size_t) { return ++asked > 0; });
    EXPECT_EQ(first, 4242U);
    EXPECT_LE(asked, 2) << "only those whose phrases are in the text are looked at";
}

}  // namespace
}  // namespace pakn::domain
