#include "signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "text.hpp"

namespace pakn::in_portal {
namespace {

const unsigned char* bytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string hmac(Digest digest, std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int size = 0;
    const EVP_MD* const algorithm = digest == Digest::kSha512 ? EVP_sha512() : EVP_sha256();
    if (HMAC(algorithm, key.data(), static_cast<int>(key.size()), bytesOf(text), text.size(), code.data(), &size) ==
        nullptr)
        throw std::runtime_error{"OpenSSL cannot compute an HMAC"};
    return {reinterpret_cast<const char*>(code.data()), size};
}

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error{"OpenSSL cannot compute SHA-256"};
    return {reinterpret_cast<const char*>(digest.data()), size};
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string toBase64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends its text with a zero.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytesOf(bytes), static_cast<int>(bytes.size()));
    text.pop_back();
    return text;
}

std::string toHex(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes) {
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
    }
    return hex;
}

std::string standardWebhooksKey(std::string_view secret) {
    constexpr std::string_view kPrefix = "whsec_";
    std::string key{secret};
    if (secret.substr(0, kPrefix.size()) == kPrefix) {
        Result<std::string> bytes = fromBase64(secret.substr(kPrefix.size()));
        if (!bytes) throw std::invalid_argument{"the secret begins with whsec_, but what follows is no base64"};
        key = *std::move(bytes);
    }
    if (key.empty()) throw std::invalid_argument{"the secret is empty"};
    return key;
}

}  // namespace pakn::in_portal
