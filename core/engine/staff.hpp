#pragma once
/// @file
/// Whom accounts, roster and substitutes name: what a decision has to know of people. Read where it is decided, so that
/// decide() itself asks nobody.

#include <string>
#include <string_view>
#include <vector>

#include "core/domain/decide.hpp"
#include "core/store/store.hpp"

namespace pakn::engine {

/// Whom an emergency at this unit (empty: still at the Centre) calls at `now`, in this order: the unit's shifts, the
/// Centre's shifts, the unit's leaders, dispatchers. A substitute stands in the place of whoever is away; nobody twice,
/// no locked account, nobody of the house of `complained`. Errors of the store.
Result<std::vector<std::string>> onDuty(store::Store& store, const domain::Rules& rules, std::string_view unit,
                                        std::string_view complained, Instant now);

/// Does `unit` have people for every step that its workflow gives to a unit? One that is not on the system needs none.
/// Errors of the store.
Result<bool> isStaffed(store::Store& store, const domain::Rules& rules, const domain::Unit& unit);

}  // namespace pakn::engine
