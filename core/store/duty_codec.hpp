#pragma once
/// @file
/// Private to the store: shifts, substitutions and requests as rows hold them. Everything here throws DamagedRow.

#include <string>
#include <string_view>
#include <vector>

#include "core/security/crypto.hpp"
#include "core/security/duties.hpp"
#include "core/store/event_codec.hpp"
#include "core/store/instants.hpp"

namespace pakn::store {

inline constexpr std::string_view kShiftColumns = "id, unit, begins_at, ends_at, people";
inline constexpr std::string_view kSubstitutionColumns =
    "id, account, substitute, begins_at, ends_at, named_by, named_at, ended_by";
inline constexpr std::string_view kRequestColumns =
    "id, account, role, unit, asked_at, state, decided_by, decided_at, sealed";

/// Ids, separated by commas; and back.
std::string listed(const std::vector<std::string>& ids);
std::vector<std::string> idsOf(std::string_view text);

/// Reason and answer of a request, under the hub key.
std::string sealWords(const security::HubKey& hub_key, const security::RoleRequest& request);
void openWords(const security::HubKey& hub_key, std::string_view sealed, security::RoleRequest& request);
/// Throws DamagedRow.
domain::Role requestedRole(std::string_view name);
security::RequestState requestState(std::string_view name);

/// Why a request cannot be settled; nothing: it can. `account_unit`: absent when there is no such account.
std::optional<Error> unsettled(const security::RoleRequest& request, security::RequestState state,
                               const std::optional<std::string>& account_unit);
/// The account's roles with the one that was asked for.
std::vector<domain::Role> withRole(std::vector<domain::Role> roles, domain::Role role);

inline Error substitutionConflict(bool overlap) {
    return {.code = Errc::kConflict,
            .message = overlap ? "somebody takes this place in part of the period already"
                               : "who takes a place cannot be away at the same time",
            .problem = overlap ? "substitute.overlap" : "substitute.chain"};
}

template <class Row>
security::Shift readShift(const Row& row) {
    return {.id = row.text(0),
            .unit = row.text(1),
            .from = instant(row.integer(2)),
            .to = instant(row.integer(3)),
            .people = idsOf(row.bytes(4))};
}

template <class Row>
security::Substitution readSubstitution(const Row& row) {
    return {.id = row.text(0),
            .account = row.text(1),
            .substitute = row.text(2),
            .from = instant(row.integer(3)),
            .to = instant(row.integer(4)),
            .named_by = row.text(5),
            .named_at = instant(row.integer(6)),
            .ended_by = row.text(7)};
}

template <class Row>
security::RoleRequest readRequest(const Row& row, const security::HubKey& hub_key) {
    security::RoleRequest request{.id = row.text(0),
                                  .account = row.text(1),
                                  .role = requestedRole(row.bytes(2)),
                                  .unit = row.text(3),
                                  .asked_at = instant(row.integer(4)),
                                  .state = requestState(row.bytes(5)),
                                  .decided_by = row.text(6),
                                  .decided_at = row.maybeInstant(7)};
    openWords(hub_key, row.bytes(8), request);
    return request;
}

}  // namespace pakn::store
