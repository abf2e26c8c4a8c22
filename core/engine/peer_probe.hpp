#pragma once
/// @file
/// Can a peer be reached at all? Name, connection, TLS, and how long its certificate lasts. Nothing is asked of the
/// peer and nothing is sent to it but the handshake.

#include <chrono>
#include <optional>
#include <string>

#include "pakn/sdk/result.hpp"

namespace pakn::engine {

struct PeerProbe {
    std::string host = {};
    std::uint16_t port = 0;
    bool tls = false;                                         ///< https.
    std::chrono::milliseconds took{0};                        ///< Name, connection and handshake together.
    std::optional<std::chrono::hours> certificate_left = {};  ///< Of the peer's certificate; only with TLS.
};

/// `url` is http or https. kInvalid (no such URL), kUnavailable with what failed ("dns", "tcp", "tls") in `problem` and
/// the reason in the message. Blocks up to `limit` per step. Thread-safe.
Result<PeerProbe> probePeer(const std::string& url, std::chrono::milliseconds limit);

}  // namespace pakn::engine
