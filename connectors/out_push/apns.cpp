#include "apns.hpp"

#include <algorithm>
#include <array>
#include <bounded_json.hpp>
#include <charconv>
#include <digest.hpp>
#include <retry_after.hpp>
#include <utility>

namespace pakn::out_push {
namespace {

using bounded_json::JsonBuffer;
using bounded_json::JsonDocument;
using bounded_json::JsonWriter;
using bounded_json::write;
using bounded_json::writeName;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMostPayload = 4096;  ///< Bytes.
constexpr std::size_t kMostCollapseId = 64;
constexpr bounded_json::JsonBounds kBounds{.bytes = 16U << 10U, .depth = 4, .values = 50};
// A token lives an hour, and who makes them more often than every 20 minutes is refused.
constexpr minutes kLoginLife{40};
constexpr minutes kLeastLoginLife{20};
constexpr minutes kLongestLoginLife{55};
constexpr minutes kDevicePause{1};
constexpr seconds kRenewing{10};
constexpr std::string_view kLoginState = "apns_login";
constexpr std::string_view kLoginLease = "apns_login";

constexpr std::array kRows{
    ApnsRow{400, "BadDeviceToken", Remedy::kForget},
    ApnsRow{400, "DeviceTokenNotForTopic", Remedy::kForget},
    ApnsRow{400, "MissingDeviceToken", Remedy::kForget},
    ApnsRow{400, "BadTopic", Remedy::kBug},
    ApnsRow{400, "MissingTopic", Remedy::kBug},
    ApnsRow{400, "BadPriority", Remedy::kBug},
    ApnsRow{400, "BadExpirationDate", Remedy::kBug},
    ApnsRow{400, "BadCollapseId", Remedy::kBug},
    ApnsRow{400, "BadMessageId", Remedy::kBug},
    ApnsRow{400, "PayloadEmpty", Remedy::kBug},
    ApnsRow{400, "DuplicateHeaders", Remedy::kBug},
    ApnsRow{400, "TopicDisallowed", Remedy::kHuman},
    ApnsRow{400, "IdleTimeout", Remedy::kRetry},
    ApnsRow{403, "ExpiredProviderToken", Remedy::kRefresh},
    ApnsRow{403, "InvalidProviderToken", Remedy::kHuman},
    ApnsRow{403, "MissingProviderToken", Remedy::kHuman},
    ApnsRow{403, "BadCertificate", Remedy::kHuman},
    ApnsRow{403, "BadCertificateEnvironment", Remedy::kHuman},
    ApnsRow{403, "Forbidden", Remedy::kHuman},
    ApnsRow{404, "BadPath", Remedy::kBug},
    ApnsRow{405, "MethodNotAllowed", Remedy::kBug},
    ApnsRow{410, "Unregistered", Remedy::kForget},
    ApnsRow{413, "PayloadTooLarge", Remedy::kBug},
    ApnsRow{429, "TooManyRequests", Remedy::kRetry},
    ApnsRow{429, "TooManyProviderTokenUpdates", Remedy::kRetry},
    ApnsRow{500, "InternalServerError", Remedy::kRetry},
    ApnsRow{503, "ServiceUnavailable", Remedy::kRetry},
    ApnsRow{503, "Shutdown", Remedy::kRetry},
};

/// Empty: the answer gives none, or none that is a word.
std::string reasonIn(const std::string& body) {
    const Result<JsonDocument> document = bounded_json::parseJson(body, kBounds, bounded_json::JsonNumbers::kAsNumbers);
    std::string reason{document ? bounded_json::textOf(*document, "reason") : std::string_view{}};
    const bool word = reason.size() <= 60 && std::all_of(reason.begin(), reason.end(), [](char c) {
                          return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                      });
    return word ? reason : std::string{};
}

Remedy remedyOf(int status, std::string_view reason) {
    const auto* const row =
        std::find_if(kRows.begin(), kRows.end(), [&](const ApnsRow& one) { return one.reason == reason; });
    if (row != kRows.end()) return row->remedy;
    if (status == 410) return Remedy::kForget;
    if (status == 408 || status == 429 || status >= 500) return Remedy::kRetry;
    if (status == 401 || status == 403 || status < 400) return Remedy::kHuman;
    return Remedy::kBug;
}

Pushed failed(Error error) { return {.error = std::move(error)}; }

/// A token becomes part of the address: letters and digits, as Apple gives them, and nothing that could lead elsewhere.
bool isDeviceToken(std::string_view token) {
    return !token.empty() && token.size() <= 400 && std::all_of(token.begin(), token.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

}  // namespace

std::span<const ApnsRow> apnsRows() { return kRows; }

Result<std::string> apnsPayload(const Notification& notification) {
    JsonBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeName(json, "aps");
    json.StartObject();
    writeName(json, "alert");
    json.StartObject();
    write(json, "title", notification.title);
    write(json, "body", notification.body);
    json.EndObject();
    write(json, "sound", "default");
    json.EndObject();
    write(json, "pakn", notification.code);
    write(json, "status", notification.status);
    json.EndObject();
    std::string text = bounded_json::textIn(buffer);
    if (text.size() <= kMostPayload) return text;
    return Error{
        .code = Errc::kInternal, .message = "a notification of more than 4096 bytes", .problem = "push.too_large"};
}

std::string apnsId(std::string_view delivery) {
    std::string id = webhooks::toHex(webhooks::sha256(delivery)).substr(0, 32);
    id[12] = '8';  // A UUID of one's own making (RFC 9562, 5.8).
    id[16] = "89ab"[static_cast<unsigned char>(id[16]) % 4];
    for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, 1, '-');
    return id;
}

Verdict apnsVerdict(const HttpResponse& answer, Instant now) {
    const std::string reason = reasonIn(answer.body);
    Verdict verdict{.remedy = remedyOf(answer.status, reason),
                    .service = "apns",
                    .code = std::to_string(answer.status) + (reason.empty() ? "" : " " + reason)};
    if (const auto header = answer.headers.find("retry-after"); header != answer.headers.end())
        verdict.retry_after = webhooks::retryAfter(header->second, now);
    if (verdict.retry_after) return verdict;
    if (reason == "TooManyProviderTokenUpdates")
        verdict.retry_after = kLeastLoginLife;
    else if (answer.status == 429)
        verdict.retry_after = kDevicePause;
    return verdict;
}

bool endsApnsConnection(const HttpResponse& answer) {
    return answer.status >= 500 || reasonIn(answer.body) == "IdleTimeout";
}

Pushed Apns::push(const Notification& notification, const std::string& device, int attempt,
                  const std::stop_token& stop) {
    if (!isDeviceToken(device)) return pushedBy({Remedy::kForget, "apns", "nothing to a token of no device"}, attempt);
    const Result<std::string> body = apnsPayload(notification);
    if (!body) return failed(body.error());
    for (const bool last : {false, true}) {
        const Login used = login();
        const Result<HttpResponse> answer = peer_.post(request(notification, device, *body, used.token), stop);
        if (!answer) return failed(answer.error());
        if (answer->status == 200) {
            const auto id = answer->headers.find("apns-id");
            return {.reference = id == answer->headers.end() ? apnsId(notification.id) : id->second.substr(0, 60)};
        }
        const Verdict verdict = apnsVerdict(*answer, services_.now());
        if (verdict.remedy != Remedy::kRefresh || last) return pushedBy(verdict, attempt);
        if (!renewLogin(used)) {
            // Made just now, and over already: one of the two clocks is wrong, and Apple wants no new token yet.
            const Verdict later{Remedy::kRetry, "apns", verdict.code + " to a young token", kLeastLoginLife};
            services_.log(LogLevel::kError, "APNs says that a young token is over: look at this machine's clock");
            return pushedBy(later, attempt);
        }
    }
    return {};
}

Http2Request Apns::request(const Notification& notification, const std::string& device, const std::string& body,
                           const std::string& token) const {
    const Instant until = services_.now() + all_.keep_for;
    Http2Request request{
        .url = options_.url + "/3/device/" + device,
        .headers = {{"authorization", "bearer " + token},
                    {"content-type", "application/json"},
                    {"apns-topic", options_.topic},
                    {"apns-push-type", "alert"},
                    {"apns-priority", "10"},
                    {"apns-expiration", std::to_string(std::chrono::floor<seconds>(until).time_since_epoch().count())},
                    {"apns-id", apnsId(notification.id)}},
        .body = body};
    // A code that does not fit, or is none for a header, is told without replacing what was there.
    const bool fits =
        !notification.code.empty() && notification.code.size() <= kMostCollapseId &&
        std::all_of(notification.code.begin(), notification.code.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (fits) request.headers.emplace_back("apns-collapse-id", notification.code);
    return request;
}

Apns::Login Apns::login() {
    const Instant now = services_.now();
    const auto age = [&] { return now - login_.made_at; };
    const auto isYoungerThan = [&](minutes life) {
        return !login_.token.empty() && age() < life && age() >= minutes{0};
    };
    const std::lock_guard lock{mutex_};
    if (isYoungerThan(kLoginLife)) return login_;
    // Another node, or this one before it was started anew, may have one.
    if (const std::optional<Login> other = kept()) login_ = *other;
    if (isYoungerThan(kLoginLife)) return login_;
    const Result<bool> mine = services_.lease(kLoginLease, kRenewing);
    // Somebody else makes one just now; this one is good for a while yet.
    if (mine && !*mine && isYoungerThan(kLongestLoginLife)) return login_;
    login_ = madeForAll(now);
    return login_;
}

/// False when there is a token that is too young to be replaced.
bool Apns::renewLogin(const Login& refused) {
    const Instant now = services_.now();
    const std::lock_guard lock{mutex_};
    if (login_.token != refused.token) return true;  // Another thread has replaced it meanwhile,
    if (const std::optional<Login> other = kept(); other && other->made_at > login_.made_at) {
        login_ = *other;  // or another node.
        return true;
    }
    if (now - login_.made_at < kLeastLoginLife) return false;
    login_ = madeForAll(now);
    return true;
}

Apns::Login Apns::madeForAll(Instant now) {
    Login login = made(now);
    keep(login);
    // Who waits for it sees it in the state from now on; that the lease stays until it is over does no harm.
    static_cast<void>(services_.release(kLoginLease));
    return login;
}

/// Whose tokens they are: another key's would be refused.
std::string Apns::account() const {
    return webhooks::toHex(webhooks::sha256(options_.team + ' ' + options_.key_id)).substr(0, 16);
}

/// "<account> <milliseconds since 1970> <token>".
std::optional<Apns::Login> Apns::kept() {
    const Result<std::optional<std::string>> line = services_.state().get(kLoginState);
    if (!line || !*line) return std::nullopt;
    const std::string text = **line;
    const std::size_t first = text.find(' ');
    const std::size_t second = first == std::string::npos ? first : text.find(' ', first + 1);
    if (second == std::string::npos || text.substr(0, first) != account()) return std::nullopt;
    std::int64_t ms = 0;
    const auto [end, problem] = std::from_chars(text.data() + first + 1, text.data() + second, ms);
    if (problem != std::errc{} || end != text.data() + second) return std::nullopt;
    return Login{.token = text.substr(second + 1), .made_at = Instant{std::chrono::milliseconds{ms}}};
}

void Apns::keep(const Login& login) {
    const std::string line =
        account() + ' ' + std::to_string(login.made_at.time_since_epoch().count()) + ' ' + login.token;
    if (const Status done = services_.state().put(kLoginState, line); !done)
        services_.log(LogLevel::kWarning,
                      "the token for APNs could not be kept for other nodes: " + done.error().message);
}

Apns::Login Apns::made(Instant now) const {
    JsonBuffer header;
    JsonWriter head{header};
    head.StartObject();
    write(head, "alg", "ES256");
    write(head, "kid", options_.key_id);
    head.EndObject();
    JsonBuffer claims;
    JsonWriter claim{claims};
    claim.StartObject();
    write(claim, "iss", options_.team);
    writeName(claim, "iat");
    claim.Int64(std::chrono::floor<seconds>(now).time_since_epoch().count());
    claim.EndObject();
    return {.token = options_.key.token(bounded_json::textIn(header), bounded_json::textIn(claims)), .made_at = now};
}

}  // namespace pakn::out_push
