#pragma once
/// @file
/// Instants as call centres write them.

#include <optional>
#include <pakn/sdk/result.hpp>
#include <string_view>

namespace pakn::hotline {

/// RFC 3339 with its zone ("2026-11-22T10:15:29+07:00"), or nothing.
std::optional<Instant> parseInstant(std::string_view text);

/// What a spreadsheet makes of it, too: a blank for the T, no seconds, "22/11/2026 10:15:29", no zone, which then is
/// that of Viet Nam. Nothing for what is no time.
std::optional<Instant> parseLooseInstant(std::string_view text);

}  // namespace pakn::hotline
