#include "core/domain/projection.hpp"

namespace pakn::domain {

namespace {

/// The Centre acts in the place of a unit that is not on the system.
bool inPlace(const Petition& petition) { return petition.external && !petition.at_centre; }

void addTasks(const Petition& petition, std::vector<TaskRow>& tasks) {
    if (petition.holder)
        tasks.push_back(
            {.step = petition.step,
             .role = inPlace(petition) ? Role::kDispatcher : *petition.holder,
             .unit = petition.at_centre || inPlace(petition) ? std::string{} : petition.unit,
             // A claim binds the officer's own steps; the leader's are open to every leader of the unit.
             .officer = *petition.holder == Role::kOfficer && !inPlace(petition) ? petition.officer : std::string{},
             .due = petition.currentDue()});
    for (const Branch& branch : petition.branches)
        if (branch.state == BranchState::kOpen && branch.holder && !petition.finished_at && !petition.before_merge)
            tasks.push_back({.step = branch.step,
                             .role = *branch.holder,
                             .unit = branch.unit,
                             .officer = *branch.holder == Role::kOfficer ? branch.officer : std::string{},
                             .due = branch.due});
    if (petition.holder && !petition.at_centre && !petition.before_merge && !petition.finished_at)
        for (const std::string& colleague : petition.coordinators)
            tasks.push_back({.step = std::string{kHelpTask},
                             .role = Role::kOfficer,
                             .unit = petition.unit,
                             .officer = colleague,
                             .due = petition.currentDue()});
    // Whoever was told that the limit has passed sees it until the unit's clock stops.
    if (petition.due.contains(Clock::kHandle) && !petition.finished_at)
        for (const EscalationRecord& one : petition.escalations)
            tasks.push_back({.step = std::string{kEscalationTask},
                             .role = one.unit.empty() ? Role::kDispatcher : Role::kLeader,
                             .unit = one.unit,
                             .officer = {},
                             .due = petition.due.at(Clock::kHandle)});
    for (const Follower& one : petition.followers)
        if (!one.seen_at)
            tasks.push_back({.step = std::string{kFollowTask},
                             .role = Role::kFollower,
                             .unit = one.unit,
                             .officer = one.account,
                             .due = one.until});
}

void addCalls(const Petition& petition, std::vector<TaskRow>& tasks) {
    if (petition.roster && petition.roster->next_at && !petition.roster->account.empty())
        tasks.push_back({.step = std::string{kEmergencyTask},
                         .role = Role::kFollower,
                         .unit = {},
                         .officer = petition.roster->account,
                         .due = petition.roster->next_at});
}

void addTimers(const Petition& petition, std::vector<TimerRow>& timers) {
    std::optional<Instant> let_off;
    for (const Follower& one : petition.followers)
        if (!one.seen_at && one.until) let_off = let_off ? std::min(*let_off, *one.until) : *one.until;
    if (let_off) timers.push_back({"follow", Clock::kTotal, *let_off});
    if (petition.finished_at || petition.before_merge) return;
    for (const auto& [clock, due] : petition.due)
        if (!petition.missed.contains(clock)) timers.push_back({"deadline", clock, due});
    for (const Branch& branch : petition.branches)
        if (branch.state == BranchState::kOpen && !branch.missed && branch.due)
            timers.push_back({std::string{kCoordinationTimer} + branch.unit, Clock::kCoordinate, *branch.due});
    if (!petition.reminders.empty()) timers.push_back({"reminder", Clock::kHandle, petition.reminders.front()});
    if (petition.roster && petition.roster->next_at)
        timers.push_back({"roster", Clock::kTotal, *petition.roster->next_at});
    if (petition.escalate_at) timers.push_back({"escalation", Clock::kHandle, *petition.escalate_at});
    if (petition.lapse_at) timers.push_back({"lapse", Clock::kStep, *petition.lapse_at});
}

}  // namespace

Projection project(const Petition& petition) {
    Projection rows;
    addTasks(petition, rows.tasks);
    addCalls(petition, rows.tasks);
    addTimers(petition, rows.timers);
    return rows;
}

std::optional<Fire> fireOf(const TimerRow& timer) {
    if (timer.kind == "deadline") return Fire{Fire::What::kDeadline, timer.clock, {}};
    if (timer.kind == "reminder") return Fire{Fire::What::kReminder, timer.clock, {}};
    if (timer.kind == "escalation") return Fire{Fire::What::kEscalation, timer.clock, {}};
    if (timer.kind == "lapse") return Fire{Fire::What::kLapse, timer.clock, {}};
    if (timer.kind == "roster") return Fire{Fire::What::kRoster, timer.clock, {}};
    if (timer.kind == "follow") return Fire{Fire::What::kFollow, timer.clock, {}};
    if (timer.kind.starts_with(kCoordinationTimer))
        return Fire{Fire::What::kDeadline, timer.clock, timer.kind.substr(kCoordinationTimer.size())};
    return std::nullopt;
}

}  // namespace pakn::domain
