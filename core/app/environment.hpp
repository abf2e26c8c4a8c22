#pragma once
/// @file
/// What a configuration needs around it: the third tier of `check`, after the files themselves and what they refer to.

#include <vector>

#include "core/config/configuration.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::app {

/// The store, folders that must be writable, the hub's key, templates, the port to listen on, what plugins find in
/// their settings, and whether peers can be reached; each at the place of the value that names it. What keeps the hub
/// from starting is an error, the rest a warning. Changes nothing. Takes at most a few seconds, however slow the
/// network is; a plugin of the hub's own process as long as its own check takes.
std::vector<config::Diagnostic> checkSurroundings(const config::Configuration& configuration,
                                                  const plugin_host::PluginHost& plugins);

}  // namespace pakn::app
