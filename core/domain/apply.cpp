/// @file
/// What each event means for the state of a petition: the only reader of event data besides the journal's codec.

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/domain/deadline.hpp"
#include "core/domain/event.hpp"

namespace pakn::domain {

namespace {

void setDue(Petition& petition, Clock clock, const std::optional<Instant>& due) {
    // A limit that is where it was keeps its miss.
    const auto running = petition.due.find(clock);
    if (due && running != petition.due.end() && running->second == *due) return;
    petition.missed.erase(clock);
    if (due)
        petition.due[clock] = *due;
    else
        petition.due.erase(clock);
}

/// Events that an action caused lead to a step.
template <class Move>
void enter(Petition& petition, const Move& move) {
    if (petition.step != move.step) petition.lapse_at.reset();
    petition.step = move.step;
    petition.status = move.status;
    petition.holder = move.holder;
    petition.at_centre = move.at_centre;
    setDue(petition, Clock::kStep, move.step_due);
    if (petition.unit.empty() || move.at_centre) return;
    const auto been = std::find_if(petition.visited.begin(), petition.visited.end(),
                                   [&](const Visit& one) { return one.step == move.step; });
    if (been == petition.visited.end())
        petition.visited.push_back({move.step, move.at_centre, petition.officer});
    else
        been->officer = petition.officer;
}

void stopUnitClock(Petition& petition) {
    petition.due.erase(Clock::kHandle);
    petition.due.erase(Clock::kAssign);
    petition.due.erase(Clock::kTask);
    petition.reminders.clear();
    petition.escalate_at.reset();
}

std::optional<Notice> noticeOf(const DeliveryQueued& queued) {
    if (queued.notice.empty()) return std::nullopt;
    return Notice{
        .name = queued.notice,
        .to = {.role = queued.to_role.value_or(Role::kCitizen), .unit = queued.to_unit, .account = queued.to_account},
        .markup = queued.markup.value_or(Markup::kText),
        .subject = queued.subject,
        .message = queued.message};
}

/// The petition leaves its unit: nothing of what the unit did with it goes on.
void leaveUnit(Petition& petition) {
    petition.external = false;
    petition.officer.clear();
    petition.coordinators.clear();
    petition.product.clear();
    petition.draft.reset();
    petition.approved.reset();
    petition.visited.clear();
    petition.return_until.reset();
    petition.waiting.reset();
    petition.standstills.clear();
    petition.appointment.reset();
    petition.appointments = 0;
    petition.first_handle_due.reset();
    petition.handle_from.reset();
    petition.stopped_handle_due.reset();
    petition.escalations.clear();
    for (Branch& branch : petition.branches)
        if (branch.state == BranchState::kOpen) branch.state = BranchState::kDeclined;
    stopUnitClock(petition);
}

/// A unit has a part in it from now on; it keeps seeing it.
void takePart(Petition& petition, const std::string& unit) {
    if (!unit.empty() && std::find(petition.parties.begin(), petition.parties.end(), unit) == petition.parties.end())
        petition.parties.push_back(unit);
}

Branch* branchOf(Petition& petition, std::string_view unit) {
    const auto found = std::find_if(petition.branches.rbegin(), petition.branches.rend(),
                                    [&](const Branch& one) { return one.unit == unit; });
    return found == petition.branches.rend() ? nullptr : &*found;
}

std::vector<Instant> remindersIn(const std::vector<Instant>& reminders, const std::optional<Instant>& first) {
    return reminders.empty() && first ? std::vector{*first} : reminders;
}

void finish(Petition& petition, Instant at) {
    stopUnitClock(petition);
    petition.due.erase(Clock::kTriage);
    petition.due.erase(Clock::kRelease);
    petition.due.erase(Clock::kStep);
    petition.lapse_at.reset();
    petition.waiting.reset();
    if (petition.roster) petition.roster->next_at.reset();
    petition.finished_at = at;
}

DeliveryRecord* find(Petition& petition, std::string_view id) {
    const auto found = std::find_if(petition.deliveries.begin(), petition.deliveries.end(),
                                    [&](const DeliveryRecord& one) { return one.id == id; });
    return found == petition.deliveries.end() ? nullptr : &*found;
}

void settle(Petition& petition, std::string_view id, DeliveryState state, int attempt, const std::string& error) {
    DeliveryRecord* record = find(petition, id);
    if (!record) return;
    record->state = state;
    record->attempts = attempt;
    record->last_error = error;
}

struct Apply {
    Petition& petition;
    const Event& event;

    void operator()(const Received& data) const {
        petition.id = event.petition_id;
        petition.code = data.code;
        petition.channel = data.channel;
        petition.external_id = data.external_id;
        petition.title = data.title;
        petition.content = data.content;
        petition.category = data.category;
        petition.petition_class = data.petition_class;
        petition.complained_unit = data.complained_unit;
        petition.emergency = data.emergency;
        petition.is_public = data.is_public;
        petition.anonymous = data.anonymous;
        petition.anonymous_to_public = data.anonymous_to_public;
        petition.identity_usable = data.identity_usable;
        petition.unreachable = data.unreachable.value_or(false);
        petition.location = {
            .address = data.address, .area = data.area, .latitude = data.latitude, .longitude = data.longitude};
        petition.occurred_at = data.occurred_at;
        petition.files = data.files;
        petition.tracking_token = data.tracking_token;
        petition.received_at = data.received_at.value_or(event.at);
        petition.recorded_at = event.at;
        petition.status = Status::kReceived;
    }
    void operator()(const Routed& data) const {
        petition.rule = data.rule;
        petition.tags = data.tags;
        petition.suggested_unit = data.unit;
        petition.suggested_because = data.reason;
        petition.workflow = data.workflow;
        petition.workflow_config = event.config_hash;
        petition.step = data.step;
        petition.holder = data.holder;
        petition.at_centre = data.at_centre;
        petition.sla = data.sla;
        setDue(petition, Clock::kTriage, data.triage_due);
        setDue(petition, Clock::kTotal, data.total_due);
        petition.total_limit = data.total_limit;
        if (data.total_due) petition.total_from = petition.received_at;
    }
    void operator()(const AcceptedByCentre& data) const { enter(petition, data); }
    void operator()(const Distributed& data) const {
        leaveUnit(petition);
        takePart(petition, data.unit);
        petition.unit = data.unit;
        if (std::find(petition.held_by.begin(), petition.held_by.end(), data.unit) == petition.held_by.end())
            petition.held_by.push_back(data.unit);
        petition.external = data.external;
        enter(petition, data);
        if (!data.workflow.empty()) {
            petition.workflow = data.workflow;
            petition.workflow_config = event.config_hash;
        }
        petition.due.erase(Clock::kTriage);
        petition.due.erase(Clock::kHandle);  // A new limit, even where it ends at the same instant.
        setDue(petition, Clock::kHandle, data.handle_due);
        setDue(petition, Clock::kAssign, data.assign_due);
        petition.handle_limit = data.handle_limit;
        if (data.handle_due) petition.handle_from = event.at;
        petition.reminders = remindersIn(data.reminders, data.remind_at);
        petition.return_until = data.return_until;
    }
    void operator()(const Assigned& data) const {
        petition.officer = data.officer;
        enter(petition, data);
        petition.coordinators = data.coordinators;
        petition.product = data.product;
        petition.withheld = petition.withheld || data.withheld;
        petition.due.erase(Clock::kAssign);
        setDue(petition, Clock::kTask, data.task_due);
    }
    void operator()(const Started& data) const {
        petition.officer = data.officer;
        enter(petition, data);
        petition.due.erase(Clock::kAssign);
    }
    void operator()(const Unclaimed& data) const {
        enter(petition, data);
        petition.officer.clear();
    }
    void operator()(const Noted& data) const {
        enter(petition, data);
        if (!data.heard.empty()) petition.heard.push_back(event.actor + ':' + data.heard);
    }
    void operator()(const ResultDrafted& data) const {
        enter(petition, data);
        petition.draft = ResultText{data.text,         data.files,   event.actor,         event.at,
                                    data.standing_for, data.article, data.article_version};
        petition.approved.reset();
    }
    void operator()(const Submitted& data) const {
        enter(petition, data);
        petition.due.erase(Clock::kTask);
    }
    void operator()(const Approved& data) const {
        enter(petition, data);
        petition.approved = ResultText{data.text, data.files, event.actor, event.at, data.standing_for};
        if (const auto due = petition.due.find(Clock::kHandle); due != petition.due.end())
            petition.stopped_handle_due = due->second;
        petition.waiting.reset();
        stopUnitClock(petition);
        setDue(petition, Clock::kRelease, data.release_due);
    }
    void operator()(const SentBack& data) const {
        if (!data.officer.empty() || data.anybodys) petition.officer = data.officer;
        enter(petition, data);
        if (petition.approved && petition.stopped_handle_due)
            petition.standstills.push_back({petition.approved->at, event.at});
        petition.approved.reset();
        petition.due.erase(Clock::kRelease);
        // A limit that is where it was keeps its miss.
        const auto running = petition.due.find(Clock::kHandle);
        const std::optional<Instant> before =
            running != petition.due.end() ? std::optional{running->second} : petition.stopped_handle_due;
        if (data.handle_due && before == data.handle_due)
            petition.due[Clock::kHandle] = *data.handle_due;
        else
            setDue(petition, Clock::kHandle, data.handle_due);
        petition.reminders = remindersIn(data.reminders, data.remind_at);
        petition.escalate_at = data.escalate_at;
        petition.stopped_handle_due.reset();
    }
    void operator()(const Returned& data) const {
        // Without an action the unit has not given it back: it was taken from a unit that is no more.
        if (!data.action.empty()) {
            petition.returned_by.push_back(data.unit);
            petition.late_returns += data.late ? 1 : 0;
            petition.ping_pong = petition.ping_pong || data.ping_pong;
        }
        leaveUnit(petition);
        petition.unit.clear();
        enter(petition, data);
        setDue(petition, Clock::kTriage, data.triage_due);
    }
    void operator()(const Appointed& data) const {
        enter(petition, data);
        if (const auto due = petition.due.find(Clock::kHandle); due != petition.due.end() && !petition.first_handle_due)
            petition.first_handle_due = due->second;
        setDue(petition, Clock::kHandle, data.handle_due);
        petition.reminders = data.reminders;
        petition.escalate_at.reset();
        petition.escalations.clear();
        ++petition.appointments;
        petition.appointment = Appointment{.amount = data.amount,
                                           .reason = data.comment,
                                           .files = data.files,
                                           .by = event.actor,
                                           .at = event.at,
                                           .until = data.handle_due.value_or(event.at)};
    }
    void operator()(const CoordinatingRequested& data) const {
        enter(petition, data);
        for (const std::string& unit : data.units) takePart(petition, unit);
        for (const std::string& unit : data.units)
            petition.branches.push_back({.unit = unit,
                                         .request = data.comment,
                                         .step = data.branch_step,
                                         .status = data.branch_status,
                                         .holder = data.branch_holder,
                                         .since = event.at,
                                         .due = data.branch_due});
    }
    void operator()(const CoordinatingDone&) const {}  // Only ever of a part: ApplyToBranch.
    void operator()(const Followed& data) const {
        enter(petition, data);
        const auto add = [&](Follower one) {
            one.content = data.comment;
            one.since = event.at;
            one.until = data.until;
            std::erase_if(petition.followers, [&](const Follower& known) {
                return known.account == one.account && known.unit == one.unit;
            });
            petition.followers.push_back(std::move(one));
        };
        for (const std::string& account : data.accounts) add({.account = account});
        for (const std::string& unit : data.units) {
            takePart(petition, unit);
            add({.unit = unit});
        }
    }
    void operator()(const Released& data) const {
        enter(petition, data);
        if (data.shared.empty())
            petition.released = petition.approved;
        else
            petition.released = ResultText{data.text, data.files, event.actor, event.at, data.standing_for};
        petition.withheld = petition.withheld || data.withheld;
        petition.before_merge.reset();
        petition.rating.reset();
        finish(petition, event.at);
    }
    void operator()(const RefusedByCentre& data) const {
        enter(petition, data);
        petition.before_merge.reset();
        petition.closing_reason = data.comment;
        finish(petition, event.at);
    }
    void operator()(const Rated& data) const {
        enter(petition, data);
        petition.rating = Rating{data.rating, data.comment, event.at};
    }
    void operator()(const Supplemented& data) const {
        enter(petition, data);
        petition.supplements.push_back({data.text, data.files, event.actor, event.at, {}});
    }
    void operator()(const Reopened& data) const {
        leaveUnit(petition);
        petition.unit.clear();
        enter(petition, data);
        ++petition.reopened;
        if (petition.released) petition.former_answers.push_back(*std::exchange(petition.released, std::nullopt));
        petition.merged_into.clear();
        petition.merged_code.clear();
        petition.finished_at.reset();
        petition.closing_reason.clear();
        petition.due.erase(Clock::kTotal);
        petition.missed.clear();
        setDue(petition, Clock::kTriage, data.triage_due);
        setDue(petition, Clock::kTotal, data.total_due);
        petition.total_limit = data.total_limit;
        petition.total_from = event.at;
        petition.total_standstills.clear();
    }
    void operator()(const Merged& data) const {
        petition.before_merge = BeforeMerge{.since = event.at,
                                            .step = petition.step,
                                            .status = petition.status,
                                            .holder = petition.holder,
                                            .at_centre = petition.at_centre,
                                            .due = petition.due,
                                            .reminders = petition.reminders,
                                            .escalate_at = petition.escalate_at,
                                            .lapse_at = petition.lapse_at};
        enter(petition, data);
        const auto total = petition.due.find(Clock::kTotal);
        const std::optional<Instant> total_due =
            total == petition.due.end() ? std::nullopt : std::optional{total->second};
        petition.due.clear();
        if (total_due) petition.due[Clock::kTotal] = *total_due;  // The sender's limit is what it was.
        petition.reminders.clear();
        petition.escalate_at.reset();
        petition.merged_into = data.into;
        petition.merged_code = data.into_code;
    }
    void operator()(const Unmerged& data) const {
        const BeforeMerge before = petition.before_merge.value_or(BeforeMerge{});
        enter(petition, data);
        petition.due = before.due;
        petition.reminders = data.given_back ? data.reminders : before.reminders;
        petition.escalate_at = data.given_back ? data.escalate_at : before.escalate_at;
        petition.lapse_at = before.lapse_at;
        for (const auto& [clock, due] : {std::pair{Clock::kTotal, data.total_due},
                                         {Clock::kTriage, data.triage_due},
                                         {Clock::kHandle, data.handle_due},
                                         {Clock::kRelease, data.release_due},
                                         {Clock::kAssign, data.assign_due},
                                         {Clock::kTask, data.task_due},
                                         {Clock::kStep, data.step_due}})
            if (due) setDue(petition, clock, due);
        if (data.handle_due) petition.standstills.push_back({before.since, event.at});
        petition.before_merge.reset();
        petition.merged_into.clear();
        petition.merged_code.clear();
    }
    void operator()(const Closed& data) const {
        enter(petition, data);
        if (petition.finished_at) return;
        petition.closing_reason = data.comment;
        finish(petition, event.at);
    }
    void operator()(const DeadlineMissed& data) const {
        if (Branch* branch = branchOf(petition, data.branch)) {
            branch->missed = true;
            return;
        }
        petition.missed[data.clock] = data.due;
        if (data.escalate_at) petition.escalate_at = data.escalate_at;
        if (data.lapse_at) petition.lapse_at = data.lapse_at;
    }
    void operator()(const Escalated& data) const {
        takePart(petition, data.unit);
        petition.escalations.push_back({data.level, data.to, data.unit, event.at});
        petition.escalate_at = data.escalate_at;
    }
    void operator()(const Reminded&) const {
        std::erase_if(petition.reminders, [&](const Instant& one) { return one <= event.at; });
    }
    void operator()(const Paused& data) const {
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
    void operator()(const Resumed& data) const {
        const Waiting waiting = petition.waiting.value_or(Waiting{});
        petition.waiting.reset();
        if (data.handle_due) {
            petition.due[Clock::kHandle] = *data.handle_due;
            if (waiting.handle_due && *data.handle_due != *waiting.handle_due) petition.missed.erase(Clock::kHandle);
            petition.standstills.push_back({waiting.since, event.at});
        }
        if (data.total_due) {
            petition.due[Clock::kTotal] = *data.total_due;
            petition.total_standstills.push_back({waiting.since, event.at});
        }
        petition.reminders = data.reminders;
        petition.escalate_at = data.escalate_at;
    }
    void operator()(const FollowSeen& data) const {
        for (Follower& one : petition.followers)
            if (one.account == data.account && one.unit == data.unit) one.seen_at = event.at;
    }
    void operator()(const RosterCalled& data) const {
        if (!petition.roster) petition.roster.emplace();
        std::vector<std::string>& called = petition.roster->called;
        petition.roster->account = data.account;
        if (!data.account.empty() && std::find(called.begin(), called.end(), data.account) == called.end())
            called.push_back(data.account);
        petition.roster->calls = data.call;
        petition.roster->next_at = data.next_at;
    }
    void operator()(const RosterAcknowledged& data) const {
        if (!petition.roster) petition.roster.emplace();
        petition.roster->next_at.reset();
        petition.roster->acknowledged_by = data.account;
        petition.roster->acknowledged_at = event.at;
    }
    void operator()(const CalendarRecomputed& data) const {
        if (data.handle_due) {
            petition.reminders = data.reminders;
            // A limit that is over as before stays missed, and the ladder goes on where it is.
            if (petition.missed.contains(Clock::kHandle) && *data.handle_due <= event.at) {
                petition.due[Clock::kHandle] = *data.handle_due;
            } else {
                setDue(petition, Clock::kHandle, data.handle_due);
                petition.escalate_at.reset();
                petition.escalations.clear();
            }
        }
        if (data.total_due && petition.missed.contains(Clock::kTotal) && *data.total_due <= event.at)
            petition.due[Clock::kTotal] = *data.total_due;
        else if (data.total_due)
            setDue(petition, Clock::kTotal, data.total_due);
    }
    void operator()(const Relocated& data) const {
        if (!petition.relocated) petition.location_as_sent = petition.location;
        petition.relocated = true;
        petition.location = {
            .address = data.address, .area = data.area, .latitude = data.latitude, .longitude = data.longitude};
        petition.suggested_unit = data.suggested_unit;
        petition.suggested_because = data.suggested_because;
    }
    void operator()(const UnitTransferred& data) const {
        takePart(petition, data.unit);
        if (!data.branch.empty()) return takeOverPart(data);
        petition.unit = data.unit;
        petition.external = data.external;
        petition.officer.clear();
        petition.coordinators.clear();
        for (Visit& one : petition.visited) one.officer.clear();
        if (std::find(petition.held_by.begin(), petition.held_by.end(), data.unit) == petition.held_by.end())
            petition.held_by.push_back(data.unit);
    }
    /// What the unit that is no more has written stays with its part.
    void takeOverPart(const UnitTransferred& data) const {
        Branch* branch = branchOf(petition, data.branch);
        if (!branch) return;
        branch->officer.clear();
        if (!data.unit.empty()) {
            branch->unit = data.unit;
            return;
        }
        branch->state = BranchState::kDeclined;
        branch->declined = data.reason;
    }
    void operator()(const IdentityRevealed&) const {}
    void operator()(const Notified&) const {}
    void operator()(const DeliveryQueued& data) const {
        if (DeliveryRecord* again = find(petition, data.delivery)) {
            again->state = DeliveryState::kQueued;
            again->queued_at = event.at;
            again->next_at = event.at;
            again->attempts = 0;
            return;
        }
        petition.deliveries.push_back({.id = data.delivery,
                                       .connector = data.connector,
                                       .kind = data.delivery_kind,
                                       .cause = data.cause,
                                       .state = DeliveryState::kQueued,
                                       .caused_at = event.at,
                                       .status = petition.status,
                                       .unit = petition.unit,
                                       .queued_at = event.at,
                                       .next_at = event.at,
                                       .notice = noticeOf(data)});
    }
    void operator()(const DeliverySent& data) const {
        settle(petition, data.delivery, DeliveryState::kSent, data.attempt, {});
        if (DeliveryRecord* record = find(petition, data.delivery)) record->reference = data.reference;
    }
    void operator()(const DeliveryFailed& data) const {
        settle(petition, data.delivery, DeliveryState::kQueued, data.attempt, data.error);
        if (DeliveryRecord* record = find(petition, data.delivery)) record->next_at = data.next_at;
    }
    void operator()(const DeliveryDead& data) const {
        settle(petition, data.delivery, DeliveryState::kDead, data.attempt, data.error);
    }
    void operator()(const DeliveryUnknown& data) const {
        settle(petition, data.delivery, DeliveryState::kUnknown, data.attempt, data.error);
    }
    void operator()(const DeliveryDiscarded& data) const {
        settle(petition, data.delivery, DeliveryState::kDiscarded, data.attempt, data.error);
    }
};

/// The same in the part of a coordinating unit: the petition itself stays where it is.
struct ApplyToBranch {
    Branch& branch;
    const Event& event;

    template <class Move>
    void operator()(const Move& data) const {
        branch.step = data.step;
        branch.status = data.status;
        branch.holder = data.holder;
        if constexpr (std::is_same_v<Move, Started> || std::is_same_v<Move, Assigned>) branch.officer = data.officer;
        if constexpr (std::is_same_v<Move, Unclaimed>) branch.officer.clear();
        if constexpr (std::is_same_v<Move, ResultDrafted>)
            branch.draft = ResultText{data.text, data.files, event.actor, event.at, data.standing_for};
        if constexpr (std::is_same_v<Move, CoordinatingDone>) {
            branch.result = ResultText{data.text, data.files, event.actor, event.at, data.standing_for};
            branch.state = BranchState::kDone;
        }
        if constexpr (std::is_same_v<Move, Returned>) {
            branch.declined = data.comment;
            branch.state = BranchState::kDeclined;
        }
    }
};

}  // namespace

Petition apply(Petition petition, const Event& event) {
    petition.version = event.version;
    std::visit(
        [&](const auto& data) {
            if constexpr (requires { data.branch, data.step; }) {
                if (!data.branch.empty()) {
                    if (Branch* branch = branchOf(petition, data.branch)) ApplyToBranch{*branch, event}(data);
                    return;
                }
            }
            Apply{petition, event}(data);
        },
        event.data);
    return petition;
}

const Branch* Petition::branch(std::string_view of_unit) const {
    const auto found =
        std::find_if(branches.rbegin(), branches.rend(), [&](const Branch& one) { return one.unit == of_unit; });
    return found == branches.rend() ? nullptr : &*found;
}

int Petition::openBranches() const {
    return static_cast<int>(std::count_if(branches.begin(), branches.end(),
                                          [](const Branch& one) { return one.state == BranchState::kOpen; }));
}

const DeliveryRecord* Petition::delivery(std::string_view delivery_id) const {
    for (const DeliveryRecord& record : deliveries)
        if (record.id == delivery_id) return &record;
    return nullptr;
}

std::optional<Instant> Petition::currentDue() const {
    if (finished_at || before_merge) return std::nullopt;
    std::optional<Instant> earliest;
    for (const Clock clock :
         {Clock::kTriage, Clock::kHandle, Clock::kRelease, Clock::kAssign, Clock::kStep, Clock::kTask})
        if (const auto found = due.find(clock); found != due.end())
            earliest = earliest ? std::min(*earliest, found->second) : found->second;
    if (earliest) return earliest;
    const auto total = due.find(Clock::kTotal);
    return total == due.end() ? std::nullopt : std::optional{total->second};
}

Progress progressOf(const Petition& petition, Instant now) {
    if (petition.finished_at) {
        const auto total = petition.due.find(Clock::kTotal);
        return total == petition.due.end() || *petition.finished_at <= total->second ? Progress::kOnTime
                                                                                     : Progress::kLate;
    }
    const std::optional<Instant> due = petition.currentDue();
    if (!due) return Progress::kNotDue;
    if (hasPassed(*due, now)) return Progress::kOverdue;
    return *due - now <= std::chrono::hours{24} ? Progress::kDueSoon : Progress::kNotDue;
}

}  // namespace pakn::domain
