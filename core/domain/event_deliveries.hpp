#pragma once
/// @file
/// What can happen to something that has to leave.

#include <optional>
#include <string>
#include <utility>

#include "core/domain/catalogue.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

struct DeliveryQueued {
    static constexpr EventKind kKind = EventKind::kDeliveryQueued;
    std::string delivery = {};
    std::string connector = {};
    DeliveryKind delivery_kind = DeliveryKind::kResult;
    EventKind cause = EventKind::kReleased;
    bool replay = false;     ///< Queued again by a person.
    std::string way = {};    ///< Of the connector's own ways; empty: its usual one.
    std::string chain = {};  ///< Of what goes back to the sender: the delivery that tried the first way; may be itself.
    // Of a notice alone; its members are those of domain::Notice.
    std::string notice = {};
    std::optional<Role> to_role = {};
    std::string to_unit = {};
    std::string to_account = {};
    std::optional<Markup> markup = {};
    std::string subject = {};
    std::string message = {};
    static constexpr void fields(auto&& each) {
        each("delivery", &DeliveryQueued::delivery);
        each("connector", &DeliveryQueued::connector);
        each("kind", &DeliveryQueued::delivery_kind);
        each("cause", &DeliveryQueued::cause);
        each("replay", &DeliveryQueued::replay);
        each("way", &DeliveryQueued::way);
        each("chain", &DeliveryQueued::chain);
        each("notice", &DeliveryQueued::notice);
        each("to_role", &DeliveryQueued::to_role);
        each("to_unit", &DeliveryQueued::to_unit);
        each("to_account", &DeliveryQueued::to_account);
        each("markup", &DeliveryQueued::markup);
        each("subject", &DeliveryQueued::subject);
        each("message", &DeliveryQueued::message);
    }
};

/// An officer, or everybody of a role in a unit, is told of something, here in the hub.
struct Notified {
    static constexpr EventKind kKind = EventKind::kNotified;
    std::string notice = {};  ///< Name of the template.
    EventKind cause = EventKind::kDistributed;
    Role to_role = Role::kOfficer;
    std::string to_unit = {};
    std::string to_account = {};
    Markup markup = Markup::kText;
    std::string subject = {};
    std::string message = {};
    static constexpr void fields(auto&& each) {
        each("notice", &Notified::notice);
        each("cause", &Notified::cause);
        each("to_role", &Notified::to_role);
        each("to_unit", &Notified::to_unit);
        each("to_account", &Notified::to_account);
        each("markup", &Notified::markup);
        each("subject", &Notified::subject);
        each("message", &Notified::message);
    }
};

struct DeliverySent {
    static constexpr EventKind kKind = EventKind::kDeliverySent;
    std::string delivery = {};
    int attempt = 1;
    bool already = false;
    std::string reference = {};
    static constexpr void fields(auto&& each) {
        each("delivery", &DeliverySent::delivery);
        each("attempt", &DeliverySent::attempt);
        each("already", &DeliverySent::already);
        each("reference", &DeliverySent::reference);
    }
};

/// One attempt failed; the next comes at `next_at`.
struct DeliveryFailed {
    static constexpr EventKind kKind = EventKind::kDeliveryFailed;
    std::string delivery = {};
    int attempt = 1;
    std::string error = {};
    Instant next_at = {};
    static constexpr void fields(auto&& each) {
        each("delivery", &DeliveryFailed::delivery);
        each("attempt", &DeliveryFailed::attempt);
        each("error", &DeliveryFailed::error);
        each("next_at", &DeliveryFailed::next_at);
    }
};

// Given up, in doubt, thrown away by a person, or left to the next way to the same person.
#define PAKN_DELIVERY_END(Struct, kind)             \
    struct Struct {                                 \
        static constexpr EventKind kKind = kind;    \
        std::string delivery = {};                  \
        int attempt = 1;                            \
        std::string error = {};                     \
        static constexpr void fields(auto&& each) { \
            each("delivery", &Struct::delivery);    \
            each("attempt", &Struct::attempt);      \
            each("error", &Struct::error);          \
        }                                           \
    }
PAKN_DELIVERY_END(DeliveryDead, EventKind::kDeliveryDead);
PAKN_DELIVERY_END(DeliveryUnknown, EventKind::kDeliveryUnknown);
PAKN_DELIVERY_END(DeliveryDiscarded, EventKind::kDeliveryDiscarded);
PAKN_DELIVERY_END(DeliveryPassedOn, EventKind::kDeliveryPassedOn);
#undef PAKN_DELIVERY_END

}  // namespace pakn::domain
