#pragma once
/// @file
/// Message authentication by OpenSSL: what a portal's signature must be, compared in constant time.

#include <string>
#include <string_view>

namespace pakn::in_portal {

enum class Digest : unsigned char { kSha256, kSha512 };

/// HMAC (RFC 2104): raw bytes.
std::string hmac(Digest digest, std::string_view key, std::string_view text);
std::string sha256(std::string_view bytes);

/// Takes the same time wherever the first difference is.
bool equalInConstantTime(std::string_view a, std::string_view b);

/// Base64 with padding (RFC 4648, 4).
std::string toBase64(std::string_view bytes);
/// Lower case.
std::string toHex(std::string_view bytes);

/// The key of a Standard Webhooks secret: behind "whsec_" base64, any other text as it is. Throws
/// std::invalid_argument (without the secret in its text) when it is empty or its base64 is broken.
std::string standardWebhooksKey(std::string_view secret);

}  // namespace pakn::in_portal
