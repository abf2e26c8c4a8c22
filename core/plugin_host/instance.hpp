#pragma once
/// @file
/// Makes a connector object of a loaded plugin, in this process.

#include <memory>

#include "core/plugin_host/plugin.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::plugin_host {

/// kMisconfigured: the constructor threw. The instance needs `services`, but neither the PluginHost nor the Plugin.
Result<std::unique_ptr<Instance>> makeInstance(const LoadedPlugin& plugin, const Settings& settings,
                                               HostServices& services);

}  // namespace pakn::plugin_host
