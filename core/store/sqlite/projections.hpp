#pragma once
/// @file
/// The rows that are a pure function of the journal: petitions, petition_units, tasks, timers, deliveries.

#include <functional>
#include <span>
#include <string>

#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError and DamagedRow.

/// Turns the rows of `before` into those of `after`, for a batch, table by table.
void writeProjections(Connection& connection, std::span<const Change> changes);
/// Deletes all rows and writes them anew from the journal; the caller's transaction. Number of petitions.
Rebuilt rebuildProjections(Connection& connection, const security::HubKey& hub_key,
                           const std::function<void(std::int64_t, std::int64_t)>& progress);
/// All rows but what is not the journal's (leases), in the order of their keys.
std::string dumpProjections(Connection& connection);

}  // namespace pakn::store::sqlite
