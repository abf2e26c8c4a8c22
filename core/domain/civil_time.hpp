#pragma once
/// @file
/// Viet Nam civil time (UTC+7, no daylight saving) and its text forms. Instants are UTC everywhere else.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::domain {

/// A local calendar date.
using Date = std::chrono::local_days;
/// A local time of day and date.
using LocalTime = std::chrono::local_time<std::chrono::milliseconds>;

inline constexpr std::chrono::hours kLocalOffset{7};

inline LocalTime toLocal(Instant at) { return LocalTime{at.time_since_epoch() + kLocalOffset}; }
inline Instant toInstant(LocalTime at) { return Instant{at.time_since_epoch() - kLocalOffset}; }
inline Date localDate(Instant at) { return std::chrono::floor<std::chrono::days>(toLocal(at)); }
/// 00:00:00 local of a date.
inline Instant startOf(Date date) { return toInstant(LocalTime{date}); }

/// "2026-03-09T23:59:59+07:00"; milliseconds only when there are any ("…59.250+07:00").
std::string formatInstant(Instant at);
/// RFC 3339 with any offset or Z; seconds required, fraction optional (cut to milliseconds). Years 1970-2199.
std::optional<Instant> parseInstant(std::string_view text);
/// "2026-03-09"; years 0000-9999.
std::string formatDate(Date date);
/// "2026-03-09"; refuses dates that do not exist.
std::optional<Date> parseDate(std::string_view text);
/// "09/03/2026 23:59" as people here read it, 24 hours.
std::string formatForPeople(Instant at);

}  // namespace pakn::domain
