/// @file
/// What the Centre settles about a petition beside the workflow: whom it complains about, and that it is an emergency.

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

/// Somebody at the Centre, with a reason, of a petition that is open.
Result<Handling> byCentre(const Petition& petition, const std::string& reason, const Context& context) {
    if (trimmed(reason).empty()) return refuse(Errc::kInvalid, "action.comment_missing", "say why", "/reason");
    if (codePoints(reason) > kMaxComment)
        return refuse(Errc::kInvalid, "action.comment_too_long", "at most 5000 characters", "/reason");
    std::optional<Handling> by = handlingOf(petition, context.rules, context.actor);
    if (!by || by->role != Role::kDispatcher)
        return refuse(Errc::kForbidden, "action.not_yours", "only the Centre settles this");
    if (petition.finished_at || petition.before_merge)
        return refuse(Errc::kConflict, "action.not_legal_now", "the petition is finished or merged");
    return *std::move(by);
}

}  // namespace

Result<Decision> detail::decideNaming(const Petition& petition, const NameComplained& command, const Context& context) {
    Result<Handling> by = byCentre(petition, command.reason, context);
    if (!by) return std::move(by).error();
    const Rules& rules = context.rules;
    if (!command.unit.empty() && !rules.unit(command.unit))
        return refuse(Errc::kInvalid, "action.unit_unknown", "no such unit", "/unit");
    if (petition.complaint_named && petition.complained_unit == command.unit)
        return refuse(Errc::kConflict, "complaint.unchanged", "that is settled already");
    RoutingFacts facts = routingFacts(petition, localDate(context.now));
    facts.complained_unit = command.unit;
    const RouteDecision found = route(rules, facts);
    Recorder recorder{petition, context};
    recorder.record(ComplaintNamed{.unit = command.unit,
                                   .reason = command.reason,
                                   .suggested_unit = found.unit,
                                   .suggested_because = found.reason,
                                   .standing_for = std::move(by->standing_for)},
                    Role::kDispatcher);
    // Whoever is of that house has nothing to do with it any more.
    for (const Branch& part : petition.branches)
        if (part.state == BranchState::kOpen && rules.ofTheHouse(part.unit, command.unit))
            recorder.record(
                UnitTransferred{.from = part.unit, .unit = {}, .reason = command.reason, .branch = part.unit},
                Role::kSystem);
    if (!petition.unit.empty() && rules.ofTheHouse(petition.unit, command.unit))
        if (pakn::Status back = takeBack(recorder, command.reason, context); !back) return back.error();
    return recorder.take();
}

Result<Decision> detail::decideEmergency(const Petition& petition, const AcceptEmergency& command,
                                         const Context& context) {
    Result<Handling> by = byCentre(petition, command.reason, context);
    if (!by) return std::move(by).error();
    if (petition.emergency) return refuse(Errc::kConflict, "emergency.already", "it is one already");
    const Rules& rules = context.rules;
    RoutingFacts facts = routingFacts(petition, localDate(context.now));
    facts.emergency = true;
    const RouteDecision found = route(rules, facts);
    const SlaPolicy& policy = policyOf(rules, found.sla);
    EmergencyAccepted data{.reason = command.reason, .sla = found.sla, .standing_for = std::move(by->standing_for)};
    const auto begins = [&](Clock clock, const std::optional<Duration>& limit, std::string& as_written,
                            std::optional<Instant>& due, std::string_view whose) {
        if (!petition.due.contains(clock)) return;
        as_written = written(limit);
        due = limitOf(rules, policy, limit, context.now, whose);
    };
    begins(Clock::kTriage, policy.triage, data.triage_limit, data.triage_due, {});
    begins(Clock::kHandle, policy.handle, data.handle_limit, data.handle_due, petition.hours_of);
    begins(Clock::kTotal, policy.total, data.total_limit, data.total_due, {});
    data.reminders = remindersOf(rules, policy, petition.hours_of, data.handle_due, context.now);
    Recorder recorder{petition, context};
    recorder.record(std::move(data), Role::kDispatcher);
    if (rules.emergency_roster && !petition.roster) callOnDuty(recorder, context);
    return recorder.take();
}

}  // namespace pakn::domain
