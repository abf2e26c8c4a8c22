#pragma once
/// @file
/// The tables that lists, queues and the outbox read: written with each change, re-created from the journal.

#include <functional>
#include <span>

#include "core/store/postgresql/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::postgresql {

/// Queues the rows of these changes: one or two statements a table. Throws PgError.
void writeProjections(Connection& connection, std::span<const Change> changes);
/// In an open transaction. Other hubs wait with what they write until it ends. Throws PgError and DamagedRow.
Rebuilt rebuildProjections(Connection& connection, const security::HubKey& hub_key,
                           const std::function<void(std::int64_t, std::int64_t)>& progress);
std::string dumpProjections(Connection& connection);

}  // namespace pakn::store::postgresql
