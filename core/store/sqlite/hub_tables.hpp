#pragma once
/// @file
/// Small tables of the hub itself, by POCO's statements: refused items, configurations, connectors' state.

#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw Poco::Exception, SqliteError and DamagedRow.

void insertRefused(Poco::Data::Session& session, const security::HubKey& hub_key, const RefusedItem& item);
/// Hash of what this node accepted last; empty: nothing yet.
std::string lastAccepted(Connection& connection, const std::string& node);
void insertConfiguration(Connection& connection, const KeptConfiguration& configuration, const std::string& actor,
                         const std::string& node);
std::vector<KeptConfiguration> allConfigurations(Connection& connection);
std::vector<Acceptance> lastAcceptances(Connection& connection, int most);
std::optional<std::string> findState(Poco::Data::Session& session, const security::HubKey& hub_key,
                                     const std::string& connector, const std::string& key);
void replaceState(Poco::Data::Session& session, const security::HubKey& hub_key, const std::string& connector,
                  const std::string& key, const std::string& value);
StateSize measureState(Connection& connection, const std::string& connector, const std::string& except);
void beat(Poco::Data::Session& session);
Counts countAll(Connection& connection);
Backlog countBacklog(Connection& connection, Instant now);

}  // namespace pakn::store::sqlite
