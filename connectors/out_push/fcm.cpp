#include "fcm.hpp"

#include <algorithm>
#include <array>
#include <bounded_json.hpp>
#include <retry_after.hpp>
#include <utility>

namespace pakn::out_push {
namespace {

using bounded_json::Json;
using bounded_json::JsonBuffer;
using bounded_json::JsonDocument;
using bounded_json::JsonWriter;
using bounded_json::write;
using bounded_json::writeName;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMostMessage = 4096;  ///< Bytes, names and values counted.
constexpr std::size_t kMostAnswer = 64U << 10U;
constexpr bounded_json::JsonBounds kBounds{.bytes = kMostAnswer, .depth = 16, .values = 2000};
constexpr seconds kAssertionLife{3600};
constexpr seconds kBeforeItsEnd{60};
constexpr minutes kQuotaPause{1};

// Names of our `data`.
constexpr std::string_view kCode = "pakn";
constexpr std::string_view kStatus = "status";
static_assert(!isForbiddenDataKey(kCode) && !isForbiddenDataKey(kStatus));

// "BadRequest" is no code of FCM's: the detail that says so stands in its place (the same status and the same word
// come for a bad token).
constexpr std::array kRows{
    FcmRow{404, "UNREGISTERED", Remedy::kForget},
    FcmRow{400, "INVALID_ARGUMENT", Remedy::kForget},
    FcmRow{400, "BadRequest", Remedy::kBug},
    FcmRow{403, "SENDER_ID_MISMATCH", Remedy::kForgetAlarm},
    FcmRow{401, "", Remedy::kRefresh},
    FcmRow{401, "THIRD_PARTY_AUTH_ERROR", Remedy::kHuman},
    FcmRow{429, "QUOTA_EXCEEDED", Remedy::kRetry},
    FcmRow{500, "INTERNAL", Remedy::kRetry},
    FcmRow{502, "", Remedy::kRetry},
    FcmRow{503, "UNAVAILABLE", Remedy::kRetry},
    FcmRow{0, "UNSPECIFIED_ERROR", Remedy::kRetryThrice},
};

Result<JsonDocument> read(const std::string& text) {
    return bounded_json::parseJson(text, kBounds, bounded_json::JsonNumbers::kAsWritten);
}

/// What the details of an error call it: the code of an FcmError, else "BadRequest" where there is such a detail.
std::string codeIn(const std::string& body) {
    const Result<JsonDocument> document = read(body);
    if (!document) return {};
    const Json* const error = bounded_json::memberOf(*document, "error");
    const Json* const details = error != nullptr ? bounded_json::memberOf(*error, "details") : nullptr;
    if (details == nullptr || !details->IsArray()) return {};
    std::string code;
    for (const Json& detail : details->GetArray()) {
        const std::string_view type = bounded_json::textOf(detail, "@type");
        if (type.ends_with(".FcmError")) return std::string{bounded_json::textOf(detail, "errorCode")};
        if (type.ends_with(".BadRequest")) code = "BadRequest";
    }
    return code;
}

Remedy remedyOf(int status, std::string_view code) {
    const auto* const row = std::find_if(kRows.begin(), kRows.end(), [&](const FcmRow& one) {
        return one.code == code && (one.status == status || one.status == 0);
    });
    if (row != kRows.end()) return row->remedy;
    if (status == 408 || status == 425 || status == 429 || status >= 500) return Remedy::kRetry;
    // Another address, another project, or no right to send for it.
    if (status == 401 || status == 403 || status == 404 || status < 400) return Remedy::kHuman;
    return Remedy::kBug;
}

/// What a foreign word may have that is shown to people: letters, digits, and the signs of names of messages.
std::string shown(std::string word) {
    constexpr std::string_view kSigns = "_-./:%";
    std::erase_if(word, [&](char c) {
        return kSigns.find(c) == std::string_view::npos && (c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
               (c < 'a' || c > 'z');
    });
    word.resize(std::min<std::size_t>(word.size(), 200));
    return word;
}

std::optional<std::chrono::milliseconds> waitAsked(const HttpResponse& answer, Instant now) {
    const auto header = answer.headers.find("retry-after");
    return header == answer.headers.end() ? std::nullopt : webhooks::retryAfter(header->second, now);
}

/// A name of ours to write: { "name": {
void beginIn(JsonWriter& json, std::string_view name) {
    writeName(json, name);
    json.StartObject();
}

Pushed failed(Error error) { return {.error = std::move(error)}; }

}  // namespace

std::span<const FcmRow> fcmRows() { return kRows; }

Result<std::string> fcmMessage(const Notification& notification, std::string_view device, seconds keep_for) {
    JsonBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    beginIn(json, "message");
    write(json, "token", device);
    beginIn(json, "notification");
    write(json, "title", notification.title);
    write(json, "body", notification.body);
    json.EndObject();
    beginIn(json, "data");
    write(json, kCode, notification.code);
    write(json, kStatus, notification.status);
    json.EndObject();
    beginIn(json, "android");
    write(json, "priority", "HIGH");
    write(json, "ttl", std::to_string(keep_for.count()) + 's');
    write(json, "collapse_key", notification.code);
    json.EndObject();
    beginIn(json, "apns");
    beginIn(json, "headers");
    write(json, "apns-priority", "10");
    write(json, "apns-collapse-id", notification.code);
    json.EndObject();
    beginIn(json, "payload");
    beginIn(json, "aps");
    write(json, "sound", "default");
    for (int open = 0; open < 5; ++open) json.EndObject();
    std::string text = bounded_json::textIn(buffer);
    // The token addresses the message and is no part of it, but who counts it in is on the safe side.
    if (text.size() <= kMostMessage) return text;
    return Error{.code = Errc::kInternal, .message = "a message of more than 4096 bytes", .problem = "push.too_large"};
}

Verdict fcmVerdict(const HttpResponse& answer, Instant now) {
    const std::string code = codeIn(answer.body);
    Verdict verdict{.remedy = remedyOf(answer.status, code),
                    .service = "fcm",
                    .code = std::to_string(answer.status) + (code.empty() ? "" : " " + shown(code)),
                    .retry_after = waitAsked(answer, now)};
    if (answer.status == 429 && !verdict.retry_after) verdict.retry_after = kQuotaPause;
    return verdict;
}

Pushed Fcm::push(const Notification& notification, const std::string& device, int attempt) {
    const Result<std::string> body = fcmMessage(notification, device, all_.keep_for);
    if (!body) return failed(body.error());
    for (const bool last : {false, true}) {
        const Result<std::string> token = access();
        if (!token) return failed(token.error());
        const Result<HttpResponse> answer = exchange(*body, *token);
        if (!answer) return failed(answer.error());
        if (answer->status >= 200 && answer->status < 300) {
            const Result<JsonDocument> named = read(answer->body);
            return {.reference = named ? shown(std::string{bounded_json::textOf(*named, "name")}) : std::string{}};
        }
        const Verdict verdict = fcmVerdict(*answer, services_.now());
        if (verdict.remedy != Remedy::kRefresh || last) return pushedBy(verdict, attempt);
        forgetAccess(*token);
    }
    return {};
}

Result<HttpResponse> Fcm::exchange(const std::string& body, const std::string& access) {
    return services_.http().perform(
        {.method = "POST",
         .url = options_.url + "/v1/projects/" + options_.account.project + "/messages:send",
         .headers = {{"authorization", "Bearer " + access}, {"content-type", "application/json; charset=UTF-8"}},
         .body = body},
        {.timeout = all_.timeout, .max_body = kMostAnswer});
}

Result<std::string> Fcm::access() {
    const std::lock_guard lock{mutex_};
    if (!access_.empty() && services_.now() < good_until_) return access_;
    return fetchAccess();
}

Result<std::string> Fcm::fetchAccess() {
    const Instant asked = services_.now();
    const Result<HttpResponse> answer = services_.http().perform(
        {.method = "POST",
         .url = options_.token_url,
         .headers = {{"content-type", "application/x-www-form-urlencoded"}},
         .body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion()},
        {.timeout = all_.timeout, .max_body = kMostAnswer});
    if (!answer) {
        Error error = answer.error();
        // Whatever came of it, no message was sent.
        if (error.code == Errc::kUnknownOutcome) error.code = Errc::kUnavailable;
        return error;
    }
    const int status = answer->status;
    Error error{.code = Errc::kUnavailable,
                .message = "the token endpoint answered " + std::to_string(status),
                .problem = "push.busy"};
    if (status >= 300 && status < 500 && status != 408 && status != 429) {
        error.code = Errc::kUnauthenticated;
        error.message += ": it does not let us in; look at fcm_account and at this machine's clock";
        error.problem = "push.not_let_in";
    }
    error.retry_after = waitAsked(*answer, services_.now());
    if (status != 200) return error;
    const Result<JsonDocument> told = read(answer->body);
    const std::string token{told ? bounded_json::textOf(*told, "access_token") : std::string_view{}};
    const std::int64_t life = told ? bounded_json::integerOf(*told, "expires_in", 0) : 0;
    // It becomes a header.
    const bool printable = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (token.empty() || !printable || life <= 0) {
        error.message += " without a token";
        return error;
    }
    access_ = token;
    good_until_ = asked + std::min(seconds{life}, kAssertionLife) - kBeforeItsEnd;
    services_.count("fcm_tokens", 1);
    return access_;
}

/// Unless somebody has fetched another one meanwhile.
void Fcm::forgetAccess(const std::string& access) {
    const std::lock_guard lock{mutex_};
    if (access_ == access) access_.clear();
}

std::string Fcm::assertion() const {
    const std::int64_t now = std::chrono::floor<seconds>(services_.now()).time_since_epoch().count();
    JsonBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    write(json, "iss", options_.account.email);
    write(json, "scope", "https://www.googleapis.com/auth/firebase.messaging");
    write(json, "aud", options_.account.token_uri);
    writeName(json, "iat");
    json.Int64(now);
    writeName(json, "exp");
    json.Int64(now + kAssertionLife.count());
    json.EndObject();
    return options_.account.key.token(R"({"alg":"RS256","typ":"JWT"})", bounded_json::textIn(buffer));
}

}  // namespace pakn::out_push
