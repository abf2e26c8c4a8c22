#include "core/store/postgresql/accounts.hpp"

#include "core/store/link_codec.hpp"

namespace pakn::store::postgresql {

using security::Account;
using security::HubKey;
using security::Secret;

namespace {

constexpr std::string_view kAccountColumns = "id, login, name, roles, unit, password_hash, locked, created_at";
constexpr std::string_view kSecretColumns = "hash, kind, account, source, csrf_hash, created_at, expires_at, sealed";

std::string selectAccounts(std::string_view rest) {
    return std::string{"SELECT "}.append(kAccountColumns).append(" FROM accounts ").append(rest);
}

Account toAccount(const Row& row) {
    return {.id = row.text(0),
            .login = row.text(1),
            .name = row.text(2),
            .roles = rolesOf(row.bytes(3)),
            .unit = row.text(4),
            .password_hash = row.text(5),
            .locked = row.integer(6) != 0,
            .created_at = instant(row.integer(7))};
}

std::optional<Account> firstAccount(const Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional{toAccount(rows[0])};
}

std::optional<Secret> firstSecret(const Rows& rows, const HubKey& hub_key) {
    return rows.empty() ? std::nullopt : std::optional{readSecret(rows[0], hub_key)};
}

std::optional<Blob> blob(const std::optional<std::string>& bytes) {
    return bytes ? std::optional{Blob{*bytes}} : std::nullopt;
}

}  // namespace

void insertAccount(Connection& connection, const HubKey& hub_key, const Account& account,
                   const security::AccountContact& contact) {
    connection.query(
        "INSERT INTO accounts (id, login, name, roles, unit, password_hash, locked, created_at, contact)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account.id, account.login, account.name, joined(account.roles), account.unit, account.password_hash,
        int{account.locked}, account.created_at, blob(sealContact(hub_key, account.id, contact)));
}

bool updateLocked(Connection& connection, std::string_view account_id, bool locked) {
    return connection.query("UPDATE accounts SET locked = $2 WHERE id = $1", account_id, int{locked}).changed() > 0;
}

bool updatePassword(Connection& connection, std::string_view account_id, std::string_view hash,
                    const std::optional<std::string>& known) {
    if (!known)
        return connection.query("UPDATE accounts SET password_hash = $2 WHERE id = $1", account_id, hash).changed() > 0;
    return connection
               .query("UPDATE accounts SET password_hash = $2 WHERE id = $1 AND password_hash = $3", account_id, hash,
                      *known)
               .changed() > 0;
}

std::optional<Account> findAccountById(Connection& connection, std::string_view id) {
    return firstAccount(connection.query(selectAccounts("WHERE id = $1"), id));
}

std::optional<Account> findAccountByLogin(Connection& connection, std::string_view login) {
    return firstAccount(connection.query(selectAccounts("WHERE login = $1"), login));
}

std::vector<Account> allAccounts(Connection& connection) {
    const Rows rows = connection.query(selectAccounts("ORDER BY login"));
    std::vector<Account> accounts;
    for (int i = 0; i < rows.count(); ++i) accounts.push_back(toAccount(rows[i]));
    return accounts;
}

bool updateContact(Connection& connection, const HubKey& hub_key, std::string_view account_id,
                   const security::AccountContact& contact) {
    const std::optional<std::string> sealed = sealContact(hub_key, account_id, contact);
    return connection.query("UPDATE accounts SET contact = $2 WHERE id = $1", account_id, blob(sealed)).changed() > 0;
}

security::AccountContact findContact(Connection& connection, const HubKey& hub_key, std::string_view account_id) {
    const Rows rows =
        connection.query("SELECT contact FROM accounts WHERE id = $1 AND contact IS NOT NULL", account_id);
    return rows.empty() ? security::AccountContact{} : openContact(hub_key, account_id, rows[0].bytes(0));
}

void insertSecret(Connection& connection, const HubKey& hub_key, const Secret& secret) {
    const SealedProvider provider = sealProvider(hub_key, secret);
    connection.query(
        "INSERT INTO secrets (hash, kind, account, source, csrf_hash, created_at, expires_at, person,"
        " provider_session, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        secret.hash, nameOf(secret.kind), secret.account, secret.source, secret.csrf_hash, secret.created_at,
        secret.expires_at, provider.person, provider.session, blob(provider.sealed));
}

bool insertSession(Connection& connection, const HubKey& hub_key, const Secret& secret,
                   std::string_view password_hash) {
    const SealedProvider provider = sealProvider(hub_key, secret);
    return connection
               .query(
                   "INSERT INTO secrets (hash, kind, account, source, csrf_hash, created_at, expires_at, person,"
                   " provider_session, sealed)"
                   " SELECT $1, $2, id, $4, $5, $6, $7, $9, $10, $11 FROM accounts"
                   " WHERE id = $3 AND locked = 0 AND password_hash = $8 FOR SHARE",
                   secret.hash, nameOf(secret.kind), secret.account, secret.source, secret.csrf_hash, secret.created_at,
                   secret.expires_at, password_hash, provider.person, provider.session, blob(provider.sealed))
               .changed() > 0;
}

std::optional<Secret> findSecret(Connection& connection, const HubKey& hub_key, std::string_view hash) {
    return firstSecret(
        connection.query(std::string{"SELECT "}.append(kSecretColumns).append(" FROM secrets WHERE hash = $1"), hash),
        hub_key);
}

std::vector<Secret> lastingSecrets(Connection& connection, const HubKey& hub_key) {
    const Rows rows = connection.query(std::string{"SELECT "}.append(kSecretColumns) +
                                       " FROM secrets WHERE kind IN ('account_token', 'source_key')");
    std::vector<Secret> secrets;
    for (int i = 0; i < rows.count(); ++i) secrets.push_back(readSecret(rows[i], hub_key));
    return secrets;
}

std::optional<Secret> removeSecret(Connection& connection, const HubKey& hub_key, std::string_view hash) {
    return firstSecret(
        connection.query(std::string{"DELETE FROM secrets WHERE hash = $1 RETURNING "}.append(kSecretColumns), hash),
        hub_key);
}

void removeExpiredSecrets(Connection& connection, Instant now) {
    connection.query("DELETE FROM secrets WHERE expires_at < $1", now);
}

void removeSignIns(Connection& connection, std::string_view account_id) {
    connection.query("DELETE FROM secrets WHERE account = $1 AND kind IN ('one_time_link', 'session')", account_id);
}

}  // namespace pakn::store::postgresql
