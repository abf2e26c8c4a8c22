/// @file
/// Accounts and tokens from the command line; works beside a running hub.

#include <algorithm>
#include <iostream>

#include "core/app/accounts.hpp"
#include "core/app/commands.hpp"
#include "core/app/json_output.hpp"
#include "core/app/selection.hpp"
#include "core/domain/text.hpp"
#include "core/security/duty_rules.hpp"
#include "core/security/logins.hpp"

namespace pakn::app {

namespace {

Result<security::Account> accountFrom(const NewUser& user, const domain::Rules& rules) {
    security::Account account{.id = security::newId(systemNow()), .login = user.login, .created_at = systemNow()};
    // A number in the form in which it is looked for; letters stay what they are, so that nobody wonders.
    const Result<std::string> form = security::loginForm(user.login);
    if (!form) return usage("\"" + user.login + "\" is written like a telephone number and is none");
    if (*form != security::lowered(user.login)) account.login = *form;
    if (!security::isSoundLogin(account.login))
        return usage("a login has 1-64 lower-case letters, digits or . - _ @ +, not \"" + user.login + "\"");
    const std::optional<std::string> name = domain::toNfc(user.name);
    if (!name || name->empty() || domain::codePoints(*name) > 200) return usage("a name has 1-200 characters");
    account.name = *name;
    Result<std::vector<domain::Role>> roles = rolesFrom(user.roles, user.unit, rules);
    if (!roles) return std::move(roles).error();
    account.roles = std::move(*roles);
    account.unit = user.unit;
    return account;
}

void printLink(const Common& common, const Workplace& place, const std::string& login, const std::string& token) {
    const std::string link = signInLink(*place.configuration, token);
    if (common.json) {
        JsonOutput out;
        out.member("login", login);
        out.member("one_time_token", token);
        out.member("one_time_link", link);
    } else {
        std::cout << login << ": " << link << "\n(one sign-in, valid for 24 hours)\n";
    }
}

/// The first line of standard input; nothing when there is none, or when it is longer than any password.
std::optional<std::string> readLine() {
    constexpr std::size_t kMost = 4096;
    std::string line;
    for (int c = std::cin.get(); c != std::char_traits<char>::eof() && c != '\n'; c = std::cin.get()) {
        if (line.size() == kMost) return std::nullopt;
        line += static_cast<char>(c);
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return std::nullopt;
    return line;
}

}  // namespace

std::string signInLink(const config::Configuration& configuration, const std::string& token) {
    const std::string base = configuration.public_url.empty() ? "http://" + configuration.listen_host + ':' +
                                                                    std::to_string(configuration.listen_port)
                                                              : configuration.public_url;
    return base + "/sign-in#" + token;  // Behind '#' it stays out of every log.
}

Result<std::vector<domain::Role>> rolesFrom(const std::vector<std::string>& names, const std::string& unit,
                                            const domain::Rules& rules) {
    std::vector<domain::Role> roles;
    for (const std::string& text : names) {
        const std::optional<domain::Role> role = domain::findRole(text);
        if (!role || *role == domain::Role::kSystem) {
            std::string known;
            for (const std::string_view one : domain::kRoleNames)
                if (one != "system") known += (known.empty() ? "" : ", ") + std::string{one};
            return usage("no role \"" + text + "\"; roles are: " + known);
        }
        if (security::needsUnit(*role) && unit.empty()) return usage("role " + text + " needs --unit");
        if (std::find(roles.begin(), roles.end(), *role) == roles.end()) roles.push_back(*role);
    }
    if (!unit.empty() && !rules.unit(unit)) return usage("no unit \"" + unit + "\" in the configuration");
    return roles;
}

Result<MadeAccount> createAccount(Workplace& place, const NewUser& user) {
    Result<security::Account> account = accountFrom(user, *place.configuration->rules);
    if (!account) return std::move(account).error();
    const Result<security::AccountContact> contact = security::checkedContact(user.contact);
    if (!contact) return usage(contact.error().message);
    if (Status added = place.store->addAccount(*account, *contact); !added) {
        if (added.error().code != Errc::kConflict) return std::move(added).error();
        return Error{.code = Errc::kConflict, .message = "the login \"" + account->login + "\" is taken"};
    }
    security::Access access{*place.store, {}};
    Result<std::string> token = access.newOneTimeLink(account->login, systemNow());
    if (!token) return std::move(token).error();
    return MadeAccount{.login = account->login, .token = std::move(*token)};
}

int addUser(const Common& common, const NewUser& user) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<MadeAccount> made = createAccount(place, user);
        if (!made) return complain(made.error());
        printLink(common, place, made->login, made->token);
        return static_cast<int>(kOk);
    });
}

int resetUser(const Common& common, const std::string& login) {
    return withWorkplace(common, false, [&](Workplace& place) {
        security::Access access{*place.store, {}};
        const Result<std::string> token = access.resetSignIn(login, systemNow());
        if (!token) return complain(token.error());
        printLink(common, place, login, *token);
        return static_cast<int>(kOk);
    });
}

int lockUser(const Common& common, const std::string& login, bool locked) {
    return withWorkplace(common, false, [&](Workplace& place) {
        security::Access access{*place.store, {}};
        if (const Status set = access.setLocked(login, locked); !set) return complain(set.error());
        if (common.json) {
            JsonOutput out;
            out.member("login", login);
            out.member("locked", locked);
        } else {
            std::cout << login << (locked ? ": locked\n" : ": unlocked\n");
        }
        return static_cast<int>(kOk);
    });
}

int setUserPassword(const Common& common, const std::string& login) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const std::optional<std::string> password = readLine();
        if (!password) return complain(usage("standard input has no line with a password"));
        security::Access access{*place.store, {}};
        if (const Status set = access.setPassword(login, *password); !set) return complain(set.error());
        if (common.json) {
            JsonOutput out;
            out.member("login", login);
        } else {
            std::cout << login << ": the password is set\n";
        }
        return static_cast<int>(kOk);
    });
}

}  // namespace pakn::app
