#include "core/store/link_codec.hpp"

#include "core/store/json.hpp"

namespace pakn::store {

using security::AccountLink;
using security::HubKey;
using security::ProviderSession;

namespace {

/// Two pairs that differ are two texts that differ.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view part : parts) all.append(std::to_string(part.size())).append(1, ':').append(part);
    return all;
}

std::string linkContext(std::string_view person) { return "account_link:" + std::string{person}; }
std::string contactContext(std::string_view account) { return "account_contact:" + std::string{account}; }
std::string secretContext(std::string_view hash) { return "secret:" + std::string{hash}; }

}  // namespace

std::string linkIndex(const HubKey& hub_key, std::string_view issuer, std::string_view subject) {
    return hub_key.blindIndex("account_link", joined({issuer, subject}));
}

std::string sealLink(const HubKey& hub_key, const AccountLink& link) {
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeMember(json, "issuer", link.issuer);
    writeMember(json, "subject", link.subject);
    writeMember(json, "connector", link.connector);
    writeMember(json, "login", link.login);
    writeMember(json, "unit", link.unit);
    json.Key("roles");
    json.StartArray();
    for (const std::string& role : link.roles) writeText(json, role);
    json.EndArray();
    json.EndObject();
    return hub_key.sealOwn(linkContext(linkIndex(hub_key, link.issuer, link.subject)),
                           {buffer.GetString(), buffer.GetSize()});
}

AccountLink openLink(const HubKey& hub_key, std::string_view person, std::string_view sealed) {
    const auto text = hub_key.openOwn(linkContext(person), sealed);
    if (!text) throw DamagedRow{"a link of an account does not open: written under another hub key"};
    const JsonValue json = parseObject(*text);
    AccountLink link{.issuer = readText(json, "issuer"),
                     .subject = readText(json, "subject"),
                     .connector = readText(json, "connector"),
                     .login = readText(json, "login"),
                     .unit = readText(json, "unit")};
    for (const JsonValue role : readArray(member(json, "roles"))) link.roles.push_back(readText(role));
    return link;
}

std::optional<std::string> sealContact(const HubKey& hub_key, std::string_view account,
                                       const security::AccountContact& contact) {
    if (contact.empty()) return std::nullopt;
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeMember(json, "title", contact.title);
    writeMember(json, "phone", contact.phone);
    writeMember(json, "email", contact.email);
    json.EndObject();
    return hub_key.sealOwn(contactContext(account), {buffer.GetString(), buffer.GetSize()});
}

security::AccountContact openContact(const HubKey& hub_key, std::string_view account, std::string_view sealed) {
    const auto text = hub_key.openOwn(contactContext(account), sealed);
    if (!text) throw DamagedRow{"how a person is reached does not open: written under another hub key"};
    const JsonValue json = parseObject(*text);
    return {.title = readText(json, "title"), .phone = readText(json, "phone"), .email = readText(json, "email")};
}

SealedProvider providerIndex(const HubKey& hub_key, const ProviderSession& provider) {
    const auto indexed = [&](const char* column, const std::string& of) -> std::optional<std::string> {
        if (of.empty()) return std::nullopt;
        return hub_key.blindIndex(column, joined({provider.connector, provider.issuer, of}));
    };
    return {.person = indexed("provider_person", provider.subject),
            .session = indexed("provider_session", provider.session)};
}

SealedProvider sealProvider(const HubKey& hub_key, const security::Secret& secret) {
    if (!secret.provider) return {};
    const ProviderSession& provider = *secret.provider;
    SealedProvider row = providerIndex(hub_key, provider);
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeMember(json, "connector", provider.connector);
    writeMember(json, "issuer", provider.issuer);
    writeMember(json, "subject", provider.subject);
    writeMember(json, "session", provider.session);
    writeMember(json, "logout_secret", provider.logout_secret);
    writeMember(json, "name", provider.name);
    writeMember(json, "phone", provider.phone);
    writeMember(json, "email", provider.email);
    writeMember(json, "citizen_id", provider.citizen_id);
    json.EndObject();
    row.sealed = hub_key.sealOwn(secretContext(secret.hash), {buffer.GetString(), buffer.GetSize()});
    return row;
}

ProviderSession openProvider(const HubKey& hub_key, std::string_view secret_hash, std::string_view sealed) {
    const auto text = hub_key.openOwn(secretContext(secret_hash), sealed);
    if (!text) throw DamagedRow{"a session does not open: written under another hub key"};
    const JsonValue json = parseObject(*text);
    return {.connector = readText(json, "connector"),
            .issuer = readText(json, "issuer"),
            .subject = readText(json, "subject"),
            .session = readText(json, "session"),
            .logout_secret = readText(json, "logout_secret"),
            .name = readText(json, "name"),
            .phone = readText(json, "phone"),
            .email = readText(json, "email"),
            .citizen_id = readText(json, "citizen_id")};
}

}  // namespace pakn::store
