#pragma once
/// @file
/// One configured connector in the running hub: the plugin's object, what the hub lends it, and what drives it.

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/config/configuration.hpp"
#include "core/engine/channel.hpp"
#include "core/engine/deliverer.hpp"
#include "core/engine/instance_inbox.hpp"
#include "core/engine/instance_services.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::engine {

/// Safe from any thread after start(). Whoever answers a request holds a share of it, so that it outlives the request.
class Connection {
public:
    Connection(Hub& hub, config::Connector settings, InstanceServices::Parts services, Log log);

    /// Makes the plugin's object; nothing runs yet. A failure is in health(), too.
    Status build(const plugin_host::PluginHost& plugins);
    /// From here on it polls, sends and answers. One that could not be built says so in the log.
    void run();
    [[nodiscard]] bool built() const { return instance_ != nullptr; }

    /// It said that its configuration cannot work, and nothing is sent over it.
    [[nodiscard]] bool outOfService() const { return condition_.isOut(); }
    [[nodiscard]] const config::Connector& settings() const { return settings_; }
    /// Where its plugin was told that the hub is reached; may be empty.
    [[nodiscard]] const std::string& publicUrl() const { return public_url_; }
    /// It was asked to stop, and answers nothing any more.
    [[nodiscard]] bool stopping() const { return stopping_.stop_requested(); }
    /// It runs in a child process, and its plugin's file was exchanged by one that can take its place.
    [[nodiscard]] bool isOutdated(const plugin_host::PluginHost& plugins) const {
        return instance_ && plugins.hasNewer(*instance_);
    }
    [[nodiscard]] ConnectorHealth health() const;

    /// Something was queued.
    void wake();
    /// Lets the plugin answer. kUnavailable while it does not run, is stopping, or has its hands full.
    Result<HttpResponse> handle(const HttpRequest& request);
    /// It signs people in.
    [[nodiscard]] bool authenticates() const { return summary_.has_value(); }
    /// What its plugin says it is; only where it authenticates.
    [[nodiscard]] const std::string& summary() const { return *summary_; }
    // The same for its Authenticator.
    Result<LoginStart> begin(const LoginRequest& request);
    Result<Identity> finish(const LoginCallback& callback);
    Result<std::string> logout(const LogoutRequest& request);
    /// The same for its Sender, beside the deliveries of its queue. kUnavailable also for one that sends nothing.
    Result<Receipt> send(const Delivery& delivery);

    /// Asks everything to stop, without waiting.
    void requestStop();
    /// Waits for its threads and for requests under way. False when the plugin is still inside a call at `deadline`:
    /// the connection must then be kept for ever.
    bool join(std::chrono::steady_clock::time_point deadline);
    /// Destroys the plugin's object, which may take as long as it takes a child process to end; after join() only.
    void destroy();

private:
    Status enter();
    void leave();
    template <class T, class Call>
    Result<T> inside(const Call& call);
    Result<HttpResponse> quarantine(const HttpRequest& request);

    Hub& hub_;
    const config::Connector settings_;
    const std::string public_url_;
    Log log_;
    Condition condition_;
    InstanceServices services_;
    InstanceInbox inbox_;
    std::stop_source stopping_;
    std::mutex mutex_;
    std::condition_variable idle_;
    int handling_ = 0;      ///< Requests inside the plugin.
    bool running_ = false;  ///< Guarded by mutex_.
    std::unique_ptr<plugin_host::Instance> instance_;
    std::optional<std::string> summary_;
    std::unique_ptr<Deliverer> deliverer_;
    std::unique_ptr<Channel> channel_;
};

}  // namespace pakn::engine
