#pragma once
/// @file
/// Lists by page. Each page is found by its sort keys in one query; the lines of the page are then read one by one.

#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError, DamagedRow and BadCursor.
Listing<TaskItem> listTasks(Connection& connection, const security::HubKey& hub_key, const TaskFilter& filter,
                            const Page& page);
Listing<Summary> listPetitions(Connection& connection, const security::HubKey& hub_key, const PetitionFilter& filter,
                               const Page& page, Instant now);
Listing<Summary> listFound(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                           const Page& page, Instant now);
Listing<DeliveryItem> listDeliveries(Connection& connection, const DeliveryFilter& filter, const Page& page);
Listing<RefusedItem> listRefused(Connection& connection, const security::HubKey& hub_key, const RefusedFilter& filter,
                                 const Page& page);

}  // namespace pakn::store::sqlite
