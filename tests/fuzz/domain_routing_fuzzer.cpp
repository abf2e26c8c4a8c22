/// @file
/// Routes over the texts of petitions: a pattern that compiles can be held against any text, and the index of many
/// routes finds what looking at each of them finds.

#include "core/domain/route_index.hpp"
#include "core/domain/routing.hpp"
#include "core/domain/text.hpp"
#include "core/domain/text_pattern.hpp"
#include "harness.hpp"

namespace pakn::fuzz {

using namespace pakn::domain;

void tryOne(std::string_view bytes) {
    Input input{bytes};
    Rules rules;
    for (int i = 0; i < 4; ++i) {
        Route route{.name = std::to_string(i), .when = {}, .unit = "u" + std::to_string(i)};
        const std::size_t kind = input.choice(4);
        const std::string line{input.line()};
        if (kind == 0 || kind == 3) {
            Result<TextPattern> pattern = TextPattern::compile(line);
            if (!pattern) continue;
            FUZZ_CHECK(pattern->written() == line);
            route.when.text_match.push_back(*std::move(pattern));
        }
        if (kind == 1 || kind == 3) {
            route.when.text_any.push_back(line);
            route.when.text_any_folded.push_back(fold(line));
        }
        if (kind == 2) route.when.category.push_back(line);
        rules.routes.push_back(std::move(route));
    }
    const RoutingFacts facts{.category = std::string{input.line()}, .folded_text = fold(input.rest())};
    for (const Route& one : rules.routes)
        for (const TextPattern& pattern : one.when.text_match)
            FUZZ_CHECK(pattern.in(facts.folded_text) == TextPattern::compile(pattern.written())->in(facts.folded_text));

    const auto index = RouteIndex::build(rules.routes);
    if (!index) {
        FUZZ_CHECK(index.error().code == Errc::kTooLarge);
        return;
    }
    const RouteDecision each = route(rules, facts);
    rules.route_index = *index;
    RouteExplanation explanation;
    const RouteDecision found = route(rules, facts, &explanation);
    FUZZ_CHECK(found.rule == each.rule && found.unit == each.unit);
    FUZZ_CHECK(explanation.rules.size() >= rules.routes.size());
}

}  // namespace pakn::fuzz
