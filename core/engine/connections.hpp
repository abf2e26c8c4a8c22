#pragma once
/// @file
/// The connectors that run: each built from its own settings and driven by its own workers, replaced one by one when
/// the configuration changes. An object is destroyed before the one that takes its place is built, so whatever it holds
/// alone (a mailbox, a folder, a serial line) is never held twice.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/config/configuration.hpp"
#include "core/engine/connection.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_services.hpp"

namespace pakn::engine {

class Connections {
public:
    /// What connectors are built with; outlives them.
    struct Parts {
        Hub& hub;
        store::Store& store;
        plugin_host::PluginHost* plugins;  ///< Null where there are no connectors.
        HttpClient& http;
        PublicRecords& records;
        CitizenDesk& citizens;
        std::function<Result<Decoded>(std::string_view kind, const Content&, std::string_view connector)> decode;
        Now now;
        Log log;
    };

    explicit Connections(Parts parts);
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// Builds and starts all. One that cannot be built is named in health(); the others run.
    /// `public_url` is where they are told that the hub is reached; may be empty.
    void start(const std::vector<config::Connector>& wanted, const std::string& public_url);

    /// Makes what runs be what is wanted, or changes nothing. Connectors whose settings and public_url are the same are
    /// not touched, unless one runs in a child process and its plugin's file was exchanged; the others finish what they
    /// are doing and go. When all new ones are built, `accept` is asked; only then do they begin. If one cannot be
    /// built, or `accept` fails, the former ones are built again, and the error says why. One that is unchanged and
    /// could not be built before, or said itself that it cannot work, is tried again, and may fail again. One that has
    /// to go and is still inside a call after three times its `limits.call` refuses the change, and is named. It was
    /// told to stop: it begins nothing more, and is built anew by the first replace() after it came back. Not from
    /// several threads at once.
    Result<ConnectorChanges> replace(const std::vector<config::Connector>& wanted, const std::string& public_url,
                                     const std::function<Status()>& accept);

    /// Lets all finish what they are doing. Idempotent. False when a plugin did not come back from a call in time: its
    /// connection is kept for ever.
    bool stop(std::chrono::steady_clock::duration patience = std::chrono::seconds{30});

    /// Something was queued for delivery.
    void wake();
    [[nodiscard]] std::vector<ConnectorHealth> health() const;
    /// The running one of this id, or null. Whoever has it keeps it alive.
    [[nodiscard]] std::shared_ptr<Connection> find(const std::string& id) const;
    /// Connection::handle() of the one of this id. While another one is being put in its place that is waited for, a
    /// few seconds at most and not by many. kUnavailable where there is none.
    Result<HttpResponse> handle(const std::string& id, const HttpRequest& request);
    // The same for what signs people in.
    Result<LoginStart> begin(const std::string& id, const LoginRequest& request);
    Result<Identity> finish(const std::string& id, const LoginCallback& callback);
    Result<std::string> logout(const std::string& id, const LogoutRequest& request);
    /// Connection::send() of the one of this id.
    Result<Receipt> send(const std::string& id, const Delivery& delivery);
    /// Of a running one that signs people in: what its plugin says it is.
    [[nodiscard]] std::optional<std::string> authenticator(const std::string& id) const;

private:
    using Set = std::vector<std::shared_ptr<Connection>>;

    std::shared_ptr<Connection> build(const config::Connector& settings, const std::string& public_url, Status& built);
    void add(Set connections);
    [[nodiscard]] std::set<std::string> outdatedOnes() const;
    Set take(const std::function<bool(const Connection&)>& chosen);
    bool close(const Set& leaving, std::chrono::steady_clock::duration patience);
    Status release(const Set& leaving, std::vector<config::Connector>& former);
    template <class T, class Call>
    Result<T> ask(const std::string& id, const Call& call);
    std::shared_ptr<Connection> await(const std::string& id, std::chrono::steady_clock::time_point deadline);
    void expect(const std::vector<config::Connector>& wanted, const std::vector<std::string>& kept);
    void endReplacing();
    [[nodiscard]] std::shared_ptr<Connection> findLocked(const std::string& id) const;

    const Parts parts_;
    mutable std::mutex mutex_;
    Set running_;
    std::set<std::string> replaced_;  ///< Their places are empty while replace() is at work.
    std::condition_variable placed_;  ///< `replaced_` is empty again.
    std::map<std::string, int> waiting_;
};

}  // namespace pakn::engine
