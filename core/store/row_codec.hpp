#pragma once
/// @file
/// Private to the store: rows as the adapters read them, and what they mean. A `Row` is an adapter's: text(column),
/// bytes(column), integer(column), isNull(column), maybeInstant(column). Everything here throws DamagedRow.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/store/event_codec.hpp"
#include "core/store/instants.hpp"
#include "core/store/journal_entry.hpp"
#include "core/store/store.hpp"

namespace pakn::store {

template <class Enum>
Enum known(std::optional<Enum> found) {
    if (!found) throw DamagedRow{"a row with a name that this program does not know"};
    return *found;
}

/// Columns: id, version, at, kind, actor, role, config_hash, sealed payload.
template <class Row>
domain::Event readEvent(const Row& row, const security::Key& data_key, const std::string& petition_id) {
    if (row.isNull(7)) throw DamagedRow{"an event of a petition has no payload"};
    const int version = static_cast<int>(row.integer(1));
    const auto kind = known(domain::findEventKind(row.bytes(3)));
    return {.id = row.text(0),
            .petition_id = petition_id,
            .version = version,
            .at = instant(row.integer(2)),
            .actor = row.text(4),
            .role = known(domain::findRole(row.bytes(5))),
            .config_hash = row.text(6),
            .data = openPayload(data_key, petition_id, version, kind, row.bytes(7))};
}

/// The fold of these events, which must begin at version 1 and have no gap.
inline domain::Petition fold(std::span<const domain::Event> events) {
    domain::Petition petition;
    for (const domain::Event& event : events) petition = apply(std::move(petition), event);
    return petition;
}

/// Columns from `first`: id, connector, kind, cause, state, queued_at, next_at, attempts, last_error, reference.
template <class Row>
domain::DeliveryRecord readDelivery(const Row& row, int first) {
    return {.id = row.text(first),
            .connector = row.text(first + 1),
            .kind = known(domain::findDeliveryKind(row.bytes(first + 2))),
            .cause = known(domain::findEventKind(row.bytes(first + 3))),
            .state = known(domain::findDeliveryState(row.bytes(first + 4))),
            .queued_at = instant(row.integer(first + 5)),
            .next_at = instant(row.integer(first + 6)),
            .attempts = static_cast<int>(row.integer(first + 7)),
            .last_error = row.text(first + 8),
            .reference = row.text(first + 9)};
}

inline constexpr std::string_view kSummaryColumns =
    "p.id, p.code, p.channel, p.category, p.unit, p.suggested_unit, p.officer, p.step, p.status, p.emergency,"
    " p.version, p.received_at, p.due_at, p.total_due_at, p.finished_at";
inline constexpr int kSummaryColumnCount = 15;

/// Columns from `first`: kSummaryColumns. The title is in the journal.
template <class Row>
// NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved
Summary readSummary(const Row& row, int first, std::string title) {
    return {.id = row.text(first),
            .code = row.text(first + 1),
            .title = std::move(title),
            .channel = row.text(first + 2),
            .category = row.text(first + 3),
            .unit = row.text(first + 4),
            .suggested_unit = row.text(first + 5),
            .officer = row.text(first + 6),
            .step = row.text(first + 7),
            .status = known(domain::findStatus(row.bytes(first + 8))),
            .emergency = row.integer(first + 9) != 0,
            .version = static_cast<int>(row.integer(first + 10)),
            .received_at = instant(row.integer(first + 11)),
            .due_at = row.maybeInstant(first + 12),
            .total_due_at = row.maybeInstant(first + 13),
            .finished_at = row.maybeInstant(first + 14)};
}

/// The title as it was received, from the sealed payload of the first event.
inline std::string readTitle(const security::Key& data_key, const std::string& petition_id, std::string_view sealed) {
    auto data = openPayload(data_key, petition_id, 1, domain::EventKind::kReceived, sealed);
    return std::move(std::get<domain::Received>(data).title);
}

/// The beginning of a query for readNotice(), up to the account that reads.
inline constexpr std::string_view kNoticesRead =
    "SELECT n.id, n.petition_id, n.version, n.at, p.code, r.at, k.wrapped_key, y.sealed FROM notices n"
    " JOIN petitions p ON p.id = n.petition_id LEFT JOIN persons k ON k.petition_id = n.petition_id"
    " LEFT JOIN events e ON e.petition_id = n.petition_id AND e.version = n.version"
    " LEFT JOIN payloads y ON y.seq = e.seq LEFT JOIN notices_read r ON r.notice = n.id AND r.account = ";
/// So many notices are marked as read by one statement.
inline constexpr int kMostMarkedAtOnce = 1000;

template <class Row>
NoticeItem readNotice(const Row& row, const security::HubKey& hub_key) {
    const std::string petition_id = row.text(1);
    if (row.isNull(6) || row.isNull(7)) throw DamagedRow{"a notice has no words"};
    auto data = openPayload(openDataKey(hub_key, petition_id, row.bytes(6)), petition_id,
                            static_cast<int>(row.integer(2)), domain::EventKind::kNotified, row.bytes(7));
    return {.id = row.text(0),
            .petition_id = petition_id,
            .code = row.text(4),
            .at = instant(row.integer(3)),
            .read_at = row.maybeInstant(5),
            .told = std::move(std::get<domain::Notified>(data))};
}

/// Columns: petition_id, kind, clock, due.
template <class Row>
DueTimer readTimer(const Row& row) {
    return {.petition_id = row.text(0),
            .timer = {
                .kind = row.text(1), .clock = known(domain::findClock(row.bytes(2))), .due = instant(row.integer(3))}};
}

/// Columns: id, channel, external_id, at, problem, bytes, sealed (or nothing).
template <class Row>
RefusedItem readRefused(const Row& row, const security::HubKey& hub_key) {
    const auto sealed = row.bytes(6);
    auto content =
        sealed.empty() ? Result<std::string>{std::string{}} : hub_key.openOwn("refused:" + row.text(0), sealed);
    if (!content) throw DamagedRow{"a refused item does not open: written under another hub key"};
    return {.id = row.text(0),
            .channel = row.text(1),
            .external_id = row.text(2),
            .at = instant(row.integer(3)),
            .problem = row.text(4),
            .content = std::move(*content),
            .bytes = row.integer(5)};
}

/// What a connector's value is sealed for. Length first: no two pairs give the same text.
inline std::string stateContext(const std::string& connector, const std::string& key) {
    return "state:" + std::to_string(connector.size()) + ':' + connector + key;
}

}  // namespace pakn::store
