#pragma once
/// @file
/// Private to the store: what a report asks for, as SQL that both databases understand.

#include <string>
#include <utility>
#include <vector>

#include "core/store/conditions.hpp"

namespace pakn::store {

/// A statement put together at run time; `?` stands for the values in their order.
struct Sql {
    std::string text = {};
    std::vector<Conditions::Value> values = {};

    Sql& add(std::string_view more) {
        text += more;
        return *this;
    }
    Sql& add(const Conditions& where) {
        text += where.sql();
        values.insert(values.end(), where.values().begin(), where.values().end());
        return *this;
    }
    Sql& value(Conditions::Value one) {
        text += '?';
        values.push_back(std::move(one));
        return *this;
    }
};

/// Of a row of `report_petitions r`, but for the text; `unit_column` is what `units` are compared with.
Conditions conditionsOf(const ReportFilter& filter, Instant now, std::string_view unit_column = "r.unit");
/// The same.
Conditions conditionsOf(const ShownFilter& filter);
/// Of a row of `report_cells c`: the set that tells apart what is filtered and grouped by, and the filter.
void addCellConditions(Conditions& where, Grouping by, const ReportFilter& filter);
/// What a set of counts tells apart: bits of `apart`.
inline constexpr int kApartUnit = 1;
inline constexpr int kApartCategory = 2;
inline constexpr int kApartChannel = 4;
inline constexpr int kApartSets = 8;

/// True when the counts by month know enough to answer.
bool countedByMonth(const ReportFilter& filter);

/// A span of receipt, in whole months and what is left of it at either end.
struct Months {
    bool any = false;                    ///< There are whole months.
    int first = 0;                       ///< 202603
    int end = 0;                         ///< The month after the last.
    std::optional<Instant> begins = {};  ///< Of the first; none: since ever.
    std::optional<Instant> ends = {};    ///< Of the last; none: open.
    /// The rest, each from one instant to before another.
    std::vector<std::pair<Instant, Instant>> edges = {};
};
Months monthsOf(const std::optional<Instant>& from, const std::optional<Instant>& to);
/// 202603 in Viet Nam.
int monthOf(Instant at);

/// The value of a measure of `report_petitions r`; `open`: of open ones alone.
void addValue(Sql& sql, Measure measure, Instant now, bool open);
/// Whose unit a value of this measure is counted for.
std::string_view unitColumn(Measure measure);
/// "r.unit", …, or "''".
std::string groupColumn(Grouping by, std::string_view alias);

/// What of a petition goes into the counts by month: each measure's value, and the unit it is counted for.
struct Mark {
    Measure measure = Measure::kStatus;
    std::string unit = {};
    std::string value = {};
};
std::vector<Mark> marksOf(const ReportRow& row);

inline constexpr std::string_view kReportColumns =
    "r.doc, r.petition_id, r.channel, r.category, r.unit, r.area, r.complained_unit, r.status, r.identity, r.rating,"
    " r.progress, r.sender, r.received_at, r.due_at, r.finished, r.sort_at, r.rating_unit, r.shown, r.changed_at";

/// Throws DamagedRow.
domain::Shown shownOf(std::int64_t number);

template <class Row>
ReportRow readReport(const Row& row) {
    return {.doc = row.integer(0),
            .petition_id = row.text(1),
            .channel = row.text(2),
            .category = row.text(3),
            .unit = row.text(4),
            .area = row.text(5),
            .complained_unit = row.text(6),
            .status = row.text(7),
            .identity = row.text(8),
            .rating = row.text(9),
            .rating_unit = row.text(16),
            .progress = row.text(10),
            .sender = row.text(11),
            .received_at = instant(row.integer(12)),
            .due_at = row.maybeInstant(13),
            .finished = row.integer(14) != 0,
            .shown = shownOf(row.integer(17)),
            .changed_at = instant(row.integer(18))};
}
inline std::int64_t sortAt(const ReportRow& row) { return row.finished ? 0 : millis(row.due_at, kNever); }

}  // namespace pakn::store
