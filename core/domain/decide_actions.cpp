/// @file
/// Officers' actions: who may do what when, which input it needs, and the event it leads to.

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

constexpr std::size_t kMaxResult = 50000;  ///< Code points.
constexpr std::size_t kMaxFiles = 20;

/// When to remind of a limit; not when that is over.
std::optional<Instant> reminder(const Rules& rules, const SlaPolicy& policy, const std::optional<Instant>& due,
                                Instant now) {
    if (!due || !policy.remind_before) return std::nullopt;
    const Instant at = remindAt(rules.calendarOf(policy), *due, *policy.remind_before);
    return at > now ? std::optional{at} : std::nullopt;
}

/// The unit's limit when a petition comes back to it: the clock stood still since the approval.
std::optional<Instant> resumedHandleDue(const Petition& petition, const Rules& rules, Instant now) {
    if (const auto running = petition.due.find(Clock::kHandle); running != petition.due.end()) return running->second;
    if (!petition.stopped_handle_due || !petition.approved) return std::nullopt;
    const SlaPolicy& policy = policyOf(rules, petition.sla);
    // A limit that is configured no more: what was left of it counts in working time.
    const Duration limit = policy.handle.value_or(Duration{0, Duration::Unit::kWorkingMinutes});
    return dueAfter(rules.calendarOf(policy), *petition.stopped_handle_due, limit, {petition.approved->at, now},
                    rules.deadline_end);
}

/// Where an action leads, in the words of the move events.
template <class Move>
Move moveBy(const Petition& petition, const Workflow& workflow, const Action& action, const std::string& comment) {
    const Step* target = workflow.step(action.to.empty() ? petition.step : action.to);
    Move move;
    move.comment = comment;
    move.action = action.id;
    move.step = target->id;
    move.status = target->status;
    move.holder = target->final ? std::nullopt : std::optional{target->role};
    move.at_centre = target->at_centre;
    return move;
}

bool acceptsFiles(Effect effect) {
    return effect == Effect::kDraft || effect == Effect::kNote || effect == Effect::kApprove;
}

/// Is the action possible in this state, whoever asks?
pakn::Status legalNow(const Petition& petition, const Action& action) {
    if (std::find(action.from.begin(), action.from.end(), petition.step) == action.from.end())
        return refuse(Errc::kConflict, "action.not_legal_now",
                      "action " + action.id + " does not start at step " + petition.step);
    if ((action.effect == Effect::kSubmit || action.effect == Effect::kApprove) && !petition.draft)
        return refuse(Errc::kConflict, "action.draft_missing", "there is no drafted result yet");
    if (action.effect == Effect::kRelease && !petition.approved)
        return refuse(Errc::kConflict, "action.not_approved", "the result is not approved");
    return Done{};
}

/// Is it this actor's to do? A step of the unit binds to the unit, and a claimed one to its officer.
bool mayDo(const Petition& petition, const Workflow& workflow, const Action& action, const Actor& actor) {
    if (!actor.has(action.role) || !maySee(petition, actor)) return false;
    const Step* step = workflow.step(petition.step);
    if (!step || step->at_centre) return true;
    if (actor.unit != petition.unit) return false;
    return action.role != Role::kOfficer || petition.officer.empty() || petition.officer == actor.id;
}

pakn::Status checkInput(const Petition& petition, const Action& action, const Act& input, const Rules& rules) {
    if (action.needs.comment && trimmed(input.comment).empty())
        return refuse(Errc::kInvalid, "action.comment_missing", "this action needs a comment", "/comment");
    if (codePoints(input.comment) > kMaxComment)
        return refuse(Errc::kInvalid, "action.comment_too_long", "at most 5000 characters", "/comment");
    if (action.needs.result && trimmed(input.result).empty())
        return refuse(Errc::kInvalid, "action.result_missing", "this action needs the text of the result", "/result");
    if (codePoints(input.result) > kMaxResult)
        return refuse(Errc::kInvalid, "action.result_too_long", "at most 50000 characters", "/result");
    if (!input.files.empty() && !acceptsFiles(action.effect))
        return refuse(Errc::kInvalid, "action.files_not_taken", "this action takes no files", "/attachments");
    if (input.files.size() > kMaxFiles)
        return refuse(Errc::kInvalid, "action.too_many_files", "at most 20 files", "/attachments");
    if (!action.needs.units) return Done{};
    if (input.units.size() != 1)
        return refuse(Errc::kInvalid, "action.unit_missing", "name exactly one unit", "/units");
    if (!rules.unit(input.units.front()))
        return refuse(Errc::kInvalid, "action.unit_unknown", "no such unit", "/units/0");
    if (input.units.front() == petition.complained_unit)
        return refuse(Errc::kInvalid, "action.unit_complained", "the petition complains about this unit", "/units/0");
    return Done{};
}

/// Turns one action of the workflow into its event.
class Performer {
public:
    Performer(const Petition& petition, const Workflow& workflow, const Action& action, const Context& context)
        : petition_{petition}, workflow_{workflow}, action_{action}, context_{context} {}

    [[nodiscard]] EventData event(const Act& input) const {
        switch (action_.effect) {
            case Effect::kAccept:
                return move<AcceptedByCentre>(input);
            case Effect::kDistribute:
                return distributed(input);
            case Effect::kStart: {
                auto data = move<Started>(input);
                data.officer = context_.actor.id;
                return data;
            }
            case Effect::kUnclaim:
                return move<Unclaimed>(input);
            case Effect::kNote: {
                auto data = move<Noted>(input);
                data.files = input.files;
                return data;
            }
            case Effect::kDraft: {
                auto data = move<ResultDrafted>(input);
                data.text = input.result;
                data.files = input.files;
                return data;
            }
            case Effect::kSubmit:
                return move<Submitted>(input);
            case Effect::kApprove:
                return approved(input);
            case Effect::kSendBack: {
                auto data = move<SentBack>(input);
                data.handle_due = resumedHandleDue(petition_, context_.rules, context_.now);
                data.remind_at =
                    reminder(context_.rules, policyOf(context_.rules, petition_.sla), data.handle_due, context_.now);
                return data;
            }
            case Effect::kReturn:
                return returned(input);
            case Effect::kRelease:
                return move<Released>(input);
            case Effect::kRefuse:
                return move<RefusedByCentre>(input);
            case Effect::kClose:
                break;
        }
        return move<Closed>(input);
    }

private:
    template <class Move>
    [[nodiscard]] Move move(const Act& input) const {
        return moveBy<Move>(petition_, workflow_, action_, input.comment);
    }

    [[nodiscard]] std::optional<Instant> budget(const std::optional<Duration> SlaPolicy::*which) const {
        const SlaPolicy& policy = policyOf(context_.rules, petition_.sla);
        return limitOf(context_.rules, policy, policy.*which, context_.now);
    }

    [[nodiscard]] Distributed distributed(const Act& input) const {
        auto data = move<Distributed>(input);
        data.unit = input.units.front();
        data.handle_due = budget(&SlaPolicy::handle);
        data.return_until = budget(&SlaPolicy::give_back);
        data.remind_at =
            reminder(context_.rules, policyOf(context_.rules, petition_.sla), data.handle_due, context_.now);
        return data;
    }

    /// The approver's own words replace the draft's; files given are added to the draft's.
    [[nodiscard]] Approved approved(const Act& input) const {
        auto data = move<Approved>(input);
        data.text = trimmed(input.result).empty() ? petition_.draft->text : input.result;
        data.files = petition_.draft->files;
        data.files.insert(data.files.end(), input.files.begin(), input.files.end());
        data.release_due = budget(&SlaPolicy::release);
        return data;
    }

    [[nodiscard]] Returned returned(const Act& input) const {
        auto data = move<Returned>(input);
        data.unit = petition_.unit;
        data.late = petition_.return_until && context_.now > *petition_.return_until;
        data.triage_due = budget(&SlaPolicy::triage);
        return data;
    }

    const Petition& petition_;
    const Workflow& workflow_;
    const Action& action_;
    const Context& context_;
};

}  // namespace

EventData detail::performed(const Petition& petition, const Workflow& workflow, const Action& action, const Act& input,
                            const Context& context) {
    return Performer{petition, workflow, action, context}.event(input);
}

Result<Decision> detail::decideAction(const Petition& petition, const Act& input, const Context& context) {
    const Workflow* workflow = context.rules.workflow(petition.workflow, petition.workflow_config);
    if (!workflow)
        return refuse(Errc::kConflict, "action.workflow_gone",
                      "workflow \"" + petition.workflow + "\" is no longer configured");
    const Action* action = workflow->action(input.action);
    if (!action)
        return refuse(Errc::kNotFound, "action.unknown", "the workflow has no action \"" + input.action + "\"");
    if (!context.actor.has(action->role))
        return refuse(Errc::kForbidden, "action.not_yours", "action " + action->id + " is for another role");
    if (input.expected_version && *input.expected_version != petition.version)
        return refuse(Errc::kStale, "action.changed_meanwhile", "the petition changed meanwhile");
    if (pakn::Status legal = legalNow(petition, *action); !legal) return legal.error();
    if (!mayDo(petition, *workflow, *action, context.actor))
        return refuse(Errc::kForbidden, "action.not_yours", "the petition is in other hands");
    if (pakn::Status sound = checkInput(petition, *action, input, context.rules); !sound) return sound.error();
    Recorder recorder{petition, context};
    recorder.record(performed(petition, *workflow, *action, input, context), action->role);
    return recorder.take();
}

std::vector<const Action*> legalActions(const Petition& petition, const Rules& rules, const Actor& actor) {
    std::vector<const Action*> legal;
    const Workflow* workflow = rules.workflow(petition.workflow, petition.workflow_config);
    if (!workflow) return legal;
    for (const Action& action : workflow->actions)
        if (legalNow(petition, action) && mayDo(petition, *workflow, action, actor)) legal.push_back(&action);
    return legal;
}

}  // namespace pakn::domain
