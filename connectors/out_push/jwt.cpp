#include "jwt.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <digest.hpp>

#include <array>
#include <stdexcept>
#include <utility>

namespace pakn::out_push {
namespace {

constexpr int kLeastRsaBits = 2048;
constexpr std::size_t kNumber = 32;  ///< Bytes of either half of an ES256 signature.

template <auto release>
struct Release {
    template <class T>
    void operator()(T* thing) const {
        release(thing);
    }
};
using Bio = std::unique_ptr<BIO, Release<&BIO_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<&EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Release<&ECDSA_SIG_free>>;

/// A key behind a password is none for us: nobody is there to type it.
int noPassword(char*, int, int, void*) { return 0; }

std::shared_ptr<EVP_PKEY> readKey(const std::string& pem) {
    const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    if (!bio) return nullptr;
    std::shared_ptr<EVP_PKEY> key{PEM_read_bio_PrivateKey(bio.get(), nullptr, &noPassword, nullptr), &EVP_PKEY_free};
    ERR_clear_error();
    return key;
}

Error notAKey(std::string what) { return {.code = Errc::kInvalid, .message = std::move(what)}; }

[[noreturn]] void fail() {
    ERR_clear_error();
    throw std::runtime_error{"OpenSSL cannot sign"};
}

/// From OpenSSL's DER to the two numbers side by side that JWS wants.
std::string rawSignature(std::string_view der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaSignature parts{d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()))};
    if (!parts) fail();
    std::array<unsigned char, 2 * kNumber> raw{};
    if (BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), raw.data(), kNumber) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), raw.data() + kNumber, kNumber) < 0)
        fail();
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

}  // namespace

Result<SigningKey> SigningKey::readRsa(const std::string& pem) {
    std::shared_ptr<EVP_PKEY> key = readKey(pem);
    if (!key || EVP_PKEY_is_a(key.get(), "RSA") == 0) return notAKey("no RSA private key in PEM form");
    if (EVP_PKEY_get_bits(key.get()) < kLeastRsaBits) return notAKey("an RSA key of less than 2048 bits");
    return SigningKey{std::move(key), false};
}

Result<SigningKey> SigningKey::readP256(const std::string& pem) {
    std::shared_ptr<EVP_PKEY> key = readKey(pem);
    std::array<char, 64> curve{};
    if (!key || EVP_PKEY_is_a(key.get(), "EC") == 0 ||
        EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), curve.size(), nullptr) !=
            1 ||
        std::string_view{curve.data()} != "prime256v1")
        return notAKey("no private key of the curve P-256 in PEM form");
    return SigningKey{std::move(key), true};
}

std::string SigningKey::token(std::string_view header, std::string_view claims) const {
    const std::string text = toBase64Url(header) + '.' + toBase64Url(claims);
    return text + '.' + toBase64Url(signature(text));
}

std::string SigningKey::signature(std::string_view text) const {
    const DigestContext context{EVP_MD_CTX_new()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
        fail();
    std::string made(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size, bytes, text.size()) != 1)
        fail();
    made.resize(size);
    return ecdsa_ ? rawSignature(made) : made;
}

std::string toBase64Url(std::string_view bytes) {
    std::string text = webhooks::toBase64(bytes);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    text.resize(text.find_last_not_of('=') + 1);
    return text;
}

}  // namespace pakn::out_push
