#pragma once
/// @file
/// Signatures of Standard Webhooks (standardwebhooks.com, specification 1.0): HMAC-SHA256 over "id.timestamp.body". One
/// implementation for whoever sends (out_webhook) and whoever receives (in_portal).

#include <pakn/sdk/result.hpp>
#include <string>
#include <string_view>

namespace pakn::webhooks {

/// One shared secret. Value type; safe from any thread.
class SigningKey {
public:
    /// `secret` is "whsec_" and base64, or any other text, whose bytes are then the key. Throws std::invalid_argument
    /// (without the secret in its text) when it is empty or its base64 is broken.
    explicit SigningKey(std::string_view secret);

    /// "v1,<base64>". `timestamp` in seconds since 1970.
    [[nodiscard]] std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;

    /// Whether one of the signatures of a header ("v1,… v1a,… v1,…") is that of this key. Unknown versions are skipped;
    /// the time it takes tells nothing.
    [[nodiscard]] bool signedBy(std::string_view signatures, std::string_view id, std::string_view timestamp,
                                std::string_view body) const;

    /// Shorter than the 24 bytes that the specification asks for.
    [[nodiscard]] bool isShort() const { return key_.size() < 24; }

private:
    std::string key_;
};

/// How much the clocks of two sides may differ, and how old a request may be.
inline constexpr std::chrono::seconds kMostOff{300};

/// Whether `timestamp` is a time in seconds since 1970, and at most kMostOff away from `now`.
bool isTimely(std::string_view timestamp, Instant now);

}  // namespace pakn::webhooks
