#include "core/domain/routing.hpp"

#include <algorithm>

#include "core/domain/route_index.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

bool contains(const std::vector<std::string>& values, std::string_view value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
    return text;
}

/// Of `phrases`, those whose folded form stands in the folded text.
std::vector<std::string> phrasesIn(const Conditions& when, std::string_view folded_text) {
    std::vector<std::string> phrases;
    for (std::size_t i = 0; i < when.text_any_folded.size(); ++i)
        if (folded_text.find(when.text_any_folded[i]) != std::string_view::npos) phrases.push_back(when.text_any[i]);
    return phrases;
}

/// Of a route's patterns, those that are found in the folded text.
std::vector<std::string> patternsIn(const Conditions& when, std::string_view folded_text) {
    std::vector<std::string> patterns;
    for (const TextPattern& one : when.text_match)
        if (one.in(folded_text)) patterns.push_back(one.written());
    return patterns;
}

std::vector<std::string> writtenOf(const std::vector<TextPattern>& patterns) {
    std::vector<std::string> all;
    for (const TextPattern& one : patterns) all.push_back(one.written());
    return all;
}

/// Shows each condition that is set to `visit(name, holds, wants, has)` until it returns false: cheap ones first, text
/// last. `wants` and `has` yield texts for people, made only when asked for. The one place that knows what holds.
template <class Visit>
bool eachCondition(const Conditions& when, const RoutingFacts& facts, const Visit& visit) {
    const auto truth = [](bool value) { return std::string{value ? "true" : "false"}; };
    const auto listed = [&](std::string_view name, const std::vector<std::string>& allowed, const std::string& value) {
        return allowed.empty() ||
               visit(
                   name, contains(allowed, value), [&] { return joined(allowed); }, [&] { return value; });
    };
    const auto in_text = [&](const std::string& phrase) { return facts.folded_text.find(phrase) != std::string::npos; };
    return (!when.emergency || visit(
                                   "emergency", *when.emergency == facts.emergency,
                                   [&] { return truth(*when.emergency); }, [&] { return truth(facts.emergency); })) &&
           listed("category", when.category, facts.category) && listed("channel", when.channel, facts.channel) &&
           listed("area", when.area, facts.area) && listed("class", when.petition_class, facts.petition_class) &&
           (when.text_any_folded.empty() ||
            visit(
                "text", std::any_of(when.text_any_folded.begin(), when.text_any_folded.end(), in_text),
                [&] { return joined(when.text_any); }, [&] { return joined(phrasesIn(when, facts.folded_text)); })) &&
           (when.text_match.empty() ||
            visit(
                "text_match",
                std::any_of(when.text_match.begin(), when.text_match.end(),
                            [&](const TextPattern& one) { return one.in(facts.folded_text); }),
                [&] { return joined(writtenOf(when.text_match)); },
                [&] { return joined(patternsIn(when, facts.folded_text)); }));
}

bool matches(const Conditions& when, const RoutingFacts& facts) {
    return eachCondition(when, facts, [](std::string_view, bool holds, const auto&, const auto&) { return holds; });
}

const Route* firstMatch(const Rules& rules, const RoutingFacts& facts) {
    const auto holds = [&](std::size_t place) { return matches(rules.routes[place].when, facts); };
    if (rules.route_index) {
        const std::optional<std::size_t> place = rules.route_index->first(facts, holds);
        return place ? &rules.routes[*place] : nullptr;
    }
    for (std::size_t place = 0; place < rules.routes.size(); ++place)
        if (holds(place)) return &rules.routes[place];
    return nullptr;
}

std::string becauseOf(const RouteCondition& failed) {
    if (failed.name == "text") return "text has none of: " + failed.wants;
    if (failed.name == "text_match") return "text matches none of: " + failed.wants;
    return failed.name + (failed.has.empty() ? " is not given" : " is " + failed.has) + ", not " + failed.wants;
}

std::string verbOf(const RouteCondition& one) {
    if (one.name == "text_match") return "text matches ";
    return one.name + (one.name == "text" ? " has " : " is ");
}

/// Why a route that decides holds, as whoever handles the petition reads it.
std::string reasonOf(const Rules& rules, const Route& route, const RoutingFacts& facts) {
    std::string reason;
    eachCondition(route.when, facts, [&](std::string_view name, bool, const auto&, const auto& has) {
        std::string one;
        if (name == "emergency") {
            one = facts.emergency ? "khẩn cấp" : "không khẩn cấp";
        } else if (name == "category") {
            const Category* category = rules.category(facts.category);
            one = "lĩnh vực " + (category ? category->name : facts.category);
        } else if (name == "area") {
            const auto area = rules.areas.find(facts.area);
            one = "khu vực " + (area == rules.areas.end() ? facts.area : area->second.name);
        } else if (name == "channel") {
            one = "kênh " + facts.channel;
        } else if (name == "class") {
            one = "loại " + facts.petition_class;
        } else {
            one = (name == "text" ? "nội dung có: " : "nội dung khớp: ") + has();
        }
        reason += (reason.empty() ? "" : "; ") + one;
        return true;
    });
    return reason;
}

RouteTrace traceOf(const Route& route, const RoutingFacts& facts, const Route* decided) {
    RouteTrace trace{.rule = route.name, .matched = &route == decided, .because = {}, .conditions = {}};
    eachCondition(route.when, facts, [&](std::string_view name, bool holds, const auto& wants, const auto& has) {
        trace.conditions.push_back({std::string{name}, wants(), has(), holds});
        return true;
    });
    for (const RouteCondition& one : trace.conditions)
        if (!one.holds) trace.because += (trace.because.empty() ? "" : "; ") + becauseOf(one);
    if (!trace.because.empty()) return trace;
    if (!trace.matched) {
        trace.because = "every condition holds, but \"" + decided->name + "\" came first";
    } else {
        for (const RouteCondition& one : trace.conditions)
            trace.because += (trace.because.empty() ? "" : "; ") + verbOf(one) + one.has;
        if (trace.because.empty()) trace.because = "it has no conditions";
    }
    return trace;
}

/// Why the petition must not go to `unit` by rule; empty: it may.
std::string conflictOf(const Rules& rules, const RouteDecision& decision, const std::string& complained) {
    if (complained.empty() || decision.unit.empty()) return {};
    if (!rules.unit(complained)) return "it is not known which unit the petition complains about";
    return rules.ofTheHouse(decision.unit, complained) ? "the petition complains about this unit" : std::string{};
}

/// Puts the successor in the place of a unit that is no more; without one the Centre decides.
void succeed(const Rules& rules, const RoutingFacts& facts, RouteDecision& decision, RouteExplanation* explanation) {
    if (decision.unit.empty() || !facts.on) return;
    const Unit* standing = rules.standingFor(decision.unit, facts.area, *facts.on);
    const std::string named = decision.unit;
    if (standing && standing->id == named) return;
    decision.unit = standing ? standing->id : std::string{};
    if (!standing) {
        decision.mode = RouteMode::kSuggest;
        decision.tags.emplace_back("unit_ended");
    }
    if (explanation)
        explanation->rules.push_back(
            {decision.rule,
             standing != nullptr,
             "unit " + named + " does not exist then; " +
                 (standing ? "its successor is " + standing->id : "no single successor answers for the area"),
             {}});
}

/// What looks like a complaint or a denunciation by law is marked, and a person decides.
void suspect(const Rules& rules, const RoutingFacts& facts, RouteDecision& decision, RouteExplanation* explanation) {
    for (const auto& [name, when] : rules.suspected) {
        if (!matches(when, facts)) continue;
        decision.mode = RouteMode::kSuggest;
        decision.tags.push_back("suspected_" + name);
        if (explanation)
            explanation->rules.push_back(
                {decision.rule, false, "it may be a case of " + name + ": a person decides", {}});
    }
}

}  // namespace

const Unit* unitNamed(const Rules& rules, std::string_view text, Date on) {
    const std::string wanted = fold(text);
    const Unit* found = nullptr;
    for (const auto& [id, unit] : rules.units) {
        const bool meant =
            fold(id) == wanted || fold(unit.name) == wanted || (!unit.code.empty() && fold(unit.code) == wanted);
        if (meant && (!found || (unit.existsOn(on) && !found->existsOn(on)))) found = &unit;
    }
    return found;
}

RouteDecision route(const Rules& rules, const RoutingFacts& facts, RouteExplanation* explanation) {
    const Category* category = rules.category(facts.category);
    const Route* const matched = firstMatch(rules, facts);
    const auto because = [&](std::string RouteExplanation::*what, std::string_view from, std::string_view name = {}) {
        if (explanation) explanation->*what = std::string{from}.append(name.empty() ? "" : " ").append(name);
    };
    using Why = RouteExplanation;
    if (explanation)
        for (const Route& one : rules.routes) explanation->rules.push_back(traceOf(one, facts, matched));

    RouteDecision decision;
    decision.category = facts.category;
    if (matched) {
        decision.unit = matched->unit;
        decision.mode = matched->mode;
        decision.rule = matched->name;
        decision.reason = reasonOf(rules, *matched, facts);
        decision.tags = matched->tags;
        decision.workflow = matched->workflow;
        decision.sla = matched->sla;
        because(&Why::unit_from, "route", matched->name);
    } else if (category && !category->unit.empty()) {
        decision.unit = category->unit;
        decision.rule = "category";
        because(&Why::unit_from, "category", category->id);
    } else {
        decision.rule = "triage";
        because(&Why::unit_from, "nobody");
    }
    succeed(rules, facts, decision, explanation);
    suspect(rules, facts, decision, explanation);
    if (const std::string conflict = conflictOf(rules, decision, facts.complained_unit); !conflict.empty()) {
        decision.unit.clear();
        decision.reason.clear();
        decision.mode = RouteMode::kSuggest;
        decision.tags.emplace_back("conflict_of_interest");
        because(&Why::unit_from, "nobody");
        if (explanation) explanation->rules.push_back({decision.rule, false, conflict, {}});
    }
    if (matched) {
        because(&Why::sla_from, "route", matched->name);
        because(&Why::workflow_from, "route", matched->name);
    }
    if (decision.sla.empty() && category) {
        decision.sla = category->sla;
        because(&Why::sla_from, "category", category->id);
    }
    if (decision.sla.empty()) {
        decision.sla = rules.default_sla;
        because(&Why::sla_from, "default");
    }
    if (const std::optional<Date> day = facts.received ? facts.received : facts.on)
        decision.sla = rules.policyOn(decision.sla, *day);
    if (decision.workflow.empty() && category && !category->workflow.empty()) {
        decision.workflow = category->workflow;
        because(&Why::workflow_from, "category", category->id);
    }
    if (const Unit* unit = rules.unit(decision.unit); unit && decision.workflow.empty()) {
        decision.workflow = unit->workflow;
        because(&Why::workflow_from, "unit", unit->id);
    }
    if (decision.workflow.empty()) {
        decision.workflow = rules.default_workflow;
        because(&Why::workflow_from, "default");
    }
    return decision;
}

}  // namespace pakn::domain
