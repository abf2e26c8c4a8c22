#pragma once
/// @file
/// Runs the follower of the journal beside the hub.

#include <functional>
#include <string_view>

#include "core/engine/hub.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"

namespace pakn::app {

/// A thread of its own, from construction to destruction. Of several hubs one follows, another takes over when it dies.
/// On a store with one writer it takes small bites and leaves the writer to others while petitions come in.
class FollowerThread {
public:
    using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

    FollowerThread(const engine::Hub& hub, store::Store& store, Log log);

private:
    std::chrono::milliseconds round(const std::stop_token& stop);

    const engine::Hub& hub_;
    store::Store& store_;
    const Log log_;
    std::int64_t commits_seen_ = 0;
    bool failing_ = false;
    engine::Lease lease_;
    engine::Worker worker_;
};

/// Follows to the end, for commands. `progress(done)` may be null. kConflict when somebody else follows.
Result<std::int64_t> followAll(store::Store& store, const std::function<void(std::int64_t)>& progress);

}  // namespace pakn::app
