/// @file
/// Statistics: numbers and lists, as JSON or as a workbook with the same numbers in it.

#include <algorithm>
#include <filesystem>
#include <mutex>

#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/report_query.hpp"
#include "core/http/router.hpp"
#include "core/http/views.hpp"
#include "core/reporting/follower.hpp"
#include "core/reporting/lines.hpp"
#include "core/reporting/statistics.hpp"
#include "core/reporting/workbook.hpp"

namespace pakn::http {
namespace {

using reporting::Cell;
using reporting::Cells;
using reporting::Column;
using reporting::Statistic;
using reporting::Table;

constexpr std::string_view kWorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// One statistic that somebody may have.
struct Asked {
    Statistic what = Statistic::kStatus;
    store::Grouping by = store::Grouping::kNone;
    store::ReportFilter filter = {};
    store::Page page = {};
    store::FollowerState state = {};
    std::vector<std::pair<std::string, std::string>> notes = {};  ///< What was asked for, as it was written.
};

/// How much of the hub an account counts.
enum class Scope : std::uint8_t { kNone, kUnit, kAll };

/// In one of the names in which somebody acts.
Scope scopeOf(const domain::Actor& name) {
    using domain::Role;
    if (name.has(Role::kDispatcher) || name.has(Role::kAdmin) || name.has(Role::kAuditor)) return Scope::kAll;
    const bool of_unit = name.has(Role::kLeader) || name.has(Role::kOfficer) || name.has(Role::kUnitAdmin);
    return of_unit && !name.unit.empty() ? Scope::kUnit : Scope::kNone;
}

/// A unit counts itself and those below it; petitions and people it sees of its own only, as in its lists.
Status addUnits(Asked& asked, const Query& query, const Call& call) {
    const Result<bool> children = query.flag("children");
    if (!children) return children.error();
    const auto rules = call.hub().rules();
    Scope scope = Scope::kNone;
    std::vector<std::string> own;
    std::string unit = query.text("unit");
    for (const domain::Actor& name : call.account().actor().names()) {
        const Scope here = scopeOf(name);
        scope = std::max(scope, here);
        if (here != Scope::kUnit) continue;
        for (std::string& one : unitsOf(*rules, name.unit, reporting::isNumbers(asked.what)))
            own.push_back(std::move(one));
    }
    if (scope == Scope::kNone) return problemError("role.insufficient");
    if (scope == Scope::kUnit && unit.empty()) unit = own.front();
    asked.filter.units = unitsOf(*rules, unit, *children);
    if (scope == Scope::kAll) return Done{};
    const bool all_own = std::all_of(asked.filter.units.begin(), asked.filter.units.end(), [&](const std::string& one) {
        return std::find(own.begin(), own.end(), one) != own.end();
    });
    return all_own ? Status{Done{}} : problemError("role.insufficient");
}

Result<store::Grouping> groupingOf(const Query& query, Statistic what) {
    const std::string by = query.text("by");
    if (by.empty()) return reporting::usualGrouping(what);
    const auto found = reporting::findGrouping(by);
    const bool free = reporting::isNumbers(what) && what != Statistic::kStatus && what != Statistic::kChannels;
    if (!found || (!free && *found != reporting::usualGrouping(what))) return Query::invalid("by");
    return *found;
}

Result<Asked> read(const Call& call, Statistic what) {
    constexpr std::string_view kNoted[] = {"from",     "to",     "unit", "children", "category",
                                           "channel",  "area",   "tag",  "status",   "progress",
                                           "identity", "rating", "text", "sender",   "by"};
    const Result<Query> query = Query::parse(
        call.request.query, {"after", "limit", "by", "channel", "category", "unit", "children", "status", "progress",
                             "from", "to", "area", "tag", "identity", "rating", "text", "sender"});
    if (!query) return query.error();
    Asked asked{.what = what};
    const Result<store::Grouping> by = groupingOf(*query, what);
    if (!by) return by.error();
    asked.by = *by;
    Result<store::ReportFilter> filter = reportFilter(*query, call.account(), *call.hub().rules());
    if (!filter) return filter.error();
    asked.filter = std::move(*filter);
    asked.filter.sender = query->text("sender");
    Result<store::Page> page = query->page();
    if (!page) return page.error();
    asked.page = std::move(*page);
    if (Status allowed = addUnits(asked, *query, call); !allowed) return allowed.error();
    const auto state = call.hub().store().followerState(std::string{reporting::kFollower});
    if (!state) return state.error();
    asked.state = *state;
    for (const std::string_view name : kNoted)
        if (std::string value = query->text(name); !value.empty())
            asked.notes.emplace_back(std::string{name}, std::move(value));
    return asked;
}

/// All that happened before is counted.
Instant countedUntil(const Asked& asked, Instant now) { return asked.state.oldest_at.value_or(now); }

void writeCell(JsonWriter& json, const std::string& name, const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return json.field(name, *text);
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return json.field(name, *number);
    if (const auto* at = std::get_if<Instant>(&cell)) return json.field(name, *at);
    json.null(name);
}

void writeCells(JsonWriter& json, const std::vector<Column>& columns, const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) writeCell(json, columns[i].id, cells[i]);
}

std::string_view nameOf(reporting::CellKind kind) {
    constexpr std::string_view kNames[] = {"text", "count", "percent", "instant"};
    return kNames[static_cast<std::size_t>(kind)];
}

Response tableResponse(const Asked& asked, const Table& table, const std::string& next, Instant now) {
    JsonWriter json;
    json.beginObject();
    json.field("statistic", reporting::nameOf(asked.what));
    json.field("by", store::kGroupingNames[static_cast<std::size_t>(asked.by)]);
    json.field("as_of", countedUntil(asked, now));
    json.field("behind", asked.state.behind);
    json.beginArray("columns");
    for (const Column& column : table.columns) {
        json.beginObject();
        json.field("id", column.id);
        writeLabel(json, "label", column.label);
        json.field("kind", nameOf(column.kind));
        json.endObject();
    }
    json.endArray();
    json.beginArray("rows");
    for (const Cells& row : table.rows) {
        json.beginObject();
        writeCells(json, table.columns, row);
        json.endObject();
    }
    json.endArray();
    if (table.total.empty()) {
        json.null("total");
    } else {
        json.beginObject("total");
        writeCells(json, table.columns, table.total);
        json.endObject();
    }
    json.fieldOrNull("next", next);
    json.endObject();
    return {.body = json.take()};
}

Result<reporting::Lines> linesOf(const Call& call, const Asked& asked, const store::Page& page) {
    store::Store& store = call.hub().store();
    if (asked.what == Statistic::kSenders) return reporting::senders(store, asked.filter, page, call.now);
    return reporting::list(store, *call.hub().rules(), asked.filter, page, call.now);
}

/// All rows of a table that is there already, then its total.
reporting::MoreRows rowsOf(Table table) {
    return [table = std::move(table), done = false]() mutable -> Result<std::vector<Cells>> {
        if (std::exchange(done, true)) return std::vector<Cells>{};
        if (!table.total.empty()) table.rows.push_back(std::move(table.total));
        return std::move(table.rows);
    };
}

/// Page after page of a list.
reporting::MoreRows pagesOf(const Call& call, const Asked& asked) {
    return [&call, &asked, page = store::Page{.limit = 200}, done = false]() mutable -> Result<std::vector<Cells>> {
        if (done) return std::vector<Cells>{};
        Result<reporting::Lines> lines = linesOf(call, asked, page);
        if (!lines) return lines.error();
        page.after = std::move(lines->next);
        done = page.after.empty();
        return std::move(lines->table.rows);
    };
}

Response workbookResponse(const Call& call, const Asked& asked, std::vector<Column> columns,
                          const reporting::MoreRows& more) {
    // Each takes a worker and room on disk for as long as it takes: one at a time.
    static std::mutex one_at_a_time;
    const std::unique_lock lock{one_at_a_time, std::try_to_lock};
    if (!lock) return problemResponse("statistics.busy");
    const std::string name{reporting::nameOf(asked.what)};
    reporting::WorkbookHead head{.title = "Thống kê: " + name, .columns = std::move(columns), .notes = asked.notes};
    head.notes.emplace_back("as_of", domain::formatForPeople(countedUntil(asked, call.now)));
    head.notes.emplace_back("behind", std::to_string(asked.state.behind));
    Result<Content> book = reporting::makeWorkbook(head, more, std::filesystem::temp_directory_path());
    if (!book) return problemResponse(book.error());
    call.services.log(LogLevel::kInfo, "STATISTICS_EXPORTED", name + " by account " + call.account().id);
    return {.content_type = std::string{kWorkbookType},
            .headers = {{"Content-Disposition", "attachment; filename=\"thong-ke-" + name + ".xlsx\""}},
            .file = std::move(*book)};
}

}  // namespace

Response statistics(const Call& call) {
    const auto what = reporting::findStatistic(call.parameters[0]);
    if (!what) return problemResponse("request.not_found");
    const Result<Asked> asked = read(call, *what);
    if (!asked) return problemResponse(asked.error());
    const bool workbook = call.request.accept.find(kWorkbookType) != std::string::npos;
    if (!reporting::isNumbers(*what)) {
        if (workbook)
            return workbookResponse(call, *asked,
                                    *what == Statistic::kList ? reporting::listColumns() : reporting::senderColumns(),
                                    pagesOf(call, *asked));
        const Result<reporting::Lines> lines = linesOf(call, *asked, asked->page);
        return lines ? tableResponse(*asked, lines->table, lines->next, call.now) : listProblem(lines.error());
    }
    Result<Table> table =
        reporting::numbers(call.hub().store(), *call.hub().rules(), *what, asked->by, asked->filter, call.now);
    if (!table) return problemResponse(table.error());
    if (!workbook) return tableResponse(*asked, *table, {}, call.now);
    std::vector<Column> columns = table->columns;
    return workbookResponse(call, *asked, std::move(columns), rowsOf(std::move(*table)));
}

}  // namespace pakn::http
