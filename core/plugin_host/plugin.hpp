#pragma once
/// @file
/// A plugin that is loaded. What stands here points into the shared library, which stays mapped as long as the process.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/plugin_host/plugin_file.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::plugin_host {

class LoadedPlugin {
public:
    /// Loads an inspected file and checks what it says about itself. kMisconfigured: "plugin.undefined_symbol",
    /// "plugin.load_failed", "plugin.descriptor"; those of inspect().
    static Result<LoadedPlugin> load(PluginFile opened, std::filesystem::path file);

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    /// Of the file that is loaded; 64 hex digits.
    [[nodiscard]] const std::string& sha256() const { return sha256_; }
    [[nodiscard]] const Descriptor& descriptor() const { return *descriptor_; }
    [[nodiscard]] const Factory& factory() const { return *factory_; }
    /// What the plugin's own check finds in these settings; nothing when it has none. kMisconfigured ("plugin.threw").
    [[nodiscard]] Result<std::vector<SettingsMistake>> checkSettings(const Settings& settings) const;

private:
    LoadedPlugin(std::filesystem::path file, std::string sha256, const AbiTag& tag, const Descriptor& descriptor,
                 const Factory& factory)
        : file_{std::move(file)},
          sha256_{std::move(sha256)},
          sdk_minor_{tag.sdk_minor},
          descriptor_{&descriptor},
          factory_{&factory} {}

    std::filesystem::path file_;
    std::string sha256_;
    std::uint16_t sdk_minor_;  ///< That it was built for: its factory ends with what that minor had.
    const Descriptor* descriptor_;
    const Factory* factory_;
};

/// Whether what a plugin says about itself can be. kMisconfigured ("plugin.descriptor").
Status checkDescriptor(const Descriptor& descriptor);

}  // namespace pakn::plugin_host
