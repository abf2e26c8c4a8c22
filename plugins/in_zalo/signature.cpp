#include "signature.hpp"

#include <pakn/sdk/text.hpp>

#include "digest.hpp"

namespace pakn::in_zalo {

std::string macOf(std::string_view first_term, std::string_view body, std::string_view timestamp,
                  std::string_view key) {
    std::string all;
    all.reserve(first_term.size() + body.size() + timestamp.size() + key.size());
    all.append(first_term).append(body).append(timestamp).append(key);
    return webhooks::toHex(webhooks::sha256(all));
}

bool isSigned(const SignatureRules& rules, std::string_view header, std::string_view body,
              std::span<const std::string> timestamps) {
    constexpr std::string_view kPrefix = "mac=";
    if (header.substr(0, kPrefix.size()) == kPrefix) header.remove_prefix(kPrefix.size());
    bool found = false;
    for (const std::string& key : rules.keys)
        for (const std::string& timestamp : timestamps)
            if (sameSecret(header, macOf(rules.first_term, body, timestamp, key))) found = true;
    return found;
}

std::string appSecretProof(const std::string& app_secret, const std::string& access_token) {
    return webhooks::toHex(webhooks::hmac(webhooks::Digest::kSha256, app_secret, access_token));
}

}  // namespace pakn::in_zalo
