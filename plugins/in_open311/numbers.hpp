#pragma once
/// @file
/// Numbers as clients write them. Pure; safe from any thread.

#include <cstdint>
#include <optional>
#include <string_view>

namespace pakn::in_open311 {

/// A decimal number with a point: "16.4637", "-5", "1e3". Nothing for anything else, and for what is no finite number.
std::optional<double> parseNumber(std::string_view text);

/// A whole number in decimal digits, not negative.
std::optional<std::int64_t> parseWhole(std::string_view text);

}  // namespace pakn::in_open311
