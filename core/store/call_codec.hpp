#pragma once
/// @file
/// Private to the store: calls as rows hold them, for every adapter. Everything here throws DamagedRow.

#include <optional>
#include <string>
#include <string_view>

#include "core/security/crypto.hpp"
#include "core/store/batch_rows.hpp"
#include "core/store/calls.hpp"
#include "core/store/conditions.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store {

/// Caller, number called, attributes: as one text under the hub key.
std::string sealCall(const security::HubKey& hub_key, const PhoneCall& call);
void openCall(const security::HubKey& hub_key, std::string_view sealed, PhoneCall& call);

/// The index of a number, which petitioners have, too; nothing without a number.
std::optional<std::string> phoneIndex(const security::HubKey& hub_key, std::string_view phone);

/// Where it stands in lists.
std::int64_t placeOf(const PhoneCall& call);

/// Do both say the same, whenever it was told?
bool saysTheSame(const PhoneCall& known, const PhoneCall& other);

/// The last column says whether a petition came of it: by the call centre's id, or by the hub's own.
inline constexpr std::string_view kCallColumns =
    "c.id, c.connector, c.call_id, c.sealed, c.agent, c.result, c.started_at, c.answered_at, c.ended_at, c.recording,"
    " c.recording_type, c.recording_size, c.no_recording, c.updated_at, c.sort_at,"
    " CASE WHEN EXISTS (SELECT 1 FROM petition_calls l WHERE l.call IN (c.call_id, c.id)) THEN 1 ELSE 0 END";

/// Columns: kCallColumns.
template <class Row>
PhoneCall readCall(const Row& row, const security::HubKey& hub_key) {
    PhoneCall call{.id = row.text(0),
                   .connector = row.text(1),
                   .call_id = row.text(2),
                   .agent = row.text(4),
                   .result = row.text(5),
                   .started_at = row.maybeInstant(6),
                   .answered_at = row.maybeInstant(7),
                   .ended_at = row.maybeInstant(8),
                   .no_recording = row.integer(12) != 0,
                   .updated_at = instant(row.integer(13)),
                   .has_petition = row.integer(15) != 0};
    openCall(hub_key, row.bytes(3), call);
    if (!row.isNull(9))
        call.recording =
            domain::FileRef{.sha256 = row.text(9), .name = call.call_id, .type = row.text(10), .size = row.integer(11)};
    return call;
}

/// The columns that an update writes, in the order of the values of callValues(); id, connector and call_id stay.
inline constexpr std::string_view kCallValues =
    "sealed, phone_index, agent, result, started_at, answered_at, ended_at, recording, recording_type, recording_size,"
    " no_recording, updated_at, sort_at";

/// Hands the values of kCallValues to `put`.
template <class Put>
auto withCallValues(const PhoneCall& call, const security::HubKey& hub_key, Put put) {
    const std::string sealed = sealCall(hub_key, call);
    const std::optional<std::string> recording = call.recording ? std::optional{call.recording->sha256} : std::nullopt;
    return put(Blob{sealed}, phoneIndex(hub_key, call.phone), call.agent, call.result, call.started_at,
               call.answered_at, call.ended_at, recording, call.recording ? call.recording->type : std::string{},
               call.recording ? call.recording->size : std::int64_t{0}, std::int64_t{call.no_recording},
               call.updated_at, placeOf(call));
}

/// Of a row of `calls c`. Throws BadCursor.
Conditions conditionsOf(const CallFilter& filter, const Page& page);
inline std::string cursorAfter(const PhoneCall& last) { return makeCursor(placeOf(last), last.id); }

/// What callsOf() asks for: the two ways to name a call, each by an index of its own. `?` twice: the petition.
inline constexpr std::string_view kCallsOfPetition =
    "c.id IN (SELECT a.id FROM petition_calls l JOIN calls a ON a.call_id = l.call WHERE l.petition_id = ?"
    " UNION SELECT b.id FROM petition_calls l JOIN calls b ON b.id = l.call WHERE l.petition_id = ?)"
    " ORDER BY c.sort_at, c.id LIMIT 100";
/// What unrecordedCalls() asks for; `?`: connector, since.
inline constexpr std::string_view kUnrecorded =
    "c.connector = ? AND c.ended_at >= ? AND c.recording IS NULL AND c.no_recording = 0";
inline constexpr std::string_view kHasPetition =
    " AND EXISTS (SELECT 1 FROM petition_calls l WHERE l.call IN (c.call_id, c.id))";

}  // namespace pakn::store
