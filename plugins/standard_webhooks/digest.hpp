#pragma once
/// @file
/// Digests by OpenSSL and the texts they travel as. Pure; safe from any thread. Throw std::runtime_error where OpenSSL
/// fails.

#include <pakn/sdk/content.hpp>
#include <pakn/sdk/result.hpp>
#include <string>
#include <string_view>

namespace pakn::webhooks {

enum class Digest : unsigned char { kSha256, kSha512 };

/// HMAC (RFC 2104): raw bytes.
std::string hmac(Digest digest, std::string_view key, std::string_view text);

/// Raw bytes.
std::string sha256(std::string_view bytes);
/// 64 lower-case hex digits. Throws std::runtime_error when the content cannot be read.
std::string sha256Hex(const Content& content);

/// Lower case.
std::string toHex(std::string_view bytes);
/// With padding (RFC 4648, 4).
std::string toBase64(std::string_view bytes);
/// The bytes behind base64; line breaks and a missing padding are allowed, as mailers and portals have them. kInvalid
/// "portal.base64".
Result<std::string> fromBase64(std::string_view text);

}  // namespace pakn::webhooks
