/// @file
/// `paknhub status [--watch]`: what runs and what waits, seen from the store and from the running hubs.

#include <unistd.h>

#include <csignal>
#include <iomanip>
#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/live.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app {

namespace {

struct StatusOptions {
    bool watch = false;
};

struct State {
    Instant at = {};
    std::string configuration = {};  ///< Hash of the files on disk; empty: they have mistakes.
    std::vector<LiveNode> nodes = {};
    store::Counts counts = {};
    store::Backlog backlog = {};  ///< Of every connector that runs, also with nothing queued.
};

Result<State> look(const Common& common, Workplace& place) {
    State state{.at = systemNow()};
    const config::LoadResult loaded = loadConfiguration(common, *place.plugins, false);
    if (loaded.configuration) state.configuration = loaded.configuration->hash;
    Result<std::vector<LiveNode>> nodes = askNodes(*place.store);
    if (!nodes) return std::move(nodes).error();
    state.nodes = std::move(*nodes);
    Result<store::Counts> counts = place.store->counts();
    if (!counts) return std::move(counts).error();
    state.counts = std::move(*counts);
    Result<store::Backlog> backlog = place.store->backlog(state.at);
    if (!backlog) return std::move(backlog).error();
    state.backlog = std::move(*backlog);
    for (const LiveNode& node : state.nodes)
        for (const LiveConnector& one : node.connectors) state.backlog.queued.try_emplace(one.id, 0);
    return state;
}

std::int64_t uptimeOf(const LiveNode& node, Instant now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now - node.record.started_at).count();
}

bool differs(const LiveNode& node, const State& state) {
    return node.reachable && node.configuration != state.configuration;
}

void printJson(const State& state) {
    JsonOutput out;
    out.member("at", domain::formatInstant(state.at));
    out.memberOrNull("configuration_on_disk", state.configuration);
    out.key("nodes");
    out.writer().StartArray();
    for (const LiveNode& node : state.nodes) {
        out.writer().StartObject();
        out.member("node", node.record.node);
        out.member("url", node.record.url);
        out.member("pid", node.record.pid);
        out.member("version", node.record.version);
        out.member("started_at", domain::formatInstant(node.record.started_at));
        out.member("uptime_s", uptimeOf(node, state.at));
        out.member("reachable", node.reachable);
        out.member("ready", node.ready);
        out.memberOrNull("problem", node.problem);
        out.memberOrNull("configuration", node.configuration);
        out.member("configuration_differs", differs(node, state));
        out.key("connectors");
        out.writer().StartArray();
        for (const LiveConnector& one : node.connectors) {
            out.writer().StartObject();
            out.member("id", one.id);
            out.member("plugin", one.plugin);
            out.member("state", one.state);
            out.member("received", one.received);
            out.member("sent", one.sent);
            out.member("failures", one.failures);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        out.writer().EndObject();
    }
    out.writer().EndArray();
    out.key("deliveries");
    out.writer().StartObject();
    for (std::size_t i = 0; i < domain::kDeliveryStateNames.size(); ++i) {
        const auto found = state.counts.deliveries.find(static_cast<domain::DeliveryState>(i));
        out.member(domain::kDeliveryStateNames[i],
                   found == state.counts.deliveries.end() ? std::int64_t{0} : found->second);
    }
    out.writer().EndObject();
    out.key("queues");
    out.writer().StartObject();
    for (const auto& [connector, queued] : state.backlog.queued) out.member(connector, queued);
    out.writer().EndObject();
    out.member("petitions", state.counts.petitions);
    out.member("open_tasks", state.counts.open_tasks);
    out.member("overdue", state.backlog.overdue);
}

/// Colours only where they can be shown: green for what runs, yellow for what tries, red for what does not.
std::string coloured(const std::string& text, const char* code) {
    return styled(STDOUT_FILENO) ? std::string{"\033["} + code + 'm' + text + "\033[0m" : text;
}

const char* colourOf(std::string_view state) {
    if (state == "running" || state == "ready") return "32";
    return state == "failing" || state == "paused" || state == "draining" ? "33" : "31";
}

void printText(const State& state) {
    for (const LiveNode& node : state.nodes) {
        const std::string word = !node.reachable ? "unreachable" : node.ready ? "ready" : "not_ready";
        std::cout << node.record.node << "  " << coloured(word, colourOf(word)) << "  " << node.record.url << "  pid "
                  << node.record.pid << "  up " << uptimeOf(node, state.at) << " s  " << node.record.version << '\n';
        if (!node.problem.empty()) std::cout << "  " << node.problem << '\n';
        if (differs(node, state))
            std::cout << "  runs configuration " << node.configuration.substr(0, 12) << ", on disk is "
                      << (state.configuration.empty() ? "one with mistakes (paknhub check)"
                                                      : state.configuration.substr(0, 12))
                      << '\n';
        for (const LiveConnector& one : node.connectors)
            std::cout << "  " << std::left << std::setw(20) << one.id << std::setw(16) << one.plugin
                      << coloured(one.state, colourOf(one.state)) << "  received " << one.received << "  sent "
                      << one.sent << "  failures " << one.failures << "  queued " << state.backlog.queued.at(one.id)
                      << '\n';
    }
    if (state.nodes.empty()) std::cout << "no hub runs on this store\n";
    std::cout << "petitions " << state.counts.petitions << "  open tasks " << state.counts.open_tasks << "  overdue "
              << state.backlog.overdue << "\ndeliveries";
    for (const auto& [which, count] : state.counts.deliveries)
        std::cout << "  " << domain::nameOf(which) << ' ' << count;
    std::cout << '\n';
}

int verdictOf(const State& state) {
    bool reached = false;
    bool well = true;
    for (const LiveNode& node : state.nodes) {
        reached |= node.reachable;
        well &= node.reachable && node.ready;
        for (const LiveConnector& one : node.connectors) well &= one.state == "running" || one.state == "paused";
    }
    if (!reached) return kUnreachable;
    return well ? kOk : kProblem;
}

volatile std::sig_atomic_t interrupted = 0;
void onInterrupt(int) { interrupted = 1; }

int showStatus(const Common& common, const StatusOptions& options) {
    return withStore(common, [&](Workplace& place) {
        if (options.watch) {
            struct sigaction action {};
            action.sa_handler = onInterrupt;  // Without SA_RESTART: it ends the pause below.
            ::sigaction(SIGINT, &action, nullptr);
            ::sigaction(SIGTERM, &action, nullptr);
        }
        int verdict = kOk;
        do {
            const Result<State> state = look(common, place);
            if (!state) return complain(state.error());
            if (options.watch && styled(STDOUT_FILENO)) std::cout << "\033[H\033[2J";
            if (common.json)
                printJson(*state);
            else
                printText(*state);
            std::cout << std::flush;
            verdict = verdictOf(*state);
            if (options.watch && interrupted == 0) ::sleep(2);
        } while (options.watch && interrupted == 0 && std::cout.good());
        return options.watch ? static_cast<int>(kOk) : verdict;
    });
}

}  // namespace

void addStatus(const Registry& registry) {
    registry.verb<StatusOptions>(
        registry.app, "status", "What runs and what waits: hubs, connectors, queues, overdue petitions",
        [](CLI::App& verb, StatusOptions& options) {
            verb.add_flag("--watch", options.watch, "Again every two seconds, until Ctrl-C");
        },
        showStatus);
}

}  // namespace pakn::app
