#include "core/domain/replay.hpp"

#include "core/domain/decide_parts.hpp"

namespace pakn::domain {

namespace {

std::optional<Instant> runningLimit(const Petition& petition, Clock clock) {
    if (const auto running = petition.due.find(clock); running != petition.due.end()) return running->second;
    return std::nullopt;
}

/// Why the candidate chooses this unit, or none: the route's own words, then what came in its way.
std::string becauseOf(const RouteDecision& found, const RouteExplanation& why, std::size_t routes) {
    std::string because = found.reason.empty() ? why.unit_from : why.unit_from + ": " + found.reason;
    for (std::size_t i = routes; i < why.rules.size(); ++i) because += "; " + why.rules[i].because;
    return because;
}

/// Why a limit ends elsewhere; empty where it does not.
std::string becauseOf(const ReplayedLimit& limit, const Replayed& replayed, std::string_view then,
                      const std::string& now) {
    if (!limit.moved()) return {};
    if (replayed.sla_then != replayed.sla_now)
        return "policy " + replayed.sla_now + " of " + replayed.sla_because + " instead of " + replayed.sla_then;
    if (then != now)
        return "policy " + replayed.sla_now + " gives " + (now.empty() ? std::string{"no limit"} : now) +
               " instead of " + (then.empty() ? std::string{"none"} : std::string{then});
    return "the calendar: other days off, hours or ends of days";
}

/// Would the limit have passed when it was done?
void judge(ReplayedLimit& limit, Instant at) {
    limit.judged_at = at;
    limit.late_then = limit.then && at > *limit.then;
    limit.late_now = limit.now && at > *limit.now;
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
                    .unit_because = becauseOf(found, why, candidate.routes.size()),
                    .sla_because = why.sla_from,
                    .workflow_because = why.workflow_from};

    // Of a petition that waits for its sender, limits are compared as they stood when it began to.
    const std::optional<Waiting>& waiting = petition.waiting;
    const bool total_stands = waiting && waiting->total_due;
    const Instant ended = petition.finished_at.value_or(now);

    result.total.then = total_stands ? waiting->total_due : runningLimit(petition, Clock::kTotal);
    if (result.total.then || !petition.total_from)
        result.total.now =
            detail::recomputed(candidate.calendarOf(*policy),
                               petition.total_from ? petition.total_from : std::optional{petition.received_at},
                               policy->total, petition.total_standstills, candidate.deadline_end);
    judge(result.total, total_stands ? waiting->since : ended);
    result.total.because = becauseOf(result.total, result, petition.total_limit, detail::written(policy->total));

    // An appointment replaced the limit; what is compared is the rule's own.
    result.handle.then = petition.first_handle_due        ? petition.first_handle_due
                         : waiting && waiting->handle_due ? waiting->handle_due
                         : petition.stopped_handle_due    ? petition.stopped_handle_due
                                                          : runningLimit(petition, Clock::kHandle);
    if (result.handle.then)
        result.handle.now = detail::recomputed(candidate.calendarOf(*policy, petition.hours_of), petition.handle_from,
                                               policy->handle, petition.standstills, candidate.deadline_end);
    judge(result.handle, petition.approved ? petition.approved->at : waiting ? waiting->since : ended);
    result.handle.because = becauseOf(result.handle, result, petition.handle_limit, detail::written(policy->handle));
    return result;
}

}  // namespace pakn::domain
