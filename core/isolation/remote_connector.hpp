#pragma once
/// @file
/// A connector object in a child process: the same calls as one in this process, each a message over a lane.

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/isolation/supervisor.hpp"
#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/descriptor.hpp"
#include "pakn/sdk/settings_check.hpp"

namespace pakn::isolation {

/// How a connector runs in a child process of its own.
struct ProcessOptions {
    std::string connector = {};          ///< Its id, for the log.
    std::filesystem::path program = {};  ///< paknhub-plugin-host; empty: the one beside this program.
    bool sockets = true;                 ///< It may open connections of its own.
    std::size_t memory = 256U << 20U;    ///< Bytes of address space.
    int files = 64;                      ///< Open files at the same time.
    /// Whom the child is, when this process is root. Nothing: a user that no other connector of this process has.
    std::optional<uid_t> user = {};
    RestartRules restart = {};
    std::chrono::milliseconds call_limit{10000};  ///< For every call; for a poll, between two signs of progress.
    int calls = 16;                               ///< At the same time.
    int credits = 8;                              ///< What it has the hub write at the same time: items, state, leases.
    std::size_t frame = 1U << 20U;                ///< Bytes of one message to the hub.
    Log log = [](LogLevel, std::string_view, std::string_view) {};
};

/// A plugin that has been looked at.
struct PluginToRun {
    const Descriptor& descriptor;  ///< Lives as long as the connector.
    std::filesystem::path folder;  ///< Where its own libraries and data may lie: it may read there.
    OwnedDescriptor file;          ///< Open.
};

/// Calls as the SDK says. Besides the plugin's own errors: kUnavailable ("connector.restarting", nothing was given to
/// it; "connector.crashed", "connector.hung"), for deliveries kUnknownOutcome with the last two, and kRejected
/// ("connector.quarantined") for what killed it twice.
class RemoteConnector {
public:
    /// Starts the child and lets it make the connector. Errors of the constructor as in process; kMisconfigured when
    /// there is no paknhub-plugin-host, or the kernel does not let it confine itself; kUnavailable
    /// ("connector.crashed", "connector.hung") when it did not survive its start. `services` outlives it.
    static Result<std::unique_ptr<RemoteConnector>> start(PluginToRun plugin, const Settings& settings,
                                                          HostServices& services, const ProcessOptions& options);
    /// What the plugin's own check finds in these settings, told by a child that is confined as the connector's would
    /// be and makes no connector. Errors of inquire(); kMisconfigured ("plugin.threw").
    static Result<std::vector<SettingsMistake>> checkSettings(const PluginToRun& plugin, const Settings& settings,
                                                              const ProcessOptions& options);
    RemoteConnector(const RemoteConnector&) = delete;
    RemoteConnector& operator=(const RemoteConnector&) = delete;
    /// No call is under way any more.
    ~RemoteConnector();

    Status poll(Inbox& inbox, const std::stop_token& stop);
    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop);
    Result<Receipt> send(const Delivery& delivery, const std::stop_token& stop);
    Result<Receipt> reconcile(const Delivery& delivery, const std::stop_token& stop);
    Result<LoginStart> begin(const LoginRequest& request, const std::stop_token& stop);
    Result<Identity> finish(const LoginCallback& callback, const std::stop_token& stop);
    Result<std::string> logout(const LogoutRequest& request, const std::stop_token& stop);

    [[nodiscard]] ProcessHealth health() const { return supervisor_->health(); }

private:
    RemoteConnector(uid_t user, std::chrono::milliseconds limit, std::unique_ptr<Supervisor> supervisor)
        : user_{user}, limit_{limit}, supervisor_{std::move(supervisor)} {}

    template <class T, class... Arguments>
    Result<T> call(Type type, const Supervisor::About& about, Inbox* inbox, const std::stop_token& stop,
                   const Arguments&... arguments);
    [[nodiscard]] Supervisor::About about(std::string message, Errc when_lost) const;
    Result<Receipt> deliver(Type type, const Delivery& delivery, const std::stop_token& stop);

    const uid_t user_;  ///< Taken for the children; 0: none was.
    const std::chrono::milliseconds limit_;
    std::unique_ptr<Supervisor> supervisor_;
};

/// Whom children of a root hub may be, of the range that systemd gives to services of this kind: 61184 to 65519. Its
/// first is whoever only looks at a plugin, its last the decoders: no connector shares a user with them.
inline constexpr uid_t kDescribingUser = 61184;
inline constexpr uid_t kDecodingUser = 65519;
inline constexpr uid_t kFirstUser = kDescribingUser + 1;
inline constexpr uid_t kUsers = kDecodingUser - kFirstUser;

}  // namespace pakn::isolation
