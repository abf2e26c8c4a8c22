#include "core/engine/hub.hpp"

#include <atomic>
#include <mutex>

#include "core/engine/channel.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/deliverer.hpp"
#include "core/engine/instance_services.hpp"
#include "core/engine/intake.hpp"
#include "core/engine/timers.hpp"

namespace pakn::engine {

namespace {

/// One configured connector that started, with whatever drives it.
struct Connection {
    Connection(const config::Connector& connector, store::Store& store, HttpClient& http, const Now& now,
               const Log& log)
        : settings{connector},
          services{connector.id, store, http, connector.call_limit, now, log},
          condition{connector.id, connector.plugin} {}

    const config::Connector& settings;
    InstanceServices services;
    Condition condition;
    std::unique_ptr<plugin_host::Instance> instance;
    std::unique_ptr<Deliverer> deliverer;
    std::unique_ptr<Channel> channel;
};

}  // namespace

struct Hub::State {
    explicit State(Parts given)
        : parts{std::move(given)},
          http{plugin_host::makeHttpClient()},
          committer{std::make_unique<Committer>(
              Committer::Parts{.store = *parts.store,
                               .rules = [this] { return parts.configuration->rules; },
                               .now = parts.now,
                               .committed = [this](const std::vector<domain::EventKind>& kinds) { onCommitted(kinds); },
                               .store_state = [this](const Error* error) { onStoreState(error); }})} {}

    void onCommitted(const std::vector<domain::EventKind>& kinds) {
        for (const domain::EventKind kind : kinds) {
            if (kind != domain::EventKind::kDeliveryQueued) continue;
            const std::lock_guard lock{mutex};
            for (const auto& connection : connections)
                if (connection->deliverer) connection->deliverer->wake();
            return;
        }
    }

    void onStoreState(const Error* error) {
        bool failing = false;
        {
            const std::lock_guard lock{mutex};
            failing = !store_problem.empty();
            store_problem = error ? error->message : std::string{};
        }
        if (error && !failing) parts.log(LogLevel::kError, "STORE_UNAVAILABLE", error->message);
        if (!error && failing) parts.log(LogLevel::kInfo, "STORE_RECOVERED", "the store takes transactions again");
    }

    /// While nothing can be stored, tries once a second, so that the hub is ready again before the next petition.
    std::chrono::milliseconds probeStore() {
        bool failing = false;
        {
            const std::lock_guard lock{mutex};
            failing = !store_problem.empty();
        }
        if (failing && parts.store->checkWritable()) onStoreState(nullptr);
        return std::chrono::seconds{1};
    }

    void connect(Hub& hub, const config::Connector& settings) {
        auto connection = std::make_unique<Connection>(settings, *parts.store, *http, parts.now, parts.log);
        Result<std::unique_ptr<plugin_host::Instance>> made =
            parts.plugins->create(settings.plugin, settings.settings, connection->services);
        if (!made) {
            connection->condition.set("failed", made.error().message);
            parts.log(LogLevel::kError, "CONNECTOR_FAILED", settings.id + ": " + made.error().message);
        } else {
            connection->instance = std::move(*made);
            const Descriptor& descriptor = connection->instance->descriptor();
            if (descriptor.has(Ability::kSender))
                connection->deliverer =
                    std::make_unique<Deliverer>(hub, *connection->instance, settings, connection->condition, parts.log);
            if (descriptor.has(Ability::kReceiver))
                connection->channel =
                    std::make_unique<Channel>(hub, *connection->instance, settings, connection->condition, parts.log);
            parts.log(LogLevel::kInfo, "CONNECTOR_STARTED", settings.id + " (" + settings.plugin + ")");
        }
        const std::lock_guard lock{mutex};
        connections.push_back(std::move(connection));
    }

    Parts parts;
    std::unique_ptr<HttpClient> http;
    mutable std::mutex mutex;
    std::string store_problem;
    std::vector<std::unique_ptr<Connection>> connections;
    std::atomic<std::int64_t> accepted{0};
    std::atomic<std::int64_t> duplicates{0};
    std::atomic<std::int64_t> refused{0};
    std::atomic<std::int64_t> unavailable{0};
    std::unique_ptr<Committer> committer;
    std::unique_ptr<Timers> timers;
    std::unique_ptr<Worker> probe;
};

Hub::Hub(Parts parts) : state_{std::make_unique<State>(std::move(parts))} {}

Hub::~Hub() { stop(); }

void Hub::start() {
    State& state = *state_;
    state.timers = std::make_unique<Timers>(*state.parts.store, *state.committer, state.parts.now, state.parts.log);
    state.probe = std::make_unique<Worker>([&state](const std::stop_token&) { return state.probeStore(); });
    for (const config::Connector& settings : state.parts.configuration->connectors) state.connect(*this, settings);
}

void Hub::stop() {
    std::vector<std::unique_ptr<Connection>> leaving;
    {
        const std::lock_guard lock{state_->mutex};
        leaving.swap(state_->connections);
    }
    // All are asked first and waited for afterwards, so that stopping takes as long as the slowest, not the sum.
    for (const auto& connection : leaving) {
        if (connection->channel) connection->channel->requestStop();
        if (connection->deliverer) connection->deliverer->requestStop();
    }
    for (const auto& connection : leaving) {
        connection->channel.reset();
        connection->deliverer.reset();
        connection->instance.reset();
    }
    state_->timers.reset();
    state_->probe.reset();
}

Result<IntakeAnswer> Hub::submit(IntakeRequest request) {
    State& state = *state_;
    const auto failed = [&state](Error error) {
        (error.code == Errc::kUnavailable ? state.unavailable : state.refused).fetch_add(1, std::memory_order_relaxed);
        return error;
    };
    Result<Arrival> arrival = prepare(std::move(request), *state.parts.configuration, *state.parts.blobs);
    if (!arrival) {
        // A photo that cannot be kept is the same trouble as a row that cannot.
        if (arrival.error().code == Errc::kUnavailable) state.onStoreState(&arrival.error());
        return failed(std::move(arrival).error());
    }
    Result<Committed> committed = state.committer->run(std::move(*arrival));
    if (!committed) return failed(std::move(committed).error());
    (committed->duplicate ? state.duplicates : state.accepted).fetch_add(1, std::memory_order_relaxed);
    const domain::Petition& petition = committed->petition;
    const auto due = petition.due.find(domain::Clock::kTotal);
    return IntakeAnswer{.duplicate = committed->duplicate,
                        .id = petition.id,
                        .code = petition.code,
                        .tracking_token = petition.tracking_token,
                        .received_at = petition.received_at,
                        .due_at = due == petition.due.end() ? std::nullopt : std::optional{due->second}};
}

Result<domain::FileRef> Hub::keepFile(const Attachment& attachment) {
    return engine::keepFile(*state_->parts.blobs, attachment);
}

Result<Committed> Hub::commit(Order order) { return state_->committer->run(std::move(order)); }

Result<domain::Petition> Hub::execute(const std::string& petition_id, domain::Command command, domain::Actor actor) {
    Result<Committed> committed = commit({petition_id, std::move(command), std::move(actor)});
    if (!committed) return std::move(committed).error();
    return std::move(committed->petition);
}

Health Hub::health() const {
    const std::lock_guard lock{state_->mutex};
    Health health{.writable = state_->store_problem.empty(), .problem = state_->store_problem, .connectors = {}};
    for (const auto& connection : state_->connections) health.connectors.push_back(connection->condition.read());
    return health;
}

Totals Hub::totals() const {
    return {.commits = state_->committer->batches(),
            .commands = state_->committer->commands(),
            .accepted = state_->accepted.load(std::memory_order_relaxed),
            .duplicates = state_->duplicates.load(std::memory_order_relaxed),
            .refused = state_->refused.load(std::memory_order_relaxed),
            .unavailable = state_->unavailable.load(std::memory_order_relaxed)};
}

Instant Hub::now() const { return state_->parts.now(); }
const config::Configuration& Hub::configuration() const { return *state_->parts.configuration; }
const domain::Rules& Hub::rules() const { return *state_->parts.configuration->rules; }
store::Store& Hub::store() const { return *state_->parts.store; }
store::Blobs& Hub::blobs() const { return *state_->parts.blobs; }

}  // namespace pakn::engine
