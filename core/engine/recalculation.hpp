#pragma once
/// @file
/// When the calendar has changed, open limits are computed anew from their start. Which calendar limits were last
/// computed by stands in the store: a hub that dies in the middle begins again, and what is done already does not move
/// twice.

#include <functional>
#include <memory>
#include <string>

#include "core/domain/rules.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"
#include "core/store/store.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::engine {

class Recalculation {
public:
    struct Parts {
        store::Store& store;
        Committer& committer;
        std::function<std::shared_ptr<const domain::Rules>()> rules;
        std::function<Instant()> now;
        std::function<void(LogLevel, std::string_view id, std::string_view text)> log;
    };

    explicit Recalculation(Parts parts)
        : parts_{std::move(parts)},
          lease_{parts_.store, "recalculation", parts_.now()},
          worker_{[this](const std::stop_token& stop) { return round(stop); }} {}

private:
    std::chrono::milliseconds round(const std::stop_token& stop);
    /// How many petitions moved; nothing when it could not be finished.
    std::optional<std::int64_t> walk(const domain::Rules& rules, const std::stop_token& stop);
    /// Does a limit of this petition move?
    [[nodiscard]] bool moves(const domain::Petition& petition, const domain::Rules& rules) const;

    Parts parts_;
    std::string done_;       ///< Of the calendars that limits are known to follow.
    std::string seen_hash_;  ///< Of the configuration whose calendars these are.
    Lease lease_;
    Worker worker_;
};

}  // namespace pakn::engine
