#pragma once
/// @file
/// Private to the store: people whom a provider signs in, as rows hold them: found by keyed hashes, sealed under the
/// hub key; and how people are reached. Everything here throws DamagedRow.

#include <optional>
#include <string>
#include <string_view>

#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"
#include "core/store/account_codec.hpp"
#include "core/store/instants.hpp"

namespace pakn::store {

/// By which a link is found again.
std::string linkIndex(const security::HubKey& hub_key, std::string_view issuer, std::string_view subject);
std::string sealLink(const security::HubKey& hub_key, const security::AccountLink& link);

security::AccountLink openLink(const security::HubKey& hub_key, std::string_view person, std::string_view sealed);

/// Columns: person, account, created_at, sealed.
template <class Row>
security::AccountLink readLink(const Row& row, const security::HubKey& hub_key) {
    security::AccountLink link = openLink(hub_key, row.bytes(0), row.bytes(3));
    link.account = row.text(1);
    link.created_at = instant(row.integer(2));
    return link;
}

/// Nothing where nothing is known.
std::optional<std::string> sealContact(const security::HubKey& hub_key, std::string_view account,
                                       const security::AccountContact& contact);
security::AccountContact openContact(const security::HubKey& hub_key, std::string_view account,
                                     std::string_view sealed);

/// What a session row holds of a provider; nothing where it opened none.
struct SealedProvider {
    std::optional<std::string> person = {};
    std::optional<std::string> session = {};  ///< Nothing, too, where the provider named none.
    std::optional<std::string> sealed = {};
};
SealedProvider sealProvider(const security::HubKey& hub_key, const security::Secret& secret);
security::ProviderSession openProvider(const security::HubKey& hub_key, std::string_view secret_hash,
                                       std::string_view sealed);
/// Of sessions of this person, or this session, that the connector opened.
SealedProvider providerIndex(const security::HubKey& hub_key, const security::ProviderSession& provider);

/// Columns: hash, kind, account, source, csrf_hash, created_at, expires_at, sealed.
template <class Row>
security::Secret readSecret(const Row& row, const security::HubKey& hub_key) {
    security::Secret secret{.hash = row.text(0),
                            .kind = secretKind(row.bytes(1)),
                            .account = row.text(2),
                            .source = row.text(3),
                            .csrf_hash = row.text(4),
                            .created_at = instant(row.integer(5)),
                            .expires_at = row.maybeInstant(6)};
    if (!row.isNull(7)) secret.provider = openProvider(hub_key, secret.hash, row.bytes(7));
    return secret;
}

}  // namespace pakn::store
