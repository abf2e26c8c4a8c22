#include "core/reporting/event_facts.hpp"

#include <simdjson.h>

#include <algorithm>

namespace pakn::reporting {

namespace {

struct Fields {
    std::string unit = {};
    std::string branch = {};
    std::string action = {};
    std::string rating = {};
    bool late = false;
};

Fields fieldsOf(std::string_view payload) {
    thread_local simdjson::dom::parser parser;
    Fields fields;
    simdjson::dom::object object;
    if (parser.parse(payload.data(), payload.size()).get(object) != simdjson::SUCCESS) return fields;
    std::string_view text;
    if (object["unit"].get(text) == simdjson::SUCCESS) fields.unit = text;
    if (object["branch"].get(text) == simdjson::SUCCESS) fields.branch = text;
    if (object["action"].get(text) == simdjson::SUCCESS) fields.action = text;
    if (object["rating"].get(text) == simdjson::SUCCESS) fields.rating = text;
    bool truth = false;
    if (object["late"].get(truth) == simdjson::SUCCESS) fields.late = truth;
    return fields;
}

void forgetMerge(std::vector<store::ReportMove>& moves) {
    std::erase_if(moves, [](const store::ReportMove& move) { return move.value == "merged"; });
}

}  // namespace

EventFacts factsOf(const std::vector<store::NamedEvent>& events) {
    EventFacts facts;
    std::string unit;  // Who has it.
    for (const store::NamedEvent& event : events) {
        const Fields fields = fieldsOf(event.payload);
        const bool of_part = !fields.branch.empty();
        const std::string& whose = of_part ? fields.branch : unit;
        if (event.kind == "distributed" || event.kind == "unit_transferred") {
            if (!of_part) unit = fields.unit;
        } else if (event.kind == "rated") {
            if (std::find(kRatings.begin(), kRatings.end(), fields.rating) == kRatings.end()) continue;
            facts.rating = fields.rating;
            facts.rating_unit = fields.unit;
        } else if (event.kind == "unmerged") {
            forgetMerge(facts.moves);
        } else if (event.kind == "reopened") {
            // It goes on by itself, and nobody has it.
            forgetMerge(facts.moves);
            facts.moves.push_back({event.version, event.kind, whose});
            unit.clear();
        } else if (event.kind == "returned") {
            if (of_part) continue;
            const std::string by = fields.unit.empty() ? whose : fields.unit;
            if (!fields.action.empty())
                facts.moves.push_back({event.version, fields.late ? "returned_late" : "returned", by});
            unit.clear();
        } else {
            facts.moves.push_back({event.version, event.kind, whose});
        }
    }
    return facts;
}

}  // namespace pakn::reporting
