#pragma once
/// @file
/// What can happen to something that has to leave.

#include <string>
#include <tuple>

#include "core/domain/catalogue.hpp"
#include "core/domain/event_field.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

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

}  // namespace pakn::domain
