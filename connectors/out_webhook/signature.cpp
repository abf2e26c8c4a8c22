/// @file
/// HMAC, SHA-256 and base64 by OpenSSL.

#include "signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <limits>
#include <memory>
#include <stdexcept>

namespace pakn::out_webhook {
namespace {

const unsigned char* bytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

int length(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max() / 2))
        throw std::length_error{"too long to encode"};
    return static_cast<int>(bytes.size());
}

/// OpenSSL's decoder skips blanks and counts padding as zeros, so both are looked at here.
std::string fromBase64(std::string_view text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::string_view digits = text.substr(0, text.find('='));
    const std::size_t padding = text.size() - digits.size();
    if (text.empty() || text.size() % 4 != 0 || padding > 2 ||
        text.find_first_not_of('=', digits.size()) != std::string_view::npos ||
        digits.find_first_not_of(kAlphabet) != std::string_view::npos) {
        throw std::invalid_argument{"the secret begins with whsec_, but what follows is no base64"};
    }
    std::string bytes(text.size() / 4 * 3, '\0');
    EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytesOf(text), length(text));
    bytes.resize(bytes.size() - padding);
    return bytes;
}

}  // namespace

SigningKey::SigningKey(std::string_view secret) {
    constexpr std::string_view kPrefix = "whsec_";
    const bool encoded = secret.substr(0, kPrefix.size()) == kPrefix;
    key_ = encoded ? fromBase64(secret.substr(kPrefix.size())) : std::string{secret};
    if (key_.empty()) throw std::invalid_argument{"the secret is empty"};
}

std::string SigningKey::sign(std::string_view id, std::string_view timestamp, std::string_view body) const {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    content.append(id).append(1, '.').append(timestamp).append(1, '.').append(body);

    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int size = 0;
    if (HMAC(EVP_sha256(), key_.data(), length(key_), bytesOf(content), content.size(), code.data(), &size) == nullptr)
        throw std::runtime_error{"OpenSSL cannot compute HMAC-SHA256"};
    return "v1," + base64({reinterpret_cast<const char*>(code.data()), size});
}

std::string base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends its text with a zero.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytesOf(bytes), length(bytes));
    text.pop_back();
    return text;
}

std::string sha256Hex(const Content& content) {
    struct Free {
        void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
    };
    const std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const bool begun = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    const Status read = content.copyTo([&](std::string_view piece) -> Status {
        if (!begun || EVP_DigestUpdate(context.get(), piece.data(), piece.size()) != 1) return Error{};
        return Done{};
    });
    if (!begun || !read || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1)
        throw std::runtime_error{"cannot read a file of the answer"};
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4U];
        hex += "0123456789abcdef"[digest[i] & 15U];
    }
    return hex;
}

}  // namespace pakn::out_webhook
