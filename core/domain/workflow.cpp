#include "core/domain/workflow.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace pakn::domain {

namespace {

template <class Thing>
const Thing* byId(const std::vector<Thing>& things, std::string_view id) {
    const auto found = std::find_if(things.begin(), things.end(), [&](const Thing& one) { return one.id == id; });
    return found == things.end() ? nullptr : &*found;
}

bool startsAt(const Action& action, std::string_view step) {
    return std::find(action.from.begin(), action.from.end(), step) != action.from.end();
}

/// Roles that can have a part in a workflow, and where. The others only read, administer or deliver.
enum class Place : std::uint8_t { kNowhere, kCentre, kUnit, kAnywhere };
Place placeOf(Role role) {
    switch (role) {
        case Role::kOperator:
        case Role::kDispatcher:
            return Place::kCentre;
        case Role::kOfficer:
        case Role::kLeader:
        case Role::kUnitAdmin:
            return Place::kUnit;
        case Role::kFollower:
            return Place::kAnywhere;
        default:
            return Place::kNowhere;
    }
}

bool canActAt(Role role, const Step& step) {
    const Place place = placeOf(role);
    return place == Place::kAnywhere || place == (step.at_centre ? Place::kCentre : Place::kUnit);
}

/// What the sender may do, as often as not through an operator who has them on the telephone.
bool isSenders(Effect effect) {
    return effect == Effect::kRate || effect == Effect::kSupplement || effect == Effect::kReopen;
}

/// What may happen inside the part of a coordinating unit.
bool isOfParts(Effect effect) {
    switch (effect) {
        case Effect::kAssign:
        case Effect::kStart:
        case Effect::kUnclaim:
        case Effect::kNote:
        case Effect::kDraft:
        case Effect::kSubmit:
        case Effect::kApprove:
        case Effect::kSendBack:
        case Effect::kReturn:
            return true;
        default:
            return false;
    }
}

/// What the hub can do by itself at a step whose time is over: it decides nothing that takes a person.
bool canBeHubs(Effect effect) {
    return effect == Effect::kNote || effect == Effect::kUnclaim || effect == Effect::kReturn ||
           effect == Effect::kRefuse || effect == Effect::kClose;
}

/// Collects what is wrong with the steps and ways of a flow, whoever's it is.
class FlowChecker {
public:
    FlowChecker(const Flow& flow, std::string prefix, std::vector<WorkflowDefect>& defects)
        : flow_{flow}, prefix_{std::move(prefix)}, defects_{defects} {}

    void checkReferences() {
        if (!flow_.step(flow_.start)) defect("start", "unknown step \"" + flow_.start + "\"", "name one of the steps");
        std::set<std::string_view> ids;
        for (const Step& step : flow_.steps) {
            if (!ids.insert(step.id).second) defect("steps." + step.id, "step \"" + step.id + "\" stands twice");
            if (step.id == kPreviousStep)
                defect("steps." + step.id, "a step cannot be called previous", "give it another name");
        }
        ids.clear();
        for (const Action& action : flow_.actions) {
            if (!ids.insert(action.id).second)
                defect("actions." + action.id, "action \"" + action.id + "\" stands twice");
            if (action.from.empty())
                defect("actions." + action.id, "the action starts nowhere", "list steps in `from`");
            for (const std::string& from : action.from)
                if (!flow_.step(from)) defect("actions." + action.id, "unknown step \"" + from + "\" in `from`");
            if (!action.to.empty() && action.to != kPreviousStep && !flow_.step(action.to))
                defect("actions." + action.id, "unknown step \"" + action.to + "\" in `to`");
        }
    }

    /// A final step is nobody's, so its place does not matter.
    void checkSteps() {
        for (const Step& step : flow_.steps)
            if (checkPart("steps." + step.id, step.role) && !step.final)
                static_cast<void>(checkPlace("steps." + step.id, step.role, step));
    }

    bool checkPart(const std::string& element, Role role) {
        if (placeOf(role) != Place::kNowhere) return true;
        defect(element, "role " + std::string{nameOf(role)} + " has no part in a workflow",
               "use operator, dispatcher, officer, leader, follower or unit_admin");
        return false;
    }

    bool checkPlace(const std::string& element, Role role, const Step& step) {
        if (canActAt(role, step)) return true;
        const std::string words = "role " + std::string{nameOf(role)} + " at step \"" + step.id + "\": ";
        if (step.at_centre)
            defect(element, words + "a unit's person cannot act at a step of the Centre",
                   "use dispatcher or operator, or set `at: unit`");
        else
            defect(element, words + "a Centre's person cannot act at a unit's step",
                   "use officer, leader or unit_admin, or set `at: centre`");
        return false;
    }

    void checkReachable() {
        std::set<std::string_view> seen{flow_.start};
        std::vector<std::string_view> open{flow_.start};
        while (!open.empty()) {
            const std::string_view step = open.back();
            open.pop_back();
            for (const Action* action : flow_.actionsFrom(step))
                if (!action->to.empty() && action->to != kPreviousStep && seen.insert(action->to).second)
                    open.push_back(action->to);
        }
        for (const Step& step : flow_.steps)
            if (!seen.contains(step.id))
                defect("steps." + step.id, "no action leads to step \"" + step.id + "\"",
                       "add an action to it, or remove it");
    }

    /// From every step some way must lead to a final one.
    void checkExits() {
        std::set<std::string_view> ending;
        for (const Step& step : flow_.steps)
            if (step.final) ending.insert(step.id);
        for (bool grown = true; grown;) {
            grown = false;
            for (const Action& action : flow_.actions) {
                if (action.to.empty() || !ending.contains(action.to)) continue;
                for (const std::string& from : action.from) grown |= ending.insert(from).second;
            }
        }
        for (const Step& step : flow_.steps)
            if (!ending.contains(step.id))
                defect("steps." + step.id, "from step \"" + step.id + "\" no way leads to an end",
                       "add an action to a step with `final: true`");
    }

    void defect(std::string element, std::string message, std::string hint = {}) {
        defects_.push_back({prefix_ + std::move(element), std::move(message), std::move(hint)});
    }

private:
    const Flow& flow_;
    std::string prefix_;
    std::vector<WorkflowDefect>& defects_;
};

/// Collects the defects of one workflow.
class Checker {
public:
    explicit Checker(const Workflow& workflow) : workflow_{workflow} {}

    std::vector<WorkflowDefect> run() {
        own_.checkReferences();
        if (workflow_.coordination) FlowChecker{*workflow_.coordination, kPart, defects_}.checkReferences();
        if (!defects_.empty()) return std::move(defects_);  // The graph below would be of guesses.
        own_.checkSteps();
        checkWhenOver();
        checkActions();
        own_.checkReachable();
        own_.checkExits();
        checkRelease();
        checkCoordination();
        return std::move(defects_);
    }

private:
    static constexpr const char* kPart = "coordination.";

    /// What the hub does when the time at a step is over.
    void checkWhenOver() {
        for (const Step& step : workflow_.steps) {
            if (step.when_over.empty()) continue;
            const std::string element = "steps." + step.id;
            const Action* action = workflow_.action(step.when_over);
            if (!action)
                own_.defect(element, "unknown action \"" + step.when_over + "\" in `when_over`", "name an action");
            else if (!step.budget || step.final)
                own_.defect(element, "its time is never over", "give the step a `budget`, or remove `when_over`");
            else if (!startsAt(*action, step.id) || action->to.empty() || action->to == step.id ||
                     action->to == kPreviousStep)
                own_.defect(element, "action \"" + action->id + "\" does not lead away from the step",
                            "name an action with this step in `from` and another one in `to`");
            else if (!canBeHubs(action->effect) || action->needs.result || action->needs.units ||
                     action->needs.officers || action->needs.followers || action->needs.due || action->needs.files)
                own_.defect(element, "the hub cannot do \"" + action->id + "\" by itself",
                            "name one with the effect note, unclaim, return, refuse or close that needs no more than a "
                            "comment");
        }
    }

    /// Is it the hub's alone, and named for that by every step where it can be done?
    [[nodiscard]] bool isHubs(const Action& action) const {
        return action.role == Role::kSystem &&
               std::all_of(action.from.begin(), action.from.end(),
                           [&](const std::string& from) { return workflow_.step(from)->when_over == action.id; });
    }

    void checkActions() {
        for (const Action& action : workflow_.actions) {
            checkActionRole(action);
            checkActionShape(action);
        }
    }

    /// Does it name the step it leads to, and is that one so?
    template <class Is>
    [[nodiscard]] bool leadsTo(const Action& action, const Is& is) const {
        const Step* target = workflow_.step(action.to);
        return target != nullptr && is(*target);
    }

    void checkActionShape(const Action& action) {
        const std::string element = "actions." + action.id;
        if (action.effect == Effect::kDistribute && !action.needs.units)
            own_.defect(element, "distribution needs a unit", "add `units` to `needs`");
        if (action.effect == Effect::kDistribute && !leadsTo(action, [](const Step& one) { return !one.at_centre; }))
            own_.defect(element, "distribution leads to a step of the unit", "set `to` to a step with `at: unit`");
        if (action.to == kPreviousStep && action.effect != Effect::kSendBack)
            own_.defect(element, "only `send_back` goes back to a previous step", "name the step in `to`");
        if (action.effect == Effect::kMerge && !leadsTo(action, [](const Step& one) { return one.final; }))
            own_.defect(element, "a merged petition waits where nobody has to act",
                        "set `to` to a step with `final: true`");
        if (action.effect == Effect::kUnmerge && !action.to.empty())
            own_.defect(element, "`unmerge` leads back to where the petition was", "remove `to`");
        if (action.effect == Effect::kAnswer && !leadsTo(action, [](const Step& one) { return one.final; }))
            own_.defect(element, "an answer ends the petition", "set `to` to a step with `final: true`");
    }

    /// One defect an action: where its effect decides the role, the place follows from it.
    void checkActionRole(const Action& action) {
        const std::string element = "actions." + action.id;
        if ((action.effect == Effect::kRelease || action.effect == Effect::kAnswer) && action.role != Role::kDispatcher)
            return own_.defect(element, "only the Centre releases a result", "set `role: dispatcher`");
        if (action.effect == Effect::kApprove && action.role != Role::kLeader && action.role != Role::kDispatcher)
            return own_.defect(element, "only a leader or the Centre approves a result", "set `role: leader`");
        if ((action.effect == Effect::kMerge || action.effect == Effect::kUnmerge) && action.role != Role::kDispatcher)
            return own_.defect(element, "only the Centre says that two petitions are one matter",
                               "set `role: dispatcher`");
        if (action.effect == Effect::kAssign && action.role != Role::kLeader && action.role != Role::kUnitAdmin &&
            action.role != Role::kOfficer)
            return own_.defect(element, "the unit itself names who does it", "set `role: leader`");
        if (action.effect == Effect::kRate && action.role != Role::kCitizen)
            return own_.defect(element, "only the sender rates an answer", "set `role: citizen`");
        if (action.role == Role::kCitizen) {
            if (!isSenders(action.effect))
                own_.defect(element, "the sender can rate, supplement and reopen, nothing else", "set another role");
            return;
        }
        if (isHubs(action)) return;
        if (!own_.checkPart(element, action.role)) return;
        for (const std::string& from : action.from)
            if (const Step& step = *workflow_.step(from); !step.final)
                if (!own_.checkPlace(element, action.role, step)) return;
    }

    /// The fork: each part is walked by another unit, and ends approved or declined.
    void checkCoordination() {
        const bool forks = std::any_of(workflow_.actions.begin(), workflow_.actions.end(),
                                       [](const Action& one) { return one.effect == Effect::kCoordinate; });
        if (!workflow_.coordination) {
            for (const Action& action : workflow_.actions)
                if (action.effect == Effect::kCoordinate || action.join)
                    own_.defect("actions." + action.id, "the workflow has no `coordination`",
                                "say there how a coordinating unit does its part");
            return;
        }
        const Flow& part = *workflow_.coordination;
        FlowChecker checker{part, kPart, defects_};
        if (!forks) checker.defect("start", "no action asks another unit", "add an action with `effect: coordinate`");
        for (const Step& step : part.steps)
            if (step.budget || step.clock != StepClock::kRuns || !step.when_over.empty())
                checker.defect("steps." + step.id, "a part has one limit, that of the request",
                               "remove `budget`, `clock` and `when_over`");
        for (const Step& step : part.steps)
            if (step.at_centre && !step.final)
                checker.defect("steps." + step.id, "a coordinating unit's part stays with that unit", "set `at: unit`");
        checker.checkSteps();
        for (const Action& action : part.actions) checkPartAction(checker, part, action);
        checker.checkReachable();
        checker.checkExits();
    }

    void checkPartAction(FlowChecker& checker, const Flow& part, const Action& action) {
        const std::string element = "actions." + action.id;
        if (workflow_.action(action.id))
            return checker.defect(element, "the petition itself has an action \"" + action.id + "\", too",
                                  "give one of them another name");
        if (!isOfParts(action.effect))
            return checker.defect(element,
                                  "a coordinating unit cannot " + std::string{nameOf(action.effect)} + " a petition",
                                  "remove the action");
        if (action.effect == Effect::kApprove && action.role != Role::kLeader)
            return checker.defect(element, "only a leader approves a part", "set `role: leader`");
        if (action.to == kPreviousStep)
            return checker.defect(element, "only the petition itself goes back to a previous step",
                                  "name the step in `to`");
        if (action.join)
            return checker.defect(element, "a part has no coordinating units to wait for", "remove `join`");
        const bool ends = !action.to.empty() && part.step(action.to)->final;
        if (ends != (action.effect == Effect::kApprove || action.effect == Effect::kReturn))
            return checker.defect(element, "a part ends by `approve` or `return`, and only by these",
                                  "lead these to a step with `final: true`, and no other action");
        if (!checker.checkPart(element, action.role)) return;
        for (const std::string& from : action.from)
            if (!checker.checkPlace(element, action.role, *part.step(from))) return;
    }

    /// How far the result is that a petition would leave with.
    enum class Cleared : std::uint8_t { kNo, kApproved, kReleased };

    /// Walks every (step, cleared) pair that can occur: a release where nothing is approved is a hole, and so is a step
    /// that calls the petition answered where nothing was released.
    void checkRelease() {
        using State = std::pair<std::string_view, Cleared>;
        std::set<State> seen{{workflow_.start, Cleared::kNo}};
        std::vector<State> open{{workflow_.start, Cleared::kNo}};
        std::set<std::string_view> unanswered;  // Steps, and below actions, that are named already.
        std::set<std::string_view> unapproved;
        while (!open.empty()) {
            const auto [step, cleared] = open.back();
            open.pop_back();
            if (workflow_.step(step)->status == Status::kAnswered && cleared != Cleared::kReleased &&
                unanswered.insert(step).second)
                own_.defect("steps." + std::string{step},
                            "step \"" + std::string{step} + "\" says answered, but a way leads to it without a release",
                            "let only `release` actions lead to it, or give it another status");
            for (const Action* action : workflow_.actionsFrom(step)) {
                if (action->effect == Effect::kRelease && cleared == Cleared::kNo) {
                    if (unapproved.insert(action->id).second)
                        own_.defect(
                            "actions." + action->id,
                            "a result could be released from step \"" + std::string{step} + "\" without approval",
                            "let only steps behind an `approve` action lead to it");
                    continue;
                }
                for (const std::string_view to : targetsOf(*action, step))
                    if (const State next{to, clearedAfter(action->effect, cleared)}; seen.insert(next).second)
                        open.push_back(next);
            }
        }
    }

    /// Where an action can lead from a step.
    [[nodiscard]] std::vector<std::string_view> targetsOf(const Action& action, std::string_view step) const {
        std::vector<std::string_view> targets;
        if (action.effect == Effect::kUnmerge) {
            for (const Action& merge : workflow_.actions)
                if (merge.effect == Effect::kMerge) targets.insert(targets.end(), merge.from.begin(), merge.from.end());
        } else if (action.to == kPreviousStep) {
            for (const Step& one : workflow_.steps)
                if (!one.at_centre && !one.final) targets.push_back(one.id);
        } else {
            targets.push_back(action.to.empty() ? step : std::string_view{action.to});
        }
        return targets;
    }

    static Cleared clearedAfter(Effect effect, Cleared cleared) {
        switch (effect) {
            case Effect::kApprove:
                return Cleared::kApproved;
            case Effect::kRelease:
            case Effect::kAnswer:
                return Cleared::kReleased;
            case Effect::kReopen:
            case Effect::kDraft:
            case Effect::kSendBack:
            case Effect::kReturn:
            case Effect::kDistribute:
                return Cleared::kNo;
            default:
                return cleared;
        }
    }

    const Workflow& workflow_;
    std::vector<WorkflowDefect> defects_;
    FlowChecker own_{workflow_, {}, defects_};
};

}  // namespace

const Step* Flow::step(std::string_view step_id) const { return byId(steps, step_id); }

const Action* Flow::action(std::string_view action_id) const { return byId(actions, action_id); }

const Action* Workflow::anyAction(std::string_view action_id) const {
    const Action* found = action(action_id);
    return found == nullptr && coordination ? coordination->action(action_id) : found;
}

std::vector<const Action*> Flow::actionsFrom(std::string_view step_id) const {
    std::vector<const Action*> found;
    for (const Action& action : actions)
        if (startsAt(action, step_id)) found.push_back(&action);
    return found;
}

std::vector<WorkflowDefect> checkWorkflow(const Workflow& workflow) { return Checker{workflow}.run(); }

std::vector<Role> unitRoles(const Workflow& workflow) {
    std::vector<Role> roles;
    for (const Step& step : workflow.steps)
        if (!step.at_centre && !step.final && std::find(roles.begin(), roles.end(), step.role) == roles.end())
            roles.push_back(step.role);
    return roles;
}

bool lacksPeople(const Workflow& workflow, const std::vector<Role>& roles) {
    const std::vector<Role> wanted = unitRoles(workflow);
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](Role role) { return std::find(roles.begin(), roles.end(), role) == roles.end(); });
}

}  // namespace pakn::domain
