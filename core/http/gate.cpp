#include "core/http/gate.hpp"

#include <algorithm>
#include <random>

#include "core/http/problems.hpp"
#include "core/http/session_cookie.hpp"

namespace pakn::http {
namespace {

/// Bodies in memory at once, over all connections. At least one body of the largest size fits.
constexpr std::size_t kBodies = 256U << 20U;
/// Credentials that open nothing: nobody mistypes a key more often than this.
constexpr std::chrono::milliseconds kFailureInterval{1000};
constexpr int kFailureBurst = 60;
constexpr std::size_t kFailingClients = 2048;

std::size_t seed() {
    std::random_device device;
    return (static_cast<std::size_t>(device()) << 32U) ^ device();
}

bool showsCredentials(const RequestHead& head) {
    return !head.authorization.empty() || !sessionCookie(head.cookie).empty();
}

Error tooMany(RateLimiter::Span wait) {
    Error error = problemError("client.too_many_requests");
    error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(wait);
    return error;
}

}  // namespace

Gate::Gate(const config::Configuration& configuration, Traffic& traffic)
    : most_body_{configuration.max_body},
      most_connections_{static_cast<std::size_t>(configuration.http.connections_per_client)},
      proxies_{configuration.trusted_proxies},
      traffic_{traffic},
      bodies_{std::max(kBodies, most_body_)},
      reserved_bodies_{
          std::min(std::max(kBodies, most_body_) / 100 * static_cast<std::size_t>(configuration.http.reserved),
                   std::max(kBodies, most_body_) - most_body_)},
      requests_{configuration.http.rate_per_client.per / configuration.http.rate_per_client.count,
                configuration.http.burst_per_client, seed()},
      failures_{kFailureInterval, kFailureBurst, seed(), kFailingClients} {}

bool Gate::enter(const Address& peer) {
    if (proxies_.contains(peer)) return true;
    std::size_t& count = connections_[countedAs(peer)];
    if (count >= most_connections_) {
        traffic_.count(Refused::kClientConnections);
        return false;
    }
    ++count;
    return true;
}

void Gate::leave(const Address& peer) {
    if (proxies_.contains(peer)) return;
    const auto found = connections_.find(countedAs(peer));
    if (found != connections_.end() && --found->second == 0) connections_.erase(found);
}

Client Gate::clientOf(const Address& peer, const RequestHead& head) const {
    if (!proxies_.contains(peer)) return {.address = countedAs(peer)};
    const std::optional<Address> behind = proxies_.clientBehind(head.forwarded_for);
    return {.address = countedAs(behind.value_or(peer)),
            .limited = behind.has_value(),
            .https = head.forwarded_proto == "https"};
}

Status Gate::admit(const RequestHead& head, const Client& client, RateLimiter::Time now) {
    if (!client.limited) return Done{};
    RateLimiter::Span wait = RateLimiter::Span::zero();
    if (!showsCredentials(head)) wait = requests_.ask(client.address, now);
    // Whoever often failed to say who they are gets no further tries; others may ask on.
    if (showsCredentials(head) || head.target == "/api/v1/session")
        wait = std::max(wait, failures_.wait(client.address, now));
    if (wait == RateLimiter::Span::zero()) return Done{};
    traffic_.count(Refused::kClientRate);
    return tooMany(wait);
}

void Gate::failed(const Client& client, RateLimiter::Time now) {
    if (client.limited) failures_.ask(client.address, now);
}

BodyShare Gate::share(const RequestHead& head) {
    return BodyShare{bodies_, showsCredentials(head) ? 0 : reserved_bodies_};
}

}  // namespace pakn::http
