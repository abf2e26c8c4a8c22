#include "core/http/gate.hpp"

#include <algorithm>
#include <random>

#include "core/http/problems.hpp"
#include "core/http/request_body.hpp"
#include "core/http/session_cookie.hpp"
#include "core/http/sign_in_path.hpp"
#include "core/security/crypto.hpp"

namespace pakn::http {
namespace {

/// Bodies in memory at once, over all connections. At least one body of the largest size fits.
constexpr std::size_t kBodies = 256U << 20U;
/// What is smaller counts for no client: connections are counted.
constexpr std::size_t kSmallBody = 80U << 10U;

std::size_t bodiesFor(std::size_t most_body) { return std::max(kBodies, most_body + kRoomBehindBody); }
/// Credentials that open nothing: nobody mistypes a key more often than this.
constexpr std::chrono::milliseconds kFailureInterval{1000};
constexpr int kFailureBurst = 60;
constexpr std::size_t kFailingClients = 2048;

std::size_t seed() {
    std::random_device device;
    return (static_cast<std::size_t>(device()) << 32U) ^ device();
}

constexpr std::chrono::minutes kFalseIsRemembered{1};

Credentials shownBy(const RequestHead& head) {
    return {.authorization = head.authorization, .session = sessionCookie(head.cookie)};
}

std::string_view pathOf(const RequestHead& head) {
    return std::string_view{head.target}.substr(0, head.target.find('?'));
}

/// Credentials at an address under one name, of which nothing can be read.
Address nameOf(const Credentials& credentials, const Client& client) {
    const auto& address = client.address.bytes;
    std::string all{reinterpret_cast<const char*>(address.data()), address.size()};
    all.append(std::to_string(credentials.authorization.size())).append(1, ':');
    all.append(credentials.authorization).append(credentials.session);
    const auto hash = security::sha256(all);
    Address name;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(hash.data()), name.bytes.size(), name.bytes.begin());
    return name;
}

Error tooMany(RateLimiter::Span wait) {
    Error error = problemError("client.too_many_requests");
    error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(wait);
    return error;
}

}  // namespace

bool showsCredentials(const RequestHead& head) { return shownBy(head).any(); }

bool isSignIn(std::string_view method, std::string_view path) { return method == "POST" && path == "/api/v1/session"; }

Gate::Gate(const config::Configuration& configuration, Traffic& traffic)
    : most_body_{configuration.max_body},
      most_connections_{static_cast<std::size_t>(configuration.http.connections_per_client)},
      proxies_{configuration.trusted_proxies},
      traffic_{traffic},
      bodies_{bodiesFor(most_body_)},
      reserved_bodies_{std::min(bodiesFor(most_body_) / 100 * static_cast<std::size_t>(configuration.http.reserved),
                                bodiesFor(most_body_) - most_body_ - kRoomBehindBody)},
      most_bodies_{std::max((bodiesFor(most_body_) - reserved_bodies_) / 2, most_body_ + kRoomBehindBody)},
      requests_{configuration.http.rate_per_client.per / configuration.http.rate_per_client.count,
                configuration.http.burst_per_client, seed()},
      failed_sign_ins_{kFailureInterval, kFailureBurst, seed(), kFailingClients},
      failures_{kFailureInterval, kFailureBurst, seed(), kFailingClients},
      false_ones_{kFalseIsRemembered, 1, seed(), kFailingClients} {}

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
    if (!proxies_.contains(peer)) return {.address = countedAs(peer), .exact = peer};
    const std::optional<Address> behind = proxies_.clientBehind(head.forwarded_for);
    return {.address = countedAs(behind.value_or(peer)),
            .exact = behind.value_or(peer),
            .limited = behind.has_value(),
            .https = head.forwarded_proto == "https"};
}

Status Gate::admit(const RequestHead& head, const Client& client, RateLimiter::Time now) {
    if (!client.limited) return Done{};
    RateLimiter::Span wait = RateLimiter::Span::zero();
    const Credentials shown = shownBy(head);
    if (isSignIn(head.method, pathOf(head)) || !signInConnector(pathOf(head)).empty()) {
        wait = std::max(requests_.ask(client.address, now), failed_sign_ins_.wait(client.address, now));
    } else if (!shown.any()) {
        wait = requests_.ask(client.address, now);
    } else {
        const std::lock_guard lock{mutex_};
        const RateLimiter::Span failing = failures_.wait(client.address, now);
        const bool known_false = failing > RateLimiter::Span::zero() &&
                                 false_ones_.wait(nameOf(shown, client), now) > RateLimiter::Span::zero();
        if (known_false) wait = failing;
    }
    if (wait == RateLimiter::Span::zero()) return Done{};
    traffic_.count(Refused::kClientRate);
    return tooMany(wait);
}

void Gate::signInFailed(const Client& client, RateLimiter::Time now) {
    if (client.limited) failed_sign_ins_.ask(client.address, now);
}

Status Gate::opensNothing(const Credentials& credentials, const Client& client, RateLimiter::Time now) {
    if (!client.limited) return Done{};
    RateLimiter::Span wait = RateLimiter::Span::zero();
    {
        const std::lock_guard lock{mutex_};
        false_ones_.ask(nameOf(credentials, client), now);
        wait = failures_.ask(client.address, now);
    }
    if (wait == RateLimiter::Span::zero()) return Done{};
    traffic_.count(Refused::kClientRate);
    return tooMany(wait);
}

BodyShare Gate::share(const RequestHead& head) {
    return BodyShare{bodies_, shownBy(head).any() ? 0 : reserved_bodies_};
}

bool Gate::grow(BodyShare& share, const Client& client, std::size_t bytes) {
    if (bytes > kSmallBody && client.limited && !share.isCounted()) {
        std::weak_ptr<BodyBudget>& known = bodies_of_[client.address];
        std::shared_ptr<BodyBudget> own = known.lock();
        if (!own) known = own = std::make_shared<BodyBudget>(most_bodies_);
        if (!share.countFor(std::move(own))) return false;
        if (bodies_of_.size() >= forget_at_) {
            std::erase_if(bodies_of_, [](const auto& one) { return one.second.expired(); });
            forget_at_ = 2 * bodies_of_.size() + 64;
        }
    }
    return share.growTo(bytes);
}

}  // namespace pakn::http
