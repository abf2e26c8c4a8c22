#include "preview.hpp"

namespace pakn::in_portal {
namespace {

Previewed previewRow(const PortalFile& portal, const TableRow& row) {
    Previewed shown{.where = "row " + std::to_string(row.number)};
    if (row.item == nullptr) {
        shown.problem = row.problem;
        return shown;
    }
    shown.external_id = externalIdOf(portal.mapping, *row.item);
    Result<MappedItem> mapped = mapItem(portal.mapping, *row.item);
    if (!mapped) {
        shown.problem = std::move(mapped).error();
        return shown;
    }
    shown.petition = std::move(mapped->petition);
    shown.files = static_cast<int>(mapped->files.size());
    return shown;
}

}  // namespace

Result<std::vector<Previewed>> previewSample(const PortalFile& portal, std::string_view sample, std::string_view name) {
    if (!isTableName(name)) {
        return Error{.code = Errc::kInvalid,
                     .message = "a sample is called *.json, *.jsonl, *.csv, *.tsv or *.xlsx",
                     .problem = "portal.sample"};
    }
    const Result<Table> table = readTable(sample, name, portal.files, portal.mapping);
    if (!table) return table.error();
    std::vector<Previewed> shown;
    for (const TableRow& row : table->rows) shown.push_back(previewRow(portal, row));
    return shown;
}

}  // namespace pakn::in_portal
