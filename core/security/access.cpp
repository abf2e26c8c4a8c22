/// @file
/// Signing people and scripts in. One rule holds throughout: whoever fails learns that, and not why.

#include <algorithm>

#include "core/domain/text.hpp"
#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"
#include "core/security/duties.hpp"
#include "core/security/logins.hpp"

namespace pakn::security {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kShortestPassword = 10;  // In code points.
constexpr std::size_t kLongestPassword = 200;
/// Four bytes a code point, and a letter of up to four of them before it is composed.
constexpr std::size_t kLongestPasswordBytes = kLongestPassword * 16;
constexpr std::size_t kLongestSource = 32;

Error unauthenticated() {
    return {.code = Errc::kUnauthenticated, .message = "not signed in", .problem = "auth.failed"};
}

Error invalid(const char* field, const char* problem, const char* message) {
    return {.code = Errc::kInvalid, .message = message, .problem = problem, .field = field};
}

std::string hashOf(std::string_view token) { return toHex(sha256(token)); }

/// As it is kept, or, where an older account has it so, as it was typed.
Result<std::optional<Account>> findAccount(AccountStore& store, std::string_view login) {
    const std::string typed = lowered(login);
    const Result<std::string> form = loginForm(login);
    if (form && *form != typed)
        if (auto found = store.accountByLogin(*form); !found || *found) return found;
    return store.accountByLogin(typed);
}

Result<Account> accountOf(AccountStore& store, std::string_view login) {
    auto found = findAccount(store, login);
    if (!found) return std::move(found).error();
    if (!*found)
        return Error{.code = Errc::kNotFound, .message = "no account has this login", .problem = "account.unknown"};
    return **std::move(found);
}

/// Makes a token and keeps the secret with its hash; returns the token, which is nowhere else.
Result<std::string> issue(AccountStore& store, Secret secret) {
    std::string token = randomToken(kTokenBytes);
    secret.hash = hashOf(token);
    if (auto added = store.addSecret(secret); !added) return std::move(added).error();
    return token;
}

Error tooManyAttempts(std::chrono::milliseconds wait) {
    return {.code = Errc::kUnavailable,
            .message = "too many sign-ins with one login",
            .problem = "auth.too_many_attempts",
            .retry_after = wait};
}

bool expired(const Secret& secret, Instant now) { return secret.expires_at && *secret.expires_at <= now; }

bool isSourceName(std::string_view name) {
    return !name.empty() && name.size() <= kLongestSource && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

/// What an unknown login is verified against, so that it takes as long as a known one. No password opens it.
const std::string& dummyHash() {
    static const std::string kHash = hashPassword(randomToken(kTokenBytes));
    return kHash;
}

/// The form in which a password is hashed: some keyboards send "ệ" as one code point, some as three. nullopt when it
/// cannot be anybody's.
std::optional<std::string> normalisedPassword(std::string_view password) {
    if (password.size() > kLongestPasswordBytes) return std::nullopt;
    return domain::toNfc(password);
}

}  // namespace

Result<std::string> Access::newOneTimeLink(std::string_view login, Instant now) {
    const auto account = accountOf(store_, login);
    if (!account) return account.error();
    return issue(store_, {.kind = SecretKind::kOneTimeLink,
                          .account = account->id,
                          .created_at = now,
                          .expires_at = now + limits_.one_time_link});
}

Result<std::string> Access::resetSignIn(std::string_view login, Instant now) {
    const auto account = accountOf(store_, login);
    if (!account) return account.error();
    if (account->locked)
        return Error{.code = Errc::kConflict, .message = "the account is locked", .problem = "account.locked"};
    if (Status dropped = store_.dropSecretsOf(account->id); !dropped) return std::move(dropped).error();
    return newOneTimeLink(login, now);
}

Status Access::setLocked(std::string_view login, bool locked) {
    auto account = accountOf(store_, login);
    if (!account) return std::move(account).error();
    if (Status set = store_.setLocked(account->id, locked); !set) return set;
    // After the change, so that no session can begin in between.
    return store_.dropSecretsOf(account->id);
}

Result<std::string> Access::newAccountToken(std::string_view login, Instant now) {
    const auto account = accountOf(store_, login);
    if (!account) return account.error();
    return issue(store_, {.kind = SecretKind::kAccountToken, .account = account->id, .created_at = now});
}

Result<std::string> Access::newSourceKey(std::string_view source, Instant now) {
    if (!isSourceName(source)) return invalid("/source", "source.bad_name", "a source is 1-32 of a-z, 0-9, '_', '-'");
    return issue(store_, {.kind = SecretKind::kSourceKey, .source = std::string{source}, .created_at = now});
}

Result<Session> Access::signInWithLink(std::string_view token, Instant now) {
    const std::string hash = hashOf(token);
    const auto link = store_.secret(hash);
    if (!link) return link.error();
    if (!*link || (*link)->kind != SecretKind::kOneTimeLink || expired(**link, now)) return unauthenticated();
    const auto account = store_.accountById((*link)->account);
    if (!account) return account.error();
    if (!*account || (*account)->locked) return unauthenticated();

    // The session first: when it cannot be stored, the link must still be good.
    auto session = open(**account, now);
    if (!session) return session;
    const auto taken = store_.takeSecret(hash);
    if (taken && *taken) return session;
    // Somebody else was faster, or the store is gone. Nobody has seen the session's token, so it may as well stay.
    (void)signOut(session->token);
    if (!taken) return taken.error();
    return unauthenticated();
}

Result<Session> Access::signIn(std::string_view login, std::string_view password, std::string_view client,
                               Instant now) {
    const Result<Account> account = verified(login, password, client, now);
    if (!account) return account.error();
    return open(*account, now);
}

/// The account that this login and password open.
Result<Account> Access::verified(std::string_view login, std::string_view password, std::string_view client,
                                 Instant now) {
    // However a number is written: its attempts are counted together.
    const std::string name = loginForm(login).ok() ? *loginForm(login) : lowered(login);
    const std::string name_and_client = std::to_string(name.size()) + ':' + name + std::string{client};
    if (const auto wait = attempts_of_client_.count(name_and_client, now)) return tooManyAttempts(*wait);
    if (const auto wait = attempts_on_login_.count(name, now)) return tooManyAttempts(*wait);
    const auto account = findAccount(store_, login);
    if (!account) return account.error();

    // Everything up to the verdict happens for an unknown, locked or passwordless login too.
    const std::string& dummy = dummyHash();
    const bool has_password = *account && !(*account)->password_hash.empty();
    const auto typed = normalisedPassword(password);
    const bool right = verifyPassword(has_password ? (*account)->password_hash : dummy, typed.value_or(""));
    if (!has_password || !typed || !right || (*account)->locked) return unauthenticated();
    attempts_of_client_.forget(name_and_client);  // What others try with this login stays counted.
    return **account;
}

Result<std::optional<ProviderSession>> Access::signOut(std::string_view session_token) {
    const std::string hash = hashOf(session_token);
    const auto session = store_.secret(hash);
    if (!session) return session.error();
    if (!*session || ((*session)->kind != SecretKind::kSession && (*session)->kind != SecretKind::kCitizen))
        return std::optional<ProviderSession>{};
    auto taken = store_.takeSecret(hash);
    if (!taken) return std::move(taken).error();
    return *taken ? std::move((*taken)->provider) : std::nullopt;
}

Status Access::setPassword(std::string_view login, std::string_view password) {
    const auto account = accountOf(store_, login);
    if (!account) return account.error();
    return putPassword(*account, password, std::nullopt);
}

Status Access::changePassword(std::string_view login, std::string_view current, std::string_view password,
                              std::string_view client, Instant now) {
    Result<Account> account = accountOf(store_, login);
    if (account && !account->password_hash.empty()) account = verified(login, current, client, now);
    if (!account) return std::move(account).error();
    return putPassword(*account, password, account->password_hash);
}

Status Access::putPassword(const Account& account, std::string_view password, const std::optional<std::string>& known) {
    const auto typed = normalisedPassword(password);
    if (!typed) return invalid("/password", "password.bad_text", "the password is no text, or much too long");
    const std::size_t length = domain::codePoints(*typed);
    if (length < kShortestPassword) return invalid("/password", "password.too_short", "less than 10 characters");
    if (length > kLongestPassword) return invalid("/password", "password.too_long", "more than 200 characters");
    if (lowered(*typed) == account.login) return invalid("/password", "password.is_login", "it is the login");

    const std::string hash = hashPassword(*typed);
    if (hash.empty()) return Error{.code = Errc::kUnavailable, .message = "no memory to hash a password"};
    if (Status set = store_.setPasswordHash(account.id, hash, known); !set) return set;
    return store_.dropSecretsOf(account.id);  // Whoever knew the old one is out.
}

Result<Caller> Access::bySession(std::string_view token, Instant now) { return by(token, now, true); }

Result<Caller> Access::byBearer(std::string_view token, Instant now) { return by(token, now, false); }

bool Access::csrfMatches(const Caller& caller, std::string_view csrf_token) {
    return !caller.csrf_hash.empty() && equalInConstantTime(caller.csrf_hash, hashOf(csrf_token));
}

/// A cookie is never taken as a bearer token or the other way round: a cookie comes with the CSRF check.
Result<Caller> Access::by(std::string_view token, Instant now, bool session) {
    const auto found = store_.secret(hashOf(token));
    if (!found) return found.error();
    if (!*found || expired(**found, now)) return unauthenticated();
    const Secret& secret = **found;
    if (!session && secret.kind == SecretKind::kSourceKey) return Caller{.source = secret.source};
    if (secret.kind != (session ? SecretKind::kSession : SecretKind::kAccountToken)) return unauthenticated();

    auto account = store_.accountById(secret.account);
    if (!account) return std::move(account).error();
    if (!*account || (*account)->locked) return unauthenticated();
    auto colleagues = store_.stoodForBy(secret.account, now);
    if (!colleagues) return std::move(colleagues).error();
    for (domain::Colleague& one : *colleagues) one.roles = rolesToStandIn(one.roles);
    (*account)->standing_for = std::move(*colleagues);
    return Caller{.account = **std::move(account), .by_session = session, .csrf_hash = secret.csrf_hash};
}

Result<Session> Access::open(const Account& account, Instant now, std::optional<ProviderSession> provider) {
    // Swept here, because nothing else adds to them as often. What it cannot sweep now, it will the next time.
    (void)store_.dropExpiredSecrets(now);
    std::string csrf = randomToken(kTokenBytes);
    const Instant expires_at = now + limits_.session;
    std::string token = randomToken(kTokenBytes);
    const Status added = store_.addSession({.hash = hashOf(token),
                                            .kind = SecretKind::kSession,
                                            .account = account.id,
                                            .csrf_hash = hashOf(csrf),
                                            .created_at = now,
                                            .expires_at = expires_at,
                                            .provider = std::move(provider)},
                                           account.password_hash);
    // Locked, or given another password, while this one was looked at.
    if (!added && added.error().code == Errc::kConflict) return unauthenticated();
    if (!added) return added.error();
    return Session{.token = std::move(token), .csrf = std::move(csrf), .account = account, .expires_at = expires_at};
}

}  // namespace pakn::security
