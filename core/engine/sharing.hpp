#pragma once
/// @file
/// Petitions of the same matter: once the one that others were merged into is over, each of these shares its answer,
/// and its sender is told. What waits stands in the store, so a crash between two of five hundred loses none.

#include <functional>

#include "core/engine/committer.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"
#include "core/store/store.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::engine {

class Sharing {
public:
    using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

    Sharing(store::Store& store, Committer& committer, std::function<Instant()> now, Log log)
        : store_{store},
          committer_{committer},
          now_{std::move(now)},
          log_{std::move(log)},
          lease_{store, "sharing", now_()},
          worker_{[this](const std::stop_token& stop) { return round(stop); }} {}

private:
    std::chrono::milliseconds round(const std::stop_token& stop);

    store::Store& store_;
    Committer& committer_;
    std::function<Instant()> now_;
    Log log_;
    Lease lease_;
    Worker worker_;
};

}  // namespace pakn::engine
