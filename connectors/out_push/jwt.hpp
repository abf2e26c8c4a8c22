#pragma once
/// @file
/// JSON Web Tokens by which we say who we are: RS256 to Google, ES256 to Apple (RFC 7515, RFC 7518).

#include <memory>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

using EVP_PKEY = struct evp_pkey_st;

namespace pakn::out_push {

/// A private key. Copies share it; safe to sign with from several threads.
class SigningKey {
public:
    /// Of a PEM text without a password. kInvalid: no such key, RSA of less than 2048 bits, or a curve other than
    /// P-256. The error quotes nothing.
    static Result<SigningKey> readRsa(const std::string& pem);
    static Result<SigningKey> readP256(const std::string& pem);

    /// The whole token. Both parts are JSON. Throws std::runtime_error where OpenSSL fails.
    [[nodiscard]] std::string token(std::string_view header, std::string_view claims) const;

private:
    SigningKey(std::shared_ptr<EVP_PKEY> key, bool ecdsa) : key_{std::move(key)}, ecdsa_{ecdsa} {}

    [[nodiscard]] std::string signature(std::string_view text) const;

    std::shared_ptr<EVP_PKEY> key_;
    bool ecdsa_;
};

/// Base64 for addresses, without padding (RFC 4648, 5).
std::string toBase64Url(std::string_view bytes);

}  // namespace pakn::out_push
