/// @file
/// `paknhub sim run|serve`: simulated citizens, call centres and gateways against a running hub. What plays them is
/// Python beside the program (../share/paknhub/sim); here it is found, told where the hub is, and started in our place.

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string_view>

#include "core/app/live.hpp"
#include "core/app/registry.hpp"

namespace pakn::app {

namespace {

namespace fs = std::filesystem;

struct SimOptions {
    std::string scenario = "all";
    std::vector<std::string> channels = {};
    int patience = 60;  ///< Seconds.
    bool yes = false;
};

/// What is started, and with what.
struct Players {
    fs::path python = {};
    fs::path script = {};
};

Error missing(std::string message) { return {.code = Errc::kMisconfigured, .message = std::move(message)}; }

Result<Players> findPlayers() {
    const char* said = std::getenv("PAKN_PYTHON");
    Players found{.python = said ? said : "/usr/bin/python3",
                  .script = programFolder().parent_path() / "share" / "paknhub" / "sim" / "players" / "run.py"};
    if (::access(found.python.c_str(), X_OK) != 0)
        return missing("no Python at " + found.python.string() +
                       " (PAKN_PYTHON names another one): install python3 and python3-requests");
    if (std::error_code error; !fs::is_regular_file(found.script, error))
        return missing("the simulators are not installed: no " + found.script.string());
    return found;
}

/// Becomes the players; returns only when that fails.
int become(const Players& players, const Common& common, std::vector<std::string> further) {
    std::vector<std::string> words{players.python.string(),
                                   "-B",
                                   players.script.string(),
                                   "--program",
                                   (programFolder() / "paknhub").string(),
                                   "--config",
                                   fs::absolute(common.config).string()};
    for (const fs::path& folder : common.plugin_folders)
        words.insert(words.end(), {"--plugins", fs::absolute(folder).string()});
    if (common.json) words.emplace_back("--json");
    words.insert(words.end(), further.begin(), further.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::cout.flush();
    ::execv(players.python.c_str(), arguments.data());
    return complain(missing(players.python.string() + " cannot be started: " + std::strerror(errno)));
}

bool onLoopback(const NodeRecord& hub) {
    const auto at = [&](std::string_view host) { return hub.url.starts_with("http://" + std::string{host}); };
    return !hub.everywhere && (at("127.") || at("localhost:") || at("[::1]"));
}

/// Where the hub is; an error with the code that fits when there is none to play against.
Result<std::string> findHub(store::Store& store, bool yes) {
    const Result<std::vector<LiveNode>> nodes = askNodes(store);
    if (!nodes) return nodes.error();
    std::string found;
    for (const LiveNode& node : *nodes) {
        if (!node.reachable) continue;
        if (!yes && !onLoopback(node.record))
            return Error{.code = Errc::kForbidden,
                         .message = "the hub listens beyond this machine (" + node.record.url +
                                    "), and its petitions may be real; --yes plays all the same"};
        if (node.ready && found.empty()) found = node.record.url;
    }
    if (found.empty()) return Error{.code = Errc::kUnavailable, .message = "no hub of this configuration is ready"};
    return found;
}

int play(const Common& common, const SimOptions& options) {
    const Result<Players> players = findPlayers();
    if (!players) return complain(players.error());
    std::string hub;
    const int looked = withStore(common, [&](Workplace& place) {
        Result<std::string> found = findHub(*place.store, options.yes);
        if (!found) return complain(found.error());
        hub = std::move(*found);
        return static_cast<int>(kOk);
    });
    if (looked != kOk) return looked;
    std::vector<std::string> further{"--hub",          hub,          "--scenario",
                                     options.scenario, "--patience", std::to_string(options.patience)};
    for (const std::string& channel : options.channels) further.insert(further.end(), {"--channel", channel});
    if (options.yes) further.emplace_back("--yes");
    return become(*players, common, std::move(further));
}

int serveSimulators(const Common& common) {
    const Result<Players> players = findPlayers();
    return players ? become(*players, common, {"--serve"}) : complain(players.error());
}

struct NoOptions {};

}  // namespace

void addSim(const Registry& registry) {
    CLI::App& group = registry.group("sim", "Simulated channels and outputs on this machine");
    registry.verb<SimOptions>(
        group, "run", "Let a petition arrive over every channel, answer it, and see the answer come back",
        [](CLI::App& verb, SimOptions& options) {
            verb.add_option("SCENARIO", options.scenario, "all, reopen, duplicates, or a file; default all");
            verb.add_option("--channel", options.channels, "This connector or channel only; may be repeated")
                ->allow_extra_args(false);
            verb.add_option("--patience", options.patience, "The longest wait for one thing, in seconds")
                ->check(CLI::Range(1, 3600))
                ->capture_default_str();
            verb.add_flag("--yes", options.yes, "Also where petitions or messages could leave this machine");
        },
        play);
    registry.verb<NoOptions>(
        group, "serve", "Start the simulators at the addresses of the configuration, until Ctrl-C",
        [](CLI::App&, NoOptions&) {}, [](const Common& common, const NoOptions&) { return serveSimulators(common); });
}

}  // namespace pakn::app
