#include "core/domain/replay.hpp"

#include "core/domain/decide_parts.hpp"

namespace pakn::domain {

namespace {

std::optional<Instant> runningLimit(const Petition& petition, Clock clock) {
    if (const auto running = petition.due.find(clock); running != petition.due.end()) return running->second;
    return std::nullopt;
}

}  // namespace

Replayed replayed(const Petition& petition, const Rules& candidate, Instant now) {
    RouteExplanation why;
    const RouteDecision found = route(candidate, detail::routingFacts(petition, localDate(petition.received_at)), &why);
    const SlaPolicy* policy = candidate.policy(found.sla);
    static const SlaPolicy kNone{};
    if (policy == nullptr) policy = &kNone;

    Replayed result{.rule_then = petition.rule,
                    .rule_now = found.rule,
                    .unit_then = petition.suggested_unit,
                    .unit_now = found.unit,
                    .sla_then = petition.sla,
                    .sla_now = found.sla,
                    .workflow_then = petition.workflow,
                    .workflow_now = found.workflow,
                    .unit_because = found.reason.empty() ? why.unit_from : why.unit_from + ": " + found.reason,
                    .sla_because = why.sla_from};

    result.total.then = runningLimit(petition, Clock::kTotal);
    result.total.now = detail::recomputed(
        candidate.calendarOf(*policy), petition.total_from ? petition.total_from : std::optional{petition.received_at},
        policy->total, petition.total_standstills, candidate.deadline_end);
    const Instant ended = petition.finished_at.value_or(now);
    result.total.late_then = result.total.then && ended > *result.total.then;
    result.total.late_now = result.total.now && ended > *result.total.now;

    // An appointment replaced the limit; what is compared is the rule's own.
    result.handle.then = petition.first_handle_due     ? petition.first_handle_due
                         : petition.stopped_handle_due ? petition.stopped_handle_due
                                                       : runningLimit(petition, Clock::kHandle);
    if (result.handle.then)
        result.handle.now = detail::recomputed(candidate.calendarOf(*policy, petition.unit), petition.handle_from,
                                               policy->handle, petition.standstills, candidate.deadline_end);
    const Instant handed_in = petition.approved ? petition.approved->at : ended;
    result.handle.late_then = result.handle.then && handed_in > *result.handle.then;
    result.handle.late_now = result.handle.now && handed_in > *result.handle.now;
    return result;
}

}  // namespace pakn::domain
