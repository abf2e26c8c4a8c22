#include "core/security/duties.hpp"

#include <algorithm>

namespace pakn::security {

std::vector<domain::Role> rolesToStandIn(const std::vector<domain::Role>& roles) {
    using domain::Role;
    std::vector<Role> taken;
    for (const Role role : roles)
        if (role == Role::kOperator || role == Role::kDispatcher || role == Role::kOfficer || role == Role::kLeader ||
            role == Role::kFollower)
            taken.push_back(role);
    return taken;
}

std::vector<RosterDefect> rosterDefects(std::span<const Shift> shifts, Instant from, Instant to) {
    std::vector<RosterDefect> defects;
    Instant covered = from;
    for (const Shift& shift : shifts) {
        const Instant begins = std::max(shift.from, from);
        const Instant ends = std::min(shift.to, to);
        if (begins > covered) defects.push_back({.gap = true, .from = covered, .to = begins});
        if (begins < covered) defects.push_back({.gap = false, .from = begins, .to = std::min(covered, ends)});
        covered = std::max(covered, ends);
    }
    if (covered < to) defects.push_back({.gap = true, .from = covered, .to = to});
    return defects;
}

}  // namespace pakn::security
