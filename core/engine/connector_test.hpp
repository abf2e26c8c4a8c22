#pragma once
/// @file
/// Tries whether a connector could work: its plugin, its folders, its peers. Nothing is sent and nothing is changed.

#include <string>
#include <vector>

#include "core/config/configuration.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::engine {

struct TestStep {
    std::string step = {};  ///< "plugin", or the option: "url", "directory".
    bool ok = false;
    std::string text = {};
    std::string fix = {};  ///< Empty when all is well.
    bool soon = false;     ///< Works now, not for long: a certificate about to end.
};

/// Blocks up to a few seconds for each peer. `network`: also reach for the peers that options of type url name,
/// the way that the hub's HTTP client takes.
std::vector<TestStep> testConnector(const config::Connector& connector, const plugin_host::PluginHost& plugins,
                                    bool network, const config::Outgoing& way = {});

}  // namespace pakn::engine
