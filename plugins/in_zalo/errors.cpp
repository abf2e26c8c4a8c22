#include "errors.hpp"

#include <array>
#include <chrono>
#include <string>

namespace pakn::in_zalo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Row {
    std::int64_t code;
    Remedy remedy;
    std::string_view meaning;
    bool by_phone_only = false;
};

constexpr std::array<Row, 31> kTable{{
    {0, Remedy::kNone, "ok"},
    {-216, Remedy::kRefresh, "the access token is invalid"},
    {-220, Remedy::kRefresh, "the access token has expired"},
    {-124, Remedy::kRefresh, "the access token is invalid", true},
    {-14002, Remedy::kHuman, "the app is not active: activate it in Zalo's developer console"},
    {-14003, Remedy::kHuman, "the redirect address or challenge is not the console's"},
    {-14020, Remedy::kHuman, "the refresh token was used or has expired: give the OA's consent anew"},
    {-32, Remedy::kRetry, "the app or OA has reached its call limit"},
    {-211, Remedy::kDefer, "out of quota"},
    {-218, Remedy::kDefer, "out of quota"},
    {-144, Remedy::kDefer, "out of quota"},
    {-230, Remedy::kFallback, "the user has not written for 7 days"},
    {-232, Remedy::kFallback, "the user's last message is too old"},
    {-213, Remedy::kFallback, "the user does not follow the OA"},
    {-227, Remedy::kFallback, "the user is banned or was not seen for 45 days"},
    {-234, Remedy::kNight, "not at night"},
    {-133, Remedy::kNight, "not at night"},
    {-201, Remedy::kPermanent, "a parameter is invalid"},
    {-100, Remedy::kUploadAgain, "an uploaded file has expired"},
    {-209, Remedy::kHuman, "the app or OA may not call this: look at its rights in Zalo's console"},
    {-212, Remedy::kHuman, "the OA has not registered this API: look at its rights in Zalo's console"},
    {-219, Remedy::kHuman, "the app is not active: activate it in Zalo's developer console"},
    {-221, Remedy::kHuman, "the OA is not verified"},
    {-223, Remedy::kHuman, "the OA may not do this in its tier"},
    {-224, Remedy::kHuman, "the OA has to buy a tier for this"},
    {-240, Remedy::kPermanent, "the v2 message API was stopped"},
    {-242, Remedy::kHuman, "appsecret_proof is wrong: look at app_secret"},
    {-108, Remedy::kFallback, "no phone number that Zalo knows", true},
    {-114, Remedy::kFallback, "this user cannot be sent to", true},
    {-118, Remedy::kFallback, "no Zalo account has this phone number", true},
    {-119, Remedy::kFallback, "this account cannot receive", true},
}};

const Row* rowOf(std::int64_t code, Path path) {
    for (const Row& row : kTable)
        if (row.code == code && (!row.by_phone_only || path == Path::kPhone)) return &row;
    return nullptr;
}

constexpr hours kZone{7};

/// The first instant after `now` at so long past midnight in Viet Nam.
Instant nextAt(Instant now, std::chrono::milliseconds of_day) {
    const auto local = now.time_since_epoch() + kZone;
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    Instant at{midnight + of_day - kZone};
    if (at <= now) at += std::chrono::days{1};
    return at;
}

}  // namespace

Remedy remedyOf(std::int64_t code, Path path) {
    const Row* const row = rowOf(code, path);
    return row != nullptr ? row->remedy : Remedy::kUnknown;
}

Error errorOf(std::int64_t code, Path path, Instant now) {
    const Row* const row = rowOf(code, path);
    const std::string said = "Zalo answered " + std::to_string(code);
    const std::string text = row != nullptr ? said + ": " + std::string{row->meaning} : said;
    switch (row != nullptr ? row->remedy : Remedy::kUnknown) {
        case Remedy::kRefresh:
            return {.code = Errc::kUnauthenticated, .message = text, .problem = std::string{kTokenRefused}};
        case Remedy::kHuman:
            return {.code = Errc::kUnauthenticated, .message = text, .problem = "zalo.account"};
        case Remedy::kRetry:
            return {.code = Errc::kUnavailable, .message = text, .problem = "zalo.rate", .retry_after = minutes{1}};
        case Remedy::kDefer:
            return {.code = Errc::kDeferred, .message = text, .problem = "zalo.quota", .not_before = nextDay(now)};
        case Remedy::kNight:
            return {.code = Errc::kDeferred, .message = text, .problem = "zalo.night", .not_before = nextMorning(now)};
        case Remedy::kFallback:
            return {.code = Errc::kFallback, .message = text, .problem = "zalo.user_unreachable"};
        case Remedy::kPermanent:
            return {.code = Errc::kRejected, .message = text, .problem = "zalo.rejected"};
        case Remedy::kUploadAgain:
            return {.code = Errc::kUnavailable, .message = text, .problem = std::string{kAssetExpired}};
        default:
            return {.code = Errc::kUnavailable, .message = text, .problem = std::string{kUnknownCode}};
    }
}

Instant nextMorning(Instant now) { return nextAt(now, hours{6}); }
Instant nextDay(Instant now) { return nextAt(now, minutes{5}); }

}  // namespace pakn::in_zalo
