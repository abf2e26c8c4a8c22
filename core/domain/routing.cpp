#include "core/domain/routing.hpp"

#include <algorithm>
#include <optional>

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

/// One condition of a route: does it hold, and what to say about it.
struct Verdict {
    bool holds;
    std::string_view name;
    std::string_view value;
};

/// The first condition that does not hold, if any. Cheap ones come first, text last.
std::optional<Verdict> firstFailure(const Conditions& when, const RoutingFacts& facts) {
    const auto listed = [](const std::vector<std::string>& allowed, std::string_view value) {
        return allowed.empty() || contains(allowed, value);
    };
    if (when.emergency && *when.emergency != facts.emergency)
        return Verdict{false, "emergency", facts.emergency ? "true" : "false"};
    if (!listed(when.category, facts.category)) return Verdict{false, "category", facts.category};
    if (!listed(when.channel, facts.channel)) return Verdict{false, "channel", facts.channel};
    if (!listed(when.area, facts.area)) return Verdict{false, "area", facts.area};
    if (!listed(when.petition_class, facts.petition_class)) return Verdict{false, "class", facts.petition_class};
    const auto in_text = [&](const std::string& phrase) { return facts.folded_text.find(phrase) != std::string::npos; };
    if (!when.text_any_folded.empty() &&
        std::none_of(when.text_any_folded.begin(), when.text_any_folded.end(), in_text))
        return Verdict{false, "text", {}};
    return std::nullopt;
}

std::string because(const Conditions& when, const std::optional<Verdict>& failure, const RoutingFacts& facts) {
    if (!failure) {
        for (std::size_t i = 0; i < when.text_any_folded.size(); ++i)
            if (facts.folded_text.find(when.text_any_folded[i]) != std::string::npos)
                return "text has \"" + when.text_any[i] + "\"";
        return "every condition holds";
    }
    if (failure->name == "text") return "text has none of: " + joined(when.text_any);
    if (failure->value.empty()) return std::string{failure->name} + " is not given";
    return std::string{failure->name} + " is " + std::string{failure->value};
}

/// Does `unit` stand below `above`, or is it the same? A unit's people must not judge their own house.
bool belongsTo(const Rules& rules, std::string_view unit, std::string_view above) {
    // The configuration has no circles; a bound keeps a mistake from hanging the hub.
    for (std::size_t depth = 0; !unit.empty() && depth <= rules.units.size(); ++depth) {
        if (unit == above) return true;
        const Unit* found = rules.unit(unit);
        unit = found ? std::string_view{found->parent} : std::string_view{};
    }
    return false;
}

/// Why the petition must not go to `unit` by rule; empty: it may.
std::string conflictOf(const Rules& rules, const RouteDecision& decision, const std::string& complained) {
    if (complained.empty() || decision.unit.empty()) return {};
    if (!rules.unit(complained)) return "it is not known which unit the petition complains about";
    return belongsTo(rules, decision.unit, complained) ? "the petition complains about this unit" : std::string{};
}

}  // namespace

const Unit* unitNamed(const Rules& rules, std::string_view text) {
    const std::string wanted = fold(text);
    for (const auto& [id, unit] : rules.units)
        if (fold(id) == wanted || fold(unit.name) == wanted || (!unit.code.empty() && fold(unit.code) == wanted))
            return &unit;
    return nullptr;
}

RouteDecision route(const Rules& rules, const RoutingFacts& facts, std::vector<RouteTrace>* trace) {
    const Category* category = rules.category(facts.category);
    RouteDecision decision;
    decision.category = facts.category;
    const Route* matched = nullptr;
    for (const Route& candidate : rules.routes) {
        const std::optional<Verdict> failure = firstFailure(candidate.when, facts);
        if (trace) trace->push_back({candidate.name, !failure, because(candidate.when, failure, facts)});
        if (failure) continue;
        matched = &candidate;
        break;
    }
    if (matched) {
        decision.unit = matched->unit;
        decision.mode = matched->mode;
        decision.rule = matched->name;
        decision.tags = matched->tags;
        decision.workflow = matched->workflow;
        decision.sla = matched->sla;
    } else if (category && !category->unit.empty()) {
        decision.unit = category->unit;
        decision.rule = "category";
    } else {
        decision.rule = "triage";
    }
    if (const std::string conflict = conflictOf(rules, decision, facts.complained_unit); !conflict.empty()) {
        decision.unit.clear();
        decision.mode = RouteMode::kSuggest;
        decision.tags.emplace_back("conflict_of_interest");
        if (trace) trace->push_back({decision.rule, false, conflict});
    }
    if (decision.sla.empty() && category) decision.sla = category->sla;
    if (decision.sla.empty()) decision.sla = rules.default_sla;
    if (const Unit* unit = rules.unit(decision.unit); unit && decision.workflow.empty())
        decision.workflow = unit->workflow;
    if (decision.workflow.empty()) decision.workflow = rules.default_workflow;
    return decision;
}

}  // namespace pakn::domain
