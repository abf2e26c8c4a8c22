#pragma once
/// @file
/// Tokens that a form carries, and the proof of work over them (docs/adr/0024-proof-of-work.md).
///
/// A token says which form it is, when it was made and how hard its proof is, signed with a key that all nodes of the
/// hub share, and bound to the browser it was made for: it is CSRF token, idempotency key and challenge in one. The id
/// in it names the draft and the petition, so whoever uses a token or a proof twice gets the same petition twice.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/host.hpp"

namespace pakn::in_web {

struct FormToken {
    std::string id = {};  ///< 22 characters; unguessable, never shown outside its form.
    Instant issued = {};
    int bits = 0;  ///< Leading zero bits that its proof was asked to have.
};

/// Safe from any thread.
class FormTokens {
public:
    explicit FormTokens(HostServices& services) : services_{services} {}

    /// A token for a new form, or with an id and an instant for one that goes on. `purpose`: what kind of form it
    /// opens, "report" or "rate 060326001". kUnavailable while the key cannot be had.
    Result<std::string> make(std::string_view purpose, std::string_view browser, FormToken form = {});
    /// kForbidden: not made by this hub, for this purpose or for this browser. kUnavailable.
    Result<FormToken> read(std::string_view token, std::string_view purpose, std::string_view browser);

private:
    Result<std::string> key();

    HostServices& services_;
    std::mutex mutex_;
    std::string key_;
};

/// How many zero bits SHA-256 of "<token>:<proof>" begins with; 0 for a proof that is no number of at most 20 digits.
int provenBits(std::string_view token, std::string_view proof);

/// SHA-256 of something secret, with what it is for: a name by which a thing is found that does not give the secret
/// away. `length` hex digits, at most 64.
std::string nameOf(std::string_view purpose, std::string_view secret, std::size_t length);

}  // namespace pakn::in_web
