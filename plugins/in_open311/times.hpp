#pragma once
/// @file
/// Dates and times as Open311 writes them: W3C's subset of ISO 8601. Pure; safe from any thread.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_open311 {

/// What Open311 can tell of an instant.
using Seconds = std::chrono::sys_seconds;

inline Seconds inSeconds(Instant at) { return std::chrono::floor<std::chrono::seconds>(at); }

/// "2026-03-06T08:00:00Z", with fractions (cut off) or without seconds, "+07:00", "+0700", a date alone (its first
/// second). Without a zone it is Viet Nam's time. A space instead of the plus is what becomes of one that a client did
/// not encode in its address. Nothing when it is no such time, or not from 1970 to 9999.
std::optional<Seconds> parseTime(std::string_view text);

/// "2026-03-06T01:00:00Z", or with `offset` other than zero "2026-03-06T08:00:00+07:00".
std::string formatTime(Instant at, std::chrono::minutes offset);

}  // namespace pakn::in_open311
