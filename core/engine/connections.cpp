#include "core/engine/connections.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace pakn::engine {

namespace {

using Steady = std::chrono::steady_clock;  // How long, not what time it is.

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

std::shared_ptr<Connection> Connections::build(const config::Connector& settings, Status& built) {
    auto connection =
        std::make_shared<Connection>(parts_.hub, settings,
                                     InstanceServices::Parts{.store = parts_.store,
                                                             .http = parts_.http,
                                                             .records = parts_.records,
                                                             .decode = parts_.decode,
                                                             .public_url = parts_.hub.configuration()->public_url,
                                                             .now = parts_.now,
                                                             .log = parts_.log},
                                     parts_.log);
    built = connection->build(*parts_.plugins);
    return connection;
}

void Connections::start(const std::vector<config::Connector>& wanted) {
    for (const config::Connector& settings : wanted) {
        Status built = Done{};
        Set one;
        one.push_back(build(settings, built));
        one.front()->run();
        add(std::move(one));
    }
}

Result<ConnectorChanges> Connections::replace(const std::vector<config::Connector>& wanted,
                                              const std::function<Status()>& accept) {
    ConnectorChanges changes;
    const std::set<std::string> outdated = outdatedOnes();
    std::vector<config::Connector> former;
    Set leaving = take([&](const Connection& one) {
        const config::Connector* next = engine::find(wanted, one.settings().id);
        const bool keeps = next && *next == one.settings() && one.built() && !one.outOfService() &&
                           !outdated.contains(one.settings().id);
        if (keeps) changes.kept.push_back(one.settings().id);
        if (!keeps) former.push_back(one.settings());
        if (!next) changes.stopped.push_back(one.settings().id);
        return !keeps;
    });
    for (const auto& one : leaving)
        if (one->built()) parts_.log(LogLevel::kInfo, "CONNECTOR_STOPPING", one->settings().id);
    close(std::move(leaving));

    Set fresh;
    Status built = Done{};
    for (const config::Connector& settings : wanted) {
        if (std::find(changes.kept.begin(), changes.kept.end(), settings.id) != changes.kept.end()) continue;
        const config::Connector* before = engine::find(former, settings.id);
        (before ? changes.restarted : changes.started).push_back(settings.id);
        fresh.push_back(build(settings, built));
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
        close(std::move(fresh));
        restore(former);
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

/// Back to what ran before; what cannot be built any more is named in health().
void Connections::restore(const std::vector<config::Connector>& former) { start(former); }

bool Connections::stop(std::chrono::steady_clock::duration patience) {
    return close(take([](const Connection&) { return true; }), patience);
}

std::shared_ptr<Connection> Connections::find(const std::string& id) const {
    const std::lock_guard lock{mutex_};
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
bool Connections::close(Set leaving, std::chrono::steady_clock::duration patience) {
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
