#pragma once
/// @file
/// One intake channel: polls its Receiver on a thread of its own and takes what it brings into the hub. Of several hubs
/// on one store only one polls a connector of an id; when it dies, another takes over.

#include <chrono>

#include "core/config/configuration.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_inbox.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"

namespace pakn::engine {

class Channel final {
public:
    /// All references outlive the channel.
    Channel(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
            Log log);

    void requestStop() { worker_.requestStop(); }
    /// Waits for its thread after requestStop(); false when it is still in a poll then.
    bool endsBy(std::chrono::steady_clock::time_point deadline) { return worker_.endsBy(deadline); }

private:
    std::chrono::milliseconds round(const std::stop_token& stop);
    void poll(const std::stop_token& stop);
    Result<bool> holdLease();
    bool mayPoll();
    Status mayTakeIn();

    Hub& hub_;
    plugin_host::Instance& instance_;
    const config::Connector& settings_;
    Condition& condition_;
    Log log_;
    InstanceInbox inbox_;
    std::chrono::milliseconds wait_;     // Between two polls.
    std::chrono::milliseconds rest_{0};  // Of the wait to the next poll, beyond the pause that is under way.
    bool standby_ = false;               // Another hub polls.
    Lease lease_;
    Worker worker_;
};

}  // namespace pakn::engine
