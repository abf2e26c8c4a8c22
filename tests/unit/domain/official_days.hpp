#pragma once
/// @file
/// The days off and make-up working days of 2024-2026 as published for civil servants, and calendars made of them.

#include <array>
#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "core/domain/calendar.hpp"

namespace pakn::domain::testing {

struct OfficialYear {
    int year;
    /// Weekdays off `-`, working Saturdays `+`, as month-day.
    std::string_view days;
    int working_days;
};

inline constexpr std::array<OfficialYear, 3> kOfficialYears = {{
    {2024, "-01-01 -02-08 -02-09 -02-12 -02-13 -02-14 -04-18 -04-29 -04-30 -05-01 -09-02 -09-03 +05-04", 251},
    {2025, "-01-01 -01-27 -01-28 -01-29 -01-30 -01-31 -04-07 -04-30 -05-01 -05-02 -09-01 -09-02 +04-26", 250},
    {2026,
     "-01-01 -01-02 -02-16 -02-17 -02-18 -02-19 -02-20 -04-27 -04-30 -05-01 -08-31 -09-01 -09-02 -11-24 +01-10 +08-22",
     249},
}};

inline Date day(std::string_view text) { return parseDate(text).value(); }
/// "2026-03-06 08:00", local.
inline Instant at(std::string_view text) {
    std::string full{text};
    full[10] = 'T';
    if (full.size() == 16) full += ":00";
    return parseInstant(full + "+07:00").value();
}

inline Interval hours(int from_hour, int from_minute, int to_hour, int to_minute) {
    return {std::chrono::minutes{from_hour * 60 + from_minute}, std::chrono::minutes{to_hour * 60 + to_minute}};
}

/// Monday to Friday with these hours and no holidays.
inline WorkingCalendar::Definition weekdays(std::vector<Interval> intervals) {
    WorkingCalendar::Definition definition{.id = "office"};
    for (std::size_t i = 0; i < 5; ++i) definition.hours[i] = intervals;
    return definition;
}

/// 07:30-11:30 and 13:30-17:00 with the official lists.
inline WorkingCalendar::Definition officialDefinition() {
    auto definition = weekdays({hours(7, 30, 11, 30), hours(13, 30, 17, 0)});
    for (const OfficialYear& year : kOfficialYears) {
        std::istringstream words{std::string{year.days}};
        for (std::string word; words >> word;) {
            const Date date = day(std::to_string(year.year) + "-" + word.substr(1));
            (word.front() == '+' ? definition.makeup_days : definition.holidays).insert(date);
        }
    }
    return definition;
}

/// The open proposal for 2026: Monday 23/11 off, Saturday 28/11 worked.
inline WorkingCalendar::Definition withNovemberSwap(WorkingCalendar::Definition definition) {
    definition.holidays.insert(day("2026-11-23"));
    definition.makeup_days.insert(day("2026-11-28"));
    return definition;
}

inline WorkingCalendar built(WorkingCalendar::Definition definition) {
    return WorkingCalendar::build(std::move(definition)).value();
}

inline WorkingCalendar officialCalendar() { return built(officialDefinition()); }
inline WorkingCalendar always() { return built({.id = "24x7", .always = true}); }

}  // namespace pakn::domain::testing
