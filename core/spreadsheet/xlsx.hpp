#pragma once
/// @file
/// Workbooks (.xlsx, ECMA-376): the cells of one sheet as texts.

#include <functional>
#include <string_view>

#include "core/spreadsheet/csv.hpp"

namespace pakn::spreadsheet {

/// Seconds from 1970-01-01 to day `serial` of a workbook, whose day 0 is 1899-12-30, in its own zone. Whole ones: a
/// fraction of a day is never exact.
double secondsOfDay(double serial);

/// Hands over the rows of the first sheet whose name `wanted` (the first of all if empty). Dates become
/// "2026-03-06T08:00:00", whole numbers digits, truth values "true" and "false", errors nothing. kInvalid; kTooLarge.
Status readWorkbook(std::string_view bytes, const std::function<bool(std::string_view name)>& wanted,
                    const TakeCells& take);

}  // namespace pakn::spreadsheet
