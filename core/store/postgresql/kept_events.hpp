#pragma once
/// @file
/// Events of conversations that are no petition yet. Each is one statement. Throws PgError, DamagedRow.

#include <string>
#include <vector>

#include "core/security/crypto.hpp"
#include "core/store/postgresql/connection.hpp"
#include "pakn/sdk/inbox.hpp"

namespace pakn::store::postgresql {

/// The same id of the same conversation again changes nothing.
void keepEvent(Connection& connection, const security::HubKey& hub_key, const std::string& connector,
               const KeptEvent& event);
std::vector<KeptEvent> keptEvents(Connection& connection, const security::HubKey& hub_key, const std::string& connector,
                                  const std::string& conversation);
void dropEvents(Connection& connection, const security::HubKey& hub_key, const std::string& connector,
                const std::string& conversation, std::int64_t sequence);
std::vector<std::string> quietConversations(Connection& connection, const security::HubKey& hub_key,
                                            const std::string& connector, Instant before, int most);

}  // namespace pakn::store::postgresql
