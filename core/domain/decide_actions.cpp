/// @file
/// Actions of the workflow: who may do what when.

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

bool startsAt(const Action& action, const std::string& step) {
    return std::find(action.from.begin(), action.from.end(), step) != action.from.end();
}

/// Are all coordinating units past their limit, so that the petition may go on without them?
bool allLate(const Petition& petition, Instant now) {
    return std::all_of(petition.branches.begin(), petition.branches.end(), [&](const Branch& one) {
        return one.state != BranchState::kOpen || !one.due || hasPassed(*one.due, now);
    });
}

/// Is the action possible in this state, whoever asks? What depends on the time is asked for last, in decideAction().
pakn::Status legalNow(const Petition& petition, const Stage& stage) {
    const Action& action = *stage.action;
    const auto conflict = [](std::string problem, std::string message) {
        return refuse(Errc::kConflict, std::move(problem), std::move(message));
    };
    if (!startsAt(action, stage.step(petition)))
        return conflict("action.not_legal_now",
                        "action " + action.id + " does not start at step " + stage.step(petition));
    const bool drafted = stage.branch ? stage.branch->draft.has_value() : petition.draft.has_value();
    switch (action.effect) {
        case Effect::kSubmit:
            if (!drafted) return conflict("action.draft_missing", "there is no drafted result yet");
            break;
        case Effect::kApprove:
            if (!drafted && !action.needs.result)
                return conflict("action.draft_missing", "there is no drafted result yet");
            break;
        case Effect::kRelease:
            if (!petition.approved) return conflict("action.not_approved", "the result is not approved");
            break;
        case Effect::kUnmerge:
            if (!petition.before_merge) return conflict("action.not_legal_now", "the petition is not merged");
            break;
        case Effect::kRate:
            if (!petition.released) return conflict("action.not_legal_now", "there is no answer yet");
            if (petition.rating) return conflict("rating.given", "this answer has been rated");
            break;
        default:
            break;
    }
    if (action.to == kPreviousStep && previousSteps(petition).empty())
        return conflict("action.not_legal_now", "there is no step to go back to");
    return Done{};
}

/// A unit that is not on the system has nobody here: the Centre writes down what it says, at whatever step of the unit.
bool inPlaceOf(const Petition& petition, const Stage& stage, const Actor& actor) {
    if (!petition.external || stage.branch || !actor.has(Role::kDispatcher)) return false;
    const Step* step = stage.flow->step(petition.step);
    return step && !step->at_centre && !step->final;
}

/// Is it this actor's to do? A step of the unit binds to the unit, and a claimed one to its officer.
bool mayDo(const Petition& petition, const Stage& stage, const Rules& rules, const Actor& actor) {
    const Action& action = *stage.action;
    if (!maySee(petition, actor, rules)) return false;
    if (inPlaceOf(petition, stage, actor)) return true;
    if (!actor.has(action.role)) return false;
    if (action.role == Role::kCitizen || action.role == Role::kSystem) return true;
    const std::string& officer = stage.branch ? stage.branch->officer : petition.officer;
    if (stage.branch) {
        if (actor.unit != stage.branch->unit) return false;
    } else {
        const Step* step = stage.flow->step(petition.step);
        if (!step || step->at_centre) return true;
        // At an end nobody's turn it is: the Centre may still act, and the unit that had it.
        if (step->final && (action.role == Role::kDispatcher || action.role == Role::kOperator)) return true;
        if (actor.unit != petition.unit) return false;
    }
    if (action.role != Role::kOfficer || officer.empty() || officer == actor.id) return true;
    // Colleagues who help say what they know; the case stays in one hand.
    return action.effect == Effect::kNote && !stage.branch &&
           std::find(petition.coordinators.begin(), petition.coordinators.end(), actor.id) !=
               petition.coordinators.end();
}

/// Whoever wrote something must not pass it in another name: that would be one pair of eyes under two names.
bool wroteItInAnotherName(const std::optional<ResultText>& text, const Actor& actor, const Actor& name) {
    return text && text->by == actor.id && text->inNameOf() != name.id;
}

/// May `actor` do it in this name, their own or a colleague's?
pakn::Status mayDoAs(const Petition& petition, const Stage& stage, const Rules& rules, const Actor& actor,
                     const Actor& name) {
    if (!mayStandIn(petition, rules, actor, name) || !mayDo(petition, stage, rules, name))
        return refuse(Errc::kForbidden, "action.not_yours", "the petition is in other hands");
    const Effect effect = stage.action->effect;
    const bool twice = (effect == Effect::kApprove &&
                        wroteItInAnotherName(stage.branch ? stage.branch->draft : petition.draft, actor, name)) ||
                       (effect == Effect::kRelease && (wroteItInAnotherName(petition.approved, actor, name) ||
                                                       wroteItInAnotherName(petition.draft, actor, name)));
    if (twice) return refuse(Errc::kForbidden, "action.own_work", "what somebody wrote is passed by somebody else");
    return Done{};
}

/// The actor's unit's part, when it has an open one.
const Branch* openBranchOf(const Petition& petition, const Actor& actor) {
    const Branch* branch = actor.unit.empty() ? nullptr : petition.branch(actor.unit);
    return branch && branch->state == BranchState::kOpen && !petition.finished_at ? branch : nullptr;
}

/// Shows each action of the workflow with its place, in one of the names in which `actor` acts.
template <class Visit>
void eachStage(const Petition& petition, const Workflow& workflow, const Actor& actor, const Actor& name,
               const Visit& visit) {
    const std::string standing_for = name.id == actor.id ? std::string{} : name.id;
    for (const Action& action : workflow.actions) visit(Stage{&workflow, &workflow, &action, nullptr, standing_for});
    const Branch* branch = openBranchOf(petition, name);
    if (!branch || !workflow.coordination) return;
    for (const Action& action : workflow.coordination->actions)
        visit(Stage{&workflow, &*workflow.coordination, &action, branch, standing_for});
}

/// In whose name `actor` does it, and where: the first that may. Else why not, in the most telling words.
Result<std::pair<Stage, Actor>> placeOf(const Petition& petition, const Workflow& workflow, const Action& action,
                                        const Context& context) {
    Error why = refuse(Errc::kForbidden, "action.not_yours", "the petition is in other hands");
    for (const Actor& name : context.actor.names()) {
        Stage stage;
        eachStage(petition, workflow, context.actor, name, [&](const Stage& one) {
            if (one.action == &action) stage = one;
        });
        // An action of a part that this unit does not have, or not any more.
        if (!stage.action) continue;
        pakn::Status may = legalNow(petition, stage);
        if (may) may = mayDoAs(petition, stage, context.rules, context.actor, name);
        if (may) return std::pair{std::move(stage), name};
        if (why.problem == "action.not_yours") why = may.error();
    }
    return why;
}

pakn::Status joined(const Petition& petition, const Action& action, Instant now) {
    if (!action.join || petition.openBranches() == 0 || allLate(petition, now)) return Done{};
    return refuse(Errc::kConflict, "action.coordination_open", "coordinating units have not answered yet");
}

pakn::Status inTime(const Petition& petition, const Action& action, const Rules& rules, Instant now) {
    if (action.effect != Effect::kReopen || !rules.reopen_within || !petition.finished_at) return Done{};
    const SlaPolicy& policy = policyOf(rules, petition.sla);
    if (now <= dueAt(rules.calendarOf(policy), *petition.finished_at, *rules.reopen_within, rules.deadline_end))
        return Done{};
    return refuse(Errc::kConflict, "reopen.too_late", "the time in which it can be opened again is over");
}

}  // namespace

Result<Decision> detail::decideAction(const Petition& petition, const Act& input, const Context& context) {
    const Workflow* workflow = context.rules.workflow(petition.workflow, petition.workflow_config);
    if (!workflow)
        return refuse(Errc::kConflict, "action.workflow_gone",
                      "workflow \"" + petition.workflow + "\" is no longer configured");
    const Action* action = workflow->anyAction(input.action);
    if (!action)
        return refuse(Errc::kNotFound, "action.unknown", "the workflow has no action \"" + input.action + "\"");
    const bool in_place = petition.external && context.actor.mayTake(Role::kDispatcher);
    if (!context.actor.mayTake(action->role) && !in_place)
        return refuse(Errc::kForbidden, "action.not_yours", "action " + action->id + " is for another role");
    if (input.expected_version && *input.expected_version != petition.version)
        return refuse(Errc::kStale, "action.changed_meanwhile", "the petition changed meanwhile");
    Recorder recorder{petition, context};
    recordMisses(recorder, context);
    const Petition now = recorder.petition();
    const Result<std::pair<Stage, Actor>> place = placeOf(now, *workflow, *action, context);
    if (!place) return place.error();
    const auto& [stage, name] = *place;
    if (pakn::Status whole = joined(now, *action, context.now); !whole) return whole.error();
    if (pakn::Status early = inTime(now, *action, context.rules, context.now); !early) return early.error();
    if (pakn::Status sound = checkInput(now, stage, input, context); !sound) return sound.error();
    recorder.wishNotices(input.notify);
    perform(recorder, stage, input, context, name.has(action->role) ? action->role : Role::kDispatcher);
    return recorder.take();
}

std::vector<const Action*> legalActions(const Petition& petition, const Rules& rules, const Actor& actor) {
    std::vector<const Action*> legal;
    const Workflow* workflow = rules.workflow(petition.workflow, petition.workflow_config);
    if (!workflow) return legal;
    std::vector<const Action*> found;
    for (const Actor& name : actor.names())
        eachStage(petition, *workflow, actor, name, [&](const Stage& stage) {
            if (legalNow(petition, stage) && mayDoAs(petition, stage, rules, actor, name))
                found.push_back(stage.action);
        });
    const auto inOrder = [&](const Flow& flow) {
        for (const Action& one : flow.actions)
            if (std::find(found.begin(), found.end(), &one) != found.end()) legal.push_back(&one);
    };
    inOrder(*workflow);
    if (workflow->coordination) inOrder(*workflow->coordination);
    return legal;
}

Needs needsNow(const Petition& petition, const Action& action) {
    Needs needs = action.needs;
    needs.comment = needs.comment || (action.join && petition.openBranches() > 0);
    // An answer without words answers nobody.
    needs.result = needs.result || action.effect == Effect::kAnswer || action.effect == Effect::kDraft;
    return needs;
}

std::vector<const Visit*> previousSteps(const Petition& petition) {
    std::vector<const Visit*> steps;
    for (auto visit = petition.visited.rbegin(); visit != petition.visited.rend(); ++visit)
        if ((!visit->at_centre || petition.at_centre) && visit->step != petition.step) steps.push_back(&*visit);
    return steps;
}

}  // namespace pakn::domain
