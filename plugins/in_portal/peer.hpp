#pragma once
/// @file
/// Talking to the portal over HTTP: how we show who we are, and what its answers mean.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/http.hpp"

namespace pakn::in_portal {

/// How requests show who sends them.
struct Login {
    enum class Kind : unsigned char { kNone, kBearer, kBasic, kHeader };
    Kind kind = Kind::kNone;
    std::string user = {};    ///< Of kBasic.
    std::string header = {};  ///< Of kHeader, in lower case.
    std::string secret = {};

    void sign(HttpRequest& request) const;
};

/// What an answer means. 2xx: Done. 401, 403: kUnauthenticated. 429, 503, 425: kUnavailable with the portal's
/// Retry-After. 408 and other 5xx: kUnavailable too, problem "portal.failed": it may have acted all the same. All else
/// (redirects, other 4xx): kRejected. Nothing of the answer's own text is passed on.
Status judge(const HttpResponse& answer, Instant now);

/// The wait that a Retry-After header asks for, at most an hour.
std::optional<std::chrono::milliseconds> retryAfter(std::string_view header, Instant now);

/// "90s", "10m", "8h", "2d". Nothing when it is none.
std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);

/// The address that a reference on a page of `base` means (RFC 3986): "?page=2", "/list?page=2", "https://…". Empty
/// when it is none.
std::string resolved(const std::string& base, const std::string& reference);

/// The address with one more query parameter.
std::string withParameter(std::string url, std::string_view name, std::string_view value);

}  // namespace pakn::in_portal
