#include "core/domain/decide.hpp"

#include <algorithm>

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

const SlaPolicy& detail::policyOf(const Rules& rules, std::string_view id) {
    static const SlaPolicy kNone{};
    const SlaPolicy* policy = rules.policy(id);
    return policy ? *policy : kNone;
}

namespace {

/// The hub itself does the Centre's two actions when a route says `automatic`.
void distributeAutomatically(Recorder& recorder, const Workflow& workflow, const std::string& unit,
                             const Context& context) {
    for (const Effect effect : {Effect::kAccept, Effect::kDistribute}) {
        const std::vector<const Action*> here = workflow.actionsFrom(recorder.petition().step);
        const auto next =
            std::find_if(here.begin(), here.end(), [&](const Action* one) { return one->effect == effect; });
        if (next == here.end()) continue;  // A workflow may distribute without accepting first.
        const Act input{
            .action = (*next)->id, .comment = {}, .result = {}, .units = {unit}, .files = {}, .expected_version = {}};
        perform(recorder, Stage{&workflow, &workflow, *next, nullptr}, input, context, Role::kSystem);
    }
}

Received receivedFrom(const Submit& submit, const Rules& rules) {
    const IncomingPetition& in = submit.petition;
    return {.code = submit.code,
            .channel = submit.channel,
            .external_id = in.external_id,
            .title = in.title,
            .content = in.text,
            .category = submit.route.category,
            .petition_class = in.petition_class,
            .complained_unit = in.complained_unit,
            .emergency = in.emergency,
            .emergency_claimed = submit.emergency_claimed,
            .is_public = in.is_public,
            .anonymous = in.anonymous,
            .anonymous_to_public = in.anonymous && rules.identityOf(submit.channel) == IdentityRule::kAnonymousToPublic,
            .identity_usable = in.consent.use_identity_in_handling,
            .unreachable = submit.unreachable ? std::optional{true} : std::nullopt,
            .answers_channel = submit.answers_channel ? std::optional{true} : std::nullopt,
            .address = in.location.address,
            .area = in.location.area,
            .latitude = in.location.latitude,
            .longitude = in.location.longitude,
            .occurred_at = in.occurred_at,
            .files = submit.files,
            .tracking_token = submit.tracking_token,
            .received_at = submit.received_at};
}

/// A paper comes in before it is written down, but not in the future and not in times that are closed.
pakn::Status checkReceipt(const Submit& command, const Context& context) {
    if (!command.received_at) return Done{};
    const auto invalid = [](std::string problem, std::string message) {
        return refuse(Errc::kInvalid, std::move(problem), std::move(message), "/received_at");
    };
    if (std::find(kPaperChannels.begin(), kPaperChannels.end(), command.channel) == kPaperChannels.end())
        return invalid("received_at.channel", "only papers and what came over the counter are written down later");
    if (*command.received_at > context.now) return invalid("received_at.future", "that time is still to come");
    const Duration& most = context.rules.oldest_receipt;
    if (localDate(*command.received_at) < localDate(context.now - lengthOf(most)))
        return invalid("received_at.too_old", "at most " + formatDuration(most) + " ago");
    return Done{};
}

Result<Decision> submit(const Petition& petition, const Submit& command, const Context& context) {
    if (petition.version != 0) return refuse(Errc::kConflict, "petition.exists", "the petition exists already");
    const RouteDecision& found = command.route;
    const Workflow* workflow = context.rules.workflow(found.workflow);
    const Step* start = workflow ? workflow->step(workflow->start) : nullptr;
    if (!start) return refuse(Errc::kMisconfigured, "workflow.unknown", "no workflow \"" + found.workflow + "\"");
    if (pakn::Status sound = checkReceipt(command, context); !sound) return sound.error();
    const SlaPolicy& policy = policyOf(context.rules, found.sla);
    // The clocks begin when it came in, however late it is written down.
    const Instant received = command.received_at.value_or(context.now);

    // Nobody would do it there: a person at the Centre decides, and sees why.
    const bool unstaffed =
        found.mode == RouteMode::kAutomatic && context.staff && lacksPeople(*workflow, *context.staff);
    std::vector<std::string> tags = found.tags;
    if (unstaffed) tags.emplace_back("unit_unstaffed");

    Recorder recorder{petition, context};
    recorder.record(receivedFrom(command, context.rules), Role::kCitizen);
    recorder.record(Routed{.rule = found.rule,
                           .unit = found.unit,
                           .workflow = workflow->id,
                           .step = start->id,
                           .holder = start->role,
                           .at_centre = start->at_centre,
                           .sla = found.sla,
                           .tags = std::move(tags),
                           .reason = found.reason,
                           .triage_limit = written(policy.triage),
                           .triage_due = limitOf(context.rules, policy, policy.triage, received),
                           .total_limit = written(policy.total),
                           .total_due = limitOf(context.rules, policy, policy.total, received)},
                    Role::kSystem);
    if (command.petition.emergency && context.rules.emergency_roster) callOnDuty(recorder, context);
    if (found.mode == RouteMode::kAutomatic && !unstaffed && context.rules.unit(found.unit))
        distributeAutomatically(recorder, *workflow, found.unit, context);
    return recorder.take();
}

Result<Decision> reveal(const Petition& petition, const Reveal& command, const Context& context) {
    if (trimmed(command.reason).empty()) return refuse(Errc::kInvalid, "reveal.reason_missing", "say why", "/reason");
    if (codePoints(command.reason) > kMaxComment)
        return refuse(Errc::kInvalid, "reveal.reason_too_long", "at most 5000 characters", "/reason");
    std::optional<Handling> handling = handlingOf(petition, context.rules, context.actor);
    if (!handling && command.recording && context.actor.has(Role::kAuditor) &&
        maySee(petition, context.actor, context.rules))
        handling = Handling{.role = Role::kAuditor, .standing_for = {}};
    if (!handling) return refuse(Errc::kForbidden, "reveal.not_yours", "the petition is in other hands");
    if (hidesSender(petition)) return refuse(Errc::kConflict, "reveal.anonymous", "the petition was sent anonymously");
    if (!petition.identity_usable)
        return refuse(Errc::kConflict, "reveal.no_consent",
                      "the petitioner did not agree to the use of their identity");
    Recorder recorder{petition, context};
    recorder.record(IdentityRevealed{.reason = command.reason, .standing_for = std::move(handling->standing_for)},
                    handling->role);
    return recorder.take();
}

}  // namespace

std::optional<Handling> detail::handlingOf(const Petition& petition, const Rules& rules, const Actor& actor) {
    for (const Actor& name : actor.names()) {
        if (!maySee(petition, name, rules) || !mayStandIn(petition, rules, actor, name)) continue;
        for (const Role role : {Role::kDispatcher, Role::kOfficer, Role::kLeader})
            if (name.has(role) && (role == Role::kDispatcher || (!name.unit.empty() && name.unit == petition.unit)))
                return Handling{.role = role, .standing_for = name.id == actor.id ? std::string{} : name.id};
    }
    return std::nullopt;
}

bool Actor::has(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

bool Actor::mayTake(Role role) const {
    const std::vector<Actor> all = names();
    return std::any_of(all.begin(), all.end(), [&](const Actor& one) { return one.has(role); });
}

std::vector<Actor> Actor::names() const {
    std::vector<Actor> all{{.id = id, .roles = roles, .unit = unit}};
    for (const Colleague& one : standing_for) all.push_back({.id = one.id, .roles = one.roles, .unit = one.unit});
    return all;
}

bool detail::mayStandIn(const Petition& petition, const Rules& rules, const Actor& actor, const Actor& name) {
    return name.id == actor.id || (!rules.ofTheHouse(actor.unit, petition.complained_unit) &&
                                   !rules.ofTheHouse(name.unit, petition.complained_unit));
}

Result<Decision> decide(const Petition& petition, const Command& command, const Context& context) {
    if (!std::holds_alternative<Submit>(command) && petition.version == 0)
        return refuse(Errc::kNotFound, "petition.not_found", "no such petition");
    struct Visitor {
        const Petition& petition;
        const Context& context;
        Result<Decision> operator()(const Submit& one) const { return submit(petition, one, context); }
        Result<Decision> operator()(const Act& one) const { return decideAction(petition, one, context); }
        Result<Decision> operator()(const Fire& one) const { return decideFire(petition, one, context); }
        Result<Decision> operator()(const Settle& one) const { return decideSettlement(petition, one, context); }
        Result<Decision> operator()(const Requeue& one) const { return decideRequeue(petition, one, context); }
        Result<Decision> operator()(const Discard& one) const { return decideDiscard(petition, one, context); }
        Result<Decision> operator()(const Report& one) const { return decideReport(petition, one, context); }
        Result<Decision> operator()(const Reveal& one) const { return reveal(petition, one, context); }
        Result<Decision> operator()(const Share& one) const { return decideShare(petition, one, context); }
        Result<Decision> operator()(const Seen& one) const { return decideSeen(petition, one, context); }
        Result<Decision> operator()(const Acknowledge&) const { return decideAcknowledge(petition, context); }
        Result<Decision> operator()(const Recompute&) const { return decideRecompute(petition, context); }
        Result<Decision> operator()(const Transfer& one) const { return decideTransfer(petition, one, context); }
        Result<Decision> operator()(const Relocate& one) const { return decideRelocate(petition, one, context); }
        Result<Decision> operator()(const NameComplained& one) const { return decideNaming(petition, one, context); }
        Result<Decision> operator()(const AcceptEmergency& one) const {
            return decideEmergency(petition, one, context);
        }
    };
    return std::visit(Visitor{petition, context}, command);
}

Result<Decision> decide(const Petition& petition, const Submit& command, const Context& context) {
    return submit(petition, command, context);
}

bool hasPart(const Petition& petition, const Actor& actor) {
    const auto among = [](const std::vector<std::string>& all, const std::string& one) {
        return !one.empty() && std::find(all.begin(), all.end(), one) != all.end();
    };
    const auto has = [&](const Actor& name) {
        return among(petition.parties, name.unit) || (petition.roster && among(petition.roster->called, name.id)) ||
               std::any_of(petition.followers.begin(), petition.followers.end(),
                           [&](const Follower& one) { return !one.account.empty() && one.account == name.id; });
    };
    const std::vector<Actor> names = actor.names();
    return std::any_of(names.begin(), names.end(), has);
}

bool maySee(const Petition& petition, const Actor& actor, const Rules& rules) {
    return actor.unit.empty() || !rules.ofTheHouse(actor.unit, petition.complained_unit);
}

}  // namespace pakn::domain
