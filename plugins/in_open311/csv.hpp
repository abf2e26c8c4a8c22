#pragma once
/// @file
/// A table as comma-separated values (RFC 4180) that a spreadsheet may open: no text in it is taken for a formula.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_open311 {

/// Filled cell by cell, row after row; each row has as many cells as the header.
class CsvTable {
public:
    explicit CsvTable(const std::vector<std::string_view>& header);

    /// Begins with an apostrophe where it would begin a formula.
    void text(std::string_view value);
    /// A number as it is; empty without a value.
    void degrees(const double* value);
    std::string take() { return std::move(out_); }

private:
    void cell(std::string_view value);

    std::size_t columns_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace pakn::in_open311
