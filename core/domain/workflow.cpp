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

/// Collects the defects of one workflow.
class Checker {
public:
    explicit Checker(const Workflow& workflow) : workflow_{workflow} {}

    std::vector<WorkflowDefect> run() {
        checkReferences();
        if (!defects_.empty()) return std::move(defects_);  // The graph below would be of guesses.
        checkSteps();
        checkActions();
        checkReachable();
        checkExits();
        checkRelease();
        return std::move(defects_);
    }

private:
    void defect(std::string element, std::string message, std::string hint = {}) {
        defects_.push_back({std::move(element), std::move(message), std::move(hint)});
    }

    void checkReferences() {
        if (!workflow_.step(workflow_.start))
            defect("start", "unknown step \"" + workflow_.start + "\"", "name one of the steps");
        std::set<std::string_view> ids;
        for (const Step& step : workflow_.steps)
            if (!ids.insert(step.id).second) defect("steps." + step.id, "step \"" + step.id + "\" stands twice");
        ids.clear();
        for (const Action& action : workflow_.actions) {
            if (!ids.insert(action.id).second)
                defect("actions." + action.id, "action \"" + action.id + "\" stands twice");
            if (action.from.empty())
                defect("actions." + action.id, "the action starts nowhere", "list steps in `from`");
            for (const std::string& from : action.from)
                if (!workflow_.step(from)) defect("actions." + action.id, "unknown step \"" + from + "\" in `from`");
            if (!action.to.empty() && !workflow_.step(action.to))
                defect("actions." + action.id, "unknown step \"" + action.to + "\" in `to`");
        }
    }

    /// A final step is nobody's, so its place does not matter.
    void checkSteps() {
        for (const Step& step : workflow_.steps)
            if (checkPart("steps." + step.id, step.role) && !step.final)
                static_cast<void>(checkPlace("steps." + step.id, step.role, step));
    }

    void checkActions() {
        for (const Action& action : workflow_.actions) {
            checkActionRole(action);
            if (action.effect == Effect::kDistribute && !action.needs.units)
                defect("actions." + action.id, "distribution needs a unit", "add `units` to `needs`");
        }
    }

    /// One defect an action: where its effect decides the role, the place follows from it.
    void checkActionRole(const Action& action) {
        const std::string element = "actions." + action.id;
        if (action.effect == Effect::kRelease && action.role != Role::kDispatcher)
            return defect(element, "only the Centre releases a result", "set `role: dispatcher`");
        if (action.effect == Effect::kApprove && action.role != Role::kLeader && action.role != Role::kDispatcher)
            return defect(element, "only a leader or the Centre approves a result", "set `role: leader`");
        if (!checkPart(element, action.role)) return;
        for (const std::string& from : action.from)
            if (!checkPlace(element, action.role, *workflow_.step(from))) return;
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
        std::set<std::string_view> seen{workflow_.start};
        std::vector<std::string_view> open{workflow_.start};
        while (!open.empty()) {
            const std::string_view step = open.back();
            open.pop_back();
            for (const Action* action : workflow_.actionsFrom(step))
                if (!action->to.empty() && seen.insert(action->to).second) open.push_back(action->to);
        }
        for (const Step& step : workflow_.steps)
            if (!seen.contains(step.id))
                defect("steps." + step.id, "no action leads to step \"" + step.id + "\"",
                       "add an action to it, or remove it");
    }

    /// From every step some way must lead to a final one.
    void checkExits() {
        std::set<std::string_view> ending;
        for (const Step& step : workflow_.steps)
            if (step.final) ending.insert(step.id);
        for (bool grown = true; grown;) {
            grown = false;
            for (const Action& action : workflow_.actions) {
                if (action.to.empty() || !ending.contains(action.to)) continue;
                for (const std::string& from : action.from) grown |= ending.insert(from).second;
            }
        }
        for (const Step& step : workflow_.steps)
            if (!ending.contains(step.id))
                defect("steps." + step.id, "from step \"" + step.id + "\" no way leads to an end",
                       "add an action to a step with `final: true`");
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
                defect("steps." + std::string{step},
                       "step \"" + std::string{step} + "\" says answered, but a way leads to it without a release",
                       "let only `release` actions lead to it, or give it another status");
            for (const Action* action : workflow_.actionsFrom(step)) {
                if (action->effect == Effect::kRelease && cleared == Cleared::kNo) {
                    if (unapproved.insert(action->id).second)
                        defect("actions." + action->id,
                               "a result could be released from step \"" + std::string{step} + "\" without approval",
                               "let only steps behind an `approve` action lead to it");
                    continue;
                }
                const State next{action->to.empty() ? step : std::string_view{action->to},
                                 clearedAfter(action->effect, cleared)};
                if (seen.insert(next).second) open.push_back(next);
            }
        }
    }

    static Cleared clearedAfter(Effect effect, Cleared cleared) {
        switch (effect) {
            case Effect::kApprove:
                return Cleared::kApproved;
            case Effect::kRelease:
                return Cleared::kReleased;
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
};

}  // namespace

const Step* Workflow::step(std::string_view step_id) const { return byId(steps, step_id); }

const Action* Workflow::action(std::string_view action_id) const { return byId(actions, action_id); }

std::vector<const Action*> Workflow::actionsFrom(std::string_view step_id) const {
    std::vector<const Action*> found;
    for (const Action& action : actions)
        if (startsAt(action, step_id)) found.push_back(&action);
    return found;
}

std::vector<WorkflowDefect> checkWorkflow(const Workflow& workflow) { return Checker{workflow}.run(); }

}  // namespace pakn::domain
