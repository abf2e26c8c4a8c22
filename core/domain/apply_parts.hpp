#pragma once
/// @file
/// Private to the domain room: what the parts of apply() share.

#include "core/domain/event.hpp"

namespace pakn::domain::detail {

/// A limit that is where it was keeps its miss. Absent: it runs no more.
void setDue(Petition& petition, Clock clock, const std::optional<Instant>& due);
/// The end of a limit that runs, or runs on, moves. False where it stays missed, as one that is over before and after.
/// One that is not over any more begins its levels anew.
bool moveLimit(Petition& petition, Clock clock, const std::optional<Instant>& due, Instant now);
/// A unit has a part in it from now on; it keeps seeing it.
void takePart(Petition& petition, const std::string& unit);
/// The last part that this unit was asked for; null when none.
Branch* branchOf(Petition& petition, std::string_view unit);

// The passing of time (apply_clocks.cpp).
void applied(Petition& petition, const Event& event, const DeadlineMissed& data);
void applied(Petition& petition, const Event& event, const Escalated& data);
void applied(Petition& petition, const Event& event, const Reminded& data);
void applied(Petition& petition, const Event& event, const Paused& data);
void applied(Petition& petition, const Event& event, const Resumed& data);
void applied(Petition& petition, const Event& event, const FollowSeen& data);
void applied(Petition& petition, const Event& event, const RosterCalled& data);
void applied(Petition& petition, const Event& event, const RosterAcknowledged& data);
void applied(Petition& petition, const Event& event, const CalendarRecomputed& data);

// What leaves the hub (apply_deliveries.cpp).
void applied(Petition& petition, const Event& event, const DeliveryQueued& data);
void applied(Petition& petition, const Event& event, const DeliverySent& data);
void applied(Petition& petition, const Event& event, const DeliveryFailed& data);
void applied(Petition& petition, const Event& event, const DeliveryDead& data);
void applied(Petition& petition, const Event& event, const DeliveryUnknown& data);
void applied(Petition& petition, const Event& event, const DeliveryDiscarded& data);
void applied(Petition& petition, const Event& event, const DeliveryPassedOn& data);
/// The peer says that it never arrived. Kept until it is queued anew.
void noteFailure(Petition& petition, const Event& event, std::string_view delivery);

}  // namespace pakn::domain::detail
