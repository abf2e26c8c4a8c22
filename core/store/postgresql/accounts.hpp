#pragma once
/// @file
/// The tables of accounts and secrets.

#include <optional>
#include <string>
#include <vector>

#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"
#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

/// All of these throw PgError and DamagedRow; each is one statement, so one transaction.

void insertAccount(Connection& connection, const security::HubKey& hub_key, const security::Account& account,
                   const security::AccountContact& contact);
/// False when there is none with this id.
bool updateLocked(Connection& connection, std::string_view account_id, bool locked);
/// False when there is none with this id, or, with `known`, with this id and hash.
bool updatePassword(Connection& connection, std::string_view account_id, std::string_view hash,
                    const std::optional<std::string>& known);
std::optional<security::Account> findAccountById(Connection& connection, std::string_view id);
std::optional<security::Account> findAccountByLogin(Connection& connection, std::string_view login);
/// False when there is none with this id.
bool updateContact(Connection& connection, const security::HubKey& hub_key, std::string_view account_id,
                   const security::AccountContact& contact);
security::AccountContact findContact(Connection& connection, const security::HubKey& hub_key,
                                     std::string_view account_id);
/// By login.
std::vector<security::Account> allAccounts(Connection& connection);

void insertSecret(Connection& connection, const security::HubKey& hub_key, const security::Secret& secret);
/// False, and nothing is inserted, unless its account is open and has this password hash. Whoever changes that at the
/// same time waits, or is waited for.
bool insertSession(Connection& connection, const security::HubKey& hub_key, const security::Secret& secret,
                   std::string_view password_hash);
std::optional<security::Secret> findSecret(Connection& connection, const security::HubKey& hub_key,
                                           std::string_view hash);
std::vector<security::Secret> lastingSecrets(Connection& connection, const security::HubKey& hub_key);
std::optional<security::Secret> removeSecret(Connection& connection, const security::HubKey& hub_key,
                                             std::string_view hash);
void removeExpiredSecrets(Connection& connection, Instant now);
/// Sessions and one-time links of an account.
void removeSignIns(Connection& connection, std::string_view account_id);

}  // namespace pakn::store::postgresql
