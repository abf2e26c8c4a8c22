#pragma once
/// @file
/// What the hub has to do by itself: timers that come due, deliveries that have to leave.

#include <vector>

#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError and DamagedRow.

std::vector<DueTimer> findDueTimers(Connection& connection, Instant now, int limit);

/// Petitions that wait for another one's answer; see Store.
std::vector<Merge> findSharable(Connection& connection, int limit);
std::vector<std::string> findMergedInto(Connection& connection, const std::string& petition_id, int limit);
std::vector<std::string> findOpenPetitions(Connection& connection, const std::string& after, int limit);

/// Is there anything that claim() would take? Costs no write.
bool anythingToClaim(Connection& connection, const std::string& connector, Instant now);
std::vector<ClaimedDelivery> claim(Connection& connection, const std::string& connector, const std::string& owner,
                                   Instant now, Instant lease_until, int limit);
void renewClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims,
                 Instant lease_until);
void returnClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims);
void endAllLeases(Connection& connection);

/// False: another owner holds it.
bool holdLease(Connection& connection, const std::string& name, const std::string& owner, Instant now, Instant until);
void releaseLease(Connection& connection, const std::string& name, const std::string& owner);

}  // namespace pakn::store::sqlite
