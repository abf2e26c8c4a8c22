#pragma once
/// @file
/// Where a petition belongs. Pure and explainable: the first route whose conditions all hold decides, else the
/// category's unit is suggested, else the Centre triages.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/rules.hpp"

namespace pakn::domain {

/// What routing looks at.
struct RoutingFacts {
    std::string category = {};
    std::string channel = {};
    std::string area = {};
    std::string petition_class = {};
    std::string complained_unit = {};
    bool emergency = false;
    std::string folded_text = {};       ///< fold(title + " " + content).
    std::optional<Date> on = {};        ///< The day: units that are no more have successors. Absent: as if all existed.
    std::optional<Date> received = {};  ///< When it came in: the limits of that day hold. Absent: `on`.
};

/// One condition of a route beside what the petition has.
struct RouteCondition {
    std::string name;   ///< "emergency", "category", "channel", "area", "class", "text", "text_match".
    std::string wants;  ///< The accepted values, comma-separated.
    std::string has;    ///< What the petition has; of its text, the phrases found, comma-separated.
    bool holds = false;
};

struct RouteTrace {
    std::string rule;
    bool matched = false;  ///< It decides: the first whose conditions all hold.
    std::string because;   ///< "category is khac, not ha-tang", "text has none of: …".
    std::vector<RouteCondition> conditions = {};
};

/// Why route() decided as it did, for people.
struct RouteExplanation {
    std::vector<RouteTrace> rules = {};  ///< Every route in file order, then what came in its way.
    std::string unit_from = {};          ///< "route Đèn đường", "category ha-tang", "nobody".
    std::string workflow_from = {};      ///< "route …", "unit …", "default".
    std::string sla_from = {};           ///< "route …", "category …", "default".
};

struct RouteDecision {
    std::string unit = {};  ///< Empty: nobody can place it, the Centre decides.
    RouteMode mode = RouteMode::kSuggest;
    std::string rule = {};  ///< Name of the route; "category" or "triage" when none matched.
    std::string category = {};
    std::string workflow = {};
    std::string sla = {};
    std::vector<std::string> tags = {};
    std::string reason = {};  ///< Why this route holds, in Vietnamese: "nội dung có: đèn đường". Empty when none did.
};

/// The unit that a petitioner or portal means: by id, name or code, accents and case aside; null when none. Where
/// several have the name or code, one that exists on that day.
const Unit* unitNamed(const Rules& rules, std::string_view text, Date on);

/// A petition against unit U is never routed to U or to a unit below it, and one against a unit nobody knows is routed
/// nowhere by itself: the suggestion is dropped and the Centre decides.
/// Fills `explanation` when it is not null; the decision is the same.
RouteDecision route(const Rules& rules, const RoutingFacts& facts, RouteExplanation* explanation = nullptr);

}  // namespace pakn::domain
