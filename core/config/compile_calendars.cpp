#include "core/config/compile_calendars.hpp"

#include <utility>

namespace pakn::config {

namespace {

constexpr std::string_view kMainCalendar = "default";
constexpr std::string_view kAlwaysCalendar = "24x7";

/// Reading has refused all that build() would, so after a mistake there is nothing to add.
void buildCalendar(Reader& reader, const std::string& id, const Marked<CalendarSection>& marked, domain::Rules& rules) {
    if (reader.diagnostics().errors() > 0) return;
    const CalendarSection& section = marked.value;
    domain::WorkingCalendar::Definition definition{.id = id, .always = section.always};
    if (section.hours) definition.hours = *section.hours;
    for (const Marked<domain::Date>& day : section.holidays.value_or(MarkedDates{}))
        definition.holidays.insert(day.value);
    for (const Marked<domain::Date>& day : section.makeup_days.value_or(MarkedDates{}))
        definition.makeup_days.insert(day.value);
    Result<domain::WorkingCalendar> calendar = domain::WorkingCalendar::build(std::move(definition));
    if (calendar)
        rules.calendars.emplace(id, std::move(*calendar));
    else
        reader.error(marked.mark, calendar.error().message);
}

}  // namespace

void compileCalendars(Reader& reader, const Marked<CalendarSection>& main,
                      std::map<std::string, Marked<CalendarSection>, std::less<>>& named, domain::Rules& rules) {
    for (auto& [id, marked] : named) {
        CalendarSection& own = marked.value;
        if (id == kMainCalendar)
            reader.error(marked.mark, "\"default\" is the main calendar", "give this one another name");
        if (id == kAlwaysCalendar && !own.always)
            reader.error(marked.mark, "24x7 is built in and always open", "give this one another name");
        // What a named calendar does not say is as in the main one.
        if (!own.hours) own.hours = main.value.hours;
        if (!own.holidays) own.holidays = main.value.holidays;
        if (!own.makeup_days) own.makeup_days = main.value.makeup_days;
        buildCalendar(reader, id, marked, rules);
    }
    buildCalendar(reader, std::string{kMainCalendar}, main, rules);
    if (!named.contains(kAlwaysCalendar))
        buildCalendar(reader, std::string{kAlwaysCalendar}, {.value = {.always = true}}, rules);
    rules.default_calendar = kMainCalendar;
}

}  // namespace pakn::config
