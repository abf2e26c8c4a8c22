#pragma once
/// @file
/// Finds and checks plugins, loads those that run in this process, makes connector instances of them, and guards every
/// call into their code. Plugins are never unloaded.

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/isolation/remote_connector.hpp"
#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/descriptor.hpp"
#include "pakn/sdk/preview.hpp"

namespace pakn::plugin_host {

/// A shared library that passed all checks; a confined child looked at it. Loaded here only for an instance in this
/// process, and then for as long as that lives.
class Plugin;

/// Why a file was not loaded; both sides are named ("built for SDK 2.0, this hub has 1.0").
struct Refusal {
    std::filesystem::path file;
    Error error;
};

/// One connector object. Every call is guarded: an exception of any type becomes kInternal with the plugin's name.
/// Calls from several threads are allowed as far as the SDK says so.
class Instance {
public:
    virtual ~Instance() = default;
    [[nodiscard]] virtual const Descriptor& descriptor() const = 0;
    virtual Status poll(Inbox& inbox, std::stop_token stop) = 0;
    /// Nothing that would break the framing of an answer is in what comes back: status 200-599, header names and values
    /// that are some. kInternal for an answer that is none.
    virtual Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) = 0;
    virtual Result<Receipt> send(const Delivery& delivery, std::stop_token stop) = 0;
    virtual Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) = 0;
    virtual Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) = 0;
    virtual Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) = 0;
    virtual Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) = 0;
    /// Of its child process; nothing for one that runs in this process.
    [[nodiscard]] virtual std::optional<isolation::ProcessHealth> process() const { return std::nullopt; }
};

class PluginHost {
public:
    /// Checks every *.so of the folders, without running any of its code here. Never throws; what is refused is in
    /// refusals().
    explicit PluginHost(const std::vector<std::filesystem::path>& folders);
    ~PluginHost();
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;

    [[nodiscard]] const Descriptor* find(std::string_view name) const;
    [[nodiscard]] std::vector<const Descriptor*> all() const;
    [[nodiscard]] const std::vector<Refusal>& refusals() const;
    /// Its code may run in this process unless the configuration says otherwise: it declares itself trusted, and lies
    /// where only root and the hub's own user can put files. What a file says about itself is nothing to go by where
    /// others can lay down files.
    [[nodiscard]] bool trusts(std::string_view name) const;
    /// Where the plugin of this name was found; empty when there is none.
    [[nodiscard]] std::filesystem::path fileOf(std::string_view name) const;

    /// Constructs a connector. kMisconfigured: no such plugin (a refused one's reason is in the text), or its
    /// constructor threw, or its file is not the one with this SHA-256 (64 hex digits, "plugin.hash"; empty: any file).
    /// `services` must outlive the instance.
    Result<std::unique_ptr<Instance>> create(std::string_view plugin, const Settings& settings, HostServices& services,
                                             std::string_view sha256 = {}) const;

    /// The same in a child process, which loads the file as it is now: one that was exchanged since it was looked at is
    /// looked at anew. "plugin.hash" when the new one is another plugin, or has other options, mounts or abilities than
    /// the configuration was checked by. Errors besides: those of RemoteConnector::start.
    Result<std::unique_ptr<Instance>> createIsolated(std::string_view plugin, const Settings& settings,
                                                     HostServices& services, std::string_view sha256,
                                                     const isolation::ProcessOptions& options) const;

    /// Whether an instance in a child process would come from another file if it were made now, and could be made.
    [[nodiscard]] bool hasNewer(const Instance& instance) const;

    /// What the plugin's own check finds in a connector's settings; no connector is constructed. kMisconfigured: as
    /// create(), or its check threw.
    Result<std::vector<SettingsMistake>> checkSettings(std::string_view plugin, const Settings& settings,
                                                       std::string_view sha256 = {}) const;
    /// The same told by a child process, confined as the connector's would be. Errors besides: those of
    /// RemoteConnector::checkSettings.
    Result<std::vector<SettingsMistake>> checkSettingsIsolated(std::string_view plugin, const Settings& settings,
                                                               std::string_view sha256,
                                                               const isolation::ProcessOptions& options) const;

    /// What a connector with these settings would make of a sample (pakn/sdk/preview.hpp); no connector is constructed.
    /// Runs in this process, wherever the connector does. kMisconfigured: as create(), or it cannot show samples
    /// ("plugin.ability"); else what the plugin says.
    Result<std::vector<Previewed>> preview(std::string_view plugin, const Settings& settings, std::string_view sample,
                                           std::string_view name, std::string_view sha256 = {}) const;

private:
    Result<const Plugin*> plugin(std::string_view name, std::string_view sha256) const;
    Result<const Plugin*> asItIsNow(std::string_view name) const;
    Result<const Plugin*> pinnedAsItIsNow(std::string_view name, std::string_view sha256) const;

    std::vector<std::unique_ptr<Plugin>> plugins_;
    mutable std::mutex mutex_;
    /// Looks at files that were exchanged, the newest last; for child processes only. Instances use them: they stay.
    mutable std::vector<std::unique_ptr<Plugin>> renewed_;
    std::vector<Refusal> refusals_;
};

/// What the host's own checks find in a file before any of its code runs: not a shared object for this machine, no tag,
/// another SDK major, a newer minor, another toolchain, owned by a stranger, writable by others.
Result<AbiTag> inspect(const std::filesystem::path& file);

/// All checks, and loads the file: what PluginHost does with each. The descriptor lives as long as the process.
Result<const Descriptor*> verify(const std::filesystem::path& file);

/// The proxy that requests take.
struct HttpProxy {
    std::string url = {};  ///< "http://host:port"; empty: none, whatever the environment says.
    std::string user = {};
    std::string password = {};
    std::vector<std::string> except = {};  ///< Hosts, and domains with all below them, that are reached directly.
};

/// The HTTP client connectors get: libcurl, TLS verified, no redirects, time-outs and size caps. Safe from any thread.
/// What a proxy refuses is kUnavailable ("http.proxy_refused"): nothing reached the peer.
std::unique_ptr<HttpClient> makeHttpClient(HttpProxy proxy = {});

}  // namespace pakn::plugin_host
