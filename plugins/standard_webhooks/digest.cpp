#include "digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>

namespace pakn::webhooks {
namespace {

const unsigned char* bytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

int length(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max() / 2))
        throw std::length_error{"too long to encode"};
    return static_cast<int>(bytes.size());
}

int base64Value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

}  // namespace

std::string hmac(Digest digest, std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int size = 0;
    const EVP_MD* const algorithm = digest == Digest::kSha512 ? EVP_sha512() : EVP_sha256();
    if (HMAC(algorithm, key.data(), length(key), bytesOf(text), text.size(), code.data(), &size) == nullptr)
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
    return toHex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string toHex(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes) {
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
    }
    return hex;
}

std::string toBase64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends its text with a zero.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytesOf(bytes), length(bytes));
    text.pop_back();
    return text;
}

Result<std::string> fromBase64(std::string_view text) {
    const Error wrong{.code = Errc::kInvalid, .message = "no base64", .problem = "portal.base64"};
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t digits = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (c == '\r' || c == '\n') continue;
        const int value = base64Value(c);
        if (c == '=')
            ++padding;
        else if (value < 0 || padding > 0)
            return wrong;
        if (c == '=') continue;
        ++digits;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
    }
    const bool sound = digits % 4 != 1 && padding <= 2 && (padding == 0 || (digits + padding) % 4 == 0);
    if (!sound) return wrong;
    return bytes;
}

}  // namespace pakn::webhooks
