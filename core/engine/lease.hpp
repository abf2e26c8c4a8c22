#pragma once
/// @file
/// The right to do what only one hub of several may do at a time. It is a row in the store: it outlives nobody for
/// longer than its length.

#include <chrono>
#include <mutex>
#include <string>

#include "core/security/crypto.hpp"
#include "core/store/store.hpp"

namespace pakn::engine {

/// Safe from any thread. Given back when it goes.
class Lease {
public:
    Lease(store::Store& store, std::string name, Instant now)
        : store_{store}, name_{std::move(name)}, owner_{security::newId(now)} {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        // Best effort: one that cannot be given back runs out.
        if (until_ != Instant{}) static_cast<void>(store_.releaseLease(name_, owner_));
    }

    /// True: this process holds it until at least `now + length / 2`. Writes only when less than that is left, so that
    /// holding costs a write each half length. kUnavailable.
    Result<bool> hold(Instant now, std::chrono::milliseconds length) {
        const std::lock_guard lock{mutex_};
        if (now + length / 2 <= until_) return true;
        Result<bool> held = store_.holdLease(name_, owner_, now, now + length);
        if (held) until_ = *held ? now + length : Instant{};
        return held;
    }

private:
    store::Store& store_;
    const std::string name_;
    const std::string owner_;
    std::mutex mutex_;
    Instant until_ = {};  // The epoch: not held.
};

}  // namespace pakn::engine
