/// @file
/// Signing in by a provider's word. The provider says who somebody is; which account that is, and whether it opens
/// anything, is said here alone: by a link, and by the roles that an administrator granted.

#include <algorithm>

#include "core/domain/text.hpp"
#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"

namespace pakn::security {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kMostText = 512;           ///< Bytes of a text that a provider sends.
constexpr std::size_t kMostLogoutSecret = 8192;  ///< An id token with many claims.
constexpr std::size_t kMostRoles = 20;           ///< Suggested ones that are kept.
constexpr std::size_t kMostLogin = 64;
constexpr std::size_t kMostName = 200;  ///< Code points.

Error rejected() {
    return {.code = Errc::kRejected, .message = "the connector names nobody", .problem = "sign_in.rejected"};
}

Error forbidden(const char* problem, const char* message) {
    return {.code = Errc::kForbidden, .message = message, .problem = problem};
}

/// What a provider sends to be shown; empty when it is no text, or too long.
std::string shown(std::string_view text) {
    if (text.size() > kMostText) return {};
    std::optional<std::string> composed = domain::toNfc(text);
    if (!composed || domain::codePoints(*composed) > kMostName) return {};
    const bool controls = std::any_of(composed->begin(), composed->end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return controls ? std::string{} : std::move(*composed);
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

bool names(const Identity& person) {
    return !person.issuer.empty() && !person.subject.empty() && person.issuer.size() <= kMostText &&
           person.subject.size() <= kMostText && domain::toNfc(person.issuer) && domain::toNfc(person.subject) &&
           person.session.size() <= kMostText && person.logout_secret.size() <= kMostLogoutSecret;
}

ProviderSession sessionOf(std::string_view connector, const Identity& person) {
    return {.connector = std::string{connector},
            .issuer = person.issuer,
            .subject = person.subject,
            .session = person.session,
            .logout_secret = person.logout_secret};
}

/// A login that belongs to nobody: the suggested one where it is free, else with a mark behind it that no other person
/// of a provider gets.
Result<std::string> freeLogin(AccountStore& store, const Identity& person) {
    constexpr std::size_t kMark = 8;
    std::string wanted = lowered(person.login);
    const bool sound = isSoundLogin(wanted);
    if (sound) {
        const auto taken = store.accountByLogin(wanted);
        if (!taken) return taken.error();
        if (!*taken) return wanted;
    } else {
        wanted = "sso";
    }
    const std::string mark = toHex(sha256(std::to_string(person.issuer.size()) + person.issuer + person.subject));
    return wanted.substr(0, kMostLogin - kMark - 1) + '+' + mark.substr(0, kMark);
}

}  // namespace

bool isSoundLogin(std::string_view login) {
    return !login.empty() && login.size() <= kMostLogin && std::all_of(login.begin(), login.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '@' ||
               c == '+';
    });
}

Result<Session> Access::signInBy(std::string_view connector, const Identity& person, Instant now) {
    if (!names(person)) return rejected();
    const Result<Account> account = accountOfPerson(connector, person, now);
    if (!account) return account.error();
    if (account->locked) return forbidden("sign_in.locked", "the account is locked");
    return open(*account, now, sessionOf(connector, person));
}

Result<Account> Access::accountOfPerson(std::string_view connector, const Identity& person, Instant now) {
    const auto link = store_.link(person.issuer, person.subject);
    if (!link) return link.error();
    if (!*link) return addWaiting(connector, person, now);
    if (!(*link)->connector.empty() && (*link)->connector != connector)
        return forbidden("sign_in.not_admitted", "this person is linked to another connector");
    auto account = store_.accountById((*link)->account);
    if (!account) return std::move(account).error();
    if (!*account) return forbidden("sign_in.not_admitted", "the account of this link is gone");
    return **std::move(account);
}

Result<Account> Access::addWaiting(std::string_view connector, const Identity& person, Instant now) {
    const auto waiting = store_.waitingAccounts();
    if (!waiting) return waiting.error();
    if (*waiting >= kMostWaitingAccounts)
        return Error{.code = Errc::kUnavailable,
                     .message = "too many accounts wait for an administrator",
                     .problem = "sign_in.too_many_waiting",
                     .retry_after = std::chrono::hours{1}};
    auto login = freeLogin(store_, person);
    if (!login) return std::move(login).error();
    Account account{.id = newId(now), .login = std::move(*login), .name = shown(person.name), .created_at = now};
    if (account.name.empty()) account.name = account.login;
    AccountLink link{.issuer = person.issuer,
                     .subject = person.subject,
                     .connector = std::string{connector},
                     .account = account.id,
                     .created_at = now,
                     .login = shown(person.login),
                     .unit = shown(person.unit)};
    for (const std::string& role : person.roles)
        if (link.roles.size() < kMostRoles && !shown(role).empty()) link.roles.push_back(shown(role));
    const Status added = store_.addLinkedAccount(account, link);
    // Somebody with the same login, or this person in another window, was faster: the next try finds that.
    if (!added && added.error().code == Errc::kConflict)
        return Error{.code = Errc::kUnavailable, .message = "taken meanwhile", .retry_after = std::chrono::seconds{1}};
    if (!added) return added.error();
    return account;
}

Result<CitizenSession> Access::signInCitizen(std::string_view connector, const Identity& person, Instant now) {
    if (!names(person)) return rejected();
    (void)store_.dropExpiredSecrets(now);
    CitizenSession session{.token = randomToken(kTokenBytes), .expires_at = now + limits_.citizen_session};
    ProviderSession provider = sessionOf(connector, person);
    provider.name = shown(person.name);
    provider.phone = shown(person.phone);
    provider.email = shown(person.email);
    provider.citizen_id = shown(person.citizen_id);
    const Status added = store_.addSecret({.hash = toHex(sha256(session.token)),
                                           .kind = SecretKind::kCitizen,
                                           .created_at = now,
                                           .expires_at = session.expires_at,
                                           .provider = std::move(provider)});
    if (!added) return added.error();
    return session;
}

Result<ProviderSession> Access::citizen(std::string_view token, Instant now) {
    return citizenOf(store_, toHex(sha256(token)), now);
}

Result<ProviderSession> citizenOf(AccountStore& store, std::string_view session, Instant now) {
    auto found = store.secret(session);
    if (!found) return std::move(found).error();
    if (!*found || (*found)->kind != SecretKind::kCitizen || !(*found)->provider ||
        ((*found)->expires_at && *(*found)->expires_at <= now))
        return Error{.code = Errc::kUnauthenticated, .message = "not signed in", .problem = "auth.failed"};
    return *std::move((*found)->provider);
}

Status Access::useUp(std::string_view sign_in, Instant until, Instant now) {
    (void)store_.dropExpiredSecrets(now);
    return store_.addSecret({.hash = toHex(sha256("sign-in:" + std::string{sign_in})),
                             .kind = SecretKind::kUsedSignIn,
                             .created_at = now,
                             .expires_at = until});
}

}  // namespace pakn::security
