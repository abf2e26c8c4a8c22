#pragma once
/// @file
/// Who may come in, before any work is done for them: connections per client, requests per client, memory for bodies.

#include <memory>
#include <mutex>
#include <string_view>
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
    Address address = {};  ///< As it is counted: of IPv6 its network.
    Address exact = {};
    bool limited = true;  ///< False for a trusted proxy that speaks for itself: health checks, scripts of the house.
    bool https = false;   ///< The citizen's side of the connection, as far as known.
};

/// What a request shows to say who sends it.
struct Credentials {
    std::string_view authorization = {};
    std::string_view session = {};
    [[nodiscard]] bool any() const { return !authorization.empty() || !session.empty(); }
};

bool showsCredentials(const RequestHead& head);

/// True for the call that signs somebody in.
bool isSignIn(std::string_view method, std::string_view path);

/// Of the front's thread alone, except opensNothing().
class Gate {
public:
    Gate(const config::Configuration& configuration, Traffic& traffic);

    /// A new connection; false when its client has too many. Each that came in leaves once.
    [[nodiscard]] bool enter(const Address& peer);
    void leave(const Address& peer);

    [[nodiscard]] Client clientOf(const Address& peer, const RequestHead& head) const;

    /// Before the body is read: may the client ask now? Refused with "client.too_many_requests" and how long to wait.
    /// Somebody who shows credentials is refused only with those that opened nothing before, never for what others
    /// behind the same address did; whoever signs in, when too many sign-ins from there have failed.
    Status admit(const RequestHead& head, const Client& client, RateLimiter::Time now);
    /// Its sign-in failed.
    void signInFailed(const Client& client, RateLimiter::Time now);
    /// From any thread: these credentials have been looked up, and open nothing. Not Done
    /// ("client.too_many_requests"): too many from there did not, and the request gets no further.
    Status opensNothing(const Credentials& credentials, const Client& client, RateLimiter::Time now);

    /// The request's part of the memory for bodies; without credentials it leaves the reserved share alone.
    [[nodiscard]] BodyShare share(const RequestHead& head);
    /// Its body is to hold so many bytes. False when there is no room for them, or its client holds too many in all.
    [[nodiscard]] bool grow(BodyShare& share, const Client& client, std::size_t bytes);

    [[nodiscard]] std::size_t mostBody() const { return most_body_; }

private:
    const std::size_t most_body_;
    const std::size_t most_connections_;  // Of one client.
    const TrustedProxies proxies_;
    Traffic& traffic_;
    BodyBudget bodies_;
    const std::size_t reserved_bodies_;
    const std::size_t most_bodies_;  // Of one client.
    std::unordered_map<Address, std::weak_ptr<BodyBudget>, AddressHash> bodies_of_;
    std::size_t forget_at_ = 64;  // Entries of bodies_of_ at which those that hold nothing are dropped.
    std::unordered_map<Address, std::size_t, AddressHash> connections_;
    RateLimiter requests_;
    RateLimiter failed_sign_ins_;
    std::mutex mutex_;  // Guards what follows.
    RateLimiter failures_;
    RateLimiter false_ones_;  // Credentials at an address, in the form of one.
};

}  // namespace pakn::http
