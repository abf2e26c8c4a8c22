/// @file
/// `paknhub token …`: bearer tokens of scripts, API keys of portals. Of a token the store has a hash only; its first
/// digits are what a token is called here.

#include <algorithm>
#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app {

namespace {

constexpr std::size_t kIdLength = 16;

struct TokenOptions {
    std::string account = {};
    std::string source = {};
    std::string id = {};
};

struct Token {
    std::string id = {};
    std::string hash = {};
    std::string account = {};  ///< Login.
    std::string source = {};
    Instant created_at = {};
};

/// Every token and key, newest first.
Result<std::vector<Token>> tokensOf(store::Store& store) {
    const Result<std::vector<security::Secret>> secrets = store.lastingSecrets();
    if (!secrets) return secrets.error();
    const Result<std::vector<security::Account>> accounts = store.accounts();
    if (!accounts) return accounts.error();
    std::vector<Token> tokens;
    for (const security::Secret& secret : *secrets) {
        const auto owner = std::find_if(accounts->begin(), accounts->end(),
                                        [&](const security::Account& one) { return one.id == secret.account; });
        tokens.push_back({.id = secret.hash.substr(0, kIdLength),
                          .hash = secret.hash,
                          .account = owner == accounts->end() ? std::string{} : owner->login,
                          .source = secret.source,
                          .created_at = secret.created_at});
    }
    std::sort(tokens.begin(), tokens.end(), [](const Token& a, const Token& b) { return a.created_at > b.created_at; });
    return tokens;
}

int newToken(const Common& common, const TokenOptions& options) {
    if (options.account.empty() == options.source.empty())
        return complain(usage("give --account LOGIN or --source NAME"));
    return withWorkplace(common, false, [&](Workplace& place) {
        security::Access access{*place.store, {}};
        const Result<std::string> token = options.account.empty()
                                              ? access.newSourceKey(options.source, systemNow())
                                              : access.newAccountToken(options.account, systemNow());
        if (!token) return complain(token.error());
        const std::string id = security::toHex(security::sha256(*token)).substr(0, kIdLength);
        if (common.json) {
            JsonOutput out;
            out.member("token", *token);
            out.member("id", id);
        } else {
            std::cout
                << *token
                << "\n(shown once; send it as \"Authorization: Bearer …\"; take it back with: paknhub token revoke "
                << id << ")\n";
        }
        return static_cast<int>(kOk);
    });
}

int listTokens(const Common& common, const TokenOptions&) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<Token>> tokens = tokensOf(*place.store);
        if (!tokens) return complain(tokens.error());
        if (!common.json) {
            for (const Token& one : *tokens)
                std::cout << one.id << "  " << domain::formatInstant(one.created_at) << "  "
                          << (one.source.empty() ? "account " + one.account : "source " + one.source) << '\n';
            return static_cast<int>(kOk);
        }
        JsonOutput out;
        out.key("items");
        out.writer().StartArray();
        for (const Token& one : *tokens) {
            out.writer().StartObject();
            out.member("id", one.id);
            out.memberOrNull("account", one.account);
            out.memberOrNull("source", one.source);
            out.member("created_at", domain::formatInstant(one.created_at));
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

int revokeToken(const Common& common, const TokenOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<Token>> tokens = tokensOf(*place.store);
        if (!tokens) return complain(tokens.error());
        const auto found =
            std::find_if(tokens->begin(), tokens->end(), [&](const Token& one) { return one.id == options.id; });
        if (found == tokens->end())
            return complain(
                {.code = Errc::kNotFound, .message = "no token " + options.id + "; see: paknhub token list"});
        const Result<std::optional<security::Secret>> taken = place.store->takeSecret(found->hash);
        if (!taken) return complain(taken.error());
        if (common.json) {
            JsonOutput out;
            out.member("id", options.id);
            out.member("revoked", taken->has_value());
        } else {
            std::cout << options.id << ": opens nothing any more\n";
        }
        return static_cast<int>(kOk);
    });
}

}  // namespace

void addTokens(const Registry& registry) {
    CLI::App& parent = registry.group("token", "Tokens for scripts and portals");
    registry.verb<TokenOptions>(
        parent, "new", "Make a token; it is shown once",
        [](CLI::App& verb, TokenOptions& options) {
            CLI::Option* account = verb.add_option("--account", options.account, "Login the token acts as");
            verb.add_option("--source", options.source, "Portal that sends petitions under this name")
                ->excludes(account);
        },
        newToken);
    registry.verb<TokenOptions>(
        parent, "list", "Tokens and keys that open something", [](CLI::App&, TokenOptions&) {}, listTokens);
    registry.verb<TokenOptions>(
        parent, "revoke", "Take back one token or key; it opens nothing from the next request on",
        [](CLI::App& verb, TokenOptions& options) {
            verb.add_option("ID", options.id, "As token list names it")->required();
        },
        revokeToken);
}

}  // namespace pakn::app
