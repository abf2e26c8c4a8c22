#pragma once
/// @file
/// One intake channel: polls its Receiver on a thread of its own and takes what it brings into the hub.

#include "core/config/configuration.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_services.hpp"
#include "core/engine/worker.hpp"

namespace pakn::engine {

class Channel final : private Inbox {
public:
    /// All references outlive the channel.
    Channel(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
            Log log);

    void requestStop() { worker_.requestStop(); }

private:
    Result<Accepted> accept(IncomingPetition petition) override;
    std::chrono::milliseconds round(const std::stop_token& stop);

    Hub& hub_;
    plugin_host::Instance& instance_;
    const config::Connector& settings_;
    Condition& condition_;
    Log log_;
    std::chrono::milliseconds wait_;
    Worker worker_;
};

}  // namespace pakn::engine
