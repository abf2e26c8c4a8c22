#pragma once
/// @file
/// Signing people in by somebody else's word: the third verb of a connector.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pakn/sdk/http.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn {
inline namespace sdk1 {

struct LoginRequest {
    std::string callback_url = {};  ///< Where the provider must send the browser back to; absolute.
    bool citizen = false;           ///< A citizen signs in, else an officer.
    Attributes attributes = {};
};

/// Where the browser goes, and what must come back with it. The host binds `secret` to the browser that begins and
/// hands it to finish(): verifier, nonce and state need no place in the plugin. Never logged.
struct LoginStart {
    std::string redirect_url = {};
    std::string secret = {};  ///< At most 2 KB.
};

struct LoginCallback {
    HttpRequest request = {};       ///< As the browser brought it to callback_url: query or form.
    std::string callback_url = {};  ///< The same as in begin().
    std::string secret = {};        ///< LoginStart::secret.
};

/// Who signed in, in the provider's words. Which account that is, and what it may do, the hub decides alone.
struct Identity {
    std::string issuer = {};
    std::string subject = {};  ///< Of the person at the issuer; the pair of both never changes.
    std::string login = {};    ///< What the configuration's mapping chose as user key.
    std::string name = {};
    std::string email = {};
    std::string phone = {};
    std::string citizen_id = {};  ///< Personal data: sealed by the hub, shown masked.
    std::string unit = {};
    std::vector<std::string> roles = {};  ///< As mapped by the configuration; suggestions to an administrator.
    std::string assurance = {};           ///< Level that the provider vouches for.
    std::string session = {};             ///< The provider's session (sid, service ticket): a single logout names it.
    std::string logout_secret = {};       ///< Handed to logout() (an id token, say). Never logged.
    Attributes attributes = {};
};

struct LogoutRequest {
    std::string subject = {};
    std::string session = {};
    std::string logout_secret = {};
    std::string return_url = {};  ///< Where the browser should end up; absolute.
};

/// What a provider says is over: HostServices::endSessions() takes it.
struct ProviderLogout {
    std::string issuer = {};   ///< As in Identity.
    std::string subject = {};  ///< As in Identity; empty: of whomever `session` is.
    std::string session = {};  ///< Identity::session; empty: every session of `subject`.
};

/// Signs people in. Calls come from HTTP threads, several at a time.
class Authenticator {
public:
    virtual ~Authenticator() = default;

    /// kUnavailable (the provider cannot be reached), kMisconfigured.
    virtual Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) = 0;

    /// kRejected (the answer is not the provider's, or not to this browser), kForbidden (signed in there, but not
    /// admitted), kUnavailable.
    virtual Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) = 0;

    /// The address that ends the provider's session too; empty (the default) when there is none to go to.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): an override may keep the token
    virtual Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) {
        static_cast<void>(request);
        static_cast<void>(stop);
        return std::string{};
    }
};

}  // namespace sdk1
}  // namespace pakn
