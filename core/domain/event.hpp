#pragma once
/// @file
/// What can happen to a petition: one struct per kind of event, each with the table of its fields. The table is the
/// single source of the journal's payload format; a field once written is never renamed.

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/event_deliveries.hpp"
#include "core/domain/event_moves.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

/// The petition is in: everything its sender said except who the sender is.
struct Received {
    static constexpr EventKind kKind = EventKind::kReceived;
    std::string code = {};
    std::string channel = {};
    std::string external_id = {};
    std::string title = {};
    std::string content = {};
    std::string category = {};
    std::string petition_class = {};
    std::string complained_unit = {};
    bool emergency = false;
    bool emergency_claimed = false;  ///< Its sender says so, over a channel that may not declare one.
    bool is_public = false;
    bool anonymous = false;
    bool anonymous_to_public = false;          ///< Of an anonymous one: whoever handles it may know who the sender is.
    bool identity_usable = false;              ///< The petitioner agreed that handling uses who they are.
    std::optional<bool> unreachable = {};      ///< True: the petitioner left neither phone nor e-mail.
    std::optional<bool> answers_channel = {};  ///< True: the channel can find the sender again by itself.
    std::string address = {};
    std::string area = {};
    std::optional<double> latitude = {};
    std::optional<double> longitude = {};
    std::optional<Instant> occurred_at = {};
    std::vector<FileRef> files = {};
    std::string tracking_token = {};
    std::optional<Instant> received_at = {};  ///< Of a paper that is written down later; absent: when it happened.
    static constexpr void fields(auto&& each) {
        each("code", &Received::code);
        each("channel", &Received::channel);
        each("external_id", &Received::external_id);
        each("title", &Received::title);
        each("content", &Received::content);
        each("category", &Received::category);
        each("class", &Received::petition_class);
        each("complained_unit", &Received::complained_unit);
        each("emergency", &Received::emergency);
        each("emergency_claimed", &Received::emergency_claimed);
        each("public", &Received::is_public);
        each("anonymous", &Received::anonymous);
        each("anonymous_to_public", &Received::anonymous_to_public);
        each("identity_usable", &Received::identity_usable);
        each("unreachable", &Received::unreachable);
        each("answers_channel", &Received::answers_channel);
        each("address", &Received::address);
        each("area", &Received::area);
        each("lat", &Received::latitude);
        each("lon", &Received::longitude);
        each("occurred_at", &Received::occurred_at);
        each("files", &Received::files);
        each("tracking_token", &Received::tracking_token);
        each("received_at", &Received::received_at);
    }
};

/// Routing's word: workflow, limits, suggested unit.
struct Routed {
    static constexpr EventKind kKind = EventKind::kRouted;
    std::string rule = {};
    std::string unit = {};  ///< Suggested; empty: triage.
    std::string workflow = {};
    std::string step = {};
    std::optional<Role> holder = {};
    bool at_centre = true;
    std::string sla = {};
    std::vector<std::string> tags = {};
    std::string reason = {};        ///< Why this unit is suggested.
    std::string triage_limit = {};  ///< The Centre's limit as it was configured: "8wh".
    std::optional<Instant> triage_due = {};
    std::string total_limit = {};  ///< The sender's limit as it was configured: "15wd".
    std::optional<Instant> total_due = {};
    static constexpr void fields(auto&& each) {
        each("rule", &Routed::rule);
        each("unit", &Routed::unit);
        each("workflow", &Routed::workflow);
        each("step", &Routed::step);
        each("holder", &Routed::holder);
        each("at_centre", &Routed::at_centre);
        each("sla", &Routed::sla);
        each("tags", &Routed::tags);
        each("reason", &Routed::reason);
        each("triage_limit", &Routed::triage_limit);
        each("triage_due", &Routed::triage_due);
        each("total_limit", &Routed::total_limit);
        each("total_due", &Routed::total_due);
    }
};

/// A limit passed. `at` of the event is when it was noticed, `due` when it ended.
struct DeadlineMissed {
    static constexpr EventKind kKind = EventKind::kDeadlineMissed;
    Clock clock = Clock::kHandle;
    Instant due = {};
    std::string branch = {};                  ///< The coordinating unit whose limit it was.
    std::optional<Instant> escalate_at = {};  ///< When the first level acts: never outside working time.
    std::optional<Instant> lapse_at = {};     ///< When the hub goes on from the step; as little outside working time.
    static constexpr void fields(auto&& each) {
        each("clock", &DeadlineMissed::clock);
        each("due", &DeadlineMissed::due);
        each("branch", &DeadlineMissed::branch);
        each("escalate_at", &DeadlineMissed::escalate_at);
        each("lapse_at", &DeadlineMissed::lapse_at);
    }
};

/// The next level above has been told to see to it.
struct Escalated {
    static constexpr EventKind kKind = EventKind::kEscalated;
    int level = 1;
    EscalationTarget to = EscalationTarget::kUnitLeader;
    std::string unit = {};                    ///< Whose leader; empty: the Centre.
    std::optional<Instant> escalate_at = {};  ///< When the level after this one acts.
    static constexpr void fields(auto&& each) {
        each("level", &Escalated::level);
        each("to", &Escalated::to);
        each("unit", &Escalated::unit);
        each("escalate_at", &Escalated::escalate_at);
    }
};

/// The clocks stand from here: the step waits for somebody else.
struct Paused {
    static constexpr EventKind kKind = EventKind::kPaused;
    bool total = false;  ///< The citizen's limit stands, too.
    static constexpr void fields(auto&& each) { each("total", &Paused::total); }
};

/// They run on, with as much left as there was.
struct Resumed {
    static constexpr EventKind kKind = EventKind::kResumed;
    std::optional<Instant> handle_due = {};
    std::optional<Instant> total_due = {};
    std::vector<Instant> reminders = {};
    std::optional<Instant> escalate_at = {};  ///< When the next level acts, of a limit that had passed before.
    static constexpr void fields(auto&& each) {
        each("handle_due", &Resumed::handle_due);
        each("total_due", &Resumed::total_due);
        each("reminders", &Resumed::reminders);
        each("escalate_at", &Resumed::escalate_at);
    }
};

/// A follower has seen it, or nobody waits for that any more.
struct FollowSeen {
    static constexpr EventKind kKind = EventKind::kFollowSeen;
    std::string account = {};  ///< Of whom; empty: of `unit`.
    std::string unit = {};
    static constexpr void fields(auto&& each) {
        each("account", &FollowSeen::account);
        each("unit", &FollowSeen::unit);
    }
};

/// Somebody of the duty roster is called to an emergency.
struct RosterCalled {
    static constexpr EventKind kKind = EventKind::kRosterCalled;
    std::string account = {};             ///< Empty: nobody is on duty.
    int call = 1;                         ///< The how manieth.
    std::optional<Instant> next_at = {};  ///< When the next one is called if nobody has answered; absent: never.
    static constexpr void fields(auto&& each) {
        each("account", &RosterCalled::account);
        each("call", &RosterCalled::call);
        each("next_at", &RosterCalled::next_at);
    }
};

struct RosterAcknowledged {
    static constexpr EventKind kKind = EventKind::kRosterAcknowledged;
    std::string account = {};
    static constexpr void fields(auto&& each) { each("account", &RosterAcknowledged::account); }
};

/// The calendar changed, and with it the end of open limits. Absent ones are as they were.
struct CalendarRecomputed {
    static constexpr EventKind kKind = EventKind::kCalendarRecomputed;
    std::optional<Instant> handle_due = {};
    std::optional<Instant> total_due = {};
    std::optional<Instant> triage_due = {};
    std::optional<Instant> release_due = {};
    std::optional<Instant> assign_due = {};
    std::optional<Instant> step_due = {};
    std::optional<Instant> return_until = {};
    std::vector<std::string> branches = {};  ///< Coordinating units whose limit moved …
    std::vector<Instant> branch_dues = {};   ///< … and where each ends now.
    std::vector<Instant> reminders = {};
    [[nodiscard]] bool movesNothing() const {
        return !handle_due && !total_due && !triage_due && !release_due && !assign_due && !step_due && !return_until &&
               branches.empty();
    }
    static constexpr void fields(auto&& each) {
        each("handle_due", &CalendarRecomputed::handle_due);
        each("total_due", &CalendarRecomputed::total_due);
        each("triage_due", &CalendarRecomputed::triage_due);
        each("release_due", &CalendarRecomputed::release_due);
        each("assign_due", &CalendarRecomputed::assign_due);
        each("step_due", &CalendarRecomputed::step_due);
        each("return_until", &CalendarRecomputed::return_until);
        each("branches", &CalendarRecomputed::branches);
        each("branch_dues", &CalendarRecomputed::branch_dues);
        each("reminders", &CalendarRecomputed::reminders);
    }
};

/// Somebody who handles it has corrected where it happened: the whole place as it is now, and where it would be
/// suggested to go. It stays where it is.
struct Relocated {
    static constexpr EventKind kKind = EventKind::kRelocated;
    std::string address = {};
    std::string area = {};
    std::optional<double> latitude = {};
    std::optional<double> longitude = {};
    std::string reason = {};
    std::string suggested_unit = {};  ///< Empty: nobody can place it.
    std::string suggested_because = {};
    std::string standing_for = {};  ///< The colleague in whose place it was corrected.
    static constexpr void fields(auto&& each) {
        each("address", &Relocated::address);
        each("area", &Relocated::area);
        each("lat", &Relocated::latitude);
        each("lon", &Relocated::longitude);
        each("reason", &Relocated::reason);
        each("suggested_unit", &Relocated::suggested_unit);
        each("suggested_because", &Relocated::suggested_because);
        each("standing_for", &Relocated::standing_for);
    }
};

/// The Centre has settled which unit the sender complains about: nobody of its house sees the petition from here on.
struct ComplaintNamed {
    static constexpr EventKind kKind = EventKind::kComplaintNamed;
    std::string unit = {};  ///< Empty: none that is on the system.
    std::string reason = {};
    std::string suggested_unit = {};  ///< As routing says now.
    std::string suggested_because = {};
    std::string standing_for = {};
    static constexpr void fields(auto&& each) {
        each("unit", &ComplaintNamed::unit);
        each("reason", &ComplaintNamed::reason);
        each("suggested_unit", &ComplaintNamed::suggested_unit);
        each("suggested_because", &ComplaintNamed::suggested_because);
        each("standing_for", &ComplaintNamed::standing_for);
    }
};

/// The Centre takes it for an emergency: other limits from here on, and whoever is on duty is called.
struct EmergencyAccepted {
    static constexpr EventKind kKind = EventKind::kEmergencyAccepted;
    std::string reason = {};
    std::string sla = {};
    std::string triage_limit = {};
    std::optional<Instant> triage_due = {};  ///< Absent, as the others: none runs.
    std::string handle_limit = {};
    std::optional<Instant> handle_due = {};
    std::string total_limit = {};
    std::optional<Instant> total_due = {};
    std::vector<Instant> reminders = {};
    std::string standing_for = {};
    static constexpr void fields(auto&& each) {
        each("reason", &EmergencyAccepted::reason);
        each("sla", &EmergencyAccepted::sla);
        each("triage_limit", &EmergencyAccepted::triage_limit);
        each("triage_due", &EmergencyAccepted::triage_due);
        each("handle_limit", &EmergencyAccepted::handle_limit);
        each("handle_due", &EmergencyAccepted::handle_due);
        each("total_limit", &EmergencyAccepted::total_limit);
        each("total_due", &EmergencyAccepted::total_due);
        each("reminders", &EmergencyAccepted::reminders);
        each("standing_for", &EmergencyAccepted::standing_for);
    }
};

/// The unit that had it is no more; this one has taken it over, with the limits as they were.
struct UnitTransferred {
    static constexpr EventKind kKind = EventKind::kUnitTransferred;
    std::string from = {};
    std::string unit = {};  ///< Who has it now. Of a part, empty: nobody, it is back with the unit that asked.
    std::string reason = {};
    bool external = false;          ///< That one is not on the system.
    std::string branch = {};        ///< Only the part that `from` had as coordinating unit.
    std::string standing_for = {};  ///< The colleague in whose place somebody at the Centre did it.
    static constexpr void fields(auto&& each) {
        each("external", &UnitTransferred::external);
        each("from", &UnitTransferred::from);
        each("unit", &UnitTransferred::unit);
        each("reason", &UnitTransferred::reason);
        each("branch", &UnitTransferred::branch);
        each("standing_for", &UnitTransferred::standing_for);
    }
};

struct Reminded {
    static constexpr EventKind kKind = EventKind::kReminded;
    Clock clock = Clock::kHandle;
    static constexpr void fields(auto&& each) { each("clock", &Reminded::clock); }
};

/// Somebody looked at who the petitioner is.
struct IdentityRevealed {
    static constexpr EventKind kKind = EventKind::kIdentityRevealed;
    std::string reason = {};
    std::string standing_for = {};  ///< The colleague in whose place.
    static constexpr void fields(auto&& each) {
        each("reason", &IdentityRevealed::reason);
        each("standing_for", &IdentityRevealed::standing_for);
    }
};

using EventData =
    std::variant<Received, Routed, AcceptedByCentre, Distributed, Assigned, Started, Unclaimed, Noted, ResultDrafted,
                 Submitted, Approved, SentBack, Returned, Appointed, CoordinatingRequested, CoordinatingDone, Followed,
                 Released, RefusedByCentre, Rated, Supplemented, Reopened, Merged, Unmerged, Closed, DeadlineMissed,
                 Escalated, Reminded, Paused, Resumed, FollowSeen, RosterCalled, RosterAcknowledged, CalendarRecomputed,
                 Relocated, ComplaintNamed, EmergencyAccepted, UnitTransferred, IdentityRevealed, DeliveryQueued,
                 DeliverySent, DeliveryFailed, DeliveryDead, DeliveryUnknown, DeliveryDiscarded, Notified,
                 DeliveryPassedOn>;

EventKind kindOf(const EventData& data);

/// One entry of the journal.
struct Event {
    std::string id = {};  ///< UUIDv7.
    std::string petition_id = {};
    int version = 0;  ///< 1, 2, 3, … within the petition.
    Instant at = {};
    std::string actor = {};  ///< Account id, API key's source, or "system".
    Role role = Role::kSystem;
    std::string config_hash = {};
    EventData data = Received{};

    [[nodiscard]] EventKind kind() const { return kindOf(data); }
};

/// Did it happen inside the part of a coordinating unit, not to the petition itself?
bool isOfPart(const Event& event);

/// The coordinating unit whose part it is about; empty: the petition itself. Lives as long as `data`.
std::string_view partOf(const EventData& data);

/// The state after one more event. Total: an event that is in the journal is a fact.
Petition apply(Petition petition, const Event& event);

}  // namespace pakn::domain
