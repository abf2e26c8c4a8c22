#include "core/store/sqlite/accounts.hpp"

#include <Poco/Data/Statement.h>
#include <Poco/Tuple.h>

#include "core/store/link_codec.hpp"
#include "core/store/sqlite/connection.hpp"

namespace pakn::store::sqlite {

using Poco::Data::Session;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;
using security::Account;
using security::HubKey;
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

constexpr std::string_view kInsertSecret =
    "INSERT INTO secrets (hash, kind, account, source, csrf_hash, created_at, expires_at, person, provider_session,"
    " sealed)";
constexpr std::string_view kSecretColumns = "hash, kind, account, source, csrf_hash, created_at, expires_at, sealed";

std::optional<Blob> blob(const std::optional<std::string>& bytes) {
    return bytes ? std::optional{Blob{*bytes}} : std::nullopt;
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

bool updateContact(Connection& connection, const HubKey& hub_key, std::string_view account_id,
                   const security::AccountContact& contact) {
    const std::optional<std::string> sealed = sealContact(hub_key, account_id, contact);
    connection.statement("UPDATE accounts SET contact = ? WHERE id = ?").run(blob(sealed), account_id);
    return connection.changes() > 0;
}

security::AccountContact findContact(Connection& connection, const HubKey& hub_key, std::string_view account_id) {
    Statement row = connection.statement("SELECT contact FROM accounts WHERE id = ? AND contact IS NOT NULL");
    if (!row.query(account_id).step()) return {};
    return openContact(hub_key, account_id, row.bytes(0));
}

void insertSecret(Connection& connection, const HubKey& hub_key, const Secret& secret) {
    const SealedProvider provider = sealProvider(hub_key, secret);
    connection.statement(std::string{kInsertSecret} + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .run(secret.hash, nameOf(secret.kind), secret.account, secret.source, secret.csrf_hash, secret.created_at,
             secret.expires_at, provider.person, provider.session, blob(provider.sealed));
}

bool insertSession(Connection& connection, const HubKey& hub_key, const Secret& secret,
                   std::string_view password_hash) {
    const SealedProvider provider = sealProvider(hub_key, secret);
    connection
        .statement(std::string{kInsertSecret} +
                   " SELECT ?, ?, id, ?, ?, ?, ?, ?, ?, ? FROM accounts"
                   " WHERE id = ? AND locked = 0 AND password_hash = ?")
        .run(secret.hash, nameOf(secret.kind), secret.source, secret.csrf_hash, secret.created_at, secret.expires_at,
             provider.person, provider.session, blob(provider.sealed), secret.account, password_hash);
    return connection.changes() > 0;
}

std::optional<Secret> findSecret(Connection& connection, const HubKey& hub_key, std::string_view hash) {
    Statement row =
        connection.statement(std::string{"SELECT "}.append(kSecretColumns).append(" FROM secrets WHERE hash = ?"));
    if (!row.query(hash).step()) return std::nullopt;
    return readSecret(row, hub_key);
}

std::vector<Secret> lastingSecrets(Connection& connection, const HubKey& hub_key) {
    Statement rows = connection.statement(std::string{"SELECT "}.append(kSecretColumns) +
                                          " FROM secrets WHERE kind IN ('account_token', 'source_key')");
    std::vector<Secret> secrets;
    while (rows.step()) secrets.push_back(readSecret(rows, hub_key));
    return secrets;
}

std::optional<Secret> removeSecret(Connection& connection, const HubKey& hub_key, std::string_view hash) {
    Statement row =
        connection.statement(std::string{"DELETE FROM secrets WHERE hash = ? RETURNING "}.append(kSecretColumns));
    if (!row.query(hash).step()) return std::nullopt;
    Secret secret = readSecret(row, hub_key);
    while (row.step()) {
    }  // To its end, so that it is done.
    return secret;
}

void removeExpiredSecrets(Session& session, Instant at) {
    session << "DELETE FROM secrets WHERE expires_at < ?", bind(millis(at)), now;
}

void removeSignIns(Session& session, std::string_view account_id) {
    session << "DELETE FROM secrets WHERE account = ? AND kind IN ('one_time_link', 'session')",
        bind(std::string{account_id}), now;
}

}  // namespace pakn::store::sqlite
