#pragma once
/// @file
/// What running hubs say of themselves over HTTP: /readyz, which needs no sign-in.

#include <optional>
#include <string>
#include <vector>

#include "core/app/nodes.hpp"

namespace pakn::app {

struct LiveConnector {
    std::string id = {};
    std::string plugin = {};
    std::string state = {};
    std::int64_t received = 0;
    std::int64_t sent = 0;
    std::int64_t failures = 0;
};

struct LiveNode {
    NodeRecord record = {};
    bool reachable = false;
    bool ready = false;
    std::string configuration = {};  ///< Hash of what it runs now.
    std::string problem = {};        ///< Why it is not reachable.
    std::vector<LiveConnector> connectors = {};
};

/// Asks every hub that announced itself. An unreachable one is in the answer, and says so.
Result<std::vector<LiveNode>> askNodes(store::Store& store);

}  // namespace pakn::app
