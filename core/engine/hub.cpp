#include "core/engine/hub.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <mutex>

#include "core/config/effective.hpp"
#include "core/config/journalled.hpp"
#include "core/engine/citizen_desk.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/connections.hpp"
#include "core/engine/connector_process.hpp"
#include "core/engine/intake.hpp"
#include "core/engine/public_view.hpp"
#include "core/engine/recalculation.hpp"
#include "core/engine/sharing.hpp"
#include "core/engine/succession.hpp"
#include "core/engine/timers.hpp"

namespace pakn::engine {

namespace {

/// Petitions that may wait for the committer: less than a second's work.
constexpr std::size_t kMostWaiting = 4000;
constexpr int kIdleRounds = 5;     ///< Of the probe, one a second.
constexpr int kHeededAtOnce = 20;  ///< Acceptances by other hubs between two rounds.

/// Settings that a running hub cannot change: what they name is open or known to others.
constexpr std::array<std::string_view, 22> kOnlyAtStart{"hub.listen",
                                                        "hub.key",
                                                        "store.url",
                                                        "store.password",
                                                        "store.blobs",
                                                        "http.trusted_proxies",
                                                        "http.max_body",
                                                        "http.head_deadline",
                                                        "http.body_deadline",
                                                        "http.connections",
                                                        "http.connections_per_client",
                                                        "http.rate_per_client",
                                                        "http.burst_per_client",
                                                        "http.reserved",
                                                        "outgoing.proxy",
                                                        "outgoing.user",
                                                        "outgoing.password",
                                                        "outgoing.no_proxy",
                                                        "decode.processes",
                                                        "decode.time",
                                                        "decode.memory",
                                                        "decode.pixels"};

config::Diagnostic refusal(std::string message, std::string hint) {
    return {.severity = config::Diagnostic::Severity::kError,
            .file = ".",
            .message = std::move(message),
            .hint = std::move(hint)};
}

/// One error for each setting that differs and needs a restart, where it is written.
std::vector<config::Diagnostic> needingRestart(const config::Configuration& running,
                                               const config::Configuration& next) {
    std::vector<config::Diagnostic> errors;
    for (const config::ValueChange& change : config::changesBetween(running.values, next.values)) {
        if (std::find(kOnlyAtStart.begin(), kOnlyAtStart.end(), change.path) == kOnlyAtStart.end()) continue;
        errors.push_back({.severity = config::Diagnostic::Severity::kError,
                          .file = change.file,
                          .line = change.line,
                          .column = change.column,
                          .message = change.path + " changes only when the hub starts",
                          .hint = "restart the hub, or take this change back; nothing was taken over"});
    }
    return errors;
}

/// What of a path lies below a mount, "/" at least; nothing when it does not lie there.
std::optional<std::string_view> below(std::string_view mount, std::string_view path) {
    if (mount == "/") return path;
    if (!path.starts_with(mount)) return std::nullopt;
    path.remove_prefix(mount.size());
    if (path.empty()) return "/";
    return path.front() == '/' ? std::optional{path} : std::nullopt;
}

/// The longest mount that a path lies under; all of it lives as long as the configuration and the path.
struct Mounted {
    const config::Connector* owner = nullptr;  ///< Null: none.
    std::string_view mount = {};
    std::string_view rest = {};  ///< Of the path, below the mount.
};

Mounted findMount(const config::Configuration& configuration, std::string_view path) {
    Mounted found;
    for (const config::Connector& connector : configuration.connectors) {
        for (const std::string& candidate : connector.mounts) {
            const auto rest = below(candidate, path);
            if (rest && (!found.owner || candidate.size() > found.mount.size())) found = {&connector, candidate, *rest};
        }
    }
    return found;
}

}  // namespace

struct Hub::State {
    State(Parts given, Hub& hub)
        : parts{std::move(given)},
          photos{*parts.blobs, ownDecode(parts.decode), parts.configuration->decode.processes, parts.log},
          gate{{.blobs = *parts.blobs,
                .decode = ownDecode(parts.decode),
                .readers = parts.configuration->decode.processes,
                .log = parts.log}},
          records{hub},
          citizens{hub, *parts.store, [this](const std::string& id, const Delivery& one) { return sendNow(id, one); }},
          http{plugin_host::makeHttpClient(proxyOf(parts.configuration->outgoing))},
          connections{{.hub = hub,
                       .store = *parts.store,
                       .plugins = parts.plugins.get(),
                       .http = *http,
                       .records = records,
                       .citizens = citizens,
                       .decode = parts.decode,
                       .now = parts.now,
                       .log = parts.log}},
          committer{std::make_unique<Committer>(Committer::Parts{
              .store = *parts.store,
              .rules = [this] { return current()->rules; },
              .now = parts.now,
              .committed = [this](const std::vector<domain::EventKind>& kinds) { onCommitted(kinds); },
              .store_state = [this](const Error* error) { onStoreState(error); },
              .most_waiting = kMostWaiting,
              .reserved = kMostWaiting / 100 * static_cast<std::size_t>(parts.configuration->http.reserved)})} {}

    /// For the hub itself.
    static Photos::Decode ownDecode(decltype(Parts::decode) decode) {
        if (!decode) return {};
        return [decode = std::move(decode)](std::string_view kind, const Content& content) {
            return decode(kind, content, {});
        };
    }

    static plugin_host::HttpProxy proxyOf(const config::Outgoing& way) {
        return {.url = way.proxy, .user = way.user, .password = way.password, .except = way.no_proxy};
    }

    /// What belongs to no petition and is waited for: nothing is kept of it, nothing is repeated.
    Result<Receipt> sendNow(const std::string& connector, const Delivery& delivery) {
        if (!current()->sandbox) {
            Result<Receipt> sent = connections.send(connector, delivery);
            if (!sent) parts.log(LogLevel::kWarning, "MESSAGE_NOT_SENT", connector + ": " + sent.error().message);
            return sent;
        }
        parts.log(LogLevel::kWarning, "SANDBOX_KEPT_BACK", connector + ": a message that belongs to no petition");
        return Receipt{};
    }

    void onCommitted(const std::vector<domain::EventKind>& kinds) {
        if (std::find(kinds.begin(), kinds.end(), domain::EventKind::kDeliveryQueued) != kinds.end())
            connections.wake();
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

    /// While nothing can be stored, tries once a second, so that the hub is ready again before the next petition; while
    /// nobody stores anything, now and then, so that it is not the next petition that finds out.
    std::chrono::milliseconds probeStore() {
        bool failing = false;
        {
            const std::lock_guard lock{mutex};
            failing = !store_problem.empty();
        }
        const std::int64_t batches = committer->batches();
        idle_rounds = std::exchange(batches_seen, batches) == batches ? idle_rounds + 1 : 0;
        if (failing || idle_rounds >= kIdleRounds) {
            const Status writable = parts.store->checkWritable();
            onStoreState(writable ? nullptr : &writable.error());
            idle_rounds = 0;
        }
        if (!failing && parts.store->shared()) heedOtherHubs();
        return std::chrono::seconds{1};
    }

    /// Another hub on the same store may have accepted a configuration: petitions that began with it are to keep its
    /// workflows here, too.
    void heedOtherHubs() {
        const std::unique_lock alone{reloading, std::try_to_lock};
        if (!alone) return;  // In the next round.
        const Result<std::vector<store::Acceptance>> last = parts.store->acceptances(kHeededAtOnce);
        const auto known = [&](const store::Acceptance& one) {
            return one.hash == current()->hash || former_workflows.count(one.hash) != 0;
        };
        if (!last || std::all_of(last->begin(), last->end(), known)) return;
        const Result<std::vector<store::KeptConfiguration>> kept = parts.store->configurations();
        if (!kept) return parts.log(LogLevel::kError, "WORKFLOWS_NOT_RECALLED", kept.error().message);
        for (const store::KeptConfiguration& one : *kept) remember(one.hash, one.text);
        accept(withFormerWorkflows(*current()));
    }

    /// Petitions that are under way keep the workflow they started with: those of all configurations that were accepted
    /// before are at hand.
    void recallWorkflows() {
        const Result<std::vector<store::KeptConfiguration>> kept = parts.store->configurations();
        if (!kept) return parts.log(LogLevel::kError, "WORKFLOWS_NOT_RECALLED", kept.error().message);
        for (const store::KeptConfiguration& one : *kept) remember(one.hash, one.text);
        parts.configuration = withFormerWorkflows(*parts.configuration);
    }

    void remember(const std::string& hash, const std::string& text) {
        std::shared_ptr<const domain::Workflows>& same = workflow_texts[config::workflowPart(text)];
        if (!same) same = std::make_shared<const domain::Workflows>(config::workflowsOf(text));
        former_workflows[hash] = same;
    }

    [[nodiscard]] std::shared_ptr<const config::Configuration> withFormerWorkflows(config::Configuration next) const {
        auto rules = std::make_shared<domain::Rules>(*next.rules);
        rules->former = std::make_shared<const domain::FormerWorkflows>(former_workflows);
        next.rules = std::move(rules);
        return std::make_shared<const config::Configuration>(std::move(next));
    }

    [[nodiscard]] std::shared_ptr<const config::Configuration> current() const {
        const std::lock_guard lock{configuration_mutex};
        return parts.configuration;
    }

    void accept(std::shared_ptr<const config::Configuration> next) {
        const std::lock_guard lock{configuration_mutex};
        if (next->hash != parts.configuration->hash) since = parts.now();
        parts.configuration = std::move(next);
    }

    [[nodiscard]] Instant acceptedAt() const {
        const std::lock_guard lock{configuration_mutex};
        return since;
    }

    ReloadReport reload(const std::string& actor) {
        const std::lock_guard one_at_a_time{reloading};
        ReloadReport report = tryReload(actor);
        report.hash = current()->hash;
        report.since = acceptedAt();
        for (const config::Diagnostic& one : report.diagnostics)
            if (!report.accepted && one.severity == config::Diagnostic::Severity::kError)
                parts.log(LogLevel::kError, "CONFIGURATION_MISTAKE", config::format(one));
        parts.log(report.accepted ? LogLevel::kInfo : LogLevel::kError,
                  report.accepted ? "CONFIGURATION_ACCEPTED" : "CONFIGURATION_KEPT",
                  report.accepted ? report.hash : "the configuration on disk was refused, in effect is " + report.hash);
        return report;
    }

    /// Everything that can refuse comes before anything is touched, but for the connectors, which are put back.
    ReloadReport tryReload(const std::string& actor) {
        ReloadReport report;
        if (stopped || !parts.load) {
            report.diagnostics.push_back(refusal("the hub is stopping", "start it again"));
            return report;
        }
        if (!started) {
            report.diagnostics.push_back(refusal("the hub is starting", "ask again in a moment"));
            return report;
        }
        config::LoadResult loaded = parts.load();
        report.diagnostics = std::move(loaded.diagnostics);
        if (!loaded.configuration) return report;
        const auto running = current();
        remember(running->hash, running->text);
        const auto next = withFormerWorkflows(std::move(*loaded.configuration));
        std::vector<config::Diagnostic> restart = needingRestart(*running, *next);
        if (!restart.empty()) {
            std::move(restart.begin(), restart.end(), std::back_inserter(report.diagnostics));
            return report;
        }
        // Said here with all places; what is built says its first mistake only.
        for (const config::Connector& one : next->connectors) {
            const auto& before = running->connectors;
            if (!parts.plugins || std::find(before.begin(), before.end(), one) != before.end()) continue;
            std::vector<config::Diagnostic> mistakes = settingsMistakes(*next, one, *parts.plugins);
            std::move(mistakes.begin(), mistakes.end(), std::back_inserter(report.diagnostics));
        }
        const auto is_error = [](const config::Diagnostic& one) {
            return one.severity == config::Diagnostic::Severity::kError;
        };
        if (std::any_of(report.diagnostics.begin(), report.diagnostics.end(), is_error)) return report;
        Result<ConnectorChanges> changes = connections.replace(next->connectors, next->public_url, [&]() -> Status {
            Status kept = parts.store->keepConfiguration({next->hash, next->text, parts.now()}, actor, parts.node);
            if (kept) accept(next);
            return kept;
        });
        if (!changes) {
            report.diagnostics.push_back(refusal(changes.error().message, "what this does not name runs as before"));
            return report;
        }
        report.accepted = true;
        report.connectors = std::move(*changes);
        report.changed = next->hash != running->hash || !report.connectors.restarted.empty();
        return report;
    }

    /// Whoever asked is told no more than that something is wrong here: the log says what.
    void complainOf(const Error& error) {
        if (error.code == Errc::kInternal) parts.log(LogLevel::kError, "COMMAND_FAILED", error.message);
    }

    /// What the edge is told of an arrival; counted.
    Result<IntakeAnswer> answered(const Result<Committed>& committed) {
        const auto count = [](std::atomic<std::int64_t>& which) { which.fetch_add(1, std::memory_order_relaxed); };
        if (!committed) {
            count(committed.error().code == Errc::kUnavailable ? unavailable : refused);
            complainOf(committed.error());
            return committed.error();
        }
        count(committed->duplicate ? duplicates : accepted);
        const domain::Petition& petition = *committed->petition;
        const auto due = petition.due.find(domain::Clock::kTotal);
        return IntakeAnswer{
            .duplicate = committed->duplicate,
            .id = petition.id,
            .code = petition.code,
            .tracking_token = petition.tracking_token,
            .received_at = petition.received_at,
            .due_at = due == petition.due.end() ? std::nullopt : std::optional{due->second},
            .emergency_line = petition.emergency_claimed ? current()->rules->emergency_line : std::string{}};
    }

    Parts parts;
    Photos photos;
    FileGate gate;
    PublicView records;
    CitizenDesk citizens;
    std::unique_ptr<HttpClient> http;
    mutable std::mutex mutex;
    std::string store_problem;
    std::int64_t batches_seen = 0;  ///< This and the next are the probe's own.
    int idle_rounds = 0;
    mutable std::mutex configuration_mutex;  ///< Guards parts.configuration and `since`.
    Instant since = parts.now();
    std::mutex reloading;  ///< Guards what follows.
    std::map<std::string, std::shared_ptr<const domain::Workflows>> workflow_texts;
    domain::FormerWorkflows former_workflows;
    bool started = false;
    bool stopped = false;
    Connections connections;
    std::atomic<std::int64_t> accepted{0};
    std::atomic<std::int64_t> duplicates{0};
    std::atomic<std::int64_t> refused{0};
    std::atomic<std::int64_t> unavailable{0};
    std::unique_ptr<Committer> committer;
    std::unique_ptr<Timers> timers;
    std::unique_ptr<Sharing> sharing;
    std::unique_ptr<Recalculation> recalculation;
    std::unique_ptr<Succession> succession;
    std::unique_ptr<Worker> probe;
};

Hub::Hub(Parts parts) : state_{std::make_unique<State>(std::move(parts), *this)} { state_->recallWorkflows(); }

Hub::~Hub() { stop(); }

void Hub::start() {
    State& state = *state_;
    state.timers = std::make_unique<Timers>(*state.parts.store, *state.committer, state.parts.now, state.parts.log);
    state.sharing = std::make_unique<Sharing>(*state.parts.store, *state.committer, state.parts.now, state.parts.log);
    state.recalculation =
        std::make_unique<Recalculation>(Recalculation::Parts{.store = *state.parts.store,
                                                             .committer = *state.committer,
                                                             .rules = [&state] { return state.current()->rules; },
                                                             .now = state.parts.now,
                                                             .log = state.parts.log});
    state.succession =
        std::make_unique<Succession>(Succession::Parts{.store = *state.parts.store,
                                                       .committer = *state.committer,
                                                       .rules = [&state] { return state.current()->rules; },
                                                       .now = state.parts.now,
                                                       .log = state.parts.log});
    state.probe = std::make_unique<Worker>([&state](const std::stop_token&) { return state.probeStore(); });
    const std::lock_guard before_any_reload{state.reloading};
    const auto running = state.current();
    state.connections.start(running->connectors, running->public_url);
    state.started = true;
}

bool Hub::stop(std::chrono::steady_clock::duration patience) {
    {
        const std::lock_guard after_any_reload{state_->reloading};
        state_->stopped = true;
    }
    const bool all = state_->connections.stop(patience);
    state_->timers.reset();
    state_->sharing.reset();
    state_->succession.reset();
    state_->recalculation.reset();
    state_->probe.reset();
    return all;
}

ReloadReport Hub::reload(const std::string& actor) { return state_->reload(actor); }

ConfigurationState Hub::inspectConfiguration() const {
    const auto running = state_->current();
    ConfigurationState state{.hash = running->hash, .since = state_->acceptedAt()};
    if (!state_->parts.load) return state;
    config::LoadResult disk = state_->parts.load();
    state.diagnostics = std::move(disk.diagnostics);
    if (!disk.configuration) return state;
    state.disk_hash = disk.configuration->hash;
    state.changes = config::changesBetween(running->values, disk.configuration->values);
    return state;
}

void Hub::submit(IntakeRequest request, std::function<void(Result<IntakeAnswer>)> done) {
    State& state = *state_;
    Result<Arrival> arrival =
        prepare(std::move(request), *state.current(), state.gate, *state.parts.blobs, state.parts.now());
    if (!arrival) {
        // A photo that cannot be kept is the same trouble as a row that cannot.
        if (arrival.error().code == Errc::kUnavailable) state.onStoreState(&arrival.error());
        return done(state.answered(std::move(arrival).error()));
    }
    state.committer->start(std::move(*arrival), [&state, done = std::move(done)](const Result<Committed>& committed) {
        // A copy that is wanted twice costs nothing: duplicates need no question of their own.
        if (committed && !committed->petition->files.empty()) state.photos.prepare(committed->petition->files);
        done(state.answered(committed));
    });
}

Result<IntakeAnswer> Hub::submit(IntakeRequest request) {
    std::promise<Result<IntakeAnswer>> promise;
    submit(std::move(request), [&promise](Result<IntakeAnswer> answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

std::optional<std::string> Hub::ownerOf(std::string_view path) const {
    const auto configuration = state_->current();
    const Mounted mounted = findMount(*configuration, path);
    return mounted.owner ? std::optional{mounted.owner->id} : std::nullopt;
}

std::optional<Result<HttpResponse>> Hub::handle(std::string_view path, HttpRequest request) {
    const auto configuration = state_->current();
    const auto [owner, mount, rest] = findMount(*configuration, path);
    if (!owner) return std::nullopt;
    const std::size_t query = request.url.find('?');
    request.url = std::string{rest} + (query == std::string::npos ? std::string{} : request.url.substr(query));
    request.mount = mount == "/" ? std::string{} : std::string{mount};
    return state_->connections.handle(owner->id, request);
}

std::vector<SignInWay> Hub::signInWays() const {
    std::vector<SignInWay> ways;
    const auto configuration = state_->current();
    for (const config::Connector& one : configuration->connectors)
        if (std::optional<SignInWay> way = signInWay(one.id)) ways.push_back(std::move(*way));
    return ways;
}

std::optional<SignInWay> Hub::signInWay(const std::string& connector) const {
    const auto configuration = state_->current();
    for (const config::Connector& one : configuration->connectors) {
        if (one.id != connector || !one.signs_in) continue;
        const std::optional<std::string> summary = state_->connections.authenticator(connector);
        std::string label = !one.sign_in.label.empty() ? one.sign_in.label : summary.value_or(connector);
        return SignInWay{.connector = connector,
                         .label = std::move(label),
                         .officers = one.sign_in.who != config::SignInFor::kCitizens,
                         .citizens = one.sign_in.who != config::SignInFor::kOfficers};
    }
    return std::nullopt;
}

Result<LoginStart> Hub::beginSignIn(const std::string& connector, const LoginRequest& request) {
    return state_->connections.begin(connector, request);
}

Result<Identity> Hub::finishSignIn(const std::string& connector, const LoginCallback& callback) {
    return state_->connections.finish(connector, callback);
}

Result<std::string> Hub::endSignIn(const std::string& connector, const LogoutRequest& request) {
    return state_->connections.logout(connector, request);
}

PublicLabel Hub::problemLabel(std::string_view id) const {
    if (state_->parts.problem_label) return state_->parts.problem_label(id);
    return {std::string{id}, std::string{id}};
}

PublicRecords& Hub::records() const { return state_->records; }
CitizenDesk& Hub::citizens() const { return state_->citizens; }

Result<domain::FileRef> Hub::keepFile(const Attachment& attachment, Pages pages) {
    Result<domain::FileRef> kept = state_->gate.keep(attachment, state_->current()->intake, pages);
    if (kept) state_->photos.prepare({*kept});
    return kept;
}

Result<Content> Hub::openFile(const domain::FileRef& file) const {
    if (Status may = state_->gate.mayLeave(file, state_->current()->intake); !may) return std::move(may).error();
    return state_->photos.open(file);
}

std::optional<ScanState> Hub::scanState(const domain::FileRef& file) const {
    return state_->gate.state(file, state_->current()->intake);
}

std::optional<PhotoState> Hub::photoState(const domain::FileRef& file) const { return state_->photos.state(file); }

Result<Committed> Hub::commit(Order order) {
    Result<Committed> committed = state_->committer->run(std::move(order));
    if (!committed) state_->complainOf(committed.error());
    return committed;
}

Result<domain::Petition> Hub::execute(const std::string& petition_id, domain::Command command, domain::Actor actor,
                                      RequestKey key) {
    Result<Committed> committed = commit({petition_id, std::move(command), std::move(actor), std::move(key)});
    if (!committed) return std::move(committed).error();
    return *committed->petition;
}

Health Hub::health() const {
    Health health{.connectors = state_->connections.health()};
    const std::lock_guard lock{state_->mutex};
    health.writable = state_->store_problem.empty();
    health.problem = state_->store_problem;
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

decoding::Totals Hub::decodes() const {
    return state_->parts.decode_totals ? state_->parts.decode_totals() : decoding::Totals{};
}

Instant Hub::now() const { return state_->parts.now(); }
std::shared_ptr<const config::Configuration> Hub::configuration() const { return state_->current(); }
std::shared_ptr<const domain::Rules> Hub::rules() const { return state_->current()->rules; }
bool Hub::mayDeclareEmergencies(std::string_view channel) const {
    const auto running = configuration();
    const std::vector<std::string>& channels = running->emergency_channels;
    return std::find(channels.begin(), channels.end(), channel) != channels.end();
}
store::Store& Hub::store() const { return *state_->parts.store; }
store::Blobs& Hub::blobs() const { return *state_->parts.blobs; }

}  // namespace pakn::engine
