#include "table.hpp"

#include <algorithm>
#include <set>

#include "core/spreadsheet/csv.hpp"
#include "core/spreadsheet/xlsx.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

Error wrong(std::string problem, std::string message, Errc code = Errc::kInvalid) {
    return {.code = code, .message = std::move(message), .problem = std::move(problem)};
}

/// "csv" of "Phản ánh.CSV".
std::string endingOf(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return {};
    std::string ending{name.substr(dot + 1)};
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return ending;
}

/// What the readers of tables say has no code of its own yet.
Status asProblem(Status read, const char* problem) {
    if (read || !read.error().problem.empty()) return read;
    Error error = std::move(read).error();
    error.problem = problem;
    return error;
}

/// Makes objects of rows of cells: the first row names the columns.
class RowCollector {
public:
    RowCollector(Table& table, int header_row, const Mapping& mapping)
        : table_{table}, header_row_{header_row}, wanted_{columnsOf(mapping)} {}

    Status add(int number, const std::vector<std::string>& cells) {
        const bool empty =
            std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return trimmed(cell).empty(); });
        if (table_.columns.empty()) {
            if (header_row_ > 0 ? number < header_row_ : empty) return Done{};
            return header(number, cells);
        }
        if (empty) return Done{};
        if (table_.rows.size() >= kMostRows)
            return wrong("portal.rows", "more than " + std::to_string(kMostRows) + " rows", Errc::kTooLarge);
        for (const std::string& cell : cells) bytes_ += cell.empty() ? 0 : cell.size() + sizeof(Json::Member);
        if (bytes_ > kMostTableBytes) return wrong("portal.rows", "the cells hold too many bytes", Errc::kTooLarge);
        for (std::size_t i = table_.columns.size(); i < cells.size(); ++i)
            if (!trimmed(cells[i]).empty()) return extra(number, cells);
        auto& allocator = table_.storage->GetAllocator();
        Json row{rapidjson::kObjectType};
        for (std::size_t i = 0; i < std::min(cells.size(), table_.columns.size()); ++i) {
            if (table_.columns[i].empty() || cells[i].empty()) continue;
            const std::string& name = table_.columns[i];
            row.AddMember(rapidjson::StringRef(name.data(), name.size()),
                          Json{cells[i].data(), static_cast<rapidjson::SizeType>(cells[i].size()), allocator},
                          allocator);
        }
        table_.storage->PushBack(row, allocator);
        table_.rows.push_back({.number = number});
        return Done{};
    }

    /// Rows find their items: only now, because the list moved while it grew.
    Status finish() {
        if (table_.columns.empty()) return wrong("portal.header", "there is no row that names the columns");
        rapidjson::SizeType next = 0;
        for (TableRow& row : table_.rows)
            if (!row.problem) row.item = &(*table_.storage)[next++];
        return Done{};
    }

private:
    Status header(int number, const std::vector<std::string>& cells) {
        std::set<std::string> seen;
        for (const std::string& cell : cells) {
            const std::string name = asMapped(cell);
            if (!name.empty() && !seen.insert(comparable(name)).second)
                return wrong("portal.header", "row " + std::to_string(number) + ": two columns have the same name");
            table_.columns.push_back(name);
        }
        if (seen.empty()) return wrong("portal.header", "row " + std::to_string(number) + " names no column");
        // One wrong header must not refuse thousands of rows one by one. What stands there instead may be a row with
        // people in it, and is not told.
        for (const std::string& name : wanted_.needed)
            if (std::find(table_.columns.begin(), table_.columns.end(), name) == table_.columns.end())
                return wrong("portal.header", "row " + std::to_string(number) + " names no column " + inQuotes(name));
        return Done{};
    }

    /// The column as the mapping spells it: people change case and their machines the form of Unicode.
    [[nodiscard]] std::string asMapped(std::string_view cell) const {
        const std::string form = comparable(cell);
        for (const std::string& name : wanted_.known)
            if (comparable(name) == form) return name;
        return composed(trimmed(cell));
    }

    Status extra(int number, const std::vector<std::string>& cells) {
        std::string raw;
        for (const std::string& cell : cells) {
            raw += (raw.empty() ? "" : " | ") + cell.substr(0, kMostRaw);
            if (raw.size() >= kMostRaw) break;
        }
        raw.resize(std::min(raw.size(), kMostRaw));
        table_.rows.push_back({.number = number,
                               .raw = std::move(raw),
                               .problem = wrong("portal.row", "more values than there are columns")});
        return Done{};
    }

    Table& table_;
    const int header_row_;
    const Columns wanted_;
    std::size_t bytes_ = 0;  ///< Of all cells and of what holds them.
};

Status readLines(std::string_view text, Table& table) {
    auto& allocator = table.storage->GetAllocator();
    std::size_t values_left = kMostJsonValues;
    int number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.empty()) continue;
        if (table.rows.size() >= kMostRows)
            return wrong("portal.rows", "more than " + std::to_string(kMostRows) + " lines", Errc::kTooLarge);
        Result<JsonDocument> item = parseJson(line, &allocator, &values_left);
        if (!item && item.error().code == Errc::kTooLarge) return std::move(item).error();  // Of all lines together.
        if (!item) {
            table.rows.push_back({.number = number, .raw = std::string{line}, .problem = std::move(item).error()});
            continue;
        }
        table.storage->PushBack(static_cast<Json&>(*item), allocator);
        table.rows.push_back({.number = number});
    }
    return Done{};
}

Status readDocument(std::string_view text, const Mapping& mapping, Table& table) {
    Result<JsonDocument> document = parseJson(text);
    if (!document) return std::move(document).error();
    *table.storage = *std::move(document);
    Result<std::vector<const Json*>> items = itemsOf(mapping, *table.storage);
    if (!items) return std::move(items).error();
    if (items->size() > kMostRows)
        return wrong("portal.rows", "more than " + std::to_string(kMostRows) + " items", Errc::kTooLarge);
    for (const Json* item : *items)
        table.rows.push_back({.number = static_cast<int>(table.rows.size()) + 1, .item = item});
    return Done{};
}

Status readInto(std::string_view bytes, const std::string& ending, const TableShape& shape, const Mapping& mapping,
                Table& table) {
    RowCollector rows{table, shape.header_row, mapping};
    const auto add = [&rows](int number, const std::vector<std::string>& cells) { return rows.add(number, cells); };
    if (ending == "xlsx") {
        const auto is_sheet = [sheet = comparable(shape.sheet)](std::string_view name) {
            return comparable(name) == sheet;
        };
        Status read = shape.sheet.empty() ? spreadsheet::readWorkbook(bytes, {}, add)
                                          : spreadsheet::readWorkbook(bytes, is_sheet, add);
        if (read = asProblem(std::move(read), "portal.workbook"); !read) return read;
        return rows.finish();
    }
    Result<std::string> text = toUtf8(bytes, shape.encoding);
    if (!text) return std::move(text).error();
    if (ending == "json") return readDocument(*text, mapping, table);
    if (ending == "jsonl" || ending == "ndjson") {
        if (Status read = readLines(*text, table); !read) return read;
        rapidjson::SizeType next = 0;
        for (TableRow& row : table.rows)
            if (!row.problem) row.item = &(*table.storage)[next++];
        return Done{};
    }
    const char delimiter = shape.delimiter != '\0' ? shape.delimiter : ending == "tsv" ? '\t' : '\0';
    if (Status read = asProblem(spreadsheet::readCsv(*text, delimiter, add), "portal.csv"); !read) return read;
    return rows.finish();
}

}  // namespace

TableShape readTableShape(const Node* node, Mistakes& mistakes) {
    TableShape shape;
    Section section{node, mistakes};
    shape.encoding = section.word("encoding", {"auto", "utf-8", "utf-16", "windows-1258", "windows-1252"});
    const std::string delimiter = section.word("delimiter", {"auto", ",", ";", "tab", "|"});
    if (delimiter != "auto") shape.delimiter = delimiter == "tab" ? '\t' : delimiter.front();
    shape.sheet = section.text("sheet");
    shape.header_row = static_cast<int>(section.number("header_row", 0, 1, 1000));
    return shape;
}

bool isTableName(std::string_view name) {
    constexpr std::string_view kEndings[] = {"csv", "tsv", "jsonl", "ndjson", "json", "xlsx"};
    const std::string ending = endingOf(name);
    const bool hidden = name.empty() || name.front() == '.' || name.front() == '~';
    return !hidden && std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings);
}

Result<Table> readTable(std::string_view bytes, std::string_view name, const TableShape& shape,
                        const Mapping& mapping) {
    Table table;
    if (Status read = readInto(bytes, endingOf(name), shape, mapping, table); !read) return std::move(read).error();
    return table;
}

}  // namespace pakn::in_portal
