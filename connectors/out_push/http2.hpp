#pragma once
/// @file
/// Requests over HTTP/2, which the hub's own client does not speak: all over one connection, side by side.

#include <chrono>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "pakn/sdk/http.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::out_push {

struct Http2Request {
    std::string url = {};                                           ///< https.
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< Names in lower case.
    std::string body = {};
};

struct Http2Options {
    std::string proxy = {};    ///< An HTTP proxy, asked to connect; empty: none, whatever the environment says.
    std::string ca_file = {};  ///< Empty: what the system trusts.
    std::chrono::milliseconds timeout{8000};  ///< For one exchange.
};

/// Where requests go. Safe from any thread.
class Http2 {
public:
    virtual ~Http2() = default;

    /// POST; any status is a value. kUnavailable: nothing was sent. kUnknownOutcome: it may have arrived.
    /// kMisconfigured: the other side speaks no HTTP/2, or cannot be trusted. Returns soon when stop is requested.
    virtual Result<HttpResponse> post(const Http2Request& request, std::stop_token stop) = 0;
};

/// Over libcurl, by a thread of its own that begins with the first request. TLS 1.2 or later, certificates verified. A
/// connection that ends with requests on it (GOAWAY, a reset) is replaced, and each of them is sent again, twice at
/// most: what is sent must be such that twice is as good as once. `ends` says of an answer that its connection is to be
/// used no more.
class CurlHttp2 final : public Http2 {
public:
    using Ends = bool (*)(const HttpResponse& answer);

    CurlHttp2(Http2Options options, Ends ends);
    CurlHttp2(const CurlHttp2&) = delete;
    CurlHttp2& operator=(const CurlHttp2&) = delete;
    ~CurlHttp2() override;

    Result<HttpResponse> post(const Http2Request& request, std::stop_token stop) override;

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace pakn::out_push
