#pragma once
/// @file
/// Workbooks (.xlsx, ECMA-376): the cells of one sheet as texts.

#include <string>
#include <string_view>

#include "csv.hpp"

namespace pakn::in_portal {

/// Hands over the rows of the sheet called `sheet` (the first if empty). Dates become "2026-03-06T08:00:00", whole
/// numbers digits, truth values "true" and "false", errors nothing. kInvalid "portal.workbook"; kTooLarge.
Status readWorkbook(std::string_view bytes, const std::string& sheet, const TakeCells& take);

}  // namespace pakn::in_portal
