/// @file
/// `paknhub serve`: opens everything, runs until SIGTERM or SIGINT, stops gracefully.

#include <Poco/Util/ServerApplication.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/app/commands.hpp"
#include "core/app/control.hpp"
#include "core/app/followers.hpp"
#include "core/app/log.hpp"
#include "core/app/nodes.hpp"
#include "core/app/version.hpp"
#include "core/decoding/pool.hpp"
#include "core/engine/connector_test.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/store_clock.hpp"
#include "core/http/configuration_api.hpp"
#include "core/http/problems.hpp"
#include "core/http/server.hpp"

namespace pakn::app {

namespace {

constexpr std::chrono::seconds kGrace{10};

sigset_t awaitedSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int one : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) sigaddset(&signals, one);
    return signals;
}

/// Every thread inherits the mask, so that a signal reaches the one that waits for it.
void blockAwaitedSignals() {
    const sigset_t signals = awaitedSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

bool isEverywhere(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

/// Where the server is reachable from this machine: one that listens everywhere listens on the loopback too.
std::string localUrl(const std::string& host, std::uint16_t port) {
    const std::string name = isEverywhere(host) ? (host == "::" ? "::1" : "127.0.0.1") : host;
    const bool ipv6 = name.find(':') != std::string::npos;
    return "http://" + (ipv6 ? '[' + name + ']' : name) + ':' + std::to_string(port);
}

/// Returns when the hub is to stop; each SIGHUP before that is a reload.
void obeySignals(engine::Hub& hub) {
    const sigset_t signals = awaitedSignals();
    for (int signal = 0; sigwait(&signals, &signal) != 0 || signal == SIGHUP;)
        if (signal == SIGHUP) hub.reload("signal");
}

/// A hub may come up before its database, as after a power cut: it waits for it. False: the hub is to end.
class StorePatience {
public:
    bool operator()(const Error& error) {
        constexpr int kTriesPerLine = 30;
        if (tries_++ % kTriesPerLine == 0) logLine(LogLevel::kError, "STORE_UNAVAILABLE", error.message);
        const sigset_t signals = awaitedSignals();
        constexpr timespec kBetweenTries{.tv_sec = 1, .tv_nsec = 0};
        const int signal = sigtimedwait(&signals, nullptr, &kBetweenTries);
        return signal < 0 || signal == SIGHUP;  // There is nothing yet to reload.
    }
    [[nodiscard]] bool wasNeeded() const { return tries_ > 0; }

private:
    int tries_ = 0;
};

/// What a command of the same user asks over the control socket.
std::string answerCommand(engine::Hub& hub, std::string_view request, const std::string& user) {
    if (request == "reload") return http::reloadJson(hub.reload("socket:" + user));
    if (request == "configuration") return http::configurationJson(hub.inspectConfiguration());
    if (request == "ping") return "{}";
    return R"({"error":"unknown request"})";
}

/// This machine's clock, or the one that all hubs on a database have in common.
engine::Now hubClock(const std::shared_ptr<store::Store>& store) {
    if (!store->shared()) return systemNow;
    return [clock = std::make_shared<engine::StoreClock>(store, systemNow())] { return clock->now(); };
}

decoding::Limits decoderLimits(const config::DecodeLimits& limits) {
    return {.processes = limits.processes,
            .time = limits.time,
            .memory = limits.memory,
            .pixels = static_cast<std::uint64_t>(limits.pixels)};
}

class ServeApplication final : public Poco::Util::ServerApplication {
public:
    explicit ServeApplication(const Common& common) : common_{common} {}

protected:
    int main(const ArgVec&) override {
        const auto patience = std::make_shared<StorePatience>();
        const auto work = [this, patience](Workplace& place) {
            if (patience->wasNeeded()) logLine(LogLevel::kInfo, "STORE_RECOVERED", "the store is there");
            return runHub(place);
        };
        return withWorkplace(common_, true, work, [patience](const Error& error) { return (*patience)(error); });
    }

private:
    int runHub(Workplace& place) {
        for (const plugin_host::Refusal& refusal : place.plugins->refusals())
            logLine(LogLevel::kError, "PLUGIN_REFUSED",
                    refusal.file.filename().string() + ": " + refusal.error.message);
        // What was being delivered when the last hub died is free again, where no other hub can be at it.
        if (Status freed = place.store->endLeases(); !freed) return complain(freed.error());
        const config::Configuration& configuration = *place.configuration;
        const engine::Now now = hubClock(place.store);
        if (Status kept =
                place.store->keepConfiguration({configuration.hash, configuration.text, now()}, "start", hostName());
            !kept)
            return complain(kept.error());

        const auto decoders = std::make_shared<decoding::Pool>(
            decoding::Pool::Parts{.limits = decoderLimits(configuration.decode), .log = logLine});
        const auto hub = std::make_shared<engine::Hub>(engine::Hub::Parts{
            .configuration = place.configuration,
            .store = place.store,
            .blobs = place.blobs,
            .plugins = place.plugins,
            .now = now,
            .log = logLine,
            .load = [this, plugins = place.plugins] { return app::loadConfiguration(common_, *plugins, true); },
            .decode = [decoders](std::string_view kind, const Content& content,
                                 std::string_view connector) { return decoders->decode(kind, content, connector); },
            .decode_totals = [decoders] { return decoders->totals(); },
            .node = hostName(),
            .problem_label = http::problemLabel});
        const auto access = std::make_shared<security::Access>(*place.store, security::Access::Limits{});
        const auto test_connector = [hub,
                                     &place](const std::string& id) -> std::optional<std::vector<engine::TestStep>> {
            const auto running = hub->configuration();
            for (const config::Connector& one : running->connectors)
                if (one.id == id) return engine::testConnector(one, *place.plugins, true, running->outgoing);
            return std::nullopt;
        };
        const std::string instance = security::newId(now());
        Result<std::unique_ptr<http::Server>> server =
            http::Server::start({.hub = hub,
                                 .access = access,
                                 .key = place.key,
                                 .version = kVersion,
                                 .instance = instance,
                                 .log = logLine,
                                 .access_log = common_.verbose,
                                 .test_connector = test_connector},
                                configuration.listen_host, configuration.listen_port);
        if (!server) return complain(server.error());
        hub->start();
        auto follower = std::make_unique<FollowerThread>(*hub, *place.store, logLine);
        auto control = ControlSocket::open(
            controlSocketOf(configuration.hub_key, configuration.directory),
            [&hub](std::string_view request, const std::string& user) { return answerCommand(*hub, request, user); });
        if (!control) logLine(LogLevel::kWarning, "CONTROL_UNAVAILABLE", control.error().message);
        logListening(configuration.listen_host, (*server)->port());
        const NodeRecord record{.node = hostName(),
                                .url = localUrl(configuration.listen_host, (*server)->port()),
                                .pid = ::getpid(),
                                .version = kVersion,
                                .configuration = configuration.hash,
                                .started_at = systemNow(),
                                .instance = instance,
                                .everywhere = isEverywhere(configuration.listen_host)};
        // Only `status` and `doctor` look there: a hub that cannot say it now runs all the same.
        static_cast<void>(announce(*place.store, record).ok());
        obeySignals(*hub);
        logLine(LogLevel::kInfo, "HUB_STOPPING", "finishing what is running");
        if (control) control->reset();
        (*server)->stop(kGrace);
        follower.reset();
        decoders->stop();
        static_cast<void>(withdraw(*place.store, record).ok());
        if (!hub->stop()) {
            // A plugin's thread is still at work: whatever it uses stays where it is, and the process just ends.
            logLine(LogLevel::kWarning, "HUB_STOPPED", "everything acknowledged is on disk; a plugin was left behind");
            flushLog();
            std::_Exit(kOk);
        }
        logLine(LogLevel::kInfo, "HUB_STOPPED", "everything acknowledged is on disk");
        return kOk;
    }

    const Common& common_;
};

}  // namespace

int serve(const Common& common) {
    blockAwaitedSignals();
    if (common.verbose) setLogLevel(LogLevel::kDebug);
    complainInLog();
    ServeApplication application{common};
    return application.run(std::vector<std::string>{"paknhub"});
}

}  // namespace pakn::app
