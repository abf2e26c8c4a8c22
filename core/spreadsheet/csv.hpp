#pragma once
/// @file
/// Comma-separated values (RFC 4180) in the varieties that spreadsheets write.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::spreadsheet {

inline constexpr std::size_t kMostColumns = 500;
inline constexpr std::size_t kMostCell = 128U << 10U;  ///< Bytes: what a workbook's cell can hold at most.

/// Takes the cells of one row; `number` is the line on which it begins, from 1. An error ends the reading.
using TakeCells = std::function<Status(int number, const std::vector<std::string>& cells)>;

/// Reads UTF-8 text. `delimiter` 0: what Excel's line `sep=;` says, else the one of , ; tab that the first line has
/// most of. kInvalid with the line: a quote that is never closed, or text behind a closing quote.
/// kTooLarge.
Status readCsv(std::string_view text, char delimiter, const TakeCells& take);

}  // namespace pakn::spreadsheet
