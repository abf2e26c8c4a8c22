#pragma once
/// @file
/// What can happen to a petition: one struct per kind of event, each with the table of its fields. The table is the
/// single source of the journal's payload format; a field once written is never renamed.

#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

/// A named member of an event struct.
template <class Struct, class Member>
struct Field {
    std::string_view name = {};
    Member Struct::*member;
};
template <class Struct, class Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

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
    bool is_public = false;
    bool anonymous = false;
    bool identity_usable = false;  ///< The petitioner agreed that handling uses who they are.
    std::string address = {};
    std::string area = {};
    std::optional<double> latitude = {};
    std::optional<double> longitude = {};
    std::optional<Instant> occurred_at = {};
    std::vector<FileRef> files = {};
    std::string tracking_token = {};
    static constexpr auto fields() {
        return std::tuple{Field{"code", &Received::code},
                          Field{"channel", &Received::channel},
                          Field{"external_id", &Received::external_id},
                          Field{"title", &Received::title},
                          Field{"content", &Received::content},
                          Field{"category", &Received::category},
                          Field{"class", &Received::petition_class},
                          Field{"complained_unit", &Received::complained_unit},
                          Field{"emergency", &Received::emergency},
                          Field{"public", &Received::is_public},
                          Field{"anonymous", &Received::anonymous},
                          Field{"identity_usable", &Received::identity_usable},
                          Field{"address", &Received::address},
                          Field{"area", &Received::area},
                          Field{"lat", &Received::latitude},
                          Field{"lon", &Received::longitude},
                          Field{"occurred_at", &Received::occurred_at},
                          Field{"files", &Received::files},
                          Field{"tracking_token", &Received::tracking_token}};
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
    std::optional<Instant> triage_due = {};
    std::optional<Instant> total_due = {};
    static constexpr auto fields() {
        return std::tuple{Field{"rule", &Routed::rule},
                          Field{"unit", &Routed::unit},
                          Field{"workflow", &Routed::workflow},
                          Field{"step", &Routed::step},
                          Field{"holder", &Routed::holder},
                          Field{"at_centre", &Routed::at_centre},
                          Field{"sla", &Routed::sla},
                          Field{"tags", &Routed::tags},
                          Field{"triage_due", &Routed::triage_due},
                          Field{"total_due", &Routed::total_due}};
    }
};

// What an action does: the step it leads to, that step's status and holder (absent: nobody has to do anything more).
// The journal thus rebuilds queues without the workflow file of that day.
#define PAKN_MOVE_MEMBERS              \
    std::string comment = {};          \
    std::string action = {};           \
    std::string step = {};             \
    Status status = Status::kReceived; \
    std::optional<Role> holder = {};   \
    bool at_centre = true
#define PAKN_MOVE_FIELDS(Struct)                                                                        \
    Field{"comment", &Struct::comment}, Field{"action", &Struct::action}, Field{"step", &Struct::step}, \
        Field{"status", &Struct::status}, Field{"holder", &Struct::holder}, Field {                     \
        "at_centre", &Struct::at_centre                                                                 \
    }

struct AcceptedByCentre {
    static constexpr EventKind kKind = EventKind::kAccepted;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(AcceptedByCentre)}; }
};

struct Distributed {
    static constexpr EventKind kKind = EventKind::kDistributed;
    PAKN_MOVE_MEMBERS;
    std::string unit = {};
    std::optional<Instant> handle_due = {};
    std::optional<Instant> remind_at = {};
    std::optional<Instant> return_until = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Distributed), Field{"unit", &Distributed::unit},
                          Field{"handle_due", &Distributed::handle_due}, Field{"remind_at", &Distributed::remind_at},
                          Field{"return_until", &Distributed::return_until}};
    }
};

struct Started {
    static constexpr EventKind kKind = EventKind::kStarted;
    PAKN_MOVE_MEMBERS;
    std::string officer = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Started), Field{"officer", &Started::officer}};
    }
};

struct Unclaimed {
    static constexpr EventKind kKind = EventKind::kUnclaimed;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Unclaimed)}; }
};

struct Noted {
    static constexpr EventKind kKind = EventKind::kNoted;
    PAKN_MOVE_MEMBERS;
    std::vector<FileRef> files = {};
    std::string heard = {};     ///< News of a connector: its peer's id of it, so that the same is taken once.
    std::string delivery = {};  ///< The delivery that the news is about.
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Noted), Field{"files", &Noted::files}, Field{"heard", &Noted::heard},
                          Field{"delivery", &Noted::delivery}};
    }
};

struct ResultDrafted {
    static constexpr EventKind kKind = EventKind::kResultDrafted;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(ResultDrafted), Field{"text", &ResultDrafted::text},
                          Field{"files", &ResultDrafted::files}};
    }
};

struct Submitted {
    static constexpr EventKind kKind = EventKind::kSubmitted;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Submitted)}; }
};

/// The approver may change the text; both stay on record.
struct Approved {
    static constexpr EventKind kKind = EventKind::kApproved;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    std::optional<Instant> release_due = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Approved), Field{"text", &Approved::text}, Field{"files", &Approved::files},
                          Field{"release_due", &Approved::release_due}};
    }
};

struct SentBack {
    static constexpr EventKind kKind = EventKind::kSentBack;
    PAKN_MOVE_MEMBERS;
    std::optional<Instant> handle_due = {};  ///< The unit's limit, as it runs on from here.
    std::optional<Instant> remind_at = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(SentBack), Field{"handle_due", &SentBack::handle_due},
                          Field{"remind_at", &SentBack::remind_at}};
    }
};

struct Returned {
    static constexpr EventKind kKind = EventKind::kReturned;
    PAKN_MOVE_MEMBERS;
    std::string unit = {};  ///< Who returned it.
    bool late = false;
    std::optional<Instant> triage_due = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Returned), Field{"unit", &Returned::unit}, Field{"late", &Returned::late},
                          Field{"triage_due", &Returned::triage_due}};
    }
};

struct Released {
    static constexpr EventKind kKind = EventKind::kReleased;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Released)}; }
};

struct RefusedByCentre {
    static constexpr EventKind kKind = EventKind::kRefused;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(RefusedByCentre)}; }
};

struct Closed {
    static constexpr EventKind kKind = EventKind::kClosed;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Closed)}; }
};
#undef PAKN_MOVE_MEMBERS
#undef PAKN_MOVE_FIELDS

/// A limit passed. `at` of the event is when it was noticed, `due` when it ended.
struct DeadlineMissed {
    static constexpr EventKind kKind = EventKind::kDeadlineMissed;
    Clock clock = Clock::kHandle;
    Instant due = {};
    static constexpr auto fields() {
        return std::tuple{Field{"clock", &DeadlineMissed::clock}, Field{"due", &DeadlineMissed::due}};
    }
};

struct Reminded {
    static constexpr EventKind kKind = EventKind::kReminded;
    Clock clock = Clock::kHandle;
    static constexpr auto fields() { return std::tuple{Field{"clock", &Reminded::clock}}; }
};

/// Somebody looked at who the petitioner is.
struct IdentityRevealed {
    static constexpr EventKind kKind = EventKind::kIdentityRevealed;
    std::string reason = {};
    static constexpr auto fields() { return std::tuple{Field{"reason", &IdentityRevealed::reason}}; }
};

struct DeliveryQueued {
    static constexpr EventKind kKind = EventKind::kDeliveryQueued;
    std::string delivery = {};
    std::string connector = {};
    DeliveryKind delivery_kind = DeliveryKind::kResult;
    EventKind cause = EventKind::kReleased;
    bool replay = false;  ///< Queued again by a person.
    static constexpr auto fields() {
        return std::tuple{Field{"delivery", &DeliveryQueued::delivery}, Field{"connector", &DeliveryQueued::connector},
                          Field{"kind", &DeliveryQueued::delivery_kind}, Field{"cause", &DeliveryQueued::cause},
                          Field{"replay", &DeliveryQueued::replay}};
    }
};

struct DeliverySent {
    static constexpr EventKind kKind = EventKind::kDeliverySent;
    std::string delivery = {};
    int attempt = 1;
    bool already = false;
    std::string reference = {};
    static constexpr auto fields() {
        return std::tuple{Field{"delivery", &DeliverySent::delivery}, Field{"attempt", &DeliverySent::attempt},
                          Field{"already", &DeliverySent::already}, Field{"reference", &DeliverySent::reference}};
    }
};

/// One attempt failed; the next comes at `next_at`.
struct DeliveryFailed {
    static constexpr EventKind kKind = EventKind::kDeliveryFailed;
    std::string delivery = {};
    int attempt = 1;
    std::string error = {};
    Instant next_at = {};
    static constexpr auto fields() {
        return std::tuple{Field{"delivery", &DeliveryFailed::delivery}, Field{"attempt", &DeliveryFailed::attempt},
                          Field{"error", &DeliveryFailed::error}, Field{"next_at", &DeliveryFailed::next_at}};
    }
};

// Given up, in doubt, or thrown away by a person.
#define PAKN_DELIVERY_END(Struct, kind)                                                                 \
    struct Struct {                                                                                     \
        static constexpr EventKind kKind = kind;                                                        \
        std::string delivery = {};                                                                      \
        int attempt = 1;                                                                                \
        std::string error = {};                                                                         \
        static constexpr auto fields() {                                                                \
            return std::tuple{Field{"delivery", &Struct::delivery}, Field{"attempt", &Struct::attempt}, \
                              Field{"error", &Struct::error}};                                          \
        }                                                                                               \
    }
PAKN_DELIVERY_END(DeliveryDead, EventKind::kDeliveryDead);
PAKN_DELIVERY_END(DeliveryUnknown, EventKind::kDeliveryUnknown);
PAKN_DELIVERY_END(DeliveryDiscarded, EventKind::kDeliveryDiscarded);
#undef PAKN_DELIVERY_END

using EventData = std::variant<Received, Routed, AcceptedByCentre, Distributed, Started, Unclaimed, Noted,
                               ResultDrafted, Submitted, Approved, SentBack, Returned, Released, RefusedByCentre,
                               Closed, DeadlineMissed, Reminded, IdentityRevealed, DeliveryQueued, DeliverySent,
                               DeliveryFailed, DeliveryDead, DeliveryUnknown, DeliveryDiscarded>;

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

    [[nodiscard]] EventKind kind() const {
        return std::visit([](const auto& one) { return std::decay_t<decltype(one)>::kKind; }, data);
    }
};

/// The state after one more event. Total: an event that is in the journal is a fact.
Petition apply(Petition petition, const Event& event);

}  // namespace pakn::domain
