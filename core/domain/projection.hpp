#pragma once
/// @file
/// The rows that queues, lists, timers and the outbox are read from. A pure function of the petition's state, so the
/// journal alone rebuilds them.

#include <cstdint>
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

/// Steps of tasks that are of no workflow.
inline constexpr std::string_view kEscalationTask = "escalation";
inline constexpr std::string_view kHelpTask = "help";  ///< Of colleagues who help the officer.
inline constexpr std::string_view kFollowTask = "follow";
inline constexpr std::string_view kEmergencyTask = "emergency";
/// How the kind of a coordinating unit's timer begins; the unit follows.
inline constexpr std::string_view kCoordinationTimer = "coordination:";

struct TimerRow {
    std::string kind =
        {};  ///< "deadline", "reminder", "escalation", "lapse", "follow", "roster" or kCoordinationTimer and a unit.
    Clock clock = Clock::kHandle;
    Instant due = {};
    friend bool operator==(const TimerRow&, const TimerRow&) = default;
};

struct Projection {
    std::vector<TaskRow> tasks;
    std::vector<TimerRow> timers;  ///< At most one per (kind, clock).
};

/// A timer row came due.
struct Fire {
    enum class What : std::uint8_t { kDeadline, kReminder, kEscalation, kLapse, kFollow, kRoster };
    What what = What::kDeadline;
    Clock clock = Clock::kHandle;
    std::string branch = {};  ///< Unit of a coordinating part.
};

/// What the hub does when such a timer is due; nothing for a kind that it does not know.
std::optional<Fire> fireOf(const TimerRow& timer);

/// Tasks and timers of a petition as it stands. Deliveries are in the petition itself.
Projection project(const Petition& petition);

}  // namespace pakn::domain
