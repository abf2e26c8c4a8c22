#pragma once
/// @file
/// What the hubs have to do by themselves: timers that come due, deliveries that have to leave, and who of them does
/// what only one may do.

#include <vector>

#include "core/store/postgresql/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::postgresql {

/// All of these throw PgError and DamagedRow; each is one statement, so one transaction.

std::vector<DueTimer> findDueTimers(Connection& connection, Instant now, int limit);

/// Petitions that wait for another one's answer; see Store.
std::vector<Merge> findSharable(Connection& connection, int limit);
std::vector<std::string> findMergedInto(Connection& connection, const std::string& petition_id, int limit);
std::vector<std::string> findOpenPetitions(Connection& connection, const std::string& after, int limit);
/// Of two hubs at once each gets others: rows that somebody is taking are passed over.
std::vector<ClaimedDelivery> claim(Connection& connection, const std::string& connector, const std::string& owner,
                                   Instant now, Instant lease_until, int limit);
void renewClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims,
                 Instant lease_until);
void returnClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims);
/// False: another owner holds it.
bool holdLease(Connection& connection, const std::string& name, const std::string& owner, Instant now, Instant until);
void releaseLease(Connection& connection, const std::string& name, const std::string& owner);

}  // namespace pakn::store::postgresql
