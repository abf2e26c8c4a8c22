#include "core/engine/recalculation.hpp"

#include "core/config/hash.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kPeriod{5000};
constexpr std::chrono::seconds kLease{30};
// No connector can be called so: there is a '/' in it.
const std::string kOwner = "hub/limits";
const std::string kKey = "calendars";
}  // namespace

std::chrono::milliseconds Recalculation::round(const std::stop_token& stop) {
    const std::shared_ptr<const domain::Rules> rules = parts_.rules();
    if (rules->hash == seen_hash_) return kPeriod;
    const std::string wanted = config::sha256Hex(rules->calendarText());
    if (wanted != done_) {
        if (parts_.store.shared()) {
            const Result<bool> held = lease_.hold(parts_.now(), kLease);
            if (!held || !*held) return kPeriod;
        }
        const Result<std::optional<std::string>> before = parts_.store.stateValue(kOwner, kKey);
        if (!before) return kPeriod;
        if (*before && **before != wanted) {
            const std::optional<std::int64_t> moved = walk(*rules, stop);
            if (!moved) return kPeriod;
            parts_.log(LogLevel::kInfo, "LIMITS_RECOMPUTED",
                       "the calendar changed: limits of " + std::to_string(*moved) + " petitions moved");
        }
        // A new store has nothing to compute anew.
        if (*before != wanted && !parts_.store.putStateValue(kOwner, kKey, wanted)) return kPeriod;
        done_ = wanted;
    }
    seen_hash_ = rules->hash;
    return kPeriod;
}

std::optional<std::int64_t> Recalculation::walk(const domain::Rules& rules, const std::stop_token& stop) {
    std::int64_t moved = 0;
    store::Page page{.after = {}, .limit = 200};
    do {
        const Result<std::vector<std::string>> open = parts_.store.openPetitions(page.after, page.limit);
        if (!open) return std::nullopt;
        for (const std::string& id : *open) {
            if (stop.stop_requested()) return std::nullopt;
            const Result<std::optional<domain::Petition>> petition = parts_.store.petition(id);
            if (!petition) return std::nullopt;
            if (!*petition || !moves(**petition, rules)) continue;
            const Result<Committed> done =
                parts_.committer.run(Order{id, domain::Recompute{}, domain::Actor::system()});
            if (done) ++moved;
            if (!done && done.error().code == Errc::kUnavailable) return std::nullopt;
        }
        page.after = open->size() == static_cast<std::size_t>(page.limit) ? open->back() : std::string{};
        if (parts_.store.shared()) {
            const Result<bool> held = lease_.hold(parts_.now(), kLease);
            if (!held || !*held) return std::nullopt;
        }
    } while (!page.after.empty());
    return moved;
}

bool Recalculation::moves(const domain::Petition& petition, const domain::Rules& rules) const {
    // Decided here first, so that the committer is not asked about those that stay.
    const domain::Context context{
        .rules = rules, .now = parts_.now(), .actor = domain::Actor::system(), .new_id = [] { return std::string{}; }};
    return domain::decide(petition, domain::Command{domain::Recompute{}}, context).ok();
}

}  // namespace pakn::engine
