#pragma once
/// @file
/// The calendars of the configuration: the main one, those with a name, and the one that is always open.

#include "core/config/document.hpp"
#include "core/domain/rules.hpp"

namespace pakn::config {

/// Into `rules.calendars`. What a named one does not say is as in `main`, and stands in `named` then.
void compileCalendars(Reader& reader, const Marked<CalendarSection>& main,
                      std::map<std::string, Marked<CalendarSection>, std::less<>>& named, domain::Rules& rules);

}  // namespace pakn::config
