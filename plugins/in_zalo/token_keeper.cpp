#include "token_keeper.hpp"

#include <algorithm>

#include "digest.hpp"
#include "errors.hpp"
#include "json.hpp"
#include "lease.hpp"
#include "text.hpp"

namespace pakn::in_zalo {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kKey = "token";
constexpr std::string_view kLease = "token";
constexpr seconds kHold{60};
constexpr minutes kRest{5};          ///< After a refusal, before the same refresh token is tried again.
constexpr minutes kBeforeItEnds{5};  ///< So long before its end a token counts as over; a short one for a tenth of it.

std::string digestOf(const std::string& secret) { return webhooks::toHex(webhooks::sha256(secret)).substr(0, 32); }

}  // namespace

Result<std::string> TokenKeeper::token() {
    const std::lock_guard lock{mutex_};
    if (const Status saved = saveWaiting(); !saved) return saved.error();
    const Result<std::optional<Pair>> pair = stored();
    if (!pair) return pair.error();
    if (isUsable(*pair, {}) && !isOld(**pair)) return (*pair)->access;
    return renew({});
}

Result<std::string> TokenKeeper::insteadOf(const std::string& refused) {
    const std::lock_guard lock{mutex_};
    if (const Status saved = saveWaiting(); !saved) return saved.error();
    return renew(refused);
}

std::optional<TokenKeeper::Pair> TokenKeeper::read(const std::string& text) {
    const Result<JsonDocument> json = parseJson(text);
    if (!json || !json->IsObject()) return std::nullopt;
    return Pair{.access = std::string{textOf(*json, "access")},
                .refresh = std::string{textOf(*json, "refresh")},
                .seed = std::string{textOf(*json, "seed")},
                .obtained = Instant{milliseconds{integerOf(*json, "obtained", 0)}},
                .expires = Instant{milliseconds{integerOf(*json, "expires", 0)}}};
}

std::string TokenKeeper::written(const Pair& pair) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    write(writer, "access", pair.access);
    write(writer, "refresh", pair.refresh);
    write(writer, "seed", pair.seed);
    writer.Key("obtained");
    writer.Int64(pair.obtained.time_since_epoch().count());
    writer.Key("expires");
    writer.Int64(pair.expires.time_since_epoch().count());
    writer.EndObject();
    return textIn(buffer);
}

/// Nothing when there is none, or when it comes from another consent than the settings'.
Result<std::optional<TokenKeeper::Pair>> TokenKeeper::stored() {
    const Result<std::optional<std::string>> text = services_.state().get(kKey);
    if (!text) return text.error();
    std::optional<Pair> pair = *text ? read(**text) : std::nullopt;
    if (pair && pair->seed != digestOf(rules_.refresh_token)) pair.reset();
    return pair;
}

Status TokenKeeper::store(const Pair& pair) { return services_.state().put(kKey, written(pair)); }

bool TokenKeeper::isUsable(const std::optional<Pair>& pair, const std::string& refused) const {
    if (!pair || pair->access.empty() || pair->access == refused) return false;
    const milliseconds margin = std::min<milliseconds>(kBeforeItEnds, (pair->expires - pair->obtained) / 10);
    return services_.now() + margin < pair->expires;
}

/// Refreshed early; one that lives shorter than expected when a fifth of its life is left.
bool TokenKeeper::isOld(const Pair& pair) const {
    const milliseconds life = pair.expires - pair.obtained;
    return services_.now() >= pair.obtained + std::min(rules_.refresh_after, life * 4 / 5);
}

Result<std::string> TokenKeeper::renew(const std::string& refused) {
    Lease lease{services_, kLease, kHold};
    const Result<bool> mine = lease.take();
    if (!mine) return mine.error();
    // Another node may have been here while this one waited.
    const Result<std::optional<Pair>> pair = stored();
    if (!pair) return pair.error();
    const bool usable = isUsable(*pair, refused);
    if (usable && (!*mine || !isOld(**pair))) return (*pair)->access;
    if (!*mine)
        return Error{.code = Errc::kUnavailable,
                     .message = "another node is refreshing the access token",
                     .problem = "zalo.token_wait",
                     .retry_after = seconds{5}};
    const Result<Pair> next = exchange(*pair ? (*pair)->refresh : rules_.refresh_token);
    if (!next) return usable ? Result<std::string>{(*pair)->access} : Result<std::string>{next.error()};
    unsaved_ = *next;
    if (const Status saved = saveWaiting(); !saved) return saved.error();
    services_.count("tokens_refreshed", 1);
    return next->access;
}

/// Before anything else: a pair that is in memory alone would be lost with this process, and its predecessor is used
/// up.
Status TokenKeeper::saveWaiting() {
    if (!unsaved_) return Done{};
    if (Status saved = store(*unsaved_); !saved) return saved;
    unsaved_.reset();
    return Done{};
}

Result<TokenKeeper::Pair> TokenKeeper::exchange(const std::string& refresh) {
    if (digestOf(refresh) == dead_ && services_.now() < dead_until_)
        return Error{.code = Errc::kUnauthenticated,
                     .message = "the refresh token was refused: give the OA's consent anew",
                     .problem = "zalo.token"};
    const HttpRequest request{
        .method = "POST",
        .url = rules_.url + "/v4/oa/access_token",
        .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"secret_key", rules_.app_secret}},
        .body = "refresh_token=" + urlEncoded(refresh) + "&app_id=" + urlEncoded(rules_.app_id) +
                "&grant_type=refresh_token"};
    const Result<HttpResponse> answer = services_.http().perform(request, rules_.limits);
    if (answer) return judge(*answer, refresh);
    Error error = answer.error();
    if (error.code == Errc::kUnknownOutcome) {
        // It may be used up. Nothing better can be done than to try it once more: then the peer says so.
        services_.log(LogLevel::kWarning, "the refresh of the access token was sent, but no whole answer came");
        error.code = Errc::kUnavailable;
    }
    return error;
}

/// Errors come with status 200, too.
Result<TokenKeeper::Pair> TokenKeeper::judge(const HttpResponse& answer, const std::string& refresh) {
    const Result<JsonDocument> json = parseJson(answer.body);
    if (answer.status >= 500 || answer.status == 408 || answer.status == 429 || (answer.status < 300 && !json))
        return Error{.code = Errc::kUnavailable,
                     .message = "the token host answered " + std::to_string(answer.status) + " and nothing to read",
                     .problem = "zalo.http"};
    const std::int64_t code = json ? integerOf(*json, "error", 0) : 0;
    if (answer.status >= 300) return refused(refresh, "the token host answered " + std::to_string(answer.status));
    if (code != 0) {
        if (remedyOf(code, Path::kOa) == Remedy::kRetry) return errorOf(code, Path::kOa, services_.now());
        return refused(refresh, errorOf(code, Path::kOa, services_.now()).message);
    }
    const Instant now = services_.now();
    constexpr std::int64_t kUsualLife = 90000;
    const std::int64_t life = std::clamp<std::int64_t>(integerOf(*json, "expires_in", kUsualLife), 1, 100 * 86400);
    Pair pair{.access = std::string{textOf(*json, "access_token")},
              .refresh = std::string{textOf(*json, "refresh_token")},
              .seed = digestOf(rules_.refresh_token),
              .obtained = now,
              .expires = now + seconds{life}};
    if (pair.access.empty() || pair.refresh.empty())
        return refused(refresh, "the token host's answer holds no pair of tokens");
    return pair;
}

Error TokenKeeper::refused(const std::string& refresh, const std::string& why) {
    dead_ = digestOf(refresh);
    dead_until_ = services_.now() + kRest;
    services_.count("token_refusals", 1);
    services_.log(LogLevel::kError, "no access token: " + why +
                                        ". An administrator of the OA gives the app its consent anew (Zalo developer "
                                        "console, Official Account, permission), puts the new refresh token where "
                                        "refresh_token points, and reloads the hub; until then nothing can be sent");
    return {.code = Errc::kUnauthenticated, .message = "no access token: " + why, .problem = "zalo.token"};
}

}  // namespace pakn::in_zalo
