#include "core/plugin_host/known_plugin.hpp"

#include <utility>

#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {

Result<std::unique_ptr<Plugin>> Plugin::look(const std::filesystem::path& path) {
    Result<PluginFile> file = PluginFile::open(path);
    if (!file) return std::move(file).error();
    if (Result<AbiTag> tag = inspect(*file); !tag) return std::move(tag).error();
    Result<std::string> sha256 = file->sha256();
    if (!sha256) return std::move(sha256).error();
    std::unique_ptr<Plugin> known{new Plugin{path, std::move(*sha256)}};

    const isolation::OwnedDescriptor opened{file->duplicate()};
    Result<isolation::Description> told = isolation::askDescription(opened.number(), path.parent_path());
    if (told) {
        known->described_ = std::make_unique<isolation::DescribedPlugin>(std::move(*told));
        // The child ran the plugin's code before it spoke: its word is checked like a stranger's.
        if (Status sound = checkDescriptor(known->descriptor()); !sound) return std::move(sound).error();
        return known;
    }
    // Only where no process could confine itself: nothing that the plugin does looks like that.
    if (told.error().code != Errc::kMisconfigured || !told.error().problem.empty()) return std::move(told).error();
    if (Result<const LoadedPlugin*> loaded = known->loaded(); !loaded) return std::move(loaded).error();
    return known;
}

Result<PluginFile> Plugin::open() const {
    Result<PluginFile> file = PluginFile::open(path_);
    if (!file) return file;
    const Result<std::string> sha256 = file->sha256();
    if (!sha256) return sha256.error();
    if (*sha256 != sha256_)
        return refuse("plugin.hash",
                      path_.string() + " is not the file any more that was there when the hub started: restart it");
    return file;
}

Result<const LoadedPlugin*> Plugin::loaded() const {
    const std::lock_guard lock{mutex_};
    if (loaded_) return &*loaded_;
    Result<PluginFile> file = open();
    if (!file) return std::move(file).error();
    Result<LoadedPlugin> plugin = LoadedPlugin::load(std::move(*file), path_);
    if (!plugin) return std::move(plugin).error();
    loaded_.emplace(std::move(*plugin));
    return &*loaded_;
}

}  // namespace pakn::plugin_host
