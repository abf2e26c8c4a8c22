/// @file
/// What the passing of time does: missed limits, reminders, escalation, clocks that stand, calendars that change.

#include "core/domain/decide_parts.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

Error stale() { return refuse(Errc::kConflict, "timer.stale", "this timer no longer runs"); }

const SlaPolicy& policyFor(const Petition& petition, const Context& context) {
    return policyOf(context.rules, petition.sla);
}

/// How many levels have acted on the unit's limit.
std::size_t levelsActed(const Petition& petition) { return petition.escalations.size(); }

/// When the level after those that have acted does so, if it began to wait at `from`; nothing when none is left.
std::optional<Instant> nextLevelAt(const Petition& petition, const Context& context, std::size_t acted, Instant from) {
    const SlaPolicy& policy = policyFor(petition, context);
    if (acted == 0 || acted >= policy.escalate.size()) return std::nullopt;
    const std::optional<Duration>& budget = policy.escalate[acted - 1].budget;
    if (!budget) return std::nullopt;
    const WorkingCalendar& calendar = context.rules.calendarOf(policy, petition.unit);
    return escalationAt(calendar, dueAt(calendar, from, *budget, context.rules.deadline_end));
}

/// The unit whose leader is told; empty: the Centre.
std::string targetOf(const Petition& petition, const Context& context, EscalationTarget to) {
    const Rules& rules = context.rules;
    const Unit* own = rules.unit(petition.unit);
    const Unit* unit = nullptr;
    switch (to) {
        case EscalationTarget::kUnitLeader:
            unit = own;
            break;
        case EscalationTarget::kParentLeader:
            unit = own ? rules.unit(own->parent) : nullptr;
            break;
        case EscalationTarget::kOffice:
            unit = rules.office();
            break;
        case EscalationTarget::kCentre:
            break;
    }
    // Whoever has taken it over stands in the place of a unit that is no more; one that is not on the system has
    // nobody.
    if (unit) unit = rules.standingFor(unit->id, petition.location.area, localDate(context.now));
    if (unit && unit->external) unit = nullptr;
    // A unit complained about is told nothing.
    return unit && !rules.ofTheHouse(unit->id, petition.complained_unit) ? unit->id : std::string{};
}

/// What the hub does once the time at this step is over; null for nothing.
const Action* whenOver(const Petition& petition, const Workflow& workflow) {
    const Step* step = workflow.step(petition.step);
    return step && !step->when_over.empty() ? workflow.action(step->when_over) : nullptr;
}

const Workflow* workflowOf(const Petition& petition, const Rules& rules) {
    return rules.workflow(petition.workflow, petition.workflow_config);
}

/// The calendar of whoever has it.
const WorkingCalendar& calendarHere(const Petition& petition, const Context& context) {
    return context.rules.calendarOf(policyFor(petition, context),
                                    petition.at_centre ? std::string_view{} : petition.unit);
}

/// The hub goes on from a step whose time is over, as the workflow says.
void goOn(Recorder& recorder, const Workflow& workflow, const Action& action, const Context& context) {
    const Step* step = workflow.step(recorder.petition().step);
    Act input{.action = action.id};
    input.comment = "Hết thời hạn: " + (step->label.vi.empty() ? step->id : step->label.vi);
    perform(recorder, Stage{&workflow, &workflow, &action, nullptr}, input, context, Role::kSystem);
}

/// `acts`: when the level acts, from which the next one's time runs; the hub may have noticed it a moment later.
Escalated escalated(const Petition& petition, const Context& context, Instant acts) {
    const std::size_t acted = levelsActed(petition);
    const EscalationLevel& level = policyFor(petition, context).escalate[acted];
    return {.level = static_cast<int>(acted) + 1,
            .to = level.to,
            .unit = targetOf(petition, context, level.to),
            .escalate_at = nextLevelAt(petition, context, acted + 1, acts)};
}

/// That a limit passed at `due`, with what follows from it and when.
DeadlineMissed missOf(const Petition& petition, Clock clock, Instant due, const Context& context) {
    DeadlineMissed missed{.clock = clock, .due = due, .branch = {}, .escalate_at = {}};
    const SlaPolicy& policy = policyFor(petition, context);
    const bool climbs = clock == Clock::kHandle && !policy.escalate.empty() && petition.escalations.empty();
    if (climbs) missed.escalate_at = escalationAt(context.rules.calendarOf(policy, petition.unit), due, context.now);
    const Workflow* workflow = clock == Clock::kStep ? workflowOf(petition, context.rules) : nullptr;
    if (workflow && whenOver(petition, *workflow))
        missed.lapse_at = escalationAt(calendarHere(petition, context), due, context.now);
    return missed;
}

DeadlineMissed missOf(const Branch& branch) {
    return {.clock = Clock::kCoordinate, .due = *branch.due, .branch = branch.unit, .escalate_at = {}};
}

bool hasMissed(const Branch& branch, Instant now) {
    return branch.state == BranchState::kOpen && !branch.missed && branch.due && hasPassed(*branch.due, now);
}

Result<Decision> deadline(const Petition& petition, const Fire& timer, const Context& context) {
    Recorder recorder{petition, context};
    if (timer.clock == Clock::kCoordinate) {
        const Branch* branch = petition.branch(timer.branch);
        if (!branch || !hasMissed(*branch, context.now)) return stale();
        recorder.record(missOf(*branch), Role::kSystem);
        return recorder.take();
    }
    const auto due = petition.due.find(timer.clock);
    if (due == petition.due.end() || !hasPassed(due->second, context.now) || petition.missed.contains(timer.clock))
        return stale();
    DeadlineMissed missed = missOf(petition, timer.clock, due->second, context);
    const Workflow* workflow = missed.lapse_at ? workflowOf(petition, context.rules) : nullptr;
    const Action* over = workflow ? whenOver(petition, *workflow) : nullptr;
    const std::optional<Instant> acts = missed.escalate_at;
    const std::optional<Instant> lapses = missed.lapse_at;
    recorder.record(std::move(missed), Role::kSystem);
    if (lapses && *lapses <= context.now) goOn(recorder, *workflow, *over, context);
    if (acts && *acts <= context.now) recorder.record(escalated(recorder.petition(), context, *acts), Role::kSystem);
    return recorder.take();
}

/// What the hub does by itself waits for working time until `acts`.
Error waitUntil(Instant acts, Instant now) {
    Error wait = refuse(Errc::kDeferred, "timer.outside_working_time", "what the hub does waits for working time");
    wait.retry_after = acts - now;
    return wait;
}

/// One level, never outside working time, however many are over.
Result<Decision> escalate(const Petition& petition, const Context& context) {
    if (!petition.escalate_at || *petition.escalate_at > context.now) return stale();
    const SlaPolicy& policy = policyFor(petition, context);
    Recorder recorder{petition, context};
    if (levelsActed(petition) >= policy.escalate.size()) return stale();
    const WorkingCalendar& calendar = context.rules.calendarOf(policy, petition.unit);
    const Instant acts = escalationAt(calendar, *petition.escalate_at, context.now);
    if (acts > context.now) return waitUntil(acts, context.now);
    recorder.record(escalated(petition, context, acts), Role::kSystem);
    return recorder.take();
}

/// One step, never outside working time: the next step has its own time from here.
Result<Decision> lapse(const Petition& petition, const Context& context) {
    if (!petition.lapse_at || *petition.lapse_at > context.now) return stale();
    const Workflow* workflow = workflowOf(petition, context.rules);
    const Action* over = workflow ? whenOver(petition, *workflow) : nullptr;
    if (!over) return stale();
    const Instant acts = escalationAt(calendarHere(petition, context), *petition.lapse_at, context.now);
    if (acts > context.now) return waitUntil(acts, context.now);
    Recorder recorder{petition, context};
    goOn(recorder, *workflow, *over, context);
    return recorder.take();
}

Result<Decision> remind(const Petition& petition, const Fire& timer, const Context& context) {
    if (petition.reminders.empty() || petition.reminders.front() > context.now) return stale();
    Recorder recorder{petition, context};
    recorder.record(Reminded{.clock = timer.clock}, Role::kSystem);
    return recorder.take();
}

/// Nobody has answered the call: the next on the roster.
Result<Decision> callNext(const Petition& petition, const Context& context) {
    if (!petition.roster || !petition.roster->next_at || *petition.roster->next_at > context.now) return stale();
    Recorder recorder{petition, context};
    callOnDuty(recorder, context);
    return recorder.take();
}

/// The limits of the Centre and the unit's shorter ones, from where each began.
void recomputeShort(CalendarRecomputed& data, const Petition& petition, const Context& context) {
    const Rules& rules = context.rules;
    const SlaPolicy& policy = policyFor(petition, context);
    const Workflow* workflow = workflowOf(petition, rules);
    const Step* step = workflow ? workflow->step(petition.step) : nullptr;
    const auto anew = [&](Clock clock, const std::optional<Duration>& configured,
                          std::string_view whose) -> std::optional<Instant> {
        const auto running = petition.due.find(clock);
        const auto run = petition.runs.find(clock);
        if (running == petition.due.end() || run == petition.runs.end()) return std::nullopt;
        const auto due =
            recomputed(rules.calendarOf(policy, whose), run->second.from, limitThatRuns(run->second.limit, configured),
                       run->second.stood, rules.deadline_end);
        return due != running->second ? due : std::nullopt;
    };
    const std::string_view here = petition.at_centre ? std::string_view{} : std::string_view{petition.hours_of};
    data.triage_due = anew(Clock::kTriage, policy.triage, {});
    data.release_due = anew(Clock::kRelease, policy.release, {});
    data.assign_due = anew(Clock::kAssign, policy.assign, petition.hours_of);
    data.step_due = anew(Clock::kStep, step ? step->budget : std::nullopt, here);
    if (!petition.return_until || !petition.with_unit_since) return;
    const auto until = recomputed(rules.calendarOf(policy, petition.hours_of), petition.with_unit_since,
                                  limitThatRuns(petition.return_limit, policy.give_back), {}, rules.deadline_end);
    if (until != petition.return_until) data.return_until = until;
}

/// Of coordinating units: where somebody has named the end it stays.
void recomputeParts(CalendarRecomputed& data, const Petition& petition, const Context& context) {
    const Rules& rules = context.rules;
    for (const Branch& one : petition.branches) {
        if (one.state != BranchState::kOpen || !one.due) continue;
        std::optional<Instant> due = one.due;
        if (one.with_unit && data.handle_due)
            due = data.handle_due;
        else if (!one.limit.empty())
            due = recomputed(rules.calendarOf(policyFor(petition, context), one.unit), one.since,
                             limitThatRuns(one.limit, std::nullopt), {}, rules.deadline_end);
        if (!due || due == one.due) continue;
        data.branches.push_back(one.unit);
        data.branch_dues.push_back(*due);
    }
}

/// What is left of the unit's limit and of the citizen's runs on from `now`: by today's calendar from their start, with
/// all the times in which they stood.
Resumed resumed(const Petition& petition, const Context& context) {
    const Rules& rules = context.rules;
    const SlaPolicy& policy = policyFor(petition, context);
    const Waiting& waiting = *petition.waiting;
    const auto moved = [&](const WorkingCalendar& calendar, const std::optional<Instant>& due,
                           const std::optional<Instant>& from, const std::optional<Duration>& limit,
                           std::vector<Standstill> stood) -> std::optional<Instant> {
        if (!due) return std::nullopt;
        stood.push_back({waiting.since, context.now});
        if (from && limit) return recomputed(calendar, from, limit, stood, rules.deadline_end);
        return dueAfter(calendar, *due, limit.value_or(Duration{0, Duration::Unit::kWorkingMinutes}),
                        {waiting.since, context.now}, rules.deadline_end);
    };
    Resumed data;
    if (petition.appointments > 0)
        data.handle_due = waiting.handle_due
                              ? std::optional{appointmentAfter(*waiting.handle_due, waiting.since, context.now)}
                              : std::nullopt;
    else
        data.handle_due = moved(rules.calendarOf(policy, petition.hours_of), waiting.handle_due, petition.handle_from,
                                limitThatRuns(petition.handle_limit, policy.handle), petition.standstills);
    data.total_due = moved(rules.calendarOf(policy), waiting.total_due, petition.total_from,
                           limitThatRuns(petition.total_limit, policy.total), petition.total_standstills);
    data.reminders = remindersFor(petition, rules, data.handle_due, context.now);
    data.escalate_at = resumedEscalation(petition, rules, data.handle_due, context.now);
    return data;
}

}  // namespace

std::optional<Instant> detail::limitOf(const Rules& rules, const SlaPolicy& policy,
                                       const std::optional<Duration>& budget, Instant start, std::string_view unit) {
    if (!budget) return std::nullopt;
    return dueAt(rules.calendarOf(policy, unit), start, *budget, rules.deadline_end);
}

std::chrono::milliseconds detail::lengthOf(Duration duration) {
    switch (duration.unit) {
        case Duration::Unit::kSeconds:
            return std::chrono::seconds{duration.amount};
        case Duration::Unit::kMinutes:
            return std::chrono::minutes{duration.amount};
        case Duration::Unit::kHours:
            return std::chrono::hours{duration.amount};
        default:
            return std::chrono::days{duration.amount};
    }
}

std::optional<Instant> detail::recomputed(const WorkingCalendar& calendar, const std::optional<Instant>& from,
                                          const std::optional<Duration>& limit, const std::vector<Standstill>& stood,
                                          DeadlineEnd end) {
    if (!from || !limit) return std::nullopt;
    std::vector<Pause> pauses;
    for (const Standstill& one : stood) pauses.push_back({one.from, one.to});
    return dueAt(calendar, *from, *limit, end, pauses);
}

std::vector<Instant> detail::remindersFor(const Petition& petition, const Rules& rules,
                                          const std::optional<Instant>& due, Instant now) {
    if (petition.appointments == 0) return remindersOf(rules, policyOf(rules, petition.sla), petition.unit, due, now);
    if (!due) return {};
    const Instant at = *due - lengthOf(rules.appointment.remind_before);
    return at > now ? std::vector{at} : std::vector<Instant>{};
}

std::string detail::written(const std::optional<Duration>& limit) {
    return limit ? formatDuration(*limit) : std::string{};
}

std::optional<Duration> detail::limitThatRuns(std::string_view began, const std::optional<Duration>& configured) {
    if (began.empty()) return configured;
    const Result<Duration> parsed = parseDuration(began);
    return parsed ? std::optional{*parsed} : configured;
}

std::vector<Instant> detail::remindersOf(const Rules& rules, const SlaPolicy& policy, std::string_view unit,
                                         const std::optional<Instant>& due, Instant now) {
    std::vector<Instant> all;
    if (!due) return all;
    for (const Duration& before : policy.reminders)
        if (const Instant at = remindAt(rules.calendarOf(policy, unit), *due, before); at > now) all.push_back(at);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::optional<Instant> detail::resumedHandleDue(const Petition& petition, const Rules& rules, Instant now) {
    if (const auto running = petition.due.find(Clock::kHandle); running != petition.due.end()) return running->second;
    if (!petition.stopped_handle_due || !petition.handle_stopped_at) return std::nullopt;
    const Pause stood{*petition.handle_stopped_at, now};
    if (petition.appointments > 0) return appointmentAfter(*petition.stopped_handle_due, stood.from, now);
    const SlaPolicy& policy = policyOf(rules, petition.sla);
    const WorkingCalendar& calendar = rules.calendarOf(policy, petition.hours_of);
    const std::optional<Duration> limit = limitThatRuns(petition.handle_limit, policy.handle);
    std::vector<Standstill> all = petition.standstills;
    all.push_back({stood.from, now});
    // By today's calendar: it may have changed while the limit stood.
    if (const auto anew = recomputed(calendar, petition.handle_from, limit, all, rules.deadline_end)) return anew;
    // A limit that is configured no more: what was left of it counts in working time.
    return dueAfter(calendar, *petition.stopped_handle_due,
                    limit.value_or(Duration{0, Duration::Unit::kWorkingMinutes}), stood, rules.deadline_end);
}

std::optional<Instant> detail::resumedEscalation(const Petition& petition, const Rules& rules,
                                                 const std::optional<Instant>& handle_due, Instant now) {
    // The clock did not stand: the level that has it keeps the time it had.
    if (!petition.approved && !petition.waiting) return petition.escalate_at;
    const bool missed = handle_due && petition.missed.contains(Clock::kHandle) && *handle_due <= now;
    if (!missed) return std::nullopt;
    const SlaPolicy& policy = policyOf(rules, petition.sla);
    const std::size_t acted = levelsActed(petition);
    if (acted >= policy.escalate.size()) return std::nullopt;
    const WorkingCalendar& calendar = rules.calendarOf(policy, petition.unit);
    // Nobody is to blame for the time it lay with the approver: the next level's time begins anew.
    const std::optional<Duration> budget = acted == 0 ? std::nullopt : policy.escalate[acted - 1].budget;
    if (acted > 0 && !budget) return std::nullopt;  // That level has all the time there is.
    return escalationAt(calendar, budget ? dueAt(calendar, now, *budget, rules.deadline_end) : now);
}

void detail::callOnDuty(Recorder& recorder, const Context& context) {
    const std::optional<RosterCall>& before = recorder.petition().roster;
    const int call = (before ? before->calls : 0) + 1;
    const std::vector<std::string>& duty = context.on_duty;
    // After the last one, as the roster stands now; whoever is new in it begins.
    const auto last = before ? std::find(duty.begin(), duty.end(), before->account) : duty.end();
    const auto next = last == duty.end() || last + 1 == duty.end() ? duty.begin() : last + 1;
    // Where nobody is on duty it is looked again, too: somebody may be soon.
    const bool again = static_cast<std::size_t>(call - 1) < kRosterRounds * std::max<std::size_t>(duty.size(), 1);
    recorder.record(RosterCalled{.account = next == duty.end() ? std::string{} : *next,
                                 .call = call,
                                 .next_at = again ? std::optional{context.now + lengthOf(context.rules.roster_wait)}
                                                  : std::nullopt},
                    Role::kSystem);
}

Result<Decision> detail::decideAcknowledge(const Petition& petition, const Context& context) {
    if (!petition.roster || petition.roster->acknowledged_at || petition.finished_at)
        return refuse(Errc::kConflict, "roster.nothing", "nobody is called to this petition");
    const auto among = [&](const std::vector<std::string>& all) {
        return std::find(all.begin(), all.end(), context.actor.id) != all.end();
    };
    const bool theirs =
        among(petition.roster->called) || among(context.on_duty) || context.actor.mayTake(Role::kDispatcher);
    if (!theirs || !maySee(petition, context.actor, context.rules))
        return refuse(Errc::kForbidden, "roster.not_yours", "whoever is on duty answers the call");
    Recorder recorder{petition, context};
    recorder.record(RosterAcknowledged{.account = context.actor.id},
                    context.actor.roles.empty() ? Role::kOfficer : context.actor.roles.front());
    return recorder.take();
}

void detail::recordMisses(Recorder& recorder, const Context& context) {
    const Petition before = recorder.petition();
    if (before.finished_at || before.before_merge) return;
    // What is done at the very end of a limit is done in time.
    for (const auto& [clock, due] : before.due)
        if (due < context.now && !before.missed.contains(clock))
            recorder.record(missOf(before, clock, due, context), Role::kSystem);
    for (const Branch& branch : before.branches)
        if (hasMissed(branch, context.now) && *branch.due < context.now) recorder.record(missOf(branch), Role::kSystem);
}

void detail::settleWaiting(Recorder& recorder, const Context& context) {
    if (recorder.petition().waiting) recorder.record(resumed(recorder.petition(), context), Role::kSystem);
}

void detail::followStepClock(Recorder& recorder, const Context& context) {
    const Petition& petition = recorder.petition();
    if (petition.finished_at || petition.before_merge) return;
    const Workflow* workflow = workflowOf(petition, context.rules);
    const Step* step = workflow ? workflow->step(petition.step) : nullptr;
    const StepClock clock = step ? step->clock : StepClock::kRuns;
    if (clock == StepClock::kRuns) {
        settleWaiting(recorder, context);
    } else if (!petition.waiting) {
        recorder.record(Paused{.total = clock == StepClock::kStands}, Role::kSystem);
    }
}

Result<Decision> detail::decideFire(const Petition& petition, const Fire& timer, const Context& context) {
    if (timer.what == Fire::What::kFollow) return decideSeen(petition, {.let_off = true}, context);
    if (petition.finished_at || petition.before_merge) return stale();
    switch (timer.what) {
        case Fire::What::kRoster:
            return callNext(petition, context);
        case Fire::What::kReminder:
            return remind(petition, timer, context);
        case Fire::What::kEscalation:
            return escalate(petition, context);
        case Fire::What::kLapse:
            return lapse(petition, context);
        default:
            return deadline(petition, timer, context);
    }
}

Result<Decision> detail::decideRecompute(const Petition& petition, const Context& context) {
    const Error same = refuse(Errc::kConflict, "calendar.unchanged", "no limit of this petition moves");
    if (petition.finished_at) return same;
    const Rules& rules = context.rules;
    const SlaPolicy& policy = policyFor(petition, context);
    CalendarRecomputed data;
    // Limits that stand now are computed when they run on.
    const auto moved = [&](Clock clock, const std::optional<Instant>& now_due) {
        const auto running = petition.due.find(clock);
        return running != petition.due.end() && now_due && *now_due != running->second ? now_due : std::nullopt;
    };
    // An appointment was made to the minute with somebody; it stays.
    if (!petition.appointment || petition.appointments == 0)
        data.handle_due =
            moved(Clock::kHandle, recomputed(rules.calendarOf(policy, petition.hours_of), petition.handle_from,
                                             limitThatRuns(petition.handle_limit, policy.handle), petition.standstills,
                                             rules.deadline_end));
    data.total_due = moved(Clock::kTotal, recomputed(rules.calendarOf(policy), petition.total_from,
                                                     limitThatRuns(petition.total_limit, policy.total),
                                                     petition.total_standstills, rules.deadline_end));
    recomputeShort(data, petition, context);
    recomputeParts(data, petition, context);
    if (data.movesNothing()) return same;
    if (data.handle_due) data.reminders = remindersOf(rules, policy, petition.unit, data.handle_due, context.now);
    Recorder recorder{petition, context};
    recorder.record(std::move(data), Role::kSystem);
    return recorder.take();
}

}  // namespace pakn::domain
