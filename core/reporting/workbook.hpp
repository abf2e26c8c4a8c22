#pragma once
/// @file
/// A statistic as a workbook (.xlsx). Rows go to disk as they come, so that a million of them take no more memory than
/// one. What people wrote stays text: no cell is ever a formula.

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/reporting/table.hpp"
#include "pakn/sdk/content.hpp"

namespace pakn::reporting {

struct WorkbookHead {
    std::string title = {};
    std::vector<Column> columns = {};
    /// Name and value, on a sheet of their own: what was asked for, as of when.
    std::vector<std::pair<std::string, std::string>> notes = {};
};

/// Rows that a sheet holds below its head.
inline constexpr std::int64_t kMostWorkbookRows = 1'048'575;

/// Gives the next rows; none: that was all.
using MoreRows = std::function<Result<std::vector<Cells>>()>;

/// The file, which has no name any more. kTooLarge ("statistics.too_many_rows"), kUnavailable (no room in `folder`),
/// and what `more` returns.
Result<Content> makeWorkbook(const WorkbookHead& head, const MoreRows& more, const std::filesystem::path& folder,
                             std::int64_t most = kMostWorkbookRows);

}  // namespace pakn::reporting
