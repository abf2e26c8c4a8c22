#pragma once
/// @file
/// The head of an HTTP/1.1 request: request line and header fields, read strictly. Pure. What two servers in a row
/// could understand differently is refused, so that nobody can hide a second request in the first.

#include <cstddef>
#include <string>
#include <string_view>

#include "pakn/sdk/http.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::http {

inline constexpr std::size_t kMostHead = 16U << 10U;  ///< Bytes of a whole head.
inline constexpr std::size_t kMostTarget = 4096;      ///< Of the request target.
inline constexpr std::size_t kMostFields = 100;       ///< Header fields.

/// How the body is framed (RFC 9112 section 6).
struct Framing {
    bool chunked = false;
    std::size_t length = 0;
};

struct RequestHead {
    std::string method = {};
    std::string target = {};  ///< Origin form: "/path?query".
    Framing framing = {};
    bool keep_alive = true;
    bool expects_continue = false;
    // Header fields that the hub uses; empty when absent.
    std::string content_type = {};
    std::string authorization = {};
    std::string cookie = {};
    std::string csrf_token = {};
    std::string idempotency_key = {};
    std::string if_match = {};
    std::string accept = {};
    std::string forwarded_for = {};
    std::string forwarded_proto = {};
    std::string traceparent = {};
    /// Every field, names in lower case; gathered only when the request is a connector's.
    HttpHeaders headers = {};
};

/// Bytes of the head with the empty line at its end; 0 while that has not come. `from`: where an earlier look ended.
std::size_t headLength(std::string_view bytes, std::size_t from = 0);

/// Errors: "request.malformed", "request.head_too_large" (too many fields), "request.target_too_long",
/// "request.too_large" (a declared length beyond `most_body`).
Result<RequestHead> parseHead(std::string_view head, std::size_t most_body);

}  // namespace pakn::http
