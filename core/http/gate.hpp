#pragma once
/// @file
/// Who may come in, before any work is done for them: connections per client, requests per client, memory for bodies.

#include <unordered_map>

#include "core/config/configuration.hpp"
#include "core/http/body_budget.hpp"
#include "core/http/client_address.hpp"
#include "core/http/rate_limiter.hpp"
#include "core/http/request_head.hpp"
#include "core/http/traffic.hpp"

namespace pakn::http {

/// Whom a request counts for.
struct Client {
    Address address = {};
    bool limited = true;  ///< False for a trusted proxy that speaks for itself: health checks, scripts of the house.
    bool https = false;   ///< The citizen's side of the connection, as far as known.
};

/// Of the front's thread alone.
class Gate {
public:
    Gate(const config::Configuration& configuration, Traffic& traffic);

    /// A new connection; false when its client has too many. Each that came in leaves once.
    [[nodiscard]] bool enter(const Address& peer);
    void leave(const Address& peer);

    [[nodiscard]] Client clientOf(const Address& peer, const RequestHead& head) const;

    /// Before the body is read: may the client ask now? Refused with "client.too_many_requests" and how long to wait.
    /// Somebody who shows credentials, or signs in, is counted only when they turn out to open nothing (failed()).
    Status admit(const RequestHead& head, const Client& client, RateLimiter::Time now);
    /// Its credentials opened nothing.
    void failed(const Client& client, RateLimiter::Time now);

    /// The request's part of the memory for bodies; without credentials it leaves the reserved share alone.
    [[nodiscard]] BodyShare share(const RequestHead& head);

    [[nodiscard]] std::size_t mostBody() const { return most_body_; }

private:
    const std::size_t most_body_;
    const std::size_t most_connections_;  // Of one client.
    const TrustedProxies proxies_;
    Traffic& traffic_;
    BodyBudget bodies_;
    const std::size_t reserved_bodies_;
    std::unordered_map<Address, std::size_t, AddressHash> connections_;
    RateLimiter requests_;
    RateLimiter failures_;
};

}  // namespace pakn::http
