#include "core/engine/succession.hpp"

#include "core/engine/staff.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kPeriod{5000};
constexpr std::chrono::seconds kLease{60};
constexpr std::chrono::minutes kAgain{10};
}  // namespace

std::chrono::milliseconds Succession::round(const std::stop_token& stop) {
    const std::shared_ptr<const domain::Rules> rules = parts_.rules();
    const domain::Date today = domain::localDate(parts_.now());
    // Once more now and then: a petition may come back to a unit that is no more, as out of a merge.
    const Instant now = parts_.now();
    if (rules->hash == done_hash_ && today == done_day_ && now < done_at_ + kAgain && now >= done_at_) return kPeriod;
    if (parts_.store.shared()) {
        const Result<bool> held = lease_.hold(parts_.now(), kLease);
        if (!held || !*held) return kPeriod;
    }
    for (const auto& [id, unit] : rules->units) {
        if (!unit.valid_to || today <= *unit.valid_to) continue;
        const std::optional<std::int64_t> moved = move(*rules, unit, today, stop);
        if (!moved) return kPeriod;
        if (*moved > 0)
            parts_.log(LogLevel::kInfo, "UNIT_SUCCEEDED",
                       "unit " + id + " is no more: " + std::to_string(*moved) + " open petitions moved");
    }
    done_hash_ = rules->hash;
    done_day_ = today;
    done_at_ = now;
    return kPeriod;
}

std::optional<std::int64_t> Succession::move(const domain::Rules& rules, const domain::Unit& unit, domain::Date today,
                                             const std::stop_token& stop) {
    store::PetitionFilter filter;
    filter.unit = unit.id;
    std::vector<std::string> open;
    store::Page page{.after = {}, .limit = 200};
    do {
        // Open ones stand first; those in which the unit only has a part are among them.
        const Result<store::Listing<store::Summary>> listed = parts_.store.petitions(filter, page, parts_.now());
        if (!listed) return std::nullopt;
        page.after = listed->next;
        for (const store::Summary& one : listed->items) {
            if (one.finished_at) page.after.clear();
            if (!one.finished_at) open.push_back(one.id);
        }
    } while (!page.after.empty());

    std::int64_t moved = 0;
    for (const std::string& id : open) {
        if (stop.stop_requested()) return std::nullopt;
        const Result<std::optional<domain::Petition>> petition = parts_.store.petition(id);
        if (!petition) return std::nullopt;
        if (!*petition) continue;
        const domain::Branch* part = (**petition).branch(unit.id);
        const bool has_part = part && part->state == domain::BranchState::kOpen;
        const bool holds = (**petition).unit == unit.id;
        if (!holds && !has_part) continue;
        const Result<std::string> heir = heirOf(rules, unit, **petition, today);
        if (!heir) return std::nullopt;
        domain::Transfer transfer{.unit = *heir, .reason = "Đơn vị " + unit.name + " đã kết thúc"};
        if (holds && !carryOut(id, transfer, moved)) return std::nullopt;
        transfer.branch = unit.id;
        if (has_part && !carryOut(id, transfer, moved)) return std::nullopt;
    }
    return moved;
}

bool Succession::carryOut(const std::string& petition, const domain::Transfer& transfer, std::int64_t& moved) {
    const Result<Committed> done = parts_.committer.run(Order{petition, transfer, domain::Actor::system()});
    moved += done ? 1 : 0;
    if (!done && done.error().code == Errc::kUnavailable) return false;
    if (!done && done.error().code != Errc::kConflict)
        parts_.log(LogLevel::kError, "UNIT_NOT_SUCCEEDED", done.error().message);
    return true;
}

Result<std::string> Succession::heirOf(const domain::Rules& rules, const domain::Unit& unit,
                                       const domain::Petition& petition, domain::Date today) {
    const domain::Unit* heir = rules.standingFor(unit.id, petition.location.area, today);
    if (!heir || rules.ofTheHouse(heir->id, petition.complained_unit)) return std::string{};
    const Result<bool> staffed = isStaffed(parts_.store, rules, *heir);
    if (!staffed) return staffed.error();
    return *staffed ? heir->id : std::string{};
}

}  // namespace pakn::engine
