#pragma once
/// @file
/// Makes a connector object of a plugin in a child process.

#include <memory>

#include "core/plugin_host/known_plugin.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::plugin_host {

/// Its file, opened anew, for a child process. kMisconfigured ("plugin.hash"). Needs `plugin` as long as it is used.
Result<isolation::PluginToRun> toRun(const Plugin& plugin);

/// See PluginHost::createIsolated. The instance needs `plugin` as long as it lives.
Result<std::unique_ptr<Instance>> makeIsolated(const Plugin& plugin, const Settings& settings, HostServices& services,
                                               const isolation::ProcessOptions& options);

}  // namespace pakn::plugin_host
