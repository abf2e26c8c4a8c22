#include "core/store/postgresql/account_links.hpp"

#include "core/store/link_codec.hpp"

namespace pakn::store::postgresql {

using security::AccountLink;
using security::HubKey;

namespace {

constexpr std::string_view kSelectLinks = "SELECT person, account, created_at, sealed FROM account_links";

}  // namespace

bool updateDuties(Connection& connection, std::string_view account_id, const std::vector<domain::Role>& roles,
                  std::string_view unit) {
    return connection.query("UPDATE accounts SET roles = $2, unit = $3 WHERE id = $1", account_id, joined(roles), unit)
               .changed() > 0;
}

void insertLinkedAccount(Connection& connection, const HubKey& hub_key, const security::Account& account,
                         const AccountLink& link) {
    connection.query(
        "WITH added AS (INSERT INTO accounts (id, login, name, roles, unit, password_hash, locked, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id)"
        " INSERT INTO account_links (person, account, created_at, sealed) SELECT $9, id, $10, $11 FROM added",
        account.id, account.login, account.name, joined(account.roles), account.unit, account.password_hash,
        int{account.locked}, account.created_at, linkIndex(hub_key, link.issuer, link.subject), link.created_at,
        Blob{sealLink(hub_key, link)});
}

bool replaceLink(Connection& connection, const HubKey& hub_key, const AccountLink& link) {
    const std::string sealed = sealLink(hub_key, link);
    return connection
               .query(
                   "WITH former AS (SELECT account FROM account_links WHERE person = $1),"
                   " put AS (INSERT INTO account_links (person, account, created_at, sealed)"
                   "  SELECT $1, id, $3, $4 FROM accounts WHERE id = $2 ON CONFLICT (person) DO UPDATE"
                   "  SET account = excluded.account, created_at = excluded.created_at, sealed = excluded.sealed"
                   "  RETURNING account),"
                   " gone AS (DELETE FROM accounts USING former, put WHERE accounts.id = former.account"
                   "  AND accounts.id <> put.account AND roles = '' AND password_hash = '' AND NOT EXISTS"
                   "  (SELECT 1 FROM account_links AS other WHERE other.account = accounts.id AND other.person <> $1))"
                   " SELECT count(*) FROM put",
                   linkIndex(hub_key, link.issuer, link.subject), link.account, link.created_at, Blob{sealed})[0]
               .integer(0) > 0;
}

bool deleteLink(Connection& connection, const HubKey& hub_key, std::string_view issuer, std::string_view subject) {
    return connection.query("DELETE FROM account_links WHERE person = $1", linkIndex(hub_key, issuer, subject))
               .changed() > 0;
}

std::optional<AccountLink> findLink(Connection& connection, const HubKey& hub_key, std::string_view issuer,
                                    std::string_view subject) {
    const Rows rows =
        connection.query(std::string{kSelectLinks} + " WHERE person = $1", linkIndex(hub_key, issuer, subject));
    if (rows.empty()) return std::nullopt;
    return readLink(rows[0], hub_key);
}

std::vector<AccountLink> allLinks(Connection& connection, const HubKey& hub_key) {
    const Rows rows = connection.query(kSelectLinks);
    std::vector<AccountLink> links;
    for (int i = 0; i < rows.count(); ++i) links.push_back(readLink(rows[i], hub_key));
    return links;
}

std::int64_t countWaiting(Connection& connection) {
    return connection
        .query(
            "SELECT count(*) FROM accounts WHERE roles = ''"
            " AND EXISTS (SELECT 1 FROM account_links WHERE account = accounts.id)")[0]
        .integer(0);
}

std::int64_t removeProviderSessions(Connection& connection, const HubKey& hub_key,
                                    const security::ProviderSession& whose) {
    const SealedProvider index = providerIndex(hub_key, whose);
    if (index.person && index.session)
        return connection
            .query("DELETE FROM secrets WHERE person = $1 AND provider_session = $2", *index.person, *index.session)
            .changed();
    if (index.person) return connection.query("DELETE FROM secrets WHERE person = $1", *index.person).changed();
    if (index.session)
        return connection.query("DELETE FROM secrets WHERE provider_session = $1", *index.session).changed();
    return 0;
}

}  // namespace pakn::store::postgresql
