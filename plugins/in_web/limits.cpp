/// @file
/// See limits.hpp.

#include "limits.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::duration<double> kHour = 1h;

std::string keyOf(Counted what, const std::string& client) {
    return static_cast<char>('a' + static_cast<int>(what)) + client;
}

}  // namespace

double Limits::Use::left(Instant now) const {
    const std::chrono::duration<double> passed = std::max(now - at, Instant::duration{0});
    return std::max(0.0, amount - most * (passed / kHour));
}

std::optional<std::chrono::seconds> Limits::use(Counted what, const std::string& client, double amount, double most,
                                                Instant now) {
    if (most <= 0) return std::chrono::hours{1};
    const std::lock_guard lock{mutex_};
    if (uses_.size() >= kMostClients) makeRoom(now);
    Use& one = uses_[keyOf(what, client)];
    const double left = one.left(now);
    if (left + amount > most) {
        // An amount that is more than there ever is waits for all of it, and is refused again.
        const double missing = std::min(left, left + amount - most);
        return std::chrono::seconds{std::max(1L, std::lround(std::ceil(missing / most * kHour.count())))};
    }
    one = {.amount = left + amount, .most = most, .at = now};
    return std::nullopt;
}

double Limits::used(Counted what, const std::string& client, double most, Instant now) {
    const std::lock_guard lock{mutex_};
    const auto found = uses_.find(keyOf(what, client));
    return found == uses_.end() ? 0 : std::min(most, found->second.left(now));
}

void Limits::makeRoom(Instant now) {
    std::erase_if(uses_, [&](const auto& one) { return one.second.left(now) <= 0; });
    if (uses_.size() < kMostClients * 3 / 4) return;
    std::vector<double> shares;
    for (const auto& [key, one] : uses_) shares.push_back(one.left(now) / one.most);
    const auto middle = shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2);
    std::nth_element(shares.begin(), middle, shares.end());
    const double share = *middle;
    std::erase_if(uses_, [&](const auto& one) { return one.second.left(now) / one.second.most <= share; });
}

}  // namespace pakn::in_web
