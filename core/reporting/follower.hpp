#pragma once
/// @file
/// The follower of the journal that keeps counts and the search index up to date. It takes a petition as it is now and
/// puts what is counted of it in the place of what was: whatever is done twice changes nothing.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/store.hpp"

namespace pakn::reporting {

/// Name of the one follower there is so far: its row in the store, its lease, its label in metrics.
inline constexpr std::string_view kFollower = "reports";

struct Followed {
    std::int64_t petitions = 0;             ///< Written.
    bool more = false;                      ///< There is more to follow at once.
    std::vector<std::string> damaged = {};  ///< Petitions that cannot be read: what was counted of them stays.
};

/// Follows up to `events` events. kConflict: somebody else follows as well, or it was reset; the next call finds out
/// where things stand. One thread; any number of processes: who comes second writes nothing.
Result<Followed> follow(store::Store& store, int events);

}  // namespace pakn::reporting
