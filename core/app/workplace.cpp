#include "core/app/workplace.hpp"

#include <atomic>
#include <chrono>
#include <iostream>
#include <utility>

#include "core/app/log.hpp"
#include "core/config/show.hpp"

namespace pakn::app {

namespace fs = std::filesystem;

fs::path programFolder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::current_path() : program.parent_path();
}

std::vector<fs::path> pluginFolders(const Common& common) {
    if (!common.plugin_folders.empty()) return common.plugin_folders;
    return {programFolder().parent_path() / "lib" / "paknhub"};
}

std::shared_ptr<plugin_host::PluginHost> loadPlugins(const Common& common) {
    return std::make_shared<plugin_host::PluginHost>(pluginFolders(common));
}

config::LoadResult loadConfiguration(const Common& common, const plugin_host::PluginHost& plugins, bool environment) {
    config::LoadOptions options{.directory = common.config,
                                .find_plugin = [&](std::string_view name) { return plugins.find(name); },
                                .check_environment = environment};
    for (const Descriptor* descriptor : plugins.all()) options.plugin_names.emplace_back(descriptor->info.name);
    // A refused file has no descriptor; by convention it is named as its plugin.
    for (const plugin_host::Refusal& refusal : plugins.refusals())
        options.refused_plugins.push_back(refusal.file.stem().string());
    return config::load(options);
}

namespace {
std::atomic<bool> complains_in_log{false};
}  // namespace

void complainInLog() { complains_in_log = true; }

int complain(const Error& error) {
    if (complains_in_log) logLine(LogLevel::kError, "HUB_NOT_STARTED", error.message);
    std::cerr << "paknhub: " << error.message << '\n';
    switch (error.code) {
        case Errc::kMisconfigured:
        case Errc::kInvalid:
            return kUsage;
        case Errc::kUnavailable:
            return kUnreachable;
        case Errc::kConflict:
        case Errc::kForbidden:
            return kRefused;
        default:
            return kProblem;
    }
}

namespace {

Result<std::unique_ptr<store::Store>> openPatiently(const store::OpenOptions& options, const Patience& patience) {
    const bool on_server = !options.url.starts_with("sqlite:");
    for (;;) {
        auto store = store::openStore(options);
        if (store || !on_server || !patience || store.error().code != Errc::kUnavailable) return store;
        if (!patience(store.error())) return store;
    }
}

}  // namespace

int withWorkplace(const Common& common, bool exclusive, const std::function<int(Workplace&)>& work,
                  const Patience& patience) {
    Workplace place;
    place.plugins = loadPlugins(common);
    config::LoadResult loaded = loadConfiguration(common, *place.plugins, true);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        const std::string line = config::format(diagnostic);
        std::cerr << line << '\n';
        if (complains_in_log && !loaded.configuration && diagnostic.severity == config::Diagnostic::Severity::kError)
            logLine(LogLevel::kError, "CONFIGURATION_MISTAKE", line);
    }
    if (!loaded.configuration && complains_in_log)
        logLine(LogLevel::kError, "HUB_NOT_STARTED", "the configuration has mistakes");
    if (!loaded.configuration) return kUsage;
    place.configuration = std::make_shared<const config::Configuration>(std::move(*loaded.configuration));

    Result<security::HubKey> key = security::HubKey::load(place.configuration->hub_key);
    if (!key) return complain(key.error());
    place.key = std::make_shared<const security::HubKey>(*key);
    Result<std::unique_ptr<store::Store>> store = openPatiently({.url = place.configuration->store_url,
                                                                 .base = place.configuration->directory,
                                                                 .hub_key = std::move(*key),
                                                                 .exclusive = exclusive,
                                                                 .password = place.configuration->store_password},
                                                                patience);
    if (!store) return complain(store.error());
    place.store = std::move(*store);
    Result<std::unique_ptr<store::Blobs>> blobs =
        store::openBlobs(place.configuration->blobs_url, place.configuration->directory);
    if (!blobs) return complain(blobs.error());
    place.blobs = std::move(*blobs);
    return work(place);
}

int withStore(const Common& common, const std::function<int(Workplace&)>& work) {
    Workplace place;
    place.plugins = loadPlugins(common);
    config::LoadResult loaded = loadConfiguration(common, *place.plugins, false);
    if (loaded.configuration)
        place.configuration = std::make_shared<const config::Configuration>(std::move(*loaded.configuration));
    else
        std::cerr
            << "paknhub: the files have mistakes (paknhub check); asked is the hub that runs by what was accepted\n";
    const config::Essentials essentials = config::essentialsIn(common.config);
    Result<security::HubKey> key = security::HubKey::load(essentials.hub_key);
    if (!key) return complain(key.error());
    Result<std::unique_ptr<store::Store>> store = store::openStore({.url = essentials.store_url,
                                                                    .base = essentials.directory,
                                                                    .hub_key = std::move(*key),
                                                                    .exclusive = false,
                                                                    .password = essentials.store_password});
    if (!store) return complain(store.error());
    place.store = std::move(*store);
    return work(place);
}

int withConfiguration(const Common& common, const std::function<int(const config::Configuration&)>& work) {
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, false);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cerr << config::format(diagnostic) << '\n';
    return loaded.configuration ? work(*loaded.configuration) : static_cast<int>(kUsage);
}

Instant storeNow(store::Store& store) {
    const Result<Instant> told = store.shared() ? store.clock() : Result<Instant>{systemNow()};
    return told ? *told : systemNow();
}

Instant systemNow() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}  // namespace pakn::app
