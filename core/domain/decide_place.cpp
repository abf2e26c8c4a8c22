/// @file
/// Where it happened, corrected by whoever handles it: both texts are kept, and nothing is sent anywhere by it.

#include <cmath>

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

constexpr std::size_t kMaxAddress = 500;  ///< Code points.

bool inRange(const std::optional<double>& degrees, double most) {
    return !degrees || (std::isfinite(*degrees) && std::abs(*degrees) <= most);
}

/// The place with what the command says of it. Only its texts may be too long, or its numbers no place.
Result<Location> corrected(const Location& before, const Relocate& command, const Rules& rules) {
    Location place = before;
    if (command.latitude.has_value() != command.longitude.has_value() || !inRange(command.latitude, 90) ||
        !inRange(command.longitude, 180))
        return refuse(Errc::kInvalid, "petition.location_invalid", "a point has two numbers in range", "/lat");
    if (command.address) {
        place.address = trimmed(*command.address);
        if (codePoints(place.address) > kMaxAddress)
            return refuse(Errc::kInvalid, "petition.field_too_long", "at most 500 characters", "/address");
    }
    if (command.area) {
        place.area = trimmed(*command.area);
        if (!place.area.empty() && !rules.areas.empty() && !rules.areas.contains(place.area))
            return refuse(Errc::kInvalid, "location.area_unknown", "no such area", "/area");
        if (codePoints(place.area) > 40)
            return refuse(Errc::kInvalid, "petition.field_too_long", "at most 40 characters", "/area");
    }
    if (command.latitude) {
        place.latitude = command.latitude;
        place.longitude = command.longitude;
    }
    if (place == before) return refuse(Errc::kConflict, "location.unchanged", "that is what the petition says");
    return place;
}

}  // namespace

RoutingFacts detail::routingFacts(const Petition& petition, Date on) {
    return {.category = petition.category,
            .channel = petition.channel,
            .area = petition.location.area,
            .petition_class = petition.petition_class,
            .complained_unit = petition.complained_unit,
            .emergency = petition.emergency,
            .folded_text = fold(petition.title + ' ' + petition.content),
            .on = on};
}

Result<Decision> detail::decideRelocate(const Petition& petition, const Relocate& command, const Context& context) {
    if (trimmed(command.reason).empty()) return refuse(Errc::kInvalid, "action.comment_missing", "say why", "/reason");
    if (codePoints(command.reason) > kMaxComment)
        return refuse(Errc::kInvalid, "action.comment_too_long", "at most 5000 characters", "/reason");
    std::optional<Handling> handling = handlingOf(petition, context.rules, context.actor);
    if (!handling) return refuse(Errc::kForbidden, "action.not_yours", "the petition is in other hands");
    if (command.expected_version && *command.expected_version != petition.version)
        return refuse(Errc::kStale, "action.changed_meanwhile", "the petition changed meanwhile");
    if (petition.finished_at)
        return refuse(Errc::kConflict, "location.finished",
                      "the petition is finished: its place is part of the answer");
    Result<Location> place = corrected(petition.location, command, context.rules);
    if (!place) return place.error();
    RoutingFacts facts = routingFacts(petition, localDate(context.now));
    facts.area = place->area;
    // Where it would go now is said; who has it keeps it until somebody decides.
    const RouteDecision found = route(context.rules, facts);
    Recorder recorder{petition, context};
    recorder.record(Relocated{.address = std::move(place->address),
                              .area = std::move(place->area),
                              .latitude = place->latitude,
                              .longitude = place->longitude,
                              .reason = command.reason,
                              .suggested_unit = found.unit,
                              .suggested_because = found.reason,
                              .standing_for = std::move(handling->standing_for)},
                    handling->role);
    return recorder.take();
}

}  // namespace pakn::domain
