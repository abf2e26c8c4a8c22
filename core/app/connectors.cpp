/// @file
/// `paknhub connector …`: how connectors do, whether they could work, and a person's word on them. The word is kept in
/// the store; the running hubs follow it within a second.

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <thread>

#include "core/app/json_output.hpp"
#include "core/app/live.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/engine/connector_mode.hpp"
#include "core/engine/connector_test.hpp"

namespace pakn::app {

namespace {

using engine::ConnectorMode;

struct ConnectorOptions {
    std::string id = {};
    int patience_s = 60;
};

Result<const config::Connector*> find(const config::Configuration& configuration, const std::string& id) {
    std::string known;
    for (const config::Connector& one : configuration.connectors) {
        if (one.id == id) return &one;
        known += (known.empty() ? "" : ", ") + one.id;
    }
    return Error{.code = Errc::kNotFound,
                 .message = "no connector \"" + id + "\" in the configuration; there are: " + known};
}

Result<std::int64_t> queuedOf(store::Store& store, const std::string& connector) {
    std::int64_t count = 0;
    store::Page page{.after = {}, .limit = 200};
    do {
        const auto listing =
            store.deliveries({.connector = connector, .state = domain::DeliveryState::kQueued, .id = {}}, page);
        if (!listing) return listing.error();
        count += static_cast<std::int64_t>(listing->items.size());
        page.after = listing->next;
    } while (!page.after.empty());
    return count;
}

constexpr const char* kStopped = "stopped";

/// What the hubs say of it; "stopped" when none runs.
std::string liveState(const std::vector<LiveNode>& nodes, const std::string& id) {
    for (const LiveNode& node : nodes)
        for (const LiveConnector& one : node.connectors)
            if (one.id == id) return one.state;
    return kStopped;
}

struct Row {
    std::string id = {};
    std::string plugin = {};
    std::string state = {};
    ConnectorMode mode = ConnectorMode::kRunning;
    std::int64_t queued = 0;
};

Result<std::vector<Row>> rowsOf(Workplace& place) {
    const Result<std::vector<LiveNode>> nodes = askNodes(*place.store);
    if (!nodes) return nodes.error();
    std::vector<Row> rows;
    for (const config::Connector& one : place.configuration->connectors) {
        const Result<ConnectorMode> mode = engine::connectorMode(*place.store, one.id);
        if (!mode) return mode.error();
        const Result<std::int64_t> queued = queuedOf(*place.store, one.id);
        if (!queued) return queued.error();
        rows.push_back({one.id, one.plugin, liveState(*nodes, one.id), *mode, *queued});
    }
    return rows;
}

int listConnectors(const Common& common, const ConnectorOptions&) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<Row>> rows = rowsOf(place);
        if (!rows) return complain(rows.error());
        JsonOutput out{common.json};
        out.key("items");
        out.writer().StartArray();
        for (const Row& one : *rows) {
            if (!common.json)
                std::cout << std::left << std::setw(20) << one.id << std::setw(16) << one.plugin << std::setw(16)
                          << one.state << "wanted " << engine::nameOf(one.mode) << "  queued " << one.queued << '\n';
            out.writer().StartObject();
            out.member("id", one.id);
            out.member("plugin", one.plugin);
            out.member("state", one.state);
            out.member("mode", engine::nameOf(one.mode));
            out.member("queued", one.queued);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

int testConnector(const Common& common, const ConnectorOptions& options) {
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, true);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cerr << config::format(diagnostic) << '\n';
    if (!loaded.configuration) return kUsage;
    const Result<const config::Connector*> connector = find(*loaded.configuration, options.id);
    if (!connector) return complain(connector.error());
    const std::vector<engine::TestStep> steps =
        engine::testConnector(**connector, *plugins, true, loaded.configuration->outgoing);
    const bool well = std::all_of(steps.begin(), steps.end(), [](const engine::TestStep& one) { return one.ok; });
    JsonOutput out{common.json};
    out.member("id", options.id);
    out.member("ok", well);
    out.key("steps");
    out.writer().StartArray();
    for (const engine::TestStep& one : steps) {
        if (!common.json) {
            std::cout << (one.ok ? "ok    " : "FAIL  ") << one.step << ": " << one.text << '\n';
            if (!one.fix.empty()) std::cout << "      → " << one.fix << '\n';
        }
        out.writer().StartObject();
        out.member("step", one.step);
        out.member("ok", one.ok);
        out.member("text", one.text);
        out.memberOrNull("fix", one.fix);
        out.writer().EndObject();
    }
    out.writer().EndArray();
    return well ? kOk : kUnreachable;
}

/// By the files, or while they have mistakes by what runs.
Status isKnown(Workplace& place, const std::string& id) {
    if (place.configuration) {
        const auto known = find(*place.configuration, id);
        return known ? Status{Done{}} : Status{known.error()};
    }
    const Result<std::vector<LiveNode>> nodes = askNodes(*place.store);
    if (!nodes) return nodes.error();
    if (liveState(*nodes, id) != kStopped) return Done{};
    return Error{.code = Errc::kNotFound, .message = "no hub runs a connector \"" + id + '"'};
}

/// Says the word, and what is waiting then.
int switchTo(const Common& common, const std::string& id, ConnectorMode mode) {
    return withStore(common, [&](Workplace& place) {
        if (const Status known = isKnown(place, id); !known) return complain(known.error());
        if (const Status set = engine::setConnectorMode(*place.store, id, mode); !set) return complain(set.error());
        const Result<std::int64_t> queued = queuedOf(*place.store, id);
        if (!queued) return complain(queued.error());
        JsonOutput out{common.json};
        out.member("id", id);
        out.member("mode", engine::nameOf(mode));
        out.member("queued", *queued);
        if (!common.json) std::cout << id << ": " << engine::nameOf(mode) << ", queued " << *queued << '\n';
        return static_cast<int>(kOk);
    });
}

/// Nothing new comes in over it; when its queue is empty it is paused. Needs a running hub to send what is queued.
int drainConnector(const Common& common, const ConnectorOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        if (const auto known = find(*place.configuration, options.id); !known) return complain(known.error());
        const auto say = [&](ConnectorMode mode) { return engine::setConnectorMode(*place.store, options.id, mode); };
        if (const Status set = say(ConnectorMode::kDraining); !set) return complain(set.error());
        const Instant until = systemNow() + std::chrono::seconds{options.patience_s};
        Result<std::int64_t> left = queuedOf(*place.store, options.id);
        const std::int64_t first = left ? *left : 0;
        Progress progress{options.id, common, first};
        while (left && *left > 0 && systemNow() < until) {
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
            left = queuedOf(*place.store, options.id);
            if (left) progress.show(std::max<std::int64_t>(first - *left, 0));
        }
        progress.end();
        if (!left) return complain(left.error());
        const bool empty = *left == 0;
        if (empty)
            if (const Status set = say(ConnectorMode::kPaused); !set) return complain(set.error());
        const ConnectorMode now = empty ? ConnectorMode::kPaused : ConnectorMode::kDraining;
        JsonOutput out{common.json};
        out.member("id", options.id);
        out.member("mode", engine::nameOf(now));
        out.member("queued", *left);
        if (!common.json) std::cout << options.id << ": " << engine::nameOf(now) << ", queued " << *left << '\n';
        return static_cast<int>(empty ? kOk : kProblem);
    });
}

void takesId(CLI::App& verb, ConnectorOptions& options) {
    verb.add_option("ID", options.id, "The connector")->required();
}

}  // namespace

void addConnectors(const Registry& registry) {
    CLI::App& parent = registry.group("connector", "What brings petitions in and takes answers out");
    registry.verb<ConnectorOptions>(
        parent, "list", "State, wanted mode and queue of each", [](CLI::App&, ConnectorOptions&) {}, listConnectors);
    registry.verb<ConnectorOptions>(parent, "test", "Try its plugin, folders and peers; nothing is sent or changed",
                                    takesId, testConnector);
    registry.verb<ConnectorOptions>(parent, "pause", "Neither take in nor send; what is queued waits", takesId,
                                    [](const Common& common, const ConnectorOptions& options) {
                                        return switchTo(common, options.id, ConnectorMode::kPaused);
                                    });
    registry.verb<ConnectorOptions>(parent, "resume", "Go on after pause or drain", takesId,
                                    [](const Common& common, const ConnectorOptions& options) {
                                        return switchTo(common, options.id, ConnectorMode::kRunning);
                                    });
    registry.verb<ConnectorOptions>(
        parent, "drain", "Take nothing in any more, send what is queued, then pause",
        [](CLI::App& verb, ConnectorOptions& options) {
            takesId(verb, options);
            verb.add_option("--wait", options.patience_s, "Seconds to wait for the queue")->capture_default_str();
        },
        drainConnector);
    addPreview(registry, parent);
}

}  // namespace pakn::app
