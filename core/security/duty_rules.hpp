#pragma once
/// @file
/// Who may keep a roster, name a substitute, ask for a role and grant one. Pure; the errors name the problem that the
/// edge finds words for.

#include <string_view>
#include <vector>

#include "core/domain/rules.hpp"
#include "core/security/accounts.hpp"
#include "core/security/duties.hpp"

namespace pakn::security {

inline constexpr std::size_t kMostOnShift = 20;
inline constexpr std::chrono::hours kLongestShift{24 * 31};
inline constexpr std::chrono::hours kLongestSubstitution{24 * 366};

/// Roles that nobody has without a unit.
bool needsUnit(domain::Role role);

/// Looks after the people of `unit` (empty: the Centre's): its administrator, or the hub's.
bool administers(const Account& who, std::string_view unit);

/// `people` are those of the shift, in its order, looked up. kInvalid: "roster.period_invalid",
/// "roster.people_missing", "roster.too_many_people", "roster.person_unit" (only people of the unit, or of the Centre,
/// are on its roster).
Status checkShift(const Shift& shift, const std::vector<Account>& people);

/// May `by` name `substitute` for `away`? kForbidden ("role.insufficient"), kInvalid: "substitute.period_invalid",
/// "substitute.self", "substitute.nothing" (there is no role to take over), "substitute.other_unit" (only somebody of
/// the same unit, or of the one above it).
Status checkSubstitution(const Substitution& substitution, const Account& by, const Account& away,
                         const Account& substitute, const domain::Rules& rules, Instant now);

/// May `asker` ask for this role? kInvalid: "role_request.role_invalid", "action.unit_unknown",
/// "role_request.other_unit"; kConflict: "role_request.has_role".
Status checkRequest(const Account& asker, domain::Role role, std::string_view unit, const domain::Rules& rules);

/// May `by` approve or refuse it? Nobody their own; the unit's administrator those roles by which its petitions are
/// handled; the hub's any. kForbidden: "role_request.own", "role.insufficient".
Status checkDecider(const Account& by, const RoleRequest& request);

}  // namespace pakn::security
