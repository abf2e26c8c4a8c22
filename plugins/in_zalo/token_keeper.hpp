#pragma once
/// @file
/// The OA's access token: docs/contracts/zalo-oa.md, section 4. A refresh token works once and brings the next one, so
/// one node at a time refreshes, and a new pair is on disk before anybody uses it.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "pakn/sdk/host.hpp"

namespace pakn::in_zalo {

struct TokenRules {
    std::string url = {};  ///< Of the OAuth host, without a path.
    std::string app_id = {};
    std::string app_secret = {};
    std::string refresh_token = {};  ///< The first one; another one than before is a new consent.
    std::chrono::milliseconds refresh_after{std::chrono::hours{20}};
    HttpClient::Limits limits = {};
};

/// Safe from any thread.
class TokenKeeper {
public:
    TokenKeeper(HostServices& services, TokenRules rules) : services_{services}, rules_{std::move(rules)} {}

    /// A token to call with; an old one is refreshed first, and still used where that cannot be done now.
    /// kUnauthenticated "zalo.token": a person has to give the consent anew. kUnavailable.
    Result<std::string> token();
    /// Another one than `refused`, which the peer no longer takes. Errors as token().
    Result<std::string> insteadOf(const std::string& refused);

private:
    struct Pair {
        std::string access = {};
        std::string refresh = {};
        std::string seed = {};  ///< Digest of the option it comes from.
        Instant obtained = {};
        Instant expires = {};
    };

    static std::optional<Pair> read(const std::string& text);
    static std::string written(const Pair& pair);
    Result<std::optional<Pair>> stored();
    Status store(const Pair& pair);
    [[nodiscard]] bool isUsable(const std::optional<Pair>& pair, const std::string& refused) const;
    [[nodiscard]] bool isOld(const Pair& pair) const;
    Result<std::string> renew(const std::string& refused);
    Result<Pair> exchange(const std::string& refresh);
    Result<Pair> judge(const HttpResponse& answer, const std::string& refresh);
    Error refused(const std::string& refresh, const std::string& why);
    Status saveWaiting();

    HostServices& services_;
    const TokenRules rules_;
    std::mutex mutex_;
    std::optional<Pair> unsaved_;  ///< A pair that could not be stored yet: the one before is used up.
    std::string dead_;             ///< Digest of a refresh token that was refused,
    Instant dead_until_;           ///< and how long it is not tried again.
};

}  // namespace pakn::in_zalo
