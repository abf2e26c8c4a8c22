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
        if (!sha256.empty() && candidate->sha256() != sha256)
            return refuse("plugin.hash", candidate->file().string() + " has the SHA-256 " + candidate->sha256() +
                                             ", the configuration pins " + printable(sha256, 64) +
                                             ": install the pinned build, or pin this one");
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
    const Result<const Plugin*> found = plugin(name, sha256);
    return found ? makeIsolated(**found, settings, services, options) : found.error();
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
