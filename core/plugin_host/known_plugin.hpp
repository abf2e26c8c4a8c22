#pragma once
/// @file
/// A plugin's file that was looked at. What it says about itself was told by a child process; its code comes into this
/// one only when a connector is to run here.

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/isolation/described.hpp"
#include "core/plugin_host/plugin.hpp"

namespace pakn::plugin_host {

class Plugin {
public:
    /// All checks. Where there is no paknhub-plugin-host, or the kernel does not let it confine itself, the file is
    /// loaded here to look at it: no connector could run elsewhere then. Never because of what its code does.
    /// kMisconfigured; kUnavailable ("plugin.not_looked_at"): there was no room for the process that looks, try again.
    /// May throw what the system lacks (memory, descriptors).
    static Result<std::unique_ptr<Plugin>> look(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& file() const { return path_; }
    /// Of the file that was looked at; 64 hex digits.
    [[nodiscard]] const std::string& sha256() const { return sha256_; }
    /// Lives as long as this.
    [[nodiscard]] const Descriptor& descriptor() const {
        return described_ ? described_->descriptor() : loaded_->descriptor();
    }

    /// The file at its path, opened anew. kMisconfigured ("plugin.hash") when it is not the one that was looked at.
    [[nodiscard]] Result<PluginFile> open() const;
    /// The plugin in this process, loaded at the first call. Errors of open() and LoadedPlugin::load.
    Result<const LoadedPlugin*> loaded() const;

private:
    Plugin(std::filesystem::path path, std::string sha256) : path_{std::move(path)}, sha256_{std::move(sha256)} {}

    const std::filesystem::path path_;
    const std::string sha256_;
    std::unique_ptr<isolation::DescribedPlugin> described_;
    mutable std::mutex mutex_;
    mutable std::optional<LoadedPlugin> loaded_;
};

}  // namespace pakn::plugin_host
