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

/// Fetched once: OpenSSL 3 otherwise looks the algorithm up at each call. Never freed: threads may hash until the end.
const EVP_MD* sha256Algorithm() {
    static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return kSha256;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    Digest digest{};
    require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256Algorithm(), nullptr) == 1, "SHA-256");
    return digest;
}

struct Sha256::Context {
    Context() {
        require(handle != nullptr && EVP_DigestInit_ex(handle.get(), sha256Algorithm(), nullptr) == 1, "SHA-256");
    }
    struct Free {
        void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> handle{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_{std::make_unique<Context>()} {}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    require(EVP_DigestUpdate(context_->handle.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Digest Sha256::finish() {
    Digest digest{};
    require(EVP_DigestFinal_ex(context_->handle.get(), digest.data(), nullptr) == 1, "SHA-256");
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

std::string toBase64(std::string_view bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant) - 1, '\0');
    sodium_bin2base64(text.data(), text.size() + 1, data(bytes), bytes.size(), kVariant);
    return text;
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pakn::security
