#pragma once
/// @file
/// A workflow with everything that an engine of workflows must know: coordination, waiting for the sender,
/// appointments, merging, going back. Like the shipped ones, in fewer words.

#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::domain::sample {

/// Adds an action; needs may be left out.
inline void addAction(Flow& flow, std::string id, std::vector<std::string> from, std::string to, Role role,
                      Effect effect, Needs needs = {}, bool join = false) {
    flow.actions.push_back({.id = std::move(id),
                            .label = {},
                            .from = std::move(from),
                            .to = std::move(to),
                            .role = role,
                            .needs = needs,
                            .effect = effect,
                            .join = join});
}

inline void addStep(Flow& flow, std::string id, Status status, Role role, bool centre, bool last = false,
                    StepClock clock = StepClock::kRuns) {
    flow.steps.push_back({.id = std::move(id),
                          .label = {},
                          .role = role,
                          .status = status,
                          .at_centre = centre,
                          .final = last,
                          .clock = clock});
}

inline Flow coordination() {
    Flow part;
    part.start = "co_unit";
    addStep(part, "co_unit", Status::kDistributed, Role::kOfficer, false);
    addStep(part, "co_working", Status::kInProgress, Role::kOfficer, false);
    addStep(part, "co_approval", Status::kAwaitingApproval, Role::kLeader, false);
    addStep(part, "co_done", Status::kApproved, Role::kDispatcher, true, true);
    addStep(part, "co_declined", Status::kReturned, Role::kDispatcher, true, true);
    addAction(part, "co_start", {"co_unit"}, "co_working", Role::kOfficer, Effect::kStart);
    addAction(part, "co_draft", {"co_working"}, "", Role::kOfficer, Effect::kDraft, {.result = true});
    addAction(part, "co_submit", {"co_working"}, "co_approval", Role::kOfficer, Effect::kSubmit);
    addAction(part, "co_approve", {"co_approval"}, "co_done", Role::kLeader, Effect::kApprove);
    addAction(part, "co_send_back", {"co_approval"}, "co_working", Role::kLeader, Effect::kSendBack, {.comment = true});
    addAction(part, "co_return", {"co_unit", "co_working"}, "co_declined", Role::kOfficer, Effect::kReturn,
              {.comment = true});
    return part;
}

/// The officer-first workflow of sample_rules.hpp with the rest.
inline Workflow wholeWorkflow() {
    Workflow workflow = officerFirst();
    addStep(workflow, "waiting", Status::kInProgress, Role::kOfficer, false, false, StepClock::kStands);
    addStep(workflow, "appointed", Status::kAppointed, Role::kOfficer, false);
    addStep(workflow, "reopened", Status::kReceived, Role::kDispatcher, true);
    addStep(workflow, "merged", Status::kMerged, Role::kDispatcher, true, true);
    const std::vector<std::string> work{"working", "appointed"};
    for (Action& action : workflow.actions) {
        if (action.id == "draft" || action.id == "submit" || action.id == "return") action.from.push_back("appointed");
        if (action.id == "distribute") action.from.push_back("reopened");
        if (action.id == "submit") action.join = true;
    }
    addAction(workflow, "assign", {"unit", "working"}, "working", Role::kLeader, Effect::kAssign, {.officers = true});
    addAction(workflow, "ask", work, "waiting", Role::kOfficer, Effect::kAsk, {.comment = true});
    addAction(workflow, "go_on", {"waiting"}, "working", Role::kOfficer, Effect::kNote);
    addAction(workflow, "appoint", work, "appointed", Role::kOfficer, Effect::kAppoint, {.comment = true, .due = true});
    addAction(workflow, "coordinate", work, "", Role::kOfficer, Effect::kCoordinate, {.units = true});
    addAction(workflow, "follow", {"triage", "centre"}, "", Role::kDispatcher, Effect::kFollow);
    addAction(workflow, "back", {"centre"}, std::string{kPreviousStep}, Role::kDispatcher, Effect::kSendBack,
              {.comment = true});
    addAction(workflow, "answer", {"triage"}, "answered", Role::kDispatcher, Effect::kAnswer, {.result = true});
    addAction(workflow, "merge", {"triage", "intake"}, "merged", Role::kDispatcher, Effect::kMerge);
    addAction(workflow, "unmerge", {"merged"}, "", Role::kDispatcher, Effect::kUnmerge);
    addAction(workflow, "rate", {"answered"}, "", Role::kCitizen, Effect::kRate);
    addAction(workflow, "reply", {"waiting"}, "working", Role::kCitizen, Effect::kSupplement);
    addAction(workflow, "supplement", {"triage", "working"}, "", Role::kCitizen, Effect::kSupplement);
    addAction(workflow, "reopen", {"answered"}, "reopened", Role::kCitizen, Effect::kReopen, {.comment = true});
    workflow.coordination = coordination();
    return workflow;
}

inline Rules wholeRules() {
    Rules rules = sample::rules();
    rules.workflows["officer-first"] = wholeWorkflow();
    rules.units.at("ubnd").office = true;
    rules.sla.at("thuong").escalate = {{EscalationTarget::kUnitLeader, Duration{8, Duration::Unit::kWorkingHours}},
                                       {EscalationTarget::kOffice, std::nullopt}};
    return rules;
}

}  // namespace pakn::domain::sample
