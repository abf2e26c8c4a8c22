#pragma once
/// @file
/// Files of many items: CSV, workbooks, lines of JSON, one JSON document. All become one list of objects.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json.hpp"
#include "mapping.hpp"

namespace pakn::in_portal {

inline constexpr std::size_t kMostRows = 200000;
inline constexpr std::size_t kMostTableBytes = 128U << 20U;  ///< Of all cells: a text may be named a million times.
inline constexpr std::size_t kMostRaw = 64U << 10U;          ///< Bytes kept of a row that cannot be read.

/// The section `files` of a mapping.
struct TableShape {
    std::string encoding = "auto";  ///< Of CSV and JSON lines.
    char delimiter = '\0';          ///< Of CSV; none: the one that the first line has most of.
    std::string sheet = {};         ///< Of a workbook; empty: the first.
    int header_row = 0;             ///< From 1; 0: the first that is not empty.
};
TableShape readTableShape(const Node* node, Mistakes& mistakes);

/// One item of a file and where it stood.
struct TableRow {
    int number = 0;                     ///< Row or line, from 1.
    const Json* item = nullptr;         ///< Null when the row cannot be read: then
    std::string raw = {};               ///< what stood there, and
    std::optional<Error> problem = {};  ///< why.
};

/// Owns what its rows point to; can be moved, not copied.
struct Table {
    /// Behind a pointer, so that rows find their items wherever the table is moved to.
    std::unique_ptr<JsonDocument> storage = std::make_unique<JsonDocument>(rapidjson::kArrayType);
    std::vector<std::string> columns = {};  ///< Never changed once rows stand on it.
    std::vector<TableRow> rows = {};
};

/// Whether the end of its name says that a file is one of these.
bool isTableName(std::string_view name);

/// A file whose rows cannot be told apart is an error as a whole: kInvalid "portal.encoding", "portal.csv",
/// "portal.workbook", "portal.header", "portal.json", "portal.items"; kTooLarge.
Result<Table> readTable(std::string_view bytes, std::string_view name, const TableShape& shape, const Mapping& mapping);

}  // namespace pakn::in_portal
