#pragma once
/// @file
/// What lists and statistics are asked for, and what of it the caller may see.

#include "core/http/query.hpp"

namespace pakn::http {

/// This unit, and with `below` all under it; empty for no unit.
std::vector<std::string> unitsOf(const domain::Rules& rules, const std::string& unit, bool below);

/// This area, and those below it; empty for no area.
std::vector<std::string> areasOf(const domain::Rules& rules, const std::string& area);

/// All filters but the unit's: channel, category, status, progress, from, to, area, tag, identity, rating, text, and
/// that nobody sees petitions against their own unit. "request.parameter_invalid".
Result<store::ReportFilter> reportFilter(const Query& query, const security::Account& account,
                                         const domain::Rules& rules);

}  // namespace pakn::http
