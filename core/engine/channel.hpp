#pragma once
/// @file
/// One intake channel: polls its Receiver on a thread of its own and takes what it brings into the hub. Of several hubs
/// on one store only one polls a connector of an id; when it dies, another takes over.

#include <atomic>

#include "core/config/configuration.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_services.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"

namespace pakn::engine {

class Channel final {
public:
    /// All references outlive the channel.
    Channel(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
            Log log);

    void requestStop() { worker_.requestStop(); }

private:
    /// What a poll brings. A long one prolongs its lease as it goes, and ends when another hub has taken over.
    class PollInbox final : public Inbox {
    public:
        explicit PollInbox(Channel& channel) : channel_{channel} {}
        Result<Accepted> accept(IncomingPetition petition) override;

    private:
        Channel& channel_;
    };

    Result<Accepted> accept(IncomingPetition petition);
    std::chrono::milliseconds round(const std::stop_token& stop);
    Result<bool> holdLease();
    bool mayPoll();

    Hub& hub_;
    plugin_host::Instance& instance_;
    const config::Connector& settings_;
    Condition& condition_;
    Log log_;
    std::atomic<std::chrono::milliseconds> wait_;
    bool standby_ = false;  // Another hub polls.
    Lease lease_;
    Worker worker_;
};

}  // namespace pakn::engine
