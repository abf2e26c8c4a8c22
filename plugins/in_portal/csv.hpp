#pragma once
/// @file
/// Comma-separated values (RFC 4180) in the varieties that spreadsheets write.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::in_portal {

/// Takes the cells of one row; `number` is the line on which it begins, from 1. An error ends the reading.
using TakeCells = std::function<Status(int number, const std::vector<std::string>& cells)>;

/// Reads UTF-8 text. `delimiter` 0: what Excel's line `sep=;` says, else the one of , ; tab that the first line has
/// most of. kInvalid "portal.csv" with the line: a quote that is never closed, or text behind a closing quote.
/// kTooLarge.
Status readCsv(std::string_view text, char delimiter, const TakeCells& take);

}  // namespace pakn::in_portal
