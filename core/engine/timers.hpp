#pragma once
/// @file
/// Watches the timer rows: missed deadlines and reminders become commands like any other. Timers are rows in the store;
/// nothing is kept here, so nothing is lost when the hub dies.

#include <functional>
#include <string>
#include <string_view>

#include "core/engine/committer.hpp"
#include "core/engine/worker.hpp"
#include "core/store/store.hpp"

namespace pakn::engine {

class Timers {
public:
    Timers(store::Store& store, Committer& committer, std::function<Instant()> now)
        : store_{store}, committer_{committer}, now_{std::move(now)}, worker_{[this](std::stop_token stop) {
              return round(stop);
          }} {}

private:
    std::chrono::milliseconds round(const std::stop_token& stop);

    store::Store& store_;
    Committer& committer_;
    std::function<Instant()> now_;
    Worker worker_;
};

}  // namespace pakn::engine
