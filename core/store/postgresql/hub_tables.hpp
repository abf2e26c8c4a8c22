#pragma once
/// @file
/// Small tables of the hub itself: refused items, configurations, connectors' state.

#include "core/security/crypto.hpp"
#include "core/store/postgresql/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::postgresql {

/// All of these throw PgError and DamagedRow; each is one statement, so one transaction.

void insertRefused(Connection& connection, const security::HubKey& hub_key, const RefusedItem& item);
void insertConfiguration(Connection& connection, const KeptConfiguration& configuration, const std::string& actor,
                         const std::string& node);
std::vector<KeptConfiguration> allConfigurations(Connection& connection);
std::vector<Acceptance> lastAcceptances(Connection& connection, int most);
std::optional<std::string> findState(Connection& connection, const security::HubKey& hub_key,
                                     const std::string& connector, const std::string& key);
void replaceState(Connection& connection, const security::HubKey& hub_key, const std::string& connector,
                  const std::string& key, const std::string& value);
StateSize measureState(Connection& connection, const std::string& connector, const std::string& except);
void beat(Connection& connection);
Counts countAll(Connection& connection);
Backlog countBacklog(Connection& connection, Instant now);
Instant serverClock(Connection& connection);

}  // namespace pakn::store::postgresql
