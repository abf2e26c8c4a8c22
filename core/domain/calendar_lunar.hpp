#pragma once
/// @file
/// The Vietnamese lunar calendar (zone +7), by the published method of new moons and sun longitudes. For warnings and
/// drafts of a year only: days off are what the official notice of the year says. Pure; safe from any thread.

#include <chrono>

#include "core/domain/civil_time.hpp"

namespace pakn::domain {

/// Tết: the first day of the lunar year that begins in this solar year. Years 1900 to 2199.
Date lunarNewYear(std::chrono::year year);
/// Giỗ Tổ Hùng Vương: the tenth day of the third lunar month. Years as above.
Date hungKingsDay(std::chrono::year year);

}  // namespace pakn::domain
