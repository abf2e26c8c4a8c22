/// @file
/// What each event means for the state of a petition: the only reader of event data besides the journal's codec.

#include <algorithm>

#include "core/domain/event.hpp"

namespace pakn::domain {

namespace {

/// Events that an action caused lead to a step.
template <class Move>
void enter(Petition& petition, const Move& move) {
    petition.step = move.step;
    petition.status = move.status;
    petition.holder = move.holder;
    petition.at_centre = move.at_centre;
}

void setDue(Petition& petition, Clock clock, const std::optional<Instant>& due) {
    petition.missed.erase(clock);
    if (due)
        petition.due[clock] = *due;
    else
        petition.due.erase(clock);
}

void stopUnitClock(Petition& petition) {
    petition.due.erase(Clock::kHandle);
    petition.remind_at.reset();
}

void finish(Petition& petition, Instant at) {
    stopUnitClock(petition);
    petition.due.erase(Clock::kTriage);
    petition.due.erase(Clock::kRelease);
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
        petition.identity_usable = data.identity_usable;
        petition.location = {
            .address = data.address, .area = data.area, .latitude = data.latitude, .longitude = data.longitude};
        petition.occurred_at = data.occurred_at;
        petition.files = data.files;
        petition.tracking_token = data.tracking_token;
        petition.received_at = event.at;
        petition.status = Status::kReceived;
    }
    void operator()(const Routed& data) const {
        petition.rule = data.rule;
        petition.tags = data.tags;
        petition.suggested_unit = data.unit;
        petition.workflow = data.workflow;
        petition.workflow_config = event.config_hash;
        petition.step = data.step;
        petition.holder = data.holder;
        petition.at_centre = data.at_centre;
        petition.sla = data.sla;
        setDue(petition, Clock::kTriage, data.triage_due);
        setDue(petition, Clock::kTotal, data.total_due);
    }
    void operator()(const AcceptedByCentre& data) const { enter(petition, data); }
    void operator()(const Distributed& data) const {
        enter(petition, data);
        petition.unit = data.unit;
        petition.officer.clear();
        petition.draft.reset();
        petition.approved.reset();
        petition.due.erase(Clock::kTriage);
        setDue(petition, Clock::kHandle, data.handle_due);
        petition.remind_at = data.remind_at;
        petition.stopped_handle_due.reset();
        petition.return_until = data.return_until;
    }
    void operator()(const Started& data) const {
        enter(petition, data);
        petition.officer = data.officer;
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
        petition.draft = ResultText{data.text, data.files, event.actor, event.at};
        petition.approved.reset();
    }
    void operator()(const Submitted& data) const { enter(petition, data); }
    void operator()(const Approved& data) const {
        enter(petition, data);
        petition.approved = ResultText{data.text, data.files, event.actor, event.at};
        if (const auto due = petition.due.find(Clock::kHandle); due != petition.due.end())
            petition.stopped_handle_due = due->second;
        stopUnitClock(petition);
        setDue(petition, Clock::kRelease, data.release_due);
    }
    void operator()(const SentBack& data) const {
        enter(petition, data);
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
        petition.remind_at = data.remind_at;
        petition.stopped_handle_due.reset();
    }
    void operator()(const Returned& data) const {
        enter(petition, data);
        petition.unit.clear();
        petition.officer.clear();
        petition.draft.reset();
        petition.approved.reset();
        petition.return_until.reset();
        stopUnitClock(petition);
        setDue(petition, Clock::kTriage, data.triage_due);
    }
    void operator()(const Released& data) const {
        enter(petition, data);
        petition.released = petition.approved;
        finish(petition, event.at);
    }
    void operator()(const RefusedByCentre& data) const {
        enter(petition, data);
        finish(petition, event.at);
    }
    void operator()(const Closed& data) const {
        enter(petition, data);
        if (!petition.finished_at) finish(petition, event.at);
    }
    void operator()(const DeadlineMissed& data) const { petition.missed[data.clock] = data.due; }
    void operator()(const Reminded&) const { petition.remind_at.reset(); }
    void operator()(const IdentityRevealed&) const {}
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
                                       .next_at = event.at});
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

}  // namespace

Petition apply(Petition petition, const Event& event) {
    petition.version = event.version;
    std::visit(Apply{petition, event}, event.data);
    return petition;
}

const DeliveryRecord* Petition::delivery(std::string_view delivery_id) const {
    for (const DeliveryRecord& record : deliveries)
        if (record.id == delivery_id) return &record;
    return nullptr;
}

std::optional<Instant> Petition::currentDue() const {
    if (finished_at) return std::nullopt;
    std::optional<Instant> earliest;
    for (const Clock clock : {Clock::kTriage, Clock::kHandle, Clock::kRelease})
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
    if (*due < now) return Progress::kOverdue;
    return *due - now <= std::chrono::hours{24} ? Progress::kDueSoon : Progress::kNotDue;
}

}  // namespace pakn::domain
