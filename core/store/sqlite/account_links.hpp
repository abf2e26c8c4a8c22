#pragma once
/// @file
/// The table of people whom providers sign in, and their sessions.

#include <optional>
#include <string_view>
#include <vector>

#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError, Poco::Exception and DamagedRow.

/// False when there is none with this id.
bool updateDuties(Connection& connection, std::string_view account_id, const std::vector<domain::Role>& roles,
                  std::string_view unit);
void insertLinkedAccount(Connection& connection, const security::HubKey& hub_key, const security::Account& account,
                         const security::AccountLink& link);
/// False when there is no such account. What it was linked to before goes, if nobody ever gave it anything.
bool replaceLink(Connection& connection, const security::HubKey& hub_key, const security::AccountLink& link);
bool deleteLink(Connection& connection, const security::HubKey& hub_key, std::string_view issuer,
                std::string_view subject);
std::optional<security::AccountLink> findLink(Connection& connection, const security::HubKey& hub_key,
                                              std::string_view issuer, std::string_view subject);
std::vector<security::AccountLink> allLinks(Connection& connection, const security::HubKey& hub_key);
std::int64_t countWaiting(Connection& connection);
std::int64_t removeProviderSessions(Connection& connection, const security::HubKey& hub_key,
                                    const security::ProviderSession& whose);

}  // namespace pakn::store::sqlite
