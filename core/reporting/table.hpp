#pragma once
/// @file
/// A statistic as a table: the same for JSON, for the page that draws it and for the workbook.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/domain/workflow.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::reporting {

enum class CellKind : std::uint8_t { kText, kCount, kPercent, kInstant };

struct Column {
    std::string id = {};  ///< Stable; "<statistic>.<column>" is the id of its formula in docs/statistics.md.
    domain::Label label = {};
    CellKind kind = CellKind::kText;
};

/// Nothing, a text, a number, an instant.
using Cell = std::variant<std::monostate, std::string, std::int64_t, Instant>;
using Cells = std::vector<Cell>;

/// Empty text is nothing.
inline Cell textCell(std::string text) { return text.empty() ? Cell{} : Cell{std::move(text)}; }
inline Cell instantCell(const std::optional<Instant>& at) { return at ? Cell{*at} : Cell{}; }

struct Table {
    std::vector<Column> columns = {};
    std::vector<Cells> rows = {};
    Cells total = {};  ///< Of all rows; empty: there is none.
};

}  // namespace pakn::reporting
