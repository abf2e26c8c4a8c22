#pragma once
/// @file
/// The rows that queues, lists, timers and the outbox are read from. A pure function of the petition's state, so the
/// journal alone rebuilds them.

#include <optional>
#include <string>
#include <vector>

#include "core/domain/petition.hpp"

namespace pakn::domain {

/// An open task: somebody has to do something.
struct TaskRow {
    std::string step = {};
    Role role = Role::kDispatcher;
    std::string unit = {};     ///< Empty: the Centre's.
    std::string officer = {};  ///< Empty: anybody with the role.
    std::optional<Instant> due = {};
    friend bool operator==(const TaskRow&, const TaskRow&) = default;
};

struct TimerRow {
    std::string kind = {};  ///< "deadline" or "reminder".
    Clock clock = Clock::kHandle;
    Instant due = {};
    friend bool operator==(const TimerRow&, const TimerRow&) = default;
};

struct Projection {
    std::vector<TaskRow> tasks;
    std::vector<TimerRow> timers;  ///< At most one per (kind, clock).
};

/// Tasks and timers of a petition as it stands. Deliveries are in the petition itself.
Projection project(const Petition& petition);

}  // namespace pakn::domain
