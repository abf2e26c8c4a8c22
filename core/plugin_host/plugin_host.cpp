/// @file
/// Walks the plugin folders, keeps what passed and the reason for what did not.

#include "core/plugin_host/plugin_host.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>

#include "core/plugin_host/guard.hpp"
#include "core/plugin_host/instance.hpp"
#include "core/plugin_host/isolated.hpp"
#include "core/plugin_host/known_plugin.hpp"
#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

namespace fs = std::filesystem;

/// Every *.so of a folder, by name, so that of two plugins with one name always the same one wins.
std::vector<fs::path> sharedObjects(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder})
        if (entry.path().extension() == ".so") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// Plugin::look without its exceptions.
Result<std::unique_ptr<Plugin>> tryToLook(const fs::path& path) {
    try {
        return Plugin::look(path);
    } catch (const std::exception& failure) {
        return refuse("plugin.load_failed", printable(failure.what()));
    }
}

/// An empty hash pins nothing.
Status checkPin(const Plugin& plugin, std::string_view sha256) {
    if (sha256.empty() || plugin.sha256() == sha256) return Done{};
    return refuse("plugin.hash", plugin.file().string() + " has the SHA-256 " + plugin.sha256() +
                                     ", the configuration pins " + printable(sha256, 64) +
                                     ": install the pinned build, or pin this one");
}

/// Whether a configuration that was checked by the one holds for the other.
bool servesAs(const Descriptor& now, const Descriptor& then) {
    const auto same = [](const Option& a, const Option& b) {
        return a.name == b.name && a.type == b.type && a.default_value == b.default_value && a.unit == b.unit &&
               a.optional == b.optional;
    };
    const PluginInfo& a = now.info;
    const PluginInfo& b = then.info;
    return a.name == b.name && now.abilities == then.abilities && a.idempotency == b.idempotency &&
           std::equal(a.options.begin(), a.options.end(), b.options.begin(), b.options.end(), same) &&
           std::equal(a.mounts.begin(), a.mounts.end(), b.mounts.begin(), b.mounts.end());
}

}  // namespace

PluginHost::PluginHost(const std::vector<fs::path>& folders) {
    for (const fs::path& folder : folders) {
        std::vector<fs::path> files;
        try {
            files = sharedObjects(folder);
        } catch (const fs::filesystem_error& failure) {
            refusals_.push_back({folder, refuse("plugin.load_failed", "cannot list it: " + failure.code().message())});
        }
        for (const fs::path& file : files) {
            Result<std::unique_ptr<Plugin>> looked = tryToLook(file);
            if (!looked) {
                refusals_.push_back({file, std::move(looked).error()});
                continue;
            }
            const std::string_view name = (*looked)->descriptor().info.name;
            const auto same = std::find_if(plugins_.begin(), plugins_.end(),
                                           [&](const auto& other) { return other->descriptor().info.name == name; });
            if (same != plugins_.end()) {
                refusals_.push_back(
                    {file, refuse("plugin.duplicate_name",
                                  "it is called " + quoted(name) + ", and so is " + (*same)->file().string())});
                continue;
            }
            plugins_.push_back(std::move(*looked));
        }
    }
}

PluginHost::~PluginHost() = default;

const Descriptor* PluginHost::find(std::string_view name) const {
    for (const auto& plugin : plugins_)
        if (plugin->descriptor().info.name == name) return &plugin->descriptor();
    return nullptr;
}

std::vector<const Descriptor*> PluginHost::all() const {
    std::vector<const Descriptor*> descriptors;
    for (const auto& plugin : plugins_) descriptors.push_back(&plugin->descriptor());
    return descriptors;
}

const std::vector<Refusal>& PluginHost::refusals() const { return refusals_; }

fs::path PluginHost::fileOf(std::string_view name) const {
    for (const auto& plugin : plugins_)
        if (plugin->descriptor().info.name == name) return plugin->file();
    return {};
}

bool PluginHost::trusts(std::string_view name) const {
    const Descriptor* descriptor = find(name);
    if (descriptor == nullptr || !descriptor->info.trusted) return false;
    struct stat folder {};
    if (::stat(fileOf(name).parent_path().c_str(), &folder) != 0) return false;
    const bool ours = folder.st_uid == 0 || folder.st_uid == ::geteuid();
    return ours && (folder.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Result<const Descriptor*> verify(const fs::path& file) {
    static std::mutex mutex;
    // Never destroyed: their descriptors live as long as the process.
    static auto& looked_at = *std::make_unique<std::vector<std::unique_ptr<Plugin>>>().release();
    Result<std::unique_ptr<Plugin>> plugin = tryToLook(file);
    if (!plugin) return std::move(plugin).error();
    const std::lock_guard lock{mutex};
    return &looked_at.emplace_back(std::move(*plugin))->descriptor();
}

Result<const Plugin*> PluginHost::plugin(std::string_view name, std::string_view sha256) const {
    for (const auto& candidate : plugins_) {
        if (candidate->descriptor().info.name != name) continue;
        if (Status pinned = checkPin(*candidate, sha256); !pinned) return std::move(pinned).error();
        return candidate.get();
    }
    std::string message = "there is no plugin " + quoted(name);
    // A refused file's name inside is not known; by custom its file is called like it.
    for (const Refusal& refusal : refusals_) {
        if (refusal.file.stem() == name)
            message += "; " + refusal.file.string() + " was refused: " + refusal.error.message;
    }
    return refuse("plugin.unknown", std::move(message));
}

Result<std::unique_ptr<Instance>> PluginHost::create(std::string_view name, const Settings& settings,
                                                     HostServices& services, std::string_view sha256) const {
    const Result<const Plugin*> found = plugin(name, sha256);
    if (!found) return found.error();
    const Result<const LoadedPlugin*> loaded = (*found)->loaded();
    return loaded ? makeInstance(**loaded, settings, services) : loaded.error();
}

Result<std::unique_ptr<Instance>> PluginHost::createIsolated(std::string_view name, const Settings& settings,
                                                             HostServices& services, std::string_view sha256,
                                                             const isolation::ProcessOptions& options) const {
    const Result<const Plugin*> found = pinnedAsItIsNow(name, sha256);
    return found ? makeIsolated(**found, settings, services, options) : found.error();
}

Result<const Plugin*> PluginHost::pinnedAsItIsNow(std::string_view name, std::string_view sha256) const {
    // By name alone: the hash that is pinned may be that of the file as it is now.
    if (Result<const Plugin*> known = plugin(name, {}); !known) return known;
    Result<const Plugin*> found = asItIsNow(name);
    if (!found) return found;
    if (Status pinned = checkPin(**found, sha256); !pinned) return std::move(pinned).error();
    return found;
}

Result<std::vector<SettingsMistake>> PluginHost::checkSettings(std::string_view name, const Settings& settings,
                                                               std::string_view sha256) const {
    const Result<const Plugin*> found = plugin(name, sha256);
    if (!found) return found.error();
    const Result<const LoadedPlugin*> loaded = (*found)->loaded();
    return loaded ? (*loaded)->checkSettings(settings) : loaded.error();
}

Result<std::vector<SettingsMistake>> PluginHost::checkSettingsIsolated(std::string_view name, const Settings& settings,
                                                                       std::string_view sha256,
                                                                       const isolation::ProcessOptions& options) const {
    const Result<const Plugin*> found = pinnedAsItIsNow(name, sha256);
    if (!found) return found.error();
    const Result<isolation::PluginToRun> ready = toRun(**found);
    return ready ? isolation::RemoteConnector::checkSettings(*ready, settings, options) : ready.error();
}

bool PluginHost::hasNewer(const Instance& instance) const {
    if (!instance.process()) return false;
    const Result<const Plugin*> now = asItIsNow(instance.descriptor().info.name);
    return now && &(*now)->descriptor() != &instance.descriptor();
}

/// The plugin of this name, which there is. Looks at its file anew when that was exchanged.
Result<const Plugin*> PluginHost::asItIsNow(std::string_view name) const {
    const auto is_named = [&](const auto& one) { return one->descriptor().info.name == name; };
    const Plugin& first = **std::find_if(plugins_.begin(), plugins_.end(), is_named);
    const std::lock_guard lock{mutex_};
    const auto renewed = std::find_if(renewed_.rbegin(), renewed_.rend(), is_named);
    const Plugin* const known = renewed == renewed_.rend() ? &first : renewed->get();
    const Result<PluginFile> file = known->open();
    if (file) return known;
    if (file.error().problem != "plugin.hash") return file.error();
    Result<std::unique_ptr<Plugin>> looked = tryToLook(known->file());
    if (!looked) return std::move(looked).error();
    if (!servesAs((*looked)->descriptor(), first.descriptor()))
        return refuse("plugin.hash", first.file().string() + " is now " + quoted((*looked)->descriptor().info.name) +
                                         " with other options, mounts or abilities than " + quoted(name) +
                                         " had when the hub started: restart it");
    return renewed_.emplace_back(std::move(*looked)).get();
}

Result<std::vector<Previewed>> PluginHost::preview(std::string_view plugin, const Settings& settings,
                                                   std::string_view sample, std::string_view name,
                                                   std::string_view sha256) const {
    const Result<const Plugin*> found = this->plugin(plugin, sha256);
    if (!found) return found.error();
    const Result<const LoadedPlugin*> loaded = (*found)->loaded();
    if (!loaded) return loaded.error();
    const PreviewFunction show = (*loaded)->factory().preview;
    if (show == nullptr) {
        return Error{.code = Errc::kMisconfigured,
                     .message = "plugin " + quoted(plugin) + " cannot show what it would make of a sample",
                     .problem = "plugin.ability"};
    }
    return guard({.plugin = plugin, .call = "preview"}, [&] { return show(settings, sample, name); });
}

}  // namespace pakn::plugin_host
