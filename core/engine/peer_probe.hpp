#pragma once
/// @file
/// Can a peer be reached at all? Name, connection, TLS, and how long its certificate lasts. Nothing is asked of the
/// peer and nothing is sent to it but the handshake.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::engine {

struct PeerProbe {
    std::string host = {};
    std::uint16_t port = 0;
    bool tls = false;  ///< https.
    bool by_proxy = false;
    std::chrono::milliseconds took{0};                        ///< Name, connection and handshake together.
    std::optional<std::chrono::hours> certificate_left = {};  ///< Of the peer's certificate; only with TLS.
};

/// The proxy that connectors' requests take.
struct ProbeProxy {
    std::string url = {};            ///< "http://host:port"; empty: none.
    std::string authorization = {};  ///< Of a Proxy-Authorization field; empty: none.
    std::vector<std::string> except = {};
};

/// `url` is http or https. With a proxy an https peer is reached over it, and of an http peer only the proxy is looked
/// at: it alone knows more (problem "proxy" when it does not let anybody through). kInvalid (no such URL), kUnavailable
/// with what failed ("dns", "tcp", "tls") in `problem` and the reason in the message. Blocks up to `limit` per step.
/// Thread-safe.
Result<PeerProbe> probePeer(const std::string& url, std::chrono::milliseconds limit, const ProbeProxy& proxy = {});

}  // namespace pakn::engine
