#include "core/engine/connections.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace pakn::engine {

namespace {

using Steady = std::chrono::steady_clock;  // How long, not what time it is.

/// How long a request waits for a connector that is being built anew.
constexpr Steady::duration kReplacingPatience = std::chrono::seconds{5};
/// As many as may be inside one connector at a time.
constexpr int kMostWaiting = 8;
constexpr Steady::duration kLeastPatience = std::chrono::seconds{2};
/// The objects of connectors that are not running any more: nobody else waits for them.
constexpr Steady::duration kForUnused = std::chrono::seconds{30};

void keepForEver(std::shared_ptr<Connection> connection) {
    static std::mutex mutex;
    static auto& kept = *std::make_unique<std::vector<std::shared_ptr<Connection>>>().release();
    const std::lock_guard lock{mutex};
    kept.push_back(std::move(connection));
}

const config::Connector* find(const std::vector<config::Connector>& all, const std::string& id) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const config::Connector& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

Connections::Connections(Parts parts) : parts_{std::move(parts)} {}
Connections::~Connections() { stop(); }

std::shared_ptr<Connection> Connections::build(const config::Connector& settings, const std::string& public_url,
                                               Status& built) {
    auto connection = std::make_shared<Connection>(parts_.hub, settings,
                                                   InstanceServices::Parts{.store = parts_.store,
                                                                           .http = parts_.http,
                                                                           .records = parts_.records,
                                                                           .citizens = parts_.citizens,
                                                                           .decode = parts_.decode,
                                                                           .public_url = public_url,
                                                                           .now = parts_.now,
                                                                           .log = parts_.log},
                                                   parts_.log);
    built = connection->build(*parts_.plugins);
    return connection;
}

void Connections::start(const std::vector<config::Connector>& wanted, const std::string& public_url) {
    for (const config::Connector& settings : wanted) {
        Status built = Done{};
        Set one;
        one.push_back(build(settings, public_url, built));
        one.front()->run();
        add(std::move(one));
    }
}

Result<ConnectorChanges> Connections::replace(const std::vector<config::Connector>& wanted,
                                              const std::string& public_url, const std::function<Status()>& accept) {
    ConnectorChanges changes;
    const std::set<std::string> outdated = outdatedOnes();
    std::vector<config::Connector> former;
    std::string former_url;
    Set leaving = take([&](const Connection& one) {
        const config::Connector* next = engine::find(wanted, one.settings().id);
        const bool keeps = next && *next == one.settings() && one.publicUrl() == public_url && one.built() &&
                           !one.outOfService() && !one.stopping() && !outdated.contains(one.settings().id);
        if (keeps) changes.kept.push_back(one.settings().id);
        if (!keeps) former.push_back(one.settings());
        if (!keeps) former_url = one.publicUrl();
        if (!keeps) replaced_.insert(one.settings().id);
        if (!next) changes.stopped.push_back(one.settings().id);
        return !keeps;
    });
    expect(wanted, changes.kept);
    struct Placed {
        Connections& all;
        ~Placed() { all.endReplacing(); }
    } const placed{*this};
    for (const auto& one : leaving)
        if (one->built()) parts_.log(LogLevel::kInfo, "CONNECTOR_STOPPING", one->settings().id);
    if (Status gone = release(leaving, former); !gone) {
        start(former, former_url);  // Back to what ran before; what cannot be built any more is in health().
        return std::move(gone).error();
    }

    Set fresh;
    Status built = Done{};
    for (const config::Connector& settings : wanted) {
        if (std::find(changes.kept.begin(), changes.kept.end(), settings.id) != changes.kept.end()) continue;
        const config::Connector* before = engine::find(former, settings.id);
        (before ? changes.restarted : changes.started).push_back(settings.id);
        fresh.push_back(build(settings, public_url, built));
        const bool as_before = before && *before == settings;  // It was out of order before: no reason to refuse.
        if (!built && as_before) built = Done{};
        if (built) continue;
        built = Error{.code = Errc::kMisconfigured,
                      .message = "connector \"" + settings.id + "\": " + built.error().message,
                      .problem = "configuration.refused",
                      .field = settings.id};
        break;
    }
    if (built) built = accept();
    if (!built) {
        close(fresh, kForUnused);
        start(former, former_url);  // Back to what ran before; what cannot be built any more is in health().
        return std::move(built).error();
    }
    for (const auto& one : fresh) one->run();
    add(std::move(fresh));
    return changes;
}

/// Files are looked at, which takes a moment: not while requests wait.
std::set<std::string> Connections::outdatedOnes() const {
    Set all;
    {
        const std::lock_guard lock{mutex_};
        all = running_;
    }
    std::set<std::string> ids;
    for (const auto& one : all)
        if (parts_.plugins && one->isOutdated(*parts_.plugins)) ids.insert(one->settings().id);
    return ids;
}

/// Waits for those that have to go. Where one does not come back from a call in time it stays, told to stop and out of
/// `former`, and the error names it.
Status Connections::release(const Set& leaving, std::vector<config::Connector>& former) {
    for (const auto& one : leaving) one->requestStop();
    const auto begun = Steady::now();
    Set hanging;
    std::vector<std::jthread> ends;  // Joined by their end: a child that hangs takes seconds to be ended.
    std::string names;
    for (const auto& one : leaving) {
        if (one->join(begun + std::max<Steady::duration>(kLeastPatience, 3 * one->settings().call_limit))) {
            ends.emplace_back([one] { one->destroy(); });
            continue;
        }
        const std::string& id = one->settings().id;
        parts_.log(LogLevel::kError, "CONNECTOR_HANGS", id + ": still in a call, the change is refused");
        std::erase_if(former, [&](const config::Connector& settings) { return settings.id == id; });
        names += (names.empty() ? "\"" : ", \"") + id + '"';
        hanging.push_back(one);
    }
    if (hanging.empty()) return Done{};
    add(std::move(hanging));
    return Error{.code = Errc::kUnavailable,
                 .message = "connector " + names +
                            " hangs inside a call and cannot be replaced; it begins nothing more. "
                            "Reload again when it has come back, or restart the hub",
                 .problem = "configuration.refused"};
}

bool Connections::stop(std::chrono::steady_clock::duration patience) {
    return close(take([](const Connection&) { return true; }), patience);
}

/// Requests come as soon as the change is accepted, a moment before those that are new have their places.
void Connections::expect(const std::vector<config::Connector>& wanted, const std::vector<std::string>& kept) {
    const std::lock_guard lock{mutex_};
    for (const config::Connector& one : wanted)
        if (std::find(kept.begin(), kept.end(), one.id) == kept.end()) replaced_.insert(one.id);
}

void Connections::endReplacing() {
    const std::lock_guard lock{mutex_};
    replaced_.clear();
    placed_.notify_all();
}

std::shared_ptr<Connection> Connections::find(const std::string& id) const {
    const std::lock_guard lock{mutex_};
    return findLocked(id);
}

template <class T, class Call>
Result<T> Connections::ask(const std::string& id, const Call& call) {
    const auto deadline = Steady::now() + kReplacingPatience;
    for (;;) {
        const std::shared_ptr<Connection> connection = await(id, deadline);
        if (!connection)
            return Error{.code = Errc::kUnavailable,
                         .message = "connector " + id + " does not run",
                         .problem = "connector.not_running",
                         .retry_after = std::chrono::seconds{30}};
        Result<T> answer = call(*connection);
        // One that was told to stop before it took the request in never saw it: the next one answers.
        const bool unseen = !answer && answer.error().problem == "connector.not_running" && connection->stopping();
        if (!unseen || find(id) == connection || Steady::now() >= deadline) return answer;
    }
}

Result<HttpResponse> Connections::handle(const std::string& id, const HttpRequest& request) {
    return ask<HttpResponse>(id, [&](Connection& one) { return one.handle(request); });
}

Result<LoginStart> Connections::begin(const std::string& id, const LoginRequest& request) {
    return ask<LoginStart>(id, [&](Connection& one) { return one.begin(request); });
}

Result<Identity> Connections::finish(const std::string& id, const LoginCallback& callback) {
    return ask<Identity>(id, [&](Connection& one) { return one.finish(callback); });
}

Result<std::string> Connections::logout(const std::string& id, const LogoutRequest& request) {
    return ask<std::string>(id, [&](Connection& one) { return one.logout(request); });
}

Result<Receipt> Connections::send(const std::string& id, const Delivery& delivery) {
    return ask<Receipt>(id, [&](Connection& one) { return one.send(delivery); });
}

std::optional<std::string> Connections::authenticator(const std::string& id) const {
    const std::lock_guard lock{mutex_};
    const std::shared_ptr<Connection> found = findLocked(id);
    return found && found->authenticates() ? std::optional{found->summary()} : std::nullopt;
}

/// The one of this id, or null: there is none, none came in time, or too many wait for it already.
std::shared_ptr<Connection> Connections::await(const std::string& id, Steady::time_point deadline) {
    std::unique_lock lock{mutex_};
    if (!replaced_.contains(id)) return findLocked(id);
    int& waiting = waiting_[id];
    if (waiting >= kMostWaiting) return nullptr;
    ++waiting;
    placed_.wait_until(lock, deadline, [&] { return !replaced_.contains(id); });
    --waiting;
    return findLocked(id);
}

std::shared_ptr<Connection> Connections::findLocked(const std::string& id) const {
    const auto found =
        std::find_if(running_.begin(), running_.end(), [&](const auto& one) { return one->settings().id == id; });
    return found == running_.end() ? nullptr : *found;
}

void Connections::add(Set connections) {
    const std::lock_guard lock{mutex_};
    std::move(connections.begin(), connections.end(), std::back_inserter(running_));
    std::sort(running_.begin(), running_.end(),
              [](const auto& a, const auto& b) { return a->settings().id < b->settings().id; });
}

Connections::Set Connections::take(const std::function<bool(const Connection&)>& chosen) {
    const std::lock_guard lock{mutex_};
    const auto first = std::stable_partition(running_.begin(), running_.end(),
                                             [&](const std::shared_ptr<Connection>& one) { return !chosen(*one); });
    Set taken{std::make_move_iterator(first), std::make_move_iterator(running_.end())};
    running_.erase(first, running_.end());
    return taken;
}

/// All are asked first and waited for afterwards, so that it takes as long as the slowest, not the sum.
bool Connections::close(const Set& leaving, std::chrono::steady_clock::duration patience) {
    for (const auto& one : leaving) one->requestStop();
    const auto deadline = Steady::now() + patience;
    bool all = true;
    std::vector<std::jthread> ends;  // Joined by their end: a child that hangs takes seconds to be ended.
    for (const auto& one : leaving) {
        if (one->join(deadline)) {
            ends.emplace_back([one] { one->destroy(); });
            continue;
        }
        // A thread cannot be ended from outside. It keeps what it uses, and the rest goes on without it.
        parts_.log(LogLevel::kError, "CONNECTOR_HANGS", one->settings().id + ": left behind in a call");
        keepForEver(one);
        all = false;
    }
    return all;
}

void Connections::wake() {
    const std::lock_guard lock{mutex_};
    for (const auto& one : running_) one->wake();
}

std::vector<ConnectorHealth> Connections::health() const {
    const std::lock_guard lock{mutex_};
    std::vector<ConnectorHealth> all;
    all.reserve(running_.size());
    for (const auto& one : running_) all.push_back(one->health());
    return all;
}

}  // namespace pakn::engine
