/// @file
/// Petitions of the same matter, whoever is only told of one, and units that are no more.

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

/// Where a workflow leads by an effect: the first such action's step; null when it has none.
const Step* stepBy(const Workflow& workflow, Effect effect) {
    for (const Action& action : workflow.actions)
        if (action.effect == effect && !action.to.empty()) return workflow.step(action.to);
    return nullptr;
}

template <class Move>
Move movedTo(const Step& step) {
    Move data;
    data.step = step.id;
    data.status = step.status;
    data.holder = step.final ? std::nullopt : std::optional{step.role};
    data.at_centre = step.at_centre;
    return data;
}

}  // namespace

Result<Decision> detail::decideShare(const Petition& petition, const Share& command, const Context& context) {
    const Petition& other = *command.other;
    if (petition.merged_into != other.id || !petition.before_merge || petition.finished_at || !other.finished_at)
        return refuse(Errc::kConflict, "share.stale", "there is no answer to share");
    const Workflow* workflow = context.rules.workflow(petition.workflow, petition.workflow_config);
    const bool closed = !other.released && other.status == Status::kClosed;
    const Effect effect = other.released ? Effect::kRelease : closed ? Effect::kClose : Effect::kRefuse;
    const Step* end = workflow ? stepBy(*workflow, effect) : nullptr;
    // A workflow that never refuses ends it as its master did.
    Recorder recorder{petition, context};
    if (other.released) {
        Released data = end ? movedTo<Released>(*end) : Released{};
        if (!end) {
            data.step = petition.step;
            data.status = Status::kAnswered;
        }
        data.shared = other.id;
        data.text = other.released->text;
        data.files = other.released->files;
        data.withheld = other.withheld || !mayDiscloseText(other);
        recorder.record(std::move(data), Role::kSystem);
        return recorder.take();
    }
    const auto ended = [&](auto data) {
        if (!end) {
            data.step = petition.step;
            data.status = other.status;
        }
        data.comment = other.closing_reason;
        recorder.record(std::move(data), Role::kSystem);
    };
    if (closed)
        ended(end ? movedTo<Closed>(*end) : Closed{});
    else
        ended(end ? movedTo<RefusedByCentre>(*end) : RefusedByCentre{});
    return recorder.take();
}

Result<Decision> detail::decideSeen(const Petition& petition, const Seen& command, const Context& context) {
    const std::vector<Actor> names = context.actor.names();
    Recorder recorder{petition, context};
    for (const Follower& one : petition.followers) {
        if (one.seen_at) continue;
        const bool mine = !command.let_off && std::any_of(names.begin(), names.end(), [&](const Actor& name) {
            return one.account.empty() ? one.unit == name.unit : one.account == name.id;
        });
        const bool over = command.let_off && one.until && *one.until <= context.now;
        if (mine || over)
            recorder.record(FollowSeen{.account = one.account, .unit = one.unit},
                            command.let_off ? Role::kSystem : Role::kFollower);
    }
    if (recorder.petition().version == petition.version)
        return refuse(Errc::kConflict, "follow.nothing", "nobody waits for this to be looked at");
    return recorder.take();
}

namespace {

/// The part of a coordinating unit that is no more: its successor's, or back to who asked for it where there is none or
/// that one is at work on the petition already.
Result<Decision> transferPart(const Petition& petition, const Transfer& command, const Context& context) {
    const Branch* branch = petition.branch(command.branch);
    if (petition.finished_at || !branch || branch->state != BranchState::kOpen || command.unit == command.branch)
        return refuse(Errc::kConflict, "transfer.nothing", "this unit has no open part in the petition");
    const Unit* next = context.rules.unit(command.unit);
    const Branch* own = next ? petition.branch(next->id) : nullptr;
    const bool can = next && next->existsOn(localDate(context.now)) && !next->external && next->id != petition.unit &&
                     !(own && own->state == BranchState::kOpen) &&
                     !context.rules.ofTheHouse(next->id, petition.complained_unit);
    Recorder recorder{petition, context};
    recorder.record(UnitTransferred{.from = branch->unit,
                                    .unit = can ? next->id : std::string{},
                                    .reason = command.reason,
                                    .branch = branch->unit},
                    Role::kSystem);
    return recorder.take();
}

}  // namespace

Result<Decision> detail::decideTransfer(const Petition& petition, const Transfer& command, const Context& context) {
    if (!command.branch.empty()) return transferPart(petition, command, context);
    const std::optional<Handling> by = handlingOf(petition, context.rules, context.actor);
    const bool by_centre = by && by->role == Role::kDispatcher;
    if (!by_centre && !context.actor.has(Role::kSystem))
        return refuse(Errc::kForbidden, "action.not_yours", "the Centre moves petitions");
    if (petition.finished_at || petition.unit.empty() || petition.unit == command.unit)
        return refuse(Errc::kConflict, "transfer.nothing", "no unit has this petition, or that one has it already");
    if (!command.unit.empty() && !context.rules.unit(command.unit))
        return refuse(Errc::kInvalid, "action.unit_unknown", "no such unit", "/unit");
    const Unit* next = context.rules.unit(command.unit);
    if (next && !next->existsOn(localDate(context.now)))
        return refuse(Errc::kInvalid, "action.unit_ended", "this unit does not exist today", "/unit");
    if (context.rules.ofTheHouse(command.unit, petition.complained_unit))
        return refuse(Errc::kInvalid, "action.unit_complained", "the petition complains about this unit", "/unit");
    if (codePoints(command.reason) > kMaxComment)
        return refuse(Errc::kInvalid, "action.comment_too_long", "at most 5000 characters", "/reason");
    Recorder recorder{petition, context};
    if (next) {
        recorder.record(UnitTransferred{.from = petition.unit,
                                        .unit = command.unit,
                                        .reason = command.reason,
                                        .external = next->external,
                                        .standing_for = by_centre ? by->standing_for : std::string{}},
                        by_centre ? Role::kDispatcher : Role::kSystem);
        return recorder.take();
    }
    // Nobody can say which successor. What the hub does by itself throws no approved answer away.
    if (!by_centre && petition.approved && petition.at_centre)
        return refuse(Errc::kConflict, "transfer.nothing", "the answer is approved and with the Centre already");
    if (pakn::Status back = takeBack(recorder, command.reason, context); !back) return back.error();
    return recorder.take();
}

pakn::Status detail::takeBack(Recorder& recorder, const std::string& reason, const Context& context) {
    const Workflow* workflow =
        context.rules.workflow(recorder.petition().workflow, recorder.petition().workflow_config);
    const Step* desk = workflow ? stepBy(*workflow, Effect::kReturn) : nullptr;
    if (!desk) return refuse(Errc::kConflict, "transfer.no_way_back", "the workflow has no way back to the Centre");
    settleWaiting(recorder, context);
    Returned data = movedTo<Returned>(*desk);
    data.unit = recorder.petition().unit;
    data.comment = reason;
    const SlaPolicy& policy = policyOf(context.rules, recorder.petition().sla);
    data.triage_limit = written(policy.triage);
    data.triage_due = limitOf(context.rules, policy, policy.triage, context.now);
    recorder.record(std::move(data), Role::kSystem);
    return Done{};
}

}  // namespace pakn::domain
