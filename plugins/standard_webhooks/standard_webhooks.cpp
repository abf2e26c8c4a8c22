#include "standard_webhooks.hpp"

#include <pakn/sdk/text.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "digest.hpp"

namespace pakn::webhooks {

SigningKey::SigningKey(std::string_view secret) : key_{secret} {
    constexpr std::string_view kPrefix = "whsec_";
    if (secret.substr(0, kPrefix.size()) == kPrefix) {
        secret.remove_prefix(kPrefix.size());
        // A secret that was cut short on its way must not pass for another one: no line breaks, all of its padding.
        const bool whole = secret.size() % 4 == 0 && secret.find_first_of("\r\n") == std::string_view::npos;
        Result<std::string> bytes = fromBase64(secret);
        if (!whole || !bytes)
            throw std::invalid_argument{"the secret begins with whsec_, but what follows is no base64"};
        key_ = *std::move(bytes);
    }
    if (key_.empty()) throw std::invalid_argument{"the secret is empty"};
}

std::string SigningKey::sign(std::string_view id, std::string_view timestamp, std::string_view body) const {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    content.append(id).append(1, '.').append(timestamp).append(1, '.').append(body);
    return "v1," + toBase64(hmac(Digest::kSha256, key_, content));
}

bool SigningKey::signedBy(std::string_view signatures, std::string_view id, std::string_view timestamp,
                          std::string_view body) const {
    const std::string expected = sign(id, timestamp, body);
    bool found = false;
    while (!signatures.empty()) {
        const std::string_view one = signatures.substr(0, signatures.find(' '));
        signatures.remove_prefix(std::min(one.size() + 1, signatures.size()));
        if (sameSecret(one, expected)) found = true;
    }
    return found;
}

bool isTimely(std::string_view timestamp, Instant now) {
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
    const bool number = problem == std::errc{} && end == timestamp.data() + timestamp.size();
    if (!number || seconds <= 0 || seconds > 100000000000) return false;
    const auto off = now - Instant{std::chrono::seconds{seconds}};
    return off <= kMostOff && off >= -kMostOff;
}

}  // namespace pakn::webhooks
