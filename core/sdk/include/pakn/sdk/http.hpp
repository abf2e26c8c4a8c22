#pragma once
/// @file
/// HTTP as connectors see it: the requests that the host hands to a Receiver, and the client the host lends.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pakn/sdk/content.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// Header names in lower case.
using HttpHeaders = std::map<std::string, std::string, std::less<>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};      ///< For the client absolute; for `handle` path and query below the mount, "/" at least.
    HttpHeaders headers = {};  ///< For `handle`: several of one name joined by ", ", cookies by "; ".
    std::string body = {};     ///< The raw bytes: signatures can be checked over them.

    /// Client only: when set, this is the body, read piece by piece, and `body` is not looked at.
    std::optional<Content> upload = {};

    // Only in requests that come to `handle`.
    std::string mount = {};   ///< "/hooks/zalo", or what the plugin declared; "" for the mount "/".
    std::string client = {};  ///< The sender's address; behind a trusted proxy the one it names.
    bool https = false;       ///< The sender's side of the connection, as far as known.
};

struct HttpResponse {
    int status = 200;
    HttpHeaders headers = {};
    std::string body = {};

    // Only in answers of `handle`.
    std::optional<Content> file = {};           ///< When set, this is the body, sent piece by piece.
    std::vector<std::string> set_cookies = {};  ///< One Set-Cookie header each.
};

/// The host's HTTP client: its proxy, TLS rules, egress limits and timeouts. Safe from any thread; blocks the caller.
class HttpClient {
public:
    struct Limits {
        std::chrono::milliseconds timeout{10000};
        std::size_t max_body = 1U << 20U;  ///< Bytes of an answer; a longer one is an error.
    };

    virtual ~HttpClient() = default;

    /// Any HTTP status is a value. Errors: kUnavailable when nothing was sent (no connection), kUnknownOutcome when the
    /// request may have reached the peer (time-out or break while waiting for the answer), kMisconfigured for an
    /// address that is none. Redirects are not followed.
    virtual Result<HttpResponse> perform(const HttpRequest& request, const Limits& limits) = 0;
};

}  // namespace sdk1
}  // namespace pakn
