/// @file
/// What the passing of time means for the state of a petition: missed limits, levels, pauses, calls, other calendars.

#include <algorithm>
#include <utility>

#include "core/domain/apply_parts.hpp"

namespace pakn::domain {

using namespace detail;

bool detail::moveLimit(Petition& petition, Clock clock, const std::optional<Instant>& due, Instant now) {
    if (!due) return false;
    if (petition.missed.contains(clock) && *due <= now) {
        petition.due[clock] = *due;
        return false;
    }
    setDue(petition, clock, due);
    return true;
}

void detail::applied(Petition& petition, const Event&, const DeadlineMissed& data) {
    if (Branch* branch = branchOf(petition, data.branch)) {
        branch->missed = true;
        return;
    }
    petition.missed[data.clock] = data.due;
    if (data.escalate_at) petition.escalate_at = data.escalate_at;
    if (data.lapse_at) petition.lapse_at = data.lapse_at;
}

void detail::applied(Petition& petition, const Event& event, const Escalated& data) {
    takePart(petition, data.unit);
    petition.escalations.push_back({data.level, data.to, data.unit, event.at});
    petition.escalate_at = data.escalate_at;
}

void detail::applied(Petition& petition, const Event& event, const Reminded&) {
    std::erase_if(petition.reminders, [&](const Instant& one) { return one <= event.at; });
}

void detail::applied(Petition& petition, const Event& event, const Paused& data) {
    petition.waiting = Waiting{.since = event.at};
    if (const auto due = petition.due.find(Clock::kHandle); due != petition.due.end())
        petition.waiting->handle_due = due->second;
    if (const auto due = petition.due.find(Clock::kTotal); data.total && due != petition.due.end()) {
        petition.waiting->total_due = due->second;
        petition.due.erase(due);
    }
    petition.due.erase(Clock::kHandle);
    petition.reminders.clear();
    petition.escalate_at.reset();
}

void detail::applied(Petition& petition, const Event& event, const Resumed& data) {
    const Waiting waiting = petition.waiting.value_or(Waiting{});
    petition.waiting.reset();
    if (data.handle_due) {
        if (moveLimit(petition, Clock::kHandle, data.handle_due, event.at)) petition.escalations.clear();
        petition.standstills.push_back({waiting.since, event.at});
    }
    if (data.total_due) {
        petition.due[Clock::kTotal] = *data.total_due;
        petition.total_standstills.push_back({waiting.since, event.at});
    }
    petition.reminders = data.reminders;
    petition.escalate_at = data.escalate_at;
}

void detail::applied(Petition& petition, const Event& event, const FollowSeen& data) {
    for (Follower& one : petition.followers)
        if (one.account == data.account && one.unit == data.unit) one.seen_at = event.at;
}

void detail::applied(Petition& petition, const Event&, const RosterCalled& data) {
    if (!petition.roster) petition.roster.emplace();
    std::vector<std::string>& called = petition.roster->called;
    petition.roster->account = data.account;
    if (!data.account.empty() && std::find(called.begin(), called.end(), data.account) == called.end())
        called.push_back(data.account);
    petition.roster->calls = data.call;
    petition.roster->next_at = data.next_at;
}

void detail::applied(Petition& petition, const Event& event, const RosterAcknowledged& data) {
    if (!petition.roster) petition.roster.emplace();
    petition.roster->next_at.reset();
    petition.roster->acknowledged_by = data.account;
    petition.roster->acknowledged_at = event.at;
}

void detail::applied(Petition& petition, const Event& event, const CalendarRecomputed& data) {
    if (data.handle_due) petition.reminders = data.reminders;
    if (moveLimit(petition, Clock::kHandle, data.handle_due, event.at)) {
        petition.escalate_at.reset();
        petition.escalations.clear();
    }
    moveLimit(petition, Clock::kTotal, data.total_due, event.at);
    moveLimit(petition, Clock::kTriage, data.triage_due, event.at);
    moveLimit(petition, Clock::kRelease, data.release_due, event.at);
    moveLimit(petition, Clock::kAssign, data.assign_due, event.at);
    if (moveLimit(petition, Clock::kStep, data.step_due, event.at)) petition.lapse_at.reset();
    if (data.return_until) petition.return_until = data.return_until;
    for (std::size_t i = 0; i < std::min(data.branches.size(), data.branch_dues.size()); ++i) {
        Branch* branch = branchOf(petition, data.branches[i]);
        if (!branch) continue;
        branch->due = data.branch_dues[i];
        branch->missed = branch->missed && *branch->due <= event.at;
    }
}

}  // namespace pakn::domain
