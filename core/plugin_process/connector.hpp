#pragma once
/// @file
/// The connector in this process, and the lanes on which the hub calls it.

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/plugin_host/plugin_host.hpp"
#include "core/plugin_process/remote_host.hpp"

namespace pakn::plugin_process {

class Connector {
public:
    Connector(std::unique_ptr<plugin_host::Instance> instance, Uplink& uplink, std::size_t most)
        : instance_{std::move(instance)}, inbox_{uplink}, most_{most} {}

    /// Works on this lane from now on, on a thread of its own.
    void open(std::uint32_t number, isolation::OwnedDescriptor socket);
    /// Stop was requested of this call, or of one that is over.
    void cancel(std::uint32_t lane, std::uint64_t call);
    /// Destroys the connector. The hub calls nothing any more.
    void destroy() { instance_.reset(); }

private:
    /// The call on one lane, and whether it shall stop.
    struct Call {
        std::uint64_t number = 0;
        std::uint64_t cancelled = 0;  ///< All calls up to this one.
        std::stop_source stop = {};
    };

    void work(std::uint32_t number, isolation::OwnedDescriptor socket);
    Result<isolation::Frame> perform(isolation::Frame&& request, Call& call);
    template <class... Arguments, class Perform>
    Result<isolation::Frame> answer(isolation::Frame&& request, Call& call, Perform perform);
    std::stop_token begin(Call& call, std::uint64_t number, bool stopped);

    std::unique_ptr<plugin_host::Instance> instance_;
    RemoteInbox inbox_;
    const std::size_t most_;  ///< Bytes of payload that the hub takes.
    std::mutex mutex_;
    std::map<std::uint32_t, Call> calls_;  ///< By lane; never fewer.
};

}  // namespace pakn::plugin_process
