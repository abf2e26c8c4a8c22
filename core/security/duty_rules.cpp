#include "core/security/duty_rules.hpp"

#include <algorithm>

namespace pakn::security {

namespace {

using domain::Role;

Error no(Errc code, const char* problem, const char* message, const char* field = "") {
    return {.code = code, .message = message, .problem = problem, .field = field};
}

Error invalid(const char* field, const char* problem, const char* message) {
    return no(Errc::kInvalid, problem, message, field);
}

bool has(const Account& account, Role role) {
    return std::find(account.roles.begin(), account.roles.end(), role) != account.roles.end();
}

/// Of the Centre: without a unit, or at its desk although a unit employs them.
bool isOfCentre(const Account& one) {
    return one.unit.empty() || has(one, Role::kDispatcher) || has(one, Role::kOperator);
}

/// Roles that a unit's own administrator may give.
bool isUnitsOwn(Role role) { return role == Role::kOfficer || role == Role::kLeader || role == Role::kFollower; }

bool isSoundPeriod(Instant from, Instant to, std::chrono::hours longest) { return from < to && to - from <= longest; }

}  // namespace

bool needsUnit(Role role) { return role == Role::kOfficer || role == Role::kLeader || role == Role::kUnitAdmin; }

bool administers(const Account& who, std::string_view unit) {
    return has(who, Role::kAdmin) || (!unit.empty() && has(who, Role::kUnitAdmin) && who.unit == unit);
}

Status checkShift(const Shift& shift, const std::vector<Account>& people) {
    if (!isSoundPeriod(shift.from, shift.to, kLongestShift))
        return invalid("/to", "roster.period_invalid", "a shift ends after it begins, within 31 days");
    if (people.empty()) return invalid("/people", "roster.people_missing", "say who is on duty");
    if (people.size() > kMostOnShift)
        return invalid("/people", "roster.too_many_people", "at most 20 people are called one after the other");
    for (const Account& one : people)
        if (shift.unit.empty() ? !isOfCentre(one) : one.unit != shift.unit)
            return invalid("/people", "roster.person_unit", "a roster has people of its own unit");
    return Done{};
}

Status checkSubstitution(const Substitution& substitution, const Account& by, const Account& away,
                         const Account& substitute, const domain::Rules& rules, Instant now) {
    if (by.id != away.id && !administers(by, away.unit))
        return no(Errc::kForbidden, "role.insufficient", "only they themselves, or who looks after their unit");
    if (!isSoundPeriod(substitution.from, substitution.to, kLongestSubstitution) || substitution.to <= now)
        return invalid("/to", "substitute.period_invalid", "it ends after it begins, in the future, within a year");
    if (away.id == substitute.id) return invalid("/substitute", "substitute.self", "nobody stands in for themselves");
    if (rolesToStandIn(away.roles).empty())
        return invalid("/account", "substitute.nothing", "this person has no role that somebody could take over");
    const domain::Unit* unit = rules.unit(away.unit);
    const bool near =
        substitute.unit == away.unit || (unit && !unit->parent.empty() && substitute.unit == unit->parent);
    if (!near)
        return invalid("/substitute", "substitute.other_unit", "somebody of the same unit, or of the one above it");
    return Done{};
}

Status checkRequest(const Account& asker, Role role, std::string_view unit, const domain::Rules& rules) {
    const bool nobodys = role == Role::kSystem || role == Role::kCitizen;
    const bool centres = !needsUnit(role) && role != Role::kFollower;
    if (nobodys || (needsUnit(role) && unit.empty()) || (centres && !unit.empty()))
        return invalid("/role", "role_request.role_invalid", "no such role can be asked for, or not in a unit");
    if (!unit.empty() && !rules.unit(unit)) return invalid("/unit", "action.unit_unknown", "no such unit");
    if (!unit.empty() && !asker.unit.empty() && asker.unit != unit)
        return invalid("/unit", "role_request.other_unit", "the account belongs to another unit");
    if (has(asker, role)) return no(Errc::kConflict, "role_request.has_role", "the account has this role");
    return Done{};
}

Status checkDecider(const Account& by, const RoleRequest& request) {
    if (by.id == request.account)
        return no(Errc::kForbidden, "role_request.own", "nobody decides on what they have asked for themselves");
    if (has(by, Role::kAdmin) || (isUnitsOwn(request.role) && administers(by, request.unit))) return Done{};
    return no(Errc::kForbidden, "role.insufficient", "only who looks after the unit");
}

}  // namespace pakn::security
