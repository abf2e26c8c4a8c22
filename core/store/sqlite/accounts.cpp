#include "core/store/sqlite/accounts.hpp"

#include <Poco/Data/Statement.h>
#include <Poco/Nullable.h>
#include <Poco/Tuple.h>

#include "core/store/account_codec.hpp"
#include "core/store/sqlite/connection.hpp"

namespace pakn::store::sqlite {

using Poco::Data::Session;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;
using security::Account;
using security::Secret;

namespace {

constexpr const char* kSelectAccounts =
    "SELECT id, login, name, roles, unit, password_hash, locked, created_at FROM accounts ";
using AccountRow =
    Poco::Tuple<std::string, std::string, std::string, std::string, std::string, std::string, bool, Poco::Int64>;

Account toAccount(const AccountRow& row) {
    return {.id = row.get<0>(),
            .login = row.get<1>(),
            .name = row.get<2>(),
            .roles = rolesOf(row.get<3>()),
            .unit = row.get<4>(),
            .password_hash = row.get<5>(),
            .locked = row.get<6>(),
            .created_at = instant(row.get<7>())};
}

std::optional<Account> findAccount(Session& session, const char* where, std::string_view value) {
    std::vector<AccountRow> rows;
    session << kSelectAccounts << where, into(rows), bind(std::string{value}), now;
    return rows.empty() ? std::nullopt : std::optional{toAccount(rows.front())};
}

using SecretRow = Poco::Tuple<std::string, std::string, std::string, std::string, std::string, Poco::Int64,
                              Poco::Nullable<Poco::Int64>>;

Secret toSecret(const SecretRow& row) {
    Secret secret{.hash = row.get<0>(),
                  .kind = secretKind(row.get<1>()),
                  .account = row.get<2>(),
                  .source = row.get<3>(),
                  .csrf_hash = row.get<4>(),
                  .created_at = instant(row.get<5>())};
    if (!row.get<6>().isNull()) secret.expires_at = instant(row.get<6>().value());
    return secret;
}

std::optional<Secret> toSecret(const std::vector<SecretRow>& rows) {
    return rows.empty() ? std::nullopt : std::optional{toSecret(rows.front())};
}

Poco::Nullable<Poco::Int64> nullable(const std::optional<Instant>& at) {
    return at ? Poco::Nullable<Poco::Int64>{millis(*at)} : Poco::Nullable<Poco::Int64>{};
}

}  // namespace

void insertAccount(Session& session, const Account& account) {
    session << "INSERT INTO accounts (id, login, name, roles, unit, password_hash, locked, created_at)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        bind(account.id), bind(account.login), bind(account.name), bind(joined(account.roles)), bind(account.unit),
        bind(account.password_hash), bind(account.locked), bind(millis(account.created_at)), now;
}

bool updateLocked(Session& session, std::string_view account_id, bool locked) {
    Poco::Data::Statement statement{session};
    statement << "UPDATE accounts SET locked = ? WHERE id = ?", bind(locked), bind(std::string{account_id});
    return statement.execute() > 0;
}

bool updatePassword(Session& session, std::string_view account_id, std::string_view hash,
                    const std::optional<std::string>& known) {
    Poco::Data::Statement statement{session};
    statement << "UPDATE accounts SET password_hash = ? WHERE id = ? AND (? OR password_hash = ?)",
        bind(std::string{hash}), bind(std::string{account_id}), bind(!known), bind(known.value_or(""));
    return statement.execute() > 0;
}

std::optional<Account> findAccountById(Session& session, std::string_view id) {
    return findAccount(session, "WHERE id = ?", id);
}

std::optional<Account> findAccountByLogin(Session& session, std::string_view login) {
    return findAccount(session, "WHERE login = ?", login);
}

std::vector<Account> allAccounts(Session& session) {
    std::vector<AccountRow> rows;
    session << kSelectAccounts << "ORDER BY login", into(rows), now;
    std::vector<Account> accounts;
    for (const AccountRow& row : rows) accounts.push_back(toAccount(row));
    return accounts;
}

void insertSecret(Session& session, const Secret& secret) {
    session << "INSERT INTO secrets (hash, kind, account, source, csrf_hash, created_at, expires_at)"
               " VALUES (?, ?, ?, ?, ?, ?, ?)",
        bind(secret.hash), bind(std::string{nameOf(secret.kind)}), bind(secret.account), bind(secret.source),
        bind(secret.csrf_hash), bind(millis(secret.created_at)), bind(nullable(secret.expires_at)), now;
}

bool insertSession(Session& session, const Secret& secret, std::string_view password_hash) {
    Poco::Data::Statement statement{session};
    statement << "INSERT INTO secrets (hash, kind, account, source, csrf_hash, created_at, expires_at)"
                 " SELECT ?, ?, id, ?, ?, ?, ? FROM accounts WHERE id = ? AND locked = 0 AND password_hash = ?",
        bind(secret.hash), bind(std::string{nameOf(secret.kind)}), bind(secret.source), bind(secret.csrf_hash),
        bind(millis(secret.created_at)), bind(nullable(secret.expires_at)), bind(secret.account),
        bind(std::string{password_hash});
    return statement.execute() > 0;
}

std::optional<Secret> findSecret(Session& session, std::string_view hash) {
    std::vector<SecretRow> rows;
    session << "SELECT hash, kind, account, source, csrf_hash, created_at, expires_at FROM secrets WHERE hash = ?",
        into(rows), bind(std::string{hash}), now;
    return toSecret(rows);
}

std::vector<Secret> lastingSecrets(Session& session) {
    std::vector<SecretRow> rows;
    session << "SELECT hash, kind, account, source, csrf_hash, created_at, expires_at FROM secrets"
               " WHERE kind IN ('account_token', 'source_key')",
        into(rows), now;
    std::vector<Secret> secrets;
    secrets.reserve(rows.size());
    for (const SecretRow& row : rows) secrets.push_back(toSecret(row));
    return secrets;
}

std::optional<Secret> removeSecret(Session& session, std::string_view hash) {
    std::vector<SecretRow> rows;
    session << "DELETE FROM secrets WHERE hash = ?"
               " RETURNING hash, kind, account, source, csrf_hash, created_at, expires_at",
        into(rows), bind(std::string{hash}), now;
    return toSecret(rows);
}

void removeExpiredSecrets(Session& session, Instant at) {
    session << "DELETE FROM secrets WHERE expires_at < ?", bind(millis(at)), now;
}

void removeSignIns(Session& session, std::string_view account_id) {
    session << "DELETE FROM secrets WHERE account = ? AND kind IN ('one_time_link', 'session')",
        bind(std::string{account_id}), now;
}

}  // namespace pakn::store::sqlite
