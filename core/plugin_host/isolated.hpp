#pragma once
/// @file
/// Makes a connector object of a plugin in a child process.

#include <memory>

#include "core/plugin_host/plugin.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::plugin_host {

/// See PluginHost::createIsolated. The file at the plugin's path is opened and checked anew; one of other bytes than
/// the one that was looked at is kMisconfigured ("plugin.hash").
Result<std::unique_ptr<Instance>> makeIsolated(const Plugin& plugin, const Settings& settings, HostServices& services,
                                               const isolation::ProcessOptions& options);

}  // namespace pakn::plugin_host
