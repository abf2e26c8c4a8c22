#pragma once
/// @file
/// The tables of accounts and secrets.

#include <optional>
#include <string>
#include <vector>

#include "core/security/accounts.hpp"
#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

/// All of these throw PgError and DamagedRow; each is one statement, so one transaction.

void insertAccount(Connection& connection, const security::Account& account);
/// False when there is none with its id.
bool replaceAccount(Connection& connection, const security::Account& account);
std::optional<security::Account> findAccountById(Connection& connection, std::string_view id);
std::optional<security::Account> findAccountByLogin(Connection& connection, std::string_view login);
/// By login.
std::vector<security::Account> allAccounts(Connection& connection);

void insertSecret(Connection& connection, const security::Secret& secret);
std::optional<security::Secret> findSecret(Connection& connection, std::string_view hash);
std::vector<security::Secret> lastingSecrets(Connection& connection);
std::optional<security::Secret> removeSecret(Connection& connection, std::string_view hash);
void removeExpiredSecrets(Connection& connection, Instant now);
/// Sessions and one-time links of an account.
void removeSignIns(Connection& connection, std::string_view account_id);

}  // namespace pakn::store::postgresql
