#pragma once
/// @file
/// Whether a webhook is Zalo's: docs/contracts/zalo-oa.md, section 2. Plain SHA-256, no HMAC.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_zalo {

struct SignatureRules {
    std::string first_term = {};         ///< The app's id, or the OA's.
    std::vector<std::string> keys = {};  ///< The present one, and while it is replaced the one before.
};

/// 64 lower-case hex digits.
std::string macOf(std::string_view first_term, std::string_view body, std::string_view timestamp, std::string_view key);

/// Whether `header` ("mac=<hex>", or the digits alone) is the signature of the body by any of the keys with any of
/// these timestamps. How long it takes says nothing of which.
bool isSigned(const SignatureRules& rules, std::string_view header, std::string_view body,
              std::span<const std::string> timestamps);

/// Hex HMAC-SHA256(app secret, access token): the header `appsecret_proof` of calls. This one is an HMAC.
std::string appSecretProof(const std::string& app_secret, const std::string& access_token);

}  // namespace pakn::in_zalo
