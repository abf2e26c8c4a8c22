#pragma once
/// @file
/// What if: where a petition of the past would have gone, and when it would have been due, by other rules. Pure;
/// nothing is changed.

#include <optional>
#include <string>

#include "core/domain/petition.hpp"
#include "core/domain/routing.hpp"
#include "core/domain/rules.hpp"

namespace pakn::domain {

/// One limit as it was and as it would be.
struct ReplayedLimit {
    std::optional<Instant> then = {};
    std::optional<Instant> now = {};
    bool late_then = false;
    bool late_now = false;
    Instant judged_at = {};    ///< When what the limit is about was done; of one that runs, when it was looked at.
    std::string because = {};  ///< Why it would end elsewhere: another policy, another length, another calendar.
    [[nodiscard]] bool moved() const { return then != now; }
};

/// A petition by the rules it was handled by and by the candidate's.
struct Replayed {
    std::string rule_then = {};
    std::string rule_now = {};
    std::string unit_then = {};  ///< Suggested or given by rule; empty: the Centre.
    std::string unit_now = {};
    std::string sla_then = {};
    std::string sla_now = {};
    std::string workflow_then = {};
    std::string workflow_now = {};
    std::string unit_because = {};  ///< Why the candidate sends it there, and what came in the way of its route.
    std::string sla_because = {};
    std::string workflow_because = {};
    ReplayedLimit handle = {};  ///< Of the unit that had it last, from the day it got it.
    ReplayedLimit total = {};

    [[nodiscard]] bool routedDifferently() const { return unit_then != unit_now || workflow_then != workflow_now; }
    [[nodiscard]] bool dueDifferently() const { return handle.moved() || total.moved(); }
    [[nodiscard]] bool wouldBeLate() const {
        return (handle.late_now && !handle.late_then) || (total.late_now && !total.late_then);
    }
    [[nodiscard]] bool wouldBeInTime() const {
        return (handle.late_then && !handle.late_now) || (total.late_then && !total.late_now);
    }
};

/// `petition` with its whole history behind it; a limit that still runs is judged at `now`. Its texts decide the route,
/// so they must be there.
Replayed replayed(const Petition& petition, const Rules& candidate, Instant now);

}  // namespace pakn::domain
