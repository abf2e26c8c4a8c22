#include "core/store/sqlite/account_links.hpp"

#include "core/store/link_codec.hpp"
#include "core/store/sqlite/accounts.hpp"

namespace pakn::store::sqlite {

using security::AccountLink;
using security::HubKey;

namespace {

constexpr std::string_view kLinkColumns = "person, account, created_at, sealed";

}  // namespace

bool updateDuties(Connection& connection, std::string_view account_id, const std::vector<domain::Role>& roles,
                  std::string_view unit) {
    connection.statement("UPDATE accounts SET roles = ?, unit = ? WHERE id = ?").run(joined(roles), unit, account_id);
    return connection.changes() > 0;
}

void insertLinkedAccount(Connection& connection, const HubKey& hub_key, const security::Account& account,
                         const AccountLink& link) {
    insertAccount(connection.session(), account);
    connection.statement("INSERT INTO account_links (person, account, created_at, sealed) VALUES (?, ?, ?, ?)")
        .run(linkIndex(hub_key, link.issuer, link.subject), link.account, link.created_at,
             Blob{sealLink(hub_key, link)});
}

bool replaceLink(Connection& connection, const HubKey& hub_key, const AccountLink& link) {
    const std::string person = linkIndex(hub_key, link.issuer, link.subject);
    std::string former;
    {
        Statement row = connection.statement("SELECT account FROM account_links WHERE person = ?");
        if (row.query(person).step()) former = row.text(0);
    }
    const std::string sealed = sealLink(hub_key, link);
    connection
        .statement(
            "INSERT OR REPLACE INTO account_links (person, account, created_at, sealed)"
            " SELECT ?, id, ?, ? FROM accounts WHERE id = ?")
        .run(person, link.created_at, Blob{sealed}, link.account);
    if (connection.changes() == 0) return false;
    connection
        .statement(
            "DELETE FROM accounts WHERE id = ? AND roles = '' AND password_hash = ''"
            " AND NOT EXISTS (SELECT 1 FROM account_links WHERE account = accounts.id)")
        .run(former);
    return true;
}

bool deleteLink(Connection& connection, const HubKey& hub_key, std::string_view issuer, std::string_view subject) {
    connection.statement("DELETE FROM account_links WHERE person = ?").run(linkIndex(hub_key, issuer, subject));
    return connection.changes() > 0;
}

std::optional<AccountLink> findLink(Connection& connection, const HubKey& hub_key, std::string_view issuer,
                                    std::string_view subject) {
    Statement row = connection.statement(
        std::string{"SELECT "}.append(kLinkColumns).append(" FROM account_links WHERE person = ?"));
    if (!row.query(linkIndex(hub_key, issuer, subject)).step()) return std::nullopt;
    return readLink(row, hub_key);
}

std::vector<AccountLink> allLinks(Connection& connection, const HubKey& hub_key) {
    Statement rows = connection.statement(std::string{"SELECT "}.append(kLinkColumns).append(" FROM account_links"));
    std::vector<AccountLink> links;
    while (rows.step()) links.push_back(readLink(rows, hub_key));
    return links;
}

std::int64_t countWaiting(Connection& connection) {
    return connection.number(
        "SELECT count(*) FROM accounts WHERE roles = ''"
        " AND EXISTS (SELECT 1 FROM account_links WHERE account = accounts.id)");
}

std::int64_t removeProviderSessions(Connection& connection, const HubKey& hub_key,
                                    const security::ProviderSession& whose) {
    const SealedProvider index = providerIndex(hub_key, whose);
    if (index.person && index.session)
        connection.statement("DELETE FROM secrets WHERE person = ? AND provider_session = ?")
            .run(*index.person, *index.session);
    else if (index.person)
        connection.statement("DELETE FROM secrets WHERE person = ?").run(*index.person);
    else if (index.session)
        connection.statement("DELETE FROM secrets WHERE provider_session = ?").run(*index.session);
    else
        return 0;
    return connection.changes();
}

}  // namespace pakn::store::sqlite
