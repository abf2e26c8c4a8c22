#pragma once
/// @file
/// What every verb needs: the configuration, the plugins, the store.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/config/configuration.hpp"
#include "core/plugin_host/plugin_host.hpp"
#include "core/store/blobs.hpp"
#include "core/store/store.hpp"

namespace pakn::app {

/// Exit codes of every verb (docs/cli.md).
enum ExitCode : int { kOk = 0, kProblem = 1, kUsage = 2, kUnreachable = 3, kRefused = 4 };

/// Options that every verb takes.
struct Common {
    std::filesystem::path config = ".";
    std::vector<std::filesystem::path> plugin_folders = {};  ///< Empty: beside the program.
    bool json = false;
    bool verbose = false;  ///< Also debug lines in the log.
};

/// The folder the program was started from.
std::filesystem::path programFolder();
/// Where plugins lie when nobody says otherwise.
std::vector<std::filesystem::path> pluginFolders(const Common& common);

std::shared_ptr<plugin_host::PluginHost> loadPlugins(const Common& common);
config::LoadResult loadConfiguration(const Common& common, const plugin_host::PluginHost& plugins, bool environment);

/// Configuration, plugins and store, open; the store exclusively for a verb that must be alone.
struct Workplace {
    std::shared_ptr<const config::Configuration> configuration;
    std::shared_ptr<plugin_host::PluginHost> plugins;
    std::shared_ptr<store::Store> store;
    std::shared_ptr<store::Blobs> blobs;
    std::shared_ptr<const security::HubKey> key;
};

/// Asked with the error when a store on a server is not there now: true once it is worth another try.
using Patience = std::function<bool(const Error&)>;

/// Runs `work` in an open workplace; else says why on stderr and returns the fitting exit code. Without patience a
/// server that is away is the end.
int withWorkplace(const Common& common, bool exclusive, const std::function<int(Workplace&)>& work,
                  const Patience& patience = {});

/// Runs `work` with plugins and store alone, also while the files have mistakes: then `configuration` is null. For what
/// asks a running hub how it does, and what must be possible at any time.
int withStore(const Common& common, const std::function<int(Workplace&)>& work);

/// Runs `work` with the checked configuration alone: no secrets, no store, beside or without a hub.
int withConfiguration(const Common& common, const std::function<int(const config::Configuration&)>& work);

/// Says an error on stderr; the exit code that fits its code.
int complain(const Error& error);

/// From now on complain(), and mistakes of the configuration that keep a workplace from opening, are log lines too
/// (HUB_NOT_STARTED, CONFIGURATION_MISTAKE): whoever runs a hub reads its log.
void complainInLog();

/// "now" for everything this process does: the only place that reads the machine's clock for the hub.
Instant systemNow();
/// What the hubs on this store call now.
Instant storeNow(store::Store& store);

}  // namespace pakn::app
