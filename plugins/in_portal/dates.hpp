#pragma once
/// @file
/// Dates as portals write them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::in_portal {

/// How a text is read as an instant: the first format that fits it wholly counts.
struct DateFormats {
    /// "iso" (RFC 3339, with or without time and zone), "epoch" (seconds), "epoch_ms", "excel" (days since 1899-12-30),
    /// or a pattern of %d %m %Y %y %H %I %M %S %f %p %z %Z %% and literal characters. A blank stands for any blanks.
    std::vector<std::string> formats = {"iso"};
    std::chrono::minutes zone{7 * 60};  ///< Where a text names none.
};

/// Nothing is wrong with a format: else why.
std::optional<std::string> formatProblem(std::string_view format);

/// "+07:00", "-0330", "Z". Nothing when it is none.
std::optional<std::chrono::minutes> parseZone(std::string_view text);

/// Nothing when no format fits, or the date does not exist. Years 1900 to 2200.
std::optional<Instant> parseDate(std::string_view text, const DateFormats& dates);

/// By one of the same formats; "iso" gives "2026-03-06T08:00:00+07:00".
std::string formatDate(Instant at, std::string_view format, std::chrono::minutes zone);

}  // namespace pakn::in_portal
