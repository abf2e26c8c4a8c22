#pragma once
/// @file
/// HTTP as connectors see it: the requests that the host hands to a Receiver, and the client the host lends.

#include <chrono>
#include <map>
#include <string>

#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// Header names in lower case.
using HttpHeaders = std::map<std::string, std::string, std::less<>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};  ///< Absolute for the client; path and query below the mount for `handle`.
    HttpHeaders headers = {};
    std::string body = {};
};

struct HttpResponse {
    int status = 200;
    HttpHeaders headers = {};
    std::string body = {};
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
