#pragma once
/// @file
/// Which hubs run on a store, and where: each says so in the store when it has started, so that commands beside it find
/// it whatever port it got.

#include <cstdint>
#include <string>
#include <vector>

#include "core/store/store.hpp"

namespace pakn::app {

struct NodeRecord {
    std::string node = {};  ///< Host name.
    std::string url = {};   ///< Where its HTTP server listens, as reachable from its own machine.
    std::int64_t pid = 0;
    std::string version = {};
    std::string configuration = {};  ///< Hash, at its start.
    Instant started_at = {};
    std::string instance = {};  ///< As its /readyz says it: another hub may answer at its address.
    bool everywhere = false;    ///< It listens on all addresses of its machine, so others reach it by its name.
    friend bool operator==(const NodeRecord&, const NodeRecord&) = default;
};

/// Every hub that said so and did not take it back; one that was killed stays until the next start on its machine.
Result<std::vector<NodeRecord>> nodesOf(store::Store& store);
/// Puts this hub in, in the place of an earlier one on the same machine.
Status announce(store::Store& store, const NodeRecord& record);
/// Takes it out again.
Status withdraw(store::Store& store, const NodeRecord& record);

/// The name of this machine.
std::string hostName();

}  // namespace pakn::app
