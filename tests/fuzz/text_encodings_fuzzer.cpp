/// @file
/// Base64 and percent escapes: every reader of them that the project has, beside each other and beside OpenSSL.

#include <openssl/evp.h>

#include <algorithm>

#include "core/http/encoding.hpp"
#include "core/security/crypto.hpp"
#include "digest.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

/// OpenSSL's, which knows neither line breaks (so read) nor a missing padding.
std::optional<std::string> byOpenssl(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3 + 1, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    if (padding > 2 || padding > static_cast<std::size_t>(size)) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

void checkReading(std::string_view text) {
    const auto strict = http::decodeBase64(text);
    const auto loose = webhooks::fromBase64(text);
    if (strict) {
        FUZZ_CHECK(strict->size() <= text.size() / 4 * 3);
        FUZZ_CHECK(loose.ok() && *loose == *strict);
        FUZZ_CHECK(byOpenssl(std::string{text}) == strict);
        FUZZ_CHECK(http::decodeBase64(webhooks::toBase64(*strict)) == strict);
    }
    if (loose) {
        FUZZ_CHECK(loose->size() <= text.size() / 4 * 3 + 2);
        const auto again = webhooks::fromBase64(webhooks::toBase64(*loose));
        FUZZ_CHECK(again.ok() && *again == *loose);
    }
    for (const bool plus : {false, true})
        if (const auto plain = http::decodePercent(text, plus)) FUZZ_CHECK(plain->size() <= text.size());
}

void checkWriting(std::string_view bytes) {
    const std::string base64 = webhooks::toBase64(bytes);
    FUZZ_CHECK(base64 == security::toBase64(bytes));
    FUZZ_CHECK(http::decodeBase64(base64) == bytes);
    const auto read = webhooks::fromBase64(base64);
    FUZZ_CHECK(read.ok() && *read == bytes);
    FUZZ_CHECK(webhooks::toHex(bytes) == security::toHex(bytes));
    for (const bool plus : {false, true}) FUZZ_CHECK(http::decodePercent(http::encodePercent(bytes), plus) == bytes);
}

}  // namespace

void tryOne(std::string_view input) {
    const Exact bytes{input};
    checkReading(bytes.view());
    checkWriting(bytes.view());
}

}  // namespace pakn::fuzz
