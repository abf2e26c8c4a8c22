#pragma once
/// @file
/// The units of the configuration: who stands above whom, who takes over from whom, their hours and codes; and the
/// areas.

#include "core/config/document.hpp"
#include "core/domain/rules.hpp"

namespace pakn::config {

/// Into `rules.units` and `rules.unit_calendars`; the calendars are in `rules` already. The first and last day of each
/// go from its section into the unit.
void compileUnits(Reader& reader, std::vector<Marked<UnitSection>>& units, domain::Rules& rules);

/// Into `rules.areas`.
void compileAreas(Reader& reader, const std::vector<Marked<domain::Area>>& areas, domain::Rules& rules);

}  // namespace pakn::config
