/// @file
/// What each event means for the state of a petition: the only reader of event data besides the journal's codec.

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/domain/apply_parts.hpp"

namespace pakn::domain {

using namespace detail;

void detail::setDue(Petition& petition, Clock clock, const std::optional<Instant>& due) {
    const auto running = petition.due.find(clock);
    if (due && running != petition.due.end() && running->second == *due) return;
    petition.missed.erase(clock);
    if (due)
        petition.due[clock] = *due;
    else
        petition.due.erase(clock);
}

void detail::takePart(Petition& petition, const std::string& unit) {
    if (!unit.empty() && std::find(petition.parties.begin(), petition.parties.end(), unit) == petition.parties.end())
        petition.parties.push_back(unit);
}

Branch* detail::branchOf(Petition& petition, std::string_view unit) {
    const auto found = std::find_if(petition.branches.rbegin(), petition.branches.rend(),
                                    [&](const Branch& one) { return one.unit == unit; });
    return found == petition.branches.rend() ? nullptr : &*found;
}

namespace {

/// A limit of the Centre, or a shorter one of the unit, begins; one that runs to the same instant just goes on.
void begin(Petition& petition, Clock clock, const std::optional<Instant>& due, LimitRun run) {
    const auto running = petition.due.find(clock);
    const bool goes_on = due && running != petition.due.end() && running->second == *due;
    setDue(petition, clock, due);
    if (!goes_on) petition.runs[clock] = std::move(run);
    if (!due) petition.runs.erase(clock);
}

/// Events that an action caused lead to a step.
template <class Move>
void enter(Petition& petition, const Move& move, Instant at) {
    if (petition.step != move.step) petition.lapse_at.reset();
    petition.step = move.step;
    petition.status = move.status;
    petition.holder = move.holder;
    petition.at_centre = move.at_centre;
    begin(petition, Clock::kStep, move.step_due, {at, move.step_limit, {}});
    if (petition.unit.empty()) return;
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
    petition.handle_stopped_at.reset();
    petition.escalations.clear();
    petition.due.erase(Clock::kRelease);
    for (Branch& branch : petition.branches)
        if (branch.state == BranchState::kOpen) branch.state = BranchState::kDeclined;
    stopUnitClock(petition);
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

struct Apply {
    Petition& petition;
    const Event& event;

    template <class Data>
    requires requires(Petition& state, const Event& what, const Data& data) { applied(state, what, data); }
    void operator()(const Data& data) const { applied(petition, event, data); }

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
        petition.emergency_claimed = data.emergency_claimed;
        petition.is_public = data.is_public;
        petition.anonymous = data.anonymous;
        petition.anonymous_to_public = data.anonymous_to_public;
        petition.identity_usable = data.identity_usable;
        petition.unreachable = data.unreachable.value_or(false);
        petition.answers_channel = data.answers_channel.value_or(false);
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
        begin(petition, Clock::kTriage, data.triage_due, {petition.received_at, data.triage_limit, {}});
        setDue(petition, Clock::kTotal, data.total_due);
        petition.total_limit = data.total_limit;
        if (data.total_due) petition.total_from = petition.received_at;
    }
    void operator()(const AcceptedByCentre& data) const { enter(petition, data, event.at); }
    void operator()(const Distributed& data) const {
        leaveUnit(petition);
        takePart(petition, data.unit);
        petition.unit = data.unit;
        petition.hours_of = data.unit;
        if (std::find(petition.held_by.begin(), petition.held_by.end(), data.unit) == petition.held_by.end())
            petition.held_by.push_back(data.unit);
        petition.external = data.external;
        enter(petition, data, event.at);
        if (!data.workflow.empty()) {
            petition.workflow = data.workflow;
            petition.workflow_config = event.config_hash;
        }
        petition.due.erase(Clock::kTriage);
        petition.due.erase(Clock::kHandle);  // A new limit, even where it ends at the same instant.
        setDue(petition, Clock::kHandle, data.handle_due);
        begin(petition, Clock::kAssign, data.assign_due, {event.at, data.assign_limit, {}});
        petition.handle_limit = data.handle_limit;
        if (data.handle_due) petition.handle_from = event.at;
        petition.reminders = remindersIn(data.reminders, data.remind_at);
        petition.return_until = data.return_until;
        petition.return_limit = data.return_limit;
        petition.with_unit_since = event.at;
    }
    void operator()(const Assigned& data) const {
        petition.officer = data.officer;
        enter(petition, data, event.at);
        petition.coordinators = data.coordinators;
        petition.product = data.product;
        petition.withheld = petition.withheld || data.withheld;
        petition.due.erase(Clock::kAssign);
        setDue(petition, Clock::kTask, data.task_due);
    }
    void operator()(const Started& data) const {
        petition.officer = data.officer;
        enter(petition, data, event.at);
        petition.due.erase(Clock::kAssign);
    }
    void operator()(const Unclaimed& data) const {
        enter(petition, data, event.at);
        petition.officer.clear();
    }
    void operator()(const Noted& data) const {
        enter(petition, data, event.at);
        if (!data.heard.empty()) petition.heard.push_back(event.actor + ':' + data.heard);
        if (data.failed) noteFailure(petition, event, data.delivery);
    }
    void operator()(const ResultDrafted& data) const {
        enter(petition, data, event.at);
        petition.draft = ResultText{data.text,         data.files,   event.actor,         event.at,
                                    data.standing_for, data.article, data.article_version};
        petition.approved.reset();
    }
    void operator()(const Submitted& data) const {
        enter(petition, data, event.at);
        petition.due.erase(Clock::kTask);
    }
    void operator()(const Approved& data) const {
        enter(petition, data, event.at);
        petition.approved = ResultText{data.text, data.files, event.actor, event.at, data.standing_for};
        if (const auto due = petition.due.find(Clock::kHandle); due != petition.due.end()) {
            petition.stopped_handle_due = due->second;
            petition.handle_stopped_at = event.at;
        }
        petition.waiting.reset();
        stopUnitClock(petition);
        begin(petition, Clock::kRelease, data.release_due, {event.at, data.release_limit, {}});
    }
    void operator()(const SentBack& data) const {
        if (!data.officer.empty() || data.anybodys) petition.officer = data.officer;
        enter(petition, data, event.at);
        if (petition.handle_stopped_at) petition.standstills.push_back({*petition.handle_stopped_at, event.at});
        petition.handle_stopped_at.reset();
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
        enter(petition, data, event.at);
        begin(petition, Clock::kTriage, data.triage_due, {event.at, data.triage_limit, {}});
    }
    void operator()(const Appointed& data) const {
        enter(petition, data, event.at);
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
        enter(petition, data, event.at);
        for (const std::string& unit : data.units) takePart(petition, unit);
        for (std::size_t i = 0; i < data.units.size(); ++i)
            petition.branches.push_back(
                {.unit = data.units[i],
                 .request = data.comment,
                 .step = data.branch_step,
                 .status = data.branch_status,
                 .holder = data.branch_holder,
                 .since = event.at,
                 .due = i < data.branch_dues.size() ? std::optional{data.branch_dues[i]} : data.branch_due,
                 .limit = data.branch_limit,
                 .with_unit = data.branch_with_unit});
    }
    void operator()(const CoordinatingDone&) const {}  // Only ever of a part: ApplyToBranch.
    void operator()(const Followed& data) const {
        enter(petition, data, event.at);
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
        enter(petition, data, event.at);
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
        enter(petition, data, event.at);
        petition.before_merge.reset();
        petition.closing_reason = data.comment;
        finish(petition, event.at);
    }
    void operator()(const Rated& data) const {
        enter(petition, data, event.at);
        petition.rating = Rating{data.rating, data.comment, event.at};
    }
    void operator()(const Supplemented& data) const {
        enter(petition, data, event.at);
        petition.supplements.push_back({data.text, data.files, event.actor, event.at, {}});
    }
    void operator()(const Reopened& data) const {
        leaveUnit(petition);
        petition.unit.clear();
        enter(petition, data, event.at);
        ++petition.reopened;
        if (petition.released) petition.former_answers.push_back(*std::exchange(petition.released, std::nullopt));
        petition.merged_into.clear();
        petition.merged_code.clear();
        petition.finished_at.reset();
        petition.closing_reason.clear();
        petition.due.erase(Clock::kTotal);
        petition.missed.clear();
        begin(petition, Clock::kTriage, data.triage_due, {event.at, data.triage_limit, {}});
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
        enter(petition, data, event.at);
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
        enter(petition, data, event.at);
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
            if (due) {
                if (moveLimit(petition, clock, due, event.at) && clock == Clock::kHandle) petition.escalations.clear();
                if (const auto run = petition.runs.find(clock); run != petition.runs.end())
                    run->second.stood.push_back({before.since, event.at});
            }
        if (data.handle_due) petition.standstills.push_back({before.since, event.at});
        petition.before_merge.reset();
        petition.merged_into.clear();
        petition.merged_code.clear();
    }
    void operator()(const Closed& data) const {
        enter(petition, data, event.at);
        if (petition.finished_at) return;
        petition.closing_reason = data.comment;
        finish(petition, event.at);
    }
    void operator()(const Relocated& data) const {
        if (!petition.relocated) petition.location_as_sent = petition.location;
        petition.relocated = true;
        petition.location = {
            .address = data.address, .area = data.area, .latitude = data.latitude, .longitude = data.longitude};
        petition.suggested_unit = data.suggested_unit;
        petition.suggested_because = data.suggested_because;
    }
    void operator()(const ComplaintNamed& data) const {
        petition.complained_unit = data.unit;
        petition.complaint_named = true;
        for (EscalationRecord& one : petition.escalations)
            if (one.unit == data.unit) one.unit.clear();
        petition.suggested_unit = data.suggested_unit;
        petition.suggested_because = data.suggested_because;
    }
    void operator()(const EmergencyAccepted& data) const {
        petition.emergency = true;
        petition.emergency_claimed = false;
        petition.sla = data.sla;
        if (data.triage_due) begin(petition, Clock::kTriage, data.triage_due, {event.at, data.triage_limit, {}});
        if (data.handle_due) {
            setDue(petition, Clock::kHandle, data.handle_due);
            petition.handle_limit = data.handle_limit;
            petition.handle_from = event.at;
            petition.standstills.clear();
            petition.appointment.reset();
            petition.appointments = 0;
            petition.first_handle_due.reset();
            petition.reminders = data.reminders;
            petition.escalate_at.reset();
            petition.escalations.clear();
        }
        if (data.total_due) {
            setDue(petition, Clock::kTotal, data.total_due);
            petition.total_limit = data.total_limit;
            petition.total_from = event.at;
            petition.total_standstills.clear();
        }
    }
    void operator()(const UnitTransferred& data) const {
        takePart(petition, data.unit);
        if (!data.branch.empty()) return takeOverPart(data);
        petition.unit = data.unit;
        petition.external = data.external;
        petition.officer.clear();
        petition.coordinators.clear();
        for (Visit& one : petition.visited) one.officer.clear();
        // Whoever has taken the unit over is told and kept informed in its place.
        for (EscalationRecord& one : petition.escalations)
            if (one.unit == data.from) one.unit = data.unit;
        for (Follower& one : petition.followers)
            if (one.unit == data.from && !one.unit.empty()) one.unit = data.unit;
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

}  // namespace pakn::domain
