#include "core/engine/connections.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/channel.hpp"
#include "core/engine/deliverer.hpp"

namespace pakn::engine {

/// One configured connector, with whatever drives it. Without `instance`: it could not be built.
struct Connections::Connection {
    Connection(const config::Connector& connector, const Parts& parts)
        : settings{connector},
          services{connector.id, parts.store, parts.http, connector.call_limit, parts.now, parts.log},
          condition{connector.id, connector.plugin} {}

    const config::Connector settings;
    InstanceServices services;
    Condition condition;
    std::unique_ptr<plugin_host::Instance> instance;
    std::unique_ptr<Deliverer> deliverer;
    std::unique_ptr<Channel> channel;
};

namespace {

const config::Connector* find(const std::vector<config::Connector>& all, const std::string& id) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const config::Connector& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

Connections::Connections(Parts parts) : parts_{std::move(parts)} {}
Connections::~Connections() { stop(); }

std::unique_ptr<Connections::Connection> Connections::build(const config::Connector& settings, Status& built) {
    auto connection = std::make_unique<Connection>(settings, parts_);
    Result<std::unique_ptr<plugin_host::Instance>> made =
        parts_.plugins->create(settings.plugin, settings.settings, connection->services);
    if (made) {
        connection->instance = std::move(*made);
        built = Done{};
    } else {
        connection->condition.set("failed", made.error().message);
        built = std::move(made).error();
    }
    return connection;
}

/// From here on it polls and sends.
void Connections::run(Connection& one) {
    if (!one.instance) {
        parts_.log(LogLevel::kError, "CONNECTOR_FAILED", one.settings.id + ": " + one.condition.read().problem);
        return;
    }
    const Descriptor& descriptor = one.instance->descriptor();
    if (descriptor.has(Ability::kSender))
        one.deliverer = std::make_unique<Deliverer>(parts_.hub, *one.instance, one.settings, one.condition, parts_.log);
    if (descriptor.has(Ability::kReceiver))
        one.channel = std::make_unique<Channel>(parts_.hub, *one.instance, one.settings, one.condition, parts_.log);
    parts_.log(LogLevel::kInfo, "CONNECTOR_STARTED", one.settings.id + " (" + one.settings.plugin + ")");
}

void Connections::start(const std::vector<config::Connector>& wanted) {
    for (const config::Connector& settings : wanted) {
        Status built = Done{};
        Set one;
        one.push_back(build(settings, built));
        run(*one.front());
        add(std::move(one));
    }
}

Result<ConnectorChanges> Connections::replace(const std::vector<config::Connector>& wanted,
                                              const std::function<Status()>& accept) {
    ConnectorChanges changes;
    std::vector<config::Connector> former;
    Set leaving = take([&](const Connection& one) {
        const config::Connector* next = find(wanted, one.settings.id);
        const bool keeps = next && *next == one.settings && one.instance;
        if (keeps) changes.kept.push_back(one.settings.id);
        if (!keeps) former.push_back(one.settings);
        if (!next) changes.stopped.push_back(one.settings.id);
        return !keeps;
    });
    for (const auto& one : leaving)
        if (one->instance) parts_.log(LogLevel::kInfo, "CONNECTOR_STOPPING", one->settings.id);
    close(std::move(leaving));

    Set fresh;
    Status built = Done{};
    for (const config::Connector& settings : wanted) {
        if (std::find(changes.kept.begin(), changes.kept.end(), settings.id) != changes.kept.end()) continue;
        const config::Connector* before = find(former, settings.id);
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
    for (const auto& one : fresh) run(*one);
    add(std::move(fresh));
    return changes;
}

/// Back to what ran before; what cannot be built any more is named in health().
void Connections::restore(const std::vector<config::Connector>& former) { start(former); }

void Connections::stop() {
    close(take([](const Connection&) { return true; }));
}

void Connections::add(Set connections) {
    const std::lock_guard lock{mutex_};
    std::move(connections.begin(), connections.end(), std::back_inserter(running_));
    std::sort(running_.begin(), running_.end(),
              [](const auto& a, const auto& b) { return a->settings.id < b->settings.id; });
}

Connections::Set Connections::take(const std::function<bool(const Connection&)>& chosen) {
    const std::lock_guard lock{mutex_};
    const auto first = std::stable_partition(running_.begin(), running_.end(),
                                             [&](const std::unique_ptr<Connection>& one) { return !chosen(*one); });
    Set taken{std::make_move_iterator(first), std::make_move_iterator(running_.end())};
    running_.erase(first, running_.end());
    return taken;
}

/// All are asked first and waited for afterwards, so that it takes as long as the slowest, not the sum.
void Connections::close(Set leaving) {
    for (const auto& one : leaving) {
        if (one->channel) one->channel->requestStop();
        if (one->deliverer) one->deliverer->requestStop();
    }
    for (const auto& one : leaving) {
        one->channel.reset();
        one->deliverer.reset();
        one->instance.reset();
    }
}

void Connections::wake() {
    const std::lock_guard lock{mutex_};
    for (const auto& one : running_)
        if (one->deliverer) one->deliverer->wake();
}

std::vector<ConnectorHealth> Connections::health() const {
    const std::lock_guard lock{mutex_};
    std::vector<ConnectorHealth> all;
    all.reserve(running_.size());
    for (const auto& one : running_) all.push_back(one->condition.read());
    return all;
}

}  // namespace pakn::engine
