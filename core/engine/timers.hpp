#pragma once
/// @file
/// Watches the timer rows: missed deadlines and reminders become commands like any other. Timers are rows in the store;
/// nothing is kept here, so nothing is lost when the hub dies. Of several hubs one fires them, and another takes over
/// when it dies; that no timer fires twice does not depend on it: who comes second finds the row gone.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/engine/committer.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"
#include "core/store/store.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::engine {

class Timers {
public:
    using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

    Timers(store::Store& store, Committer& committer, std::function<Instant()> now, Log log)
        : store_{store},
          committer_{committer},
          now_{std::move(now)},
          log_{std::move(log)},
          lease_{store, "timers", now_()},
          worker_{[this](const std::stop_token& stop) { return round(stop); }} {}

private:
    std::chrono::milliseconds round(const std::stop_token& stop);

    store::Store& store_;
    Committer& committer_;
    std::function<Instant()> now_;
    Log log_;
    using Row = std::tuple<std::string, std::string, domain::Clock>;
    std::set<Row> broken_;            ///< Rows that cannot fire, already complained about.
    std::map<Row, Instant> waiting_;  ///< Rows that must not act before that instant: the office is closed.
    Lease lease_;
    Worker worker_;
};

}  // namespace pakn::engine
