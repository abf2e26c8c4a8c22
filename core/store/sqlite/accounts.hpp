#pragma once
/// @file
/// The tables of accounts and secrets, rare, small rows.

#include <Poco/Data/Session.h>

#include <optional>
#include <string>
#include <vector>

#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"

namespace pakn::store::sqlite {

/// All of these throw Poco::Exception, SqliteError and DamagedRow.

void insertAccount(Poco::Data::Session& session, const security::Account& account);
/// False when there is none with this id.
bool updateLocked(Poco::Data::Session& session, std::string_view account_id, bool locked);
/// False when there is none with this id, or, with `known`, with this id and hash.
bool updatePassword(Poco::Data::Session& session, std::string_view account_id, std::string_view hash,
                    const std::optional<std::string>& known);
std::optional<security::Account> findAccountById(Poco::Data::Session& session, std::string_view id);
std::optional<security::Account> findAccountByLogin(Poco::Data::Session& session, std::string_view login);
/// False when there is none with this id.
bool updateContact(Connection& connection, const security::HubKey& hub_key, std::string_view account_id,
                   const security::AccountContact& contact);
security::AccountContact findContact(Connection& connection, const security::HubKey& hub_key,
                                     std::string_view account_id);
/// By login.
std::vector<security::Account> allAccounts(Poco::Data::Session& session);

void insertSecret(Connection& connection, const security::HubKey& hub_key, const security::Secret& secret);
/// False, and nothing is inserted, unless its account is open and has this password hash.
bool insertSession(Connection& connection, const security::HubKey& hub_key, const security::Secret& secret,
                   std::string_view password_hash);
std::optional<security::Secret> findSecret(Connection& connection, const security::HubKey& hub_key,
                                           std::string_view hash);
std::vector<security::Secret> lastingSecrets(Connection& connection, const security::HubKey& hub_key);
std::optional<security::Secret> removeSecret(Connection& connection, const security::HubKey& hub_key,
                                             std::string_view hash);
void removeExpiredSecrets(Poco::Data::Session& session, Instant now);
/// Sessions and one-time links of an account.
void removeSignIns(Poco::Data::Session& session, std::string_view account_id);

}  // namespace pakn::store::sqlite
