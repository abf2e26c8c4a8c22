#pragma once
/// @file
/// Signatures of Standard Webhooks (standardwebhooks.com, specification 1.0): HMAC-SHA256 over "id.timestamp.body".

#include <pakn/sdk/content.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::out_webhook {

/// One shared secret. Value type.
class SigningKey {
public:
    /// `secret` is "whsec_" and base64, or any other text, whose bytes are then the key. Throws std::invalid_argument
    /// (without the secret in its text) when it is empty or its base64 is broken.
    explicit SigningKey(std::string_view secret);

    /// "v1,<base64>". `timestamp` in seconds since 1970.
    [[nodiscard]] std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;

    /// Shorter than the 24 bytes that the specification asks for.
    [[nodiscard]] bool isShort() const { return key_.size() < 24; }

private:
    std::string key_;
};

/// Base64 with padding (RFC 4648, 4).
std::string base64(std::string_view bytes);
/// 64 lower-case hex digits.
/// Throws std::runtime_error when a file cannot be read.
std::string sha256Hex(const Content& content);

}  // namespace pakn::out_webhook
