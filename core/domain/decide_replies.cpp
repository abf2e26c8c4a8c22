/// @file
/// The way back to a petition's sender: which of the configured ways may lead to them, and which comes next.

#include "core/domain/decide_parts.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

/// When the sender last wrote over the petition's channel, as far as the hub knows.
Instant lastHeard(const Petition& petition) {
    Instant last = petition.recorded_at;
    for (const ResultText& supplement : petition.supplements) last = std::max(last, supplement.at);
    if (petition.rating) last = std::max(last, petition.rating->at);
    return last;
}

/// Who asked not to be known is not looked up: then only their own channel may find them, by what it knows itself.
bool mayTake(const ReplyWay& way, const Petition& petition, Instant now) {
    const bool by_its_channel = petition.answers_channel && way.connector == petition.channel;
    if (petition.anonymous && !by_its_channel) return false;
    return !way.within || now <= lastHeard(petition) + lengthOf(*way.within);
}

}  // namespace

std::optional<ReplyWay> detail::nextWay(const Petition& petition, const Rules& rules, std::string_view chain,
                                        Instant now) {
    if (petition.unreachable && !petition.answers_channel) return std::nullopt;
    const auto tried = [&](const ReplyWay& way) {
        return !chain.empty() &&
               std::any_of(petition.deliveries.begin(), petition.deliveries.end(), [&](const DeliveryRecord& one) {
                   return one.chain == chain && one.connector == way.connector && one.way == way.way;
               });
    };
    for (ReplyWay& way : rules.waysBackTo(petition.channel))
        if (mayTake(way, petition, now) && !tried(way)) return std::move(way);
    return std::nullopt;
}

}  // namespace pakn::domain
