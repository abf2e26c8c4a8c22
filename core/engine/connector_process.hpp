#pragma once
/// @file
/// Where a configured connector's code runs, and what is asked of it there before there is a connector.

#include <vector>

#include "core/config/configuration.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::engine {

/// Requests that one connector may have inside at a time: a slow one must not take all HTTP threads.
inline constexpr int kMostHandling = 8;

/// Whether it runs in a process of its own: as configured; else only what is trusted runs in the hub's.
bool runsApart(const config::Connector& settings, const plugin_host::PluginHost& plugins);

/// How that process is confined and supervised.
isolation::ProcessOptions processOptions(const config::Connector& settings);

/// What the plugin's own check finds in the settings of a connector of this configuration, asked where the connector
/// would run; that it cannot be asked is a mistake, too. Each stands where the value does that it is about, or in the
/// file that the plugin reads.
std::vector<config::Diagnostic> settingsMistakes(const config::Configuration& configuration,
                                                 const config::Connector& connector,
                                                 const plugin_host::PluginHost& plugins);

}  // namespace pakn::engine
