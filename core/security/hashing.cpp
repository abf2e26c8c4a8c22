/// @file
/// Hashes, hex, comparison.

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium/utils.h>

#include "core/security/crypto.hpp"
#include "core/security/require.hpp"

namespace pakn::security {
namespace {

const unsigned char* data(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

Digest sha256(std::string_view bytes) {
    // Fetched once: OpenSSL 3 otherwise looks the algorithm up at each call. Never freed: threads may hash until the
    // end.
    static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Digest digest{};
    require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, kSha256, nullptr) == 1, "SHA-256");
    return digest;
}

Digest hmacSha256(std::string_view key, std::string_view bytes) {
    Digest digest{};
    const auto* const mac =
        HMAC(EVP_sha256(), data(key), static_cast<int>(key.size()), data(bytes), bytes.size(), digest.data(), nullptr);
    require(mac != nullptr, "HMAC");
    return digest;
}

std::string toHex(std::span<const unsigned char> bytes) {
    std::string hex(bytes.size() * 2, '\0');
    // It writes the closing NUL too, which a std::string has room for.
    sodium_bin2hex(hex.data(), hex.size() + 1, bytes.data(), bytes.size());
    return hex;
}

std::string toHex(std::string_view bytes) { return toHex(std::span{data(bytes), bytes.size()}); }

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pakn::security
