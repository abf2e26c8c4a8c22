/// @file
/// Fixed windows, kept under a hash of the name: of one size whatever is sent as a name, and no list of logins.

#include "core/security/attempts.hpp"

#include <algorithm>

#include "core/security/crypto.hpp"

namespace pakn::security {

std::optional<std::chrono::milliseconds> AttemptCounter::count(std::string_view name, Instant now) {
    const std::string key = toHex(sha256(name));
    const std::lock_guard lock{mutex_};
    if (!windows_.contains(key)) makeRoom(now);
    Window& window = windows_.try_emplace(key, Window{.since = now}).first->second;
    if (over(window, now)) window = Window{.since = now};
    if (window.count >= limit_) return window.since + window_ - now;
    ++window.count;
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> AttemptCounter::wait(std::string_view name, Instant now) const {
    const std::string key = toHex(sha256(name));
    const std::lock_guard lock{mutex_};
    const auto found = windows_.find(key);
    if (found == windows_.end() || over(found->second, now) || found->second.count < limit_) return std::nullopt;
    return found->second.since + window_ - now;
}

void AttemptCounter::forget(std::string_view name) {
    const std::string key = toHex(sha256(name));
    const std::lock_guard lock{mutex_};
    windows_.erase(key);
}

std::size_t AttemptCounter::size() const {
    const std::lock_guard lock{mutex_};
    return windows_.size();
}

/// One that began in the future is over too: the clock was put back.
bool AttemptCounter::over(const Window& window, Instant now) const {
    return window.since + window_ <= now || window.since > now;
}

void AttemptCounter::makeRoom(Instant now) {
    if (windows_.size() < kMostNames) return;
    std::erase_if(windows_, [&](const auto& entry) { return over(entry.second, now); });
    if (windows_.size() < kMostNames) return;
    windows_.erase(std::min_element(windows_.begin(), windows_.end(),
                                    [](const auto& a, const auto& b) { return a.second.since < b.second.since; }));
}

}  // namespace pakn::security
