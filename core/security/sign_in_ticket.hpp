#pragma once
/// @file
/// What a browser carries from the begin of a sign-in by a provider to its end: sealed, for one connector and a short
/// time. Pure but for the key.

#include <chrono>
#include <string>
#include <string_view>

#include "core/security/crypto.hpp"

namespace pakn::security {

inline constexpr std::chrono::minutes kSignInLasts{10};
inline constexpr std::size_t kMostSignInSecret = 2048;  ///< Bytes of LoginStart::secret.
inline constexpr std::size_t kMostReturn = 300;         ///< Bytes of the address to come back to.

struct SignInTicket {
    std::string number = {};  ///< Random; by which it is used up.
    bool citizen = false;
    std::string return_to = {};  ///< A local path; empty: none was asked for.
    std::string secret = {};     ///< The plugin's.
    Instant expires_at = {};
};

/// As a cookie's value: base64url, at most 4000 bytes when the parts keep to their bounds.
std::string sealTicket(const HubKey& key, std::string_view connector, const SignInTicket& ticket);

/// kRejected ("sign_in.not_begun"): forged, of another connector or hub, or too old.
Result<SignInTicket> openTicket(const HubKey& key, std::string_view connector, std::string_view sealed, Instant now);

/// A path of this site, where a browser may be sent: "/…" of printable ASCII, at most kMostReturn bytes; nothing that a
/// browser could take for another site.
bool isLocalPath(std::string_view path);

}  // namespace pakn::security
