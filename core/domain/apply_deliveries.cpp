/// @file
/// What the sending of something means for the state of a petition.

#include <algorithm>

#include "core/domain/apply_parts.hpp"

namespace pakn::domain {

namespace {

std::optional<Notice> noticeOf(const DeliveryQueued& queued) {
    if (queued.notice.empty()) return std::nullopt;
    return Notice{
        .name = queued.notice,
        .to = {.role = queued.to_role.value_or(Role::kCitizen), .unit = queued.to_unit, .account = queued.to_account},
        .markup = queued.markup.value_or(Markup::kText),
        .subject = queued.subject,
        .message = queued.message};
}

DeliveryRecord* recordOf(Petition& petition, std::string_view id) {
    const auto found = std::find_if(petition.deliveries.begin(), petition.deliveries.end(),
                                    [&](const DeliveryRecord& one) { return one.id == id; });
    return found == petition.deliveries.end() ? nullptr : &*found;
}

void settle(Petition& petition, std::string_view id, DeliveryState state, int attempt, const std::string& error) {
    DeliveryRecord* record = recordOf(petition, id);
    if (!record) return;
    record->state = state;
    record->attempts = attempt;
    record->last_error = error;
}

}  // namespace

void detail::noteFailure(Petition& petition, const Event& event, std::string_view delivery) {
    if (DeliveryRecord* record = recordOf(petition, delivery)) record->failed_version = event.version;
}

void detail::applied(Petition& petition, const Event& event, const DeliveryQueued& data) {
    if (DeliveryRecord* again = recordOf(petition, data.delivery)) {
        again->state = DeliveryState::kQueued;
        again->queued_at = event.at;
        again->next_at = event.at;
        again->attempts = 0;
        again->failed_version = 0;
        return;
    }
    // The next way says what the first would have said.
    const DeliveryRecord* first = recordOf(petition, data.chain);
    const Instant caused_at = first ? first->caused_at : event.at;
    const Status status = first ? first->status : petition.status;
    const std::string unit = first ? first->unit : petition.unit;
    petition.deliveries.push_back({.id = data.delivery,
                                   .connector = data.connector,
                                   .kind = data.delivery_kind,
                                   .cause = data.cause,
                                   .state = DeliveryState::kQueued,
                                   .caused_at = caused_at,
                                   .status = status,
                                   .unit = unit,
                                   .queued_at = event.at,
                                   .next_at = event.at,
                                   .notice = noticeOf(data),
                                   .way = data.way,
                                   .chain = data.chain});
}

void detail::applied(Petition& petition, const Event&, const DeliverySent& data) {
    settle(petition, data.delivery, DeliveryState::kSent, data.attempt, {});
    if (DeliveryRecord* record = recordOf(petition, data.delivery)) record->reference = data.reference;
}

void detail::applied(Petition& petition, const Event&, const DeliveryFailed& data) {
    settle(petition, data.delivery, DeliveryState::kQueued, data.attempt, data.error);
    if (DeliveryRecord* record = recordOf(petition, data.delivery)) record->next_at = data.next_at;
}

void detail::applied(Petition& petition, const Event&, const DeliveryDead& data) {
    settle(petition, data.delivery, DeliveryState::kDead, data.attempt, data.error);
}

void detail::applied(Petition& petition, const Event&, const DeliveryUnknown& data) {
    settle(petition, data.delivery, DeliveryState::kUnknown, data.attempt, data.error);
}

void detail::applied(Petition& petition, const Event&, const DeliveryPassedOn& data) {
    settle(petition, data.delivery, DeliveryState::kPassedOn, data.attempt, data.error);
}

void detail::applied(Petition& petition, const Event&, const DeliveryDiscarded& data) {
    settle(petition, data.delivery, DeliveryState::kDiscarded, data.attempt, data.error);
}

}  // namespace pakn::domain
