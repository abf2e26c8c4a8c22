/// @file
/// `paknhub user waiting|grant|link|unlink|contact`: who was signed in by a provider and waits, what an account may do,
/// whose it is there, and how its person is reached.

#include <algorithm>
#include <iostream>

#include "core/app/accounts.hpp"
#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app {

namespace {

struct DutyOptions {
    std::string login = {};
    std::vector<std::string> roles = {};
    std::string unit = {};
};

struct ContactOptions {
    std::string login = {};
    std::optional<std::string> title = {};
    std::optional<std::string> phone = {};
    std::optional<std::string> email = {};
};

struct LinkOptions {
    std::string login = {};
    std::string issuer = {};
    std::string subject = {};
    std::string connector = {};
};

Result<security::Account> accountOf(store::Store& store, const std::string& login) {
    auto found = store.accountByLogin(login);
    if (!found) return std::move(found).error();
    if (!*found) return Error{.code = Errc::kNotFound, .message = "no account has the login \"" + login + "\""};
    return **std::move(found);
}

void writeNames(JsonOutput& out, std::string_view key, const std::vector<std::string>& names) {
    out.key(key);
    out.writer().StartArray();
    for (const std::string& name : names)
        out.writer().String(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    out.writer().EndArray();
}

std::vector<std::string> roleNames(const std::vector<domain::Role>& roles) {
    std::vector<std::string> names;
    for (const domain::Role role : roles) names.emplace_back(domain::nameOf(role));
    return names;
}

std::string listed(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) (all.empty() ? all : all += ", ") += name;
    return all.empty() ? "-" : all;
}

int listWaiting(const Common& common, const LinkOptions&) {
    return withWorkplace(common, false, [&](Workplace& place) {
        Result<std::vector<security::AccountLink>> links = place.store->links();
        if (!links) return complain(links.error());
        const Result<std::vector<security::Account>> accounts = place.store->accounts();
        if (!accounts) return complain(accounts.error());
        std::sort(links->begin(), links->end(),
                  [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
        std::optional<JsonOutput> out;
        if (common.json) {
            out.emplace();
            out->key("items");
            out->writer().StartArray();
        }
        for (const security::AccountLink& link : *links) {
            const auto owner = std::find_if(accounts->begin(), accounts->end(),
                                            [&](const auto& one) { return one.id == link.account; });
            if (owner == accounts->end() || !owner->roles.empty()) continue;
            if (!out) {
                std::cout << owner->login << "  " << domain::formatInstant(link.created_at) << "  " << owner->name
                          << "\n    " << link.connector << ": " << link.issuer << ' ' << link.subject
                          << "; suggested: login " << (link.login.empty() ? "-" : link.login) << ", unit "
                          << (link.unit.empty() ? "-" : link.unit) << ", roles " << listed(link.roles) << '\n';
                continue;
            }
            out->writer().StartObject();
            out->member("login", owner->login);
            out->member("name", owner->name);
            out->member("locked", owner->locked);
            out->member("connector", link.connector);
            out->member("issuer", link.issuer);
            out->member("subject", link.subject);
            out->member("since", domain::formatInstant(link.created_at));
            out->memberOrNull("suggested_login", link.login);
            out->memberOrNull("suggested_unit", link.unit);
            writeNames(*out, "suggested_roles", link.roles);
            out->writer().EndObject();
        }
        if (out) out->writer().EndArray();
        return static_cast<int>(kOk);
    });
}

int grant(const Common& common, const DutyOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<security::Account> account = accountOf(*place.store, options.login);
        if (!account) return complain(account.error());
        std::vector<std::string> names = roleNames(account->roles);
        names.insert(names.end(), options.roles.begin(), options.roles.end());
        const std::string unit = options.unit.empty() ? account->unit : options.unit;
        const auto roles = rolesFrom(names, unit, *place.configuration->rules);
        if (!roles) return complain(roles.error());
        if (const Status set = place.store->setDuties(account->id, *roles, unit); !set) return complain(set.error());
        if (common.json) {
            JsonOutput out;
            out.member("login", options.login);
            writeNames(out, "roles", roleNames(*roles));
            out.memberOrNull("unit", unit);
        } else {
            std::cout << options.login << ": " << listed(roleNames(*roles)) << (unit.empty() ? "" : ", unit " + unit)
                      << '\n';
        }
        return static_cast<int>(kOk);
    });
}

int linkPerson(const Common& common, const LinkOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<security::Account> account = accountOf(*place.store, options.login);
        if (!account) return complain(account.error());
        const auto former = place.store->link(options.issuer, options.subject);
        if (!former) return complain(former.error());
        security::AccountLink next = former->value_or(
            security::AccountLink{.issuer = options.issuer, .subject = options.subject, .created_at = systemNow()});
        next.account = account->id;
        if (!options.connector.empty()) next.connector = options.connector;
        if (const Status put = place.store->putLink(next); !put) return complain(put.error());
        // Whoever was signed in as somebody else is so no longer.
        if (*former && (*former)->account != account->id)
            if (const Status ended = place.store->dropSecretsOf((*former)->account); !ended)
                return complain(ended.error());
        const auto ended = place.store->dropProviderSessions(
            {.connector = next.connector, .issuer = next.issuer, .subject = next.subject});
        if (!ended) return complain(ended.error());
        if (common.json) {
            JsonOutput out;
            out.member("login", options.login);
            out.member("issuer", options.issuer);
            out.member("subject", options.subject);
            out.memberOrNull("connector", next.connector);
        } else {
            std::cout << options.login << ": linked\n";
        }
        return static_cast<int>(kOk);
    });
}

int unlinkPerson(const Common& common, const LinkOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<security::Account> account = accountOf(*place.store, options.login);
        if (!account) return complain(account.error());
        const auto found = place.store->link(options.issuer, options.subject);
        if (!found) return complain(found.error());
        if (!*found || (*found)->account != account->id)
            return complain({.code = Errc::kNotFound,
                             .message = options.login + " is not linked to this person; see: paknhub user waiting"});
        const Result<bool> removed = place.store->removeLink(options.issuer, options.subject);
        if (!removed) return complain(removed.error());
        if (const Status ended = place.store->dropSecretsOf(account->id); !ended) return complain(ended.error());
        if (common.json) {
            JsonOutput out;
            out.member("login", options.login);
            out.member("unlinked", *removed);
        } else {
            std::cout << options.login << ": not linked any more; its sessions are ended\n";
        }
        return static_cast<int>(kOk);
    });
}

void linkOptions(CLI::App& verb, LinkOptions& options) {
    verb.add_option("LOGIN", options.login, "Of the account here")->required();
    verb.add_option("--issuer", options.issuer, "Of the provider")->required();
    verb.add_option("--subject", options.subject, "Of the person there")->required();
}

int contact(const Common& common, const ContactOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<security::Account> account = accountOf(*place.store, options.login);
        if (!account) return complain(account.error());
        Result<security::AccountContact> known = place.store->contact(account->id);
        if (!known) return complain(known.error());
        if (options.title || options.phone || options.email) {
            const Result<security::AccountContact> wanted =
                security::checkedContact({.title = options.title.value_or(known->title),
                                          .phone = options.phone.value_or(known->phone),
                                          .email = options.email.value_or(known->email)});
            if (!wanted) return complain(usage(wanted.error().message));
            if (const Status set = place.store->setContact(account->id, *wanted); !set) return complain(set.error());
            known = *wanted;
        }
        if (common.json) {
            JsonOutput out;
            out.member("login", account->login);
            out.memberOrNull("title", known->title);
            out.memberOrNull("phone", known->phone);
            out.memberOrNull("email", known->email);
        } else {
            const auto or_none = [](const std::string& text) { return text.empty() ? std::string{"-"} : text; };
            std::cout << account->login << ": " << or_none(known->title) << ", " << or_none(known->phone) << ", "
                      << or_none(known->email) << '\n';
        }
        return static_cast<int>(kOk);
    });
}

}  // namespace

void addUserDuties(const Registry& registry, CLI::App& user) {
    registry.verb<LinkOptions>(
        user, "waiting", "Accounts that a provider signed in and nobody granted a role yet",
        [](CLI::App&, LinkOptions&) {}, listWaiting);
    registry.verb<DutyOptions>(
        user, "grant", "Give an account further roles, and a unit",
        [](CLI::App& verb, DutyOptions& options) {
            verb.add_option("LOGIN", options.login, "Whose")->required();
            verb.add_option("--role", options.roles, "Role; may be repeated")->required();
            verb.add_option("--unit", options.unit, "Unit id; in place of the one it has");
        },
        grant);
    registry.verb<LinkOptions>(
        user, "link", "Let a provider's person in with this account, in place of any before",
        [](CLI::App& verb, LinkOptions& options) {
            linkOptions(verb, options);
            verb.add_option("--connector", options.connector,
                            "The connector that alone may bring this person; else the one it was, or any");
        },
        linkPerson);
    registry.verb<LinkOptions>(user, "unlink", "Take a link back; ends the account's sessions", linkOptions,
                               unlinkPerson);
    registry.verb<ContactOptions>(
        user, "contact", "Show how an account's person is reached, or change it",
        [](CLI::App& verb, ContactOptions& options) {
            verb.add_option("LOGIN", options.login, "Whose")->required();
            verb.add_option("--title", options.title, "What they are in the unit; empty: not known");
            verb.add_option("--phone", options.phone, "Office telephone number; empty: none");
            verb.add_option("--email", options.email, "Office e-mail address; empty: none");
        },
        contact);
}

}  // namespace pakn::app
