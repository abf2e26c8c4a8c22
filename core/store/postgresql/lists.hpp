#pragma once
/// @file
/// Lists by page: one query a page, so one snapshot.

#include "core/security/crypto.hpp"
#include "core/store/postgresql/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::postgresql {

/// All of these throw PgError, DamagedRow and BadCursor.
Listing<TaskItem> listTasks(Connection& connection, const security::HubKey& hub_key, const TaskFilter& filter,
                            const Page& page);
Listing<Summary> listPetitions(Connection& connection, const security::HubKey& hub_key, const PetitionFilter& filter,
                               const Page& page, Instant now);
Listing<Summary> listFound(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                           const Page& page, Instant now);
Listing<DeliveryItem> listDeliveries(Connection& connection, const DeliveryFilter& filter, const Page& page);
Listing<RefusedItem> listRefused(Connection& connection, const security::HubKey& hub_key, const RefusedFilter& filter,
                                 const Page& page);

}  // namespace pakn::store::postgresql
