#pragma once
/// @file
/// Keys of the tests' own, made once for a program, and the look of somebody who has only their public half.

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::out_push {

using Key = std::shared_ptr<EVP_PKEY>;

inline const Key& rsaKey() {
    static const Key kKey{EVP_RSA_gen(2048), &EVP_PKEY_free};
    return kKey;
}
inline const Key& p256Key() {
    static const Key kKey{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    return kKey;
}

inline std::string pemOf(const Key& key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), &BIO_free};
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

inline std::string fromBase64Url(std::string text) {
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    const std::size_t padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    std::string bytes(text.size() / 4 * 3, '\0');
    EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
    bytes.resize(bytes.size() - padding);
    return bytes;
}

/// A JWT in its parts; empty parts when it has not three.
struct OpenedToken {
    std::string header;
    std::string claims;
    std::string signed_text;
    std::string signature;
};
inline OpenedToken opened(const std::string& token) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    return {fromBase64Url(token.substr(0, first)), fromBase64Url(token.substr(first + 1, second - first - 1)),
            token.substr(0, second), fromBase64Url(token.substr(second + 1))};
}

/// `signature` as OpenSSL has it: for ECDSA in DER.
inline bool verifies(const Key& key, std::string_view text, std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
    return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                            reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

/// Two numbers side by side, as JWS writes them, to DER.
inline std::string derOf(std::string_view raw) {
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts{ECDSA_SIG_new(), &ECDSA_SIG_free};
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    const auto half = static_cast<int>(raw.size() / 2);
    ECDSA_SIG_set0(parts.get(), BN_bin2bn(bytes, half, nullptr), BN_bin2bn(bytes + half, half, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(parts.get(), &der);
    const std::string text{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return text;
}

}  // namespace pakn::out_push
