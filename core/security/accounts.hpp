#pragma once
/// @file
/// Accounts, one-time links, sessions and API keys, and the port to where they are kept. Secrets are random, and only
/// their hashes are stored.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/actor.hpp"
#include "core/security/attempts.hpp"
#include "pakn/sdk/sign_in.hpp"

namespace pakn::security {

struct Account {
    std::string id = {};     ///< UUIDv7.
    std::string login = {};  ///< Lower case; unique.
    std::string name = {};   ///< As colleagues know them.
    std::vector<domain::Role> roles = {};
    std::string unit = {};           ///< Empty for the Centre's people.
    std::string password_hash = {};  ///< Empty: none set, one-time links only.
    bool locked = false;
    Instant created_at = {};
    /// In whose places they are; only of an account that has just come in (Access), never stored with it.
    std::vector<domain::Colleague> standing_for = {};

    [[nodiscard]] domain::Actor actor() const {
        return {.id = id, .roles = roles, .unit = unit, .standing_for = standing_for};
    }
};

/// How an account's person is reached in office. Sealed where it is kept; only the person, who looks after the unit and
/// the connectors that notices go over get to see it.
struct AccountContact {
    std::string title = {};  ///< "Trưởng phòng".
    std::string phone = {};  ///< As domain::contactPhone().
    std::string email = {};
    [[nodiscard]] bool empty() const { return title.empty() && phone.empty() && email.empty(); }
    friend bool operator==(const AccountContact&, const AccountContact&) = default;
};

/// The same in the form in which it is kept. kInvalid, with the field: "petition.text_invalid",
/// "petition.field_too_long" (a title of more than 200 characters), "petition.phone_invalid", "contact.email_invalid".
Result<AccountContact> checkedContact(const AccountContact& typed);

/// What a stored secret opens.
enum class SecretKind : std::uint8_t {
    kOneTimeLink,   ///< One sign-in.
    kSession,       ///< A browser's session; the CSRF token stands beside it.
    kAccountToken,  ///< A script that acts as an account.
    kSourceKey,     ///< A portal that sends petitions under its source name.
    kUsedSignIn,    ///< Opens nothing: a sign-in by a provider that has been finished, so that it is not twice.
    kCitizen,       ///< A citizen's session: whom a provider vouched for. Belongs to no account.
    kOneTimeCode,   ///< What a code proves that was sent to somebody (one_time_codes.hpp).
};

/// Who signed in by a provider, and what ends the provider's session too. Sealed where it is kept.
struct ProviderSession {
    std::string connector = {};
    std::string issuer = {};
    std::string subject = {};
    std::string session = {};        ///< The provider's name of it; may be empty.
    std::string logout_secret = {};  ///< Never logged.
    // Of a citizen alone:
    std::string name = {};
    std::string phone = {};
    std::string email = {};
    std::string citizen_id = {};
};

/// That a provider's person is somebody here. Sealed where it is kept: a subject may be a citizen id.
struct AccountLink {
    std::string issuer = {};
    std::string subject = {};
    std::string connector = {};  ///< Alone may bring this person; empty: any.
    std::string account = {};    ///< Account id.
    Instant created_at = {};
    // What the provider said at the first sign-in; for the administrator, without effect.
    std::string login = {};
    std::string unit = {};
    std::vector<std::string> roles = {};
};

struct Secret {
    std::string hash = {};  ///< Hex SHA-256 of the token.
    SecretKind kind = SecretKind::kSession;
    std::string account = {};    ///< Account id; empty for a source key.
    std::string source = {};     ///< Channel name of a source key.
    std::string csrf_hash = {};  ///< Of a session.
    Instant created_at = {};
    std::optional<Instant> expires_at = {};
    std::optional<ProviderSession> provider = {};  ///< Of a session that a provider opened.
};

/// Where accounts and secrets are kept. Implemented by the store; every write is durable when it returns.
class AccountStore {
public:
    virtual ~AccountStore() = default;
    /// kConflict when the login is taken.
    virtual Status addAccount(const Account& account, const AccountContact& contact) = 0;
    Status addAccount(const Account& account) { return addAccount(account, {}); }
    // One column each: what somebody else changes at the same time stays changed.
    /// kNotFound.
    virtual Status setLocked(std::string_view account_id, bool locked) = 0;
    /// With `known` only while that is the hash; else kConflict. kNotFound.
    virtual Status setPasswordHash(std::string_view account_id, std::string_view hash,
                                   const std::optional<std::string>& known) = 0;
    /// In place of all that was known. kNotFound.
    virtual Status setContact(std::string_view account_id, const AccountContact& contact) = 0;
    /// Empty where nothing is known, or there is no such account.
    virtual Result<AccountContact> contact(std::string_view account_id) = 0;
    virtual Result<std::optional<Account>> accountById(std::string_view id) = 0;
    /// Colleagues with an open account in whose place this one is at `now`, with all their roles.
    virtual Result<std::vector<domain::Colleague>> stoodForBy(std::string_view account_id, Instant now) = 0;
    virtual Result<std::optional<Account>> accountByLogin(std::string_view login) = 0;
    virtual Result<std::vector<Account>> accounts() = 0;
    virtual Status addSecret(const Secret& secret) = 0;
    /// The same in one transaction with a look at its account: kConflict, and nothing is added, when that is locked or
    /// its password is another one now.
    virtual Status addSession(const Secret& session, std::string_view password_hash) = 0;
    virtual Result<std::optional<Secret>> secret(std::string_view hash) = 0;
    /// Account tokens and source keys: what opens something until it is taken back. In any order.
    virtual Result<std::vector<Secret>> lastingSecrets() = 0;
    /// Removes and returns it in one transaction, so that of two callers exactly one gets it.
    virtual Result<std::optional<Secret>> takeSecret(std::string_view hash) = 0;
    /// Removes what expired before `now`.
    virtual Status dropExpiredSecrets(Instant now) = 0;
    /// Removes the account's sessions, one-time links and the devices that its notices went to. Its tokens stay:
    /// scripts live by them, nobody signs in with them.
    virtual Status dropSecretsOf(std::string_view account_id) = 0;

    /// Roles and unit. kNotFound.
    virtual Status setDuties(std::string_view account_id, const std::vector<domain::Role>& roles,
                             std::string_view unit) = 0;
    /// Both or neither. kConflict when the login is taken, or the provider's person linked.
    virtual Status addLinkedAccount(const Account& account, const AccountLink& link) = 0;
    /// Links the provider's person to this account, in place of any before. Where that was one that nobody ever gave a
    /// role, a password or another link, it goes. kNotFound: no such account.
    virtual Status putLink(const AccountLink& link) = 0;
    /// False when there was none.
    virtual Result<bool> removeLink(std::string_view issuer, std::string_view subject) = 0;
    virtual Result<std::optional<AccountLink>> link(std::string_view issuer, std::string_view subject) = 0;
    /// In any order.
    virtual Result<std::vector<AccountLink>> links() = 0;
    /// Linked accounts without a role.
    virtual Result<std::int64_t> waitingAccounts() = 0;
    /// Ends sessions that this connector opened: of the provider's person `subject`, of the provider's `session`, or
    /// what is both. How many there were; none when neither is said.
    virtual Result<std::int64_t> dropProviderSessions(const ProviderSession& whose) = 0;
};

/// A new session as its owner gets it, once.
struct Session {
    std::string token;
    std::string csrf;
    Account account;
    Instant expires_at;
};

/// The same of a citizen.
struct CitizenSession {
    std::string token;
    Instant expires_at;
};

/// Whom the citizen's session with this hash (Secret::hash) belongs to. kUnauthenticated: nobody, or it is over.
Result<ProviderSession> citizenOf(AccountStore& store, std::string_view session, Instant now);

/// Whoever a request comes from.
struct Caller {
    std::optional<Account> account = {};  ///< Signed in.
    std::string source = {};              ///< API key of a portal.
    bool by_session = false;              ///< Came by cookie: changes need the CSRF token.
    std::string csrf_hash = {};
};

/// Accounts that wait for an administrator: at so many nobody new is noted.
inline constexpr std::int64_t kMostWaitingAccounts = 1000;

/// True for 1-64 lower-case letters, digits or . - _ @ +.
bool isSoundLogin(std::string_view login);

/// Signs people and scripts in. Safe from any thread.
class Access {
public:
    struct Limits {
        std::chrono::hours session{12};
        std::chrono::hours citizen_session{2};
        std::chrono::hours one_time_link{24};
        int attempts_per_minute = 10;  ///< Of password sign-ins, of one client with one login.
        /// With one login from everywhere: so much more that hardly anybody keeps its owner out by trying.
        int attempts_on_login = 200;
    };

    Access(AccountStore& store, Limits limits)
        : store_{store},
          limits_{limits},
          attempts_of_client_{limits.attempts_per_minute, std::chrono::minutes{1}},
          attempts_on_login_{limits.attempts_on_login, std::chrono::minutes{1}} {}

    /// A link token that signs the account in once. kNotFound.
    Result<std::string> newOneTimeLink(std::string_view login, Instant now);
    /// The same for somebody who has no way in any more; ends the account's sessions and earlier links. kNotFound,
    /// kConflict when the account is locked.
    Result<std::string> resetSignIn(std::string_view login, Instant now);
    /// A locked account opens nothing, with whatever secret. Both ways end its sessions and links. kNotFound.
    Status setLocked(std::string_view login, bool locked);
    /// A bearer token that acts as the account. kNotFound.
    Result<std::string> newAccountToken(std::string_view login, Instant now);
    /// An API key for a portal. kInvalid unless the name is lower-case letters, digits, '_' or '-', 1-32 long.
    Result<std::string> newSourceKey(std::string_view source, Instant now);

    /// Uses up a one-time link. kUnauthenticated.
    Result<Session> signInWithLink(std::string_view token, Instant now);
    /// kUnauthenticated, with the same answer and time for an unknown login; kUnavailable with retry_after when tried
    /// too often. `client`: from where, as it is counted.
    Result<Session> signIn(std::string_view login, std::string_view password, std::string_view client, Instant now);
    /// By a provider's word, which `connector` brings: the account that is linked to this person. Somebody who is new
    /// gets an account without roles, whose session opens nothing but their own account: there they ask for one.
    /// kForbidden ("sign_in.locked", "sign_in.not_admitted": linked to another connector), kRejected
    /// ("sign_in.rejected": no identity), kUnavailable ("sign_in.too_many_waiting", or the store).
    Result<Session> signInBy(std::string_view connector, const Identity& person, Instant now);
    /// A session of a citizen whom a provider vouches for. kRejected ("sign_in.rejected"), kUnavailable.
    Result<CitizenSession> signInCitizen(std::string_view connector, const Identity& person, Instant now);
    /// Whom a citizen's session belongs to. kUnauthenticated.
    Result<ProviderSession> citizen(std::string_view token, Instant now);
    /// Notes that the sign-in with this number is finished; kConflict when it was before.
    Status useUp(std::string_view sign_in, Instant until, Instant now);

    /// Ends a session, a citizen's too. How it was opened, when a provider did.
    Result<std::optional<ProviderSession>> signOut(std::string_view session_token);
    /// Sets a first or new password: 10-200 code points, not the login; ends the account's sessions and links.
    /// kInvalid, kNotFound.
    Status setPassword(std::string_view login, std::string_view password);
    /// The same by its owner, who knows the current one. kUnauthenticated when that is wrong; kUnavailable with
    /// retry_after when tried too often; kConflict when somebody else has set another meanwhile.
    Status changePassword(std::string_view login, std::string_view current, std::string_view password,
                          std::string_view client, Instant now);

    /// Who holds this session cookie. kUnauthenticated when unknown or expired, or the account is locked.
    Result<Caller> bySession(std::string_view token, Instant now);
    /// Who sent this bearer token: an account's, or a source key. kUnauthenticated.
    Result<Caller> byBearer(std::string_view token, Instant now);
    [[nodiscard]] static bool csrfMatches(const Caller& caller, std::string_view csrf_token);

private:
    Result<Account> verified(std::string_view login, std::string_view password, std::string_view client, Instant now);
    Status putPassword(const Account& account, std::string_view password, const std::optional<std::string>& known);
    Result<Session> open(const Account& account, Instant now, std::optional<ProviderSession> provider = {});
    Result<Account> accountOfPerson(std::string_view connector, const Identity& person, Instant now);
    Result<Account> addWaiting(std::string_view connector, const Identity& person, Instant now);
    Result<Caller> by(std::string_view token, Instant now, bool session);

    AccountStore& store_;
    Limits limits_;
    AttemptCounter attempts_of_client_;
    AttemptCounter attempts_on_login_;
};

}  // namespace pakn::security
