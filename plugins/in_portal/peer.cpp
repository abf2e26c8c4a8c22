#include "peer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "digest.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kMostWaiting = std::chrono::hours{1};

Errc remedy(int status) {
    if (status == 401 || status == 403) return Errc::kUnauthenticated;
    if (status == 408 || status == 425 || status == 429 || status >= 500) return Errc::kUnavailable;
    return Errc::kRejected;
}

}  // namespace

void Login::sign(HttpRequest& request) const {
    if (kind == Kind::kBearer) request.headers["authorization"] = "Bearer " + secret;
    if (kind == Kind::kBasic) request.headers["authorization"] = "Basic " + webhooks::toBase64(user + ':' + secret);
    if (kind == Kind::kHeader) request.headers[header] = secret;
}

Status judge(const HttpResponse& answer, Instant now) {
    const int status = answer.status;
    if (status >= 200 && status < 300) return Done{};
    Error error{.code = remedy(status), .message = "the portal answered " + std::to_string(status)};
    const bool untouched = status == 425 || status == 429 || status == 503;
    error.problem =
        error.code == Errc::kUnavailable && !untouched ? "portal.failed" : "portal.http_" + std::to_string(status);
    if (status >= 300 && status < 400) error.message += ": redirects are not followed";
    if (error.code == Errc::kUnauthenticated) error.message += ": it does not accept our key";
    if (const auto header = answer.headers.find("retry-after");
        header != answer.headers.end() && error.code == Errc::kUnavailable)
        error.retry_after = retryAfter(header->second, now);
    return error;
}

std::optional<milliseconds> retryAfter(std::string_view header, Instant now) {
    header = trimmed(header);
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(header.data(), header.data() + header.size(), count);
    const bool number = !header.empty() && end == header.data() + header.size();
    if (number && problem == std::errc::result_out_of_range) return kMostWaiting;
    if (number && problem == std::errc{}) {
        if (count <= 0) return std::nullopt;
        return std::min<milliseconds>(seconds{std::min<std::int64_t>(count, 86400)}, kMostWaiting);
    }
    const std::time_t date = curl_getdate(std::string{header}.c_str(), nullptr);
    if (date < 0) return std::nullopt;
    const milliseconds wait = Instant{seconds{date}} - now;
    return wait.count() > 0 ? std::optional{std::min(wait, kMostWaiting)} : std::nullopt;
}

std::optional<milliseconds> parseDuration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc{} || count < 0 || count > 1000000) return std::nullopt;
    const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    if (unit == "s") return seconds{count};
    if (unit == "m") return std::chrono::minutes{count};
    if (unit == "h") return std::chrono::hours{count};
    if (unit == "d") return std::chrono::hours{24 * count};
    return std::nullopt;
}

std::string resolved(const std::string& base, const std::string& reference) {
    struct Free {
        void operator()(CURLU* url) const { curl_url_cleanup(url); }
        void operator()(char* text) const { curl_free(text); }
    };
    const std::unique_ptr<CURLU, Free> url{curl_url()};
    char* text = nullptr;
    if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
        curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK ||
        curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0) != CURLUE_OK ||
        curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK)
        return {};
    const std::unique_ptr<char, Free> owned{text};
    return owned.get();
}

std::string withParameter(std::string url, std::string_view name, std::string_view value) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    return url + urlEncoded(name) + '=' + urlEncoded(value);
}

}  // namespace pakn::in_portal
