#pragma once
/// @file
/// Private to the store: what reports read, over any database. A `Db` is an adapter's: each(sql, row function),
/// words(), and how its index is asked (see sqlite/reports.cpp). A row is as in row_codec.hpp.

#include <map>
#include <string>
#include <utility>

#include "core/store/cursor.hpp"
#include "core/store/report_conditions.hpp"
#include "core/store/search_words.hpp"

namespace pakn::store {

/// Group and value to count.
using Sums = std::map<std::pair<std::string, std::string>, std::int64_t>;

/// What the index is asked for a filter with a text.
template <class Db>
std::string wordsOf(Db& db, const ReportFilter& filter, SearchWords::Part part) {
    return Db::query(db.words().query(*filter.text, part, filter.held_by));
}

/// Which of the petitions are looked at.
enum class Only : std::uint8_t { kAll, kOpen, kFinished };

/// Adds what the petitions themselves say, or takes it away. With `complained`, of those against these units alone.
template <class Db>
void addPetitions(Db& db, Sums& sums, int sign, Measure measure, Grouping by, const ReportFilter& filter, Instant now,
                  Only only = Only::kAll, const std::vector<std::string>& complained = {}) {
    const bool moves = measure == Measure::kMoves;
    if (filter.text && filter.text->empty()) return;
    Sql sql;
    const std::string_view unit = unitColumn(measure);
    sql.add("SELECT ").add(by == Grouping::kUnit ? std::string{unit} : groupColumn(by, "r")).add(", ");
    addValue(sql, measure, now, only == Only::kOpen);
    sql.add(", count(*) FROM ").add(filter.text ? Db::kSearched : "report_petitions r");
    if (moves) sql.add(" JOIN report_moves m ON m.doc = r.doc");
    Conditions where = conditionsOf(filter, now, unit);
    if (!complained.empty()) {
        where.add("r.complained_unit <> ''");
        where.addIn("r.complained_unit", complained);
    }
    if (only != Only::kAll) where.add(only == Only::kOpen ? "r.finished = 0" : "r.finished = 1");
    if (measure == Measure::kRating) where.add("r.rating <> ''");
    if (filter.text) where.add(Db::kMatches, wordsOf(db, filter, SearchWords::Part::kAny));
    db.each(sql.add(where).add(" GROUP BY 1, 2"), [&](const auto& row) {
        sums[{row.text(0), row.text(1)}] += sign * row.integer(2);
    });
}

/// By the counts of whole months, and by the petitions of what is left at either end.
template <class Db>
void addMonths(Db& db, Sums& sums, const Months& months, Measure measure, Grouping by, const ReportFilter& filter,
               Instant now) {
    Conditions where;
    where.add("c.measure = ? AND c.month >= ? AND c.month < ?", nameOf(measure), std::int64_t{months.first},
              std::int64_t{months.end});
    addCellConditions(where, by, filter);
    Sql sql;
    sql.add("SELECT ").add(groupColumn(by, "c")).add(", c.value, CAST(sum(c.count) AS bigint) FROM report_cells c");
    db.each(sql.add(where).add(" GROUP BY 1, 2"), [&](const auto& row) {
        sums[{row.text(0), row.text(1)}] += row.integer(2);
    });

    ReportFilter part = filter;
    for (const auto& [from, to] : months.edges) {
        part.from = from;
        part.to = to;
        addPetitions(db, sums, 1, measure, by, part, now);
    }
    part.from = months.begins;
    part.to = months.ends;
    // Whether an open petition is late depends on the hour: the counts know the finished ones.
    const bool progress = measure == Measure::kProgress;
    if (progress) addPetitions(db, sums, 1, measure, by, part, now, Only::kOpen);
    // Nor do they know against whom a petition is.
    const std::vector<std::string> hidden = std::exchange(part.hide_complained_units, {});
    if (!hidden.empty())
        addPetitions(db, sums, -1, measure, by, part, now, progress ? Only::kFinished : Only::kAll, hidden);
}

template <class Db>
std::vector<Tally> readTally(Db& db, Measure measure, Grouping by, const ReportFilter& filter, Instant now) {
    Sums sums;
    const Months months = monthsOf(filter.from, filter.to);
    if (countedByMonth(filter) && by != Grouping::kArea && months.any)
        addMonths(db, sums, months, measure, by, filter, now);
    else
        addPetitions(db, sums, 1, measure, by, filter, now);
    std::vector<Tally> tallies;
    for (const auto& [key, count] : sums)
        if (count != 0) tallies.push_back({.group = key.first, .value = key.second, .count = count});
    return tallies;
}

/// A page in order; one line more than asked for when there is more.
template <class Db>
std::vector<ReportRow> readLines(Db& db, const ReportFilter& filter, const Page& page, Instant now) {
    const auto most = static_cast<std::size_t>(limitOf(page)) + 1;
    const auto after = page.after.empty() ? std::nullopt : std::optional<Cursor>{std::in_place, page.after, 3};
    std::vector<ReportRow> rows;
    const auto read = [&](std::string_view from, ReportFilter narrowed, const std::optional<std::string>& words,
                          std::string_view order) {
        if (words) narrowed.held_by.clear();  // Who ever held it stands in the index, too.
        Conditions where = conditionsOf(narrowed, now);
        if (words) where.add(Db::kMatches, *words);
        if (after)
            where.add("(r.finished, r.sort_at, r.doc) > (?, ?, ?)", after->number(0), after->number(1),
                      after->number(2));
        if (words && after && after->number(0) == 1) where.add(Db::kBehindDoc, after->number(2));
        Sql sql;
        sql.add("SELECT ").add(kReportColumns).add(" FROM ").add(from).add(where).add(order).add(" LIMIT ");
        db.each(sql.value(static_cast<std::int64_t>(most - rows.size())),
                [&](const auto& row) { rows.push_back(readReport(row)); });
    };
    if (!filter.text) {
        read("report_petitions r", filter, std::nullopt, " ORDER BY r.finished, r.sort_at, r.doc");
        return rows;
    }
    if (filter.text->empty()) return rows;
    const auto part = [&](SearchWords::Part which, std::string_view order) {
        read(Db::kSearched, filter, wordsOf(db, filter, which), order);
    };
    // Open ones are few and are sorted; finished ones come out of the index in their order.
    if (!after || after->number(0) == 0) part(SearchWords::Part::kOpen, " ORDER BY r.sort_at, r.doc");
    if (rows.size() < most) part(SearchWords::Part::kFinished, Db::kByDoc);
    return rows;
}

template <class Db>
Listing<ReportRow> listReports(Db& db, const ReportFilter& filter, const Page& page, Instant now) {
    Listing<ReportRow> listing{.items = readLines(db, filter, page, now)};
    if (listing.items.size() > static_cast<std::size_t>(limitOf(page))) {
        listing.items.pop_back();
        const ReportRow& last = listing.items.back();
        listing.next = makeCursor(std::int64_t{last.finished}, sortAt(last), last.doc);
    }
    return listing;
}

template <class Db>
Listing<ShownLine> listShown(Db& db, const ShownFilter& filter, const Page& page) {
    const int limit = limitOf(page);
    Conditions where = conditionsOf(filter);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(r.received_at, r.doc) < (?, ?)", after.number(0), after.number(1));
    }
    Sql sql;
    sql.add("SELECT r.petition_id, r.changed_at, r.received_at, r.doc FROM report_petitions r").add(where);
    sql.add(" ORDER BY r.received_at DESC, r.doc DESC LIMIT ").value(std::int64_t{limit} + 1);
    Listing<ShownLine> listing;
    std::string last;
    db.each(sql, [&](const auto& row) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) {
            listing.next = last;
            return;
        }
        last = makeCursor(row.integer(2), row.integer(3));
        listing.items.push_back({.petition_id = row.text(0), .changed_at = instant(row.integer(1))});
    });
    return listing;
}

/// True when every petition counts: then the table of senders knows.
inline bool isEverything(const ReportFilter& filter) {
    return countedByMonth(filter) && !filter.from && !filter.to && filter.units.empty() && filter.category.empty() &&
           filter.channel.empty() && filter.hide_complained_units.empty();
}

template <class Db>
Listing<SenderLine> listSenders(Db& db, const ReportFilter& filter, const Page& page, Instant now) {
    constexpr std::string_view kOfThem = " FROM report_petitions r WHERE r.sender = s.sender AND r.sender <> ''";
    if (filter.text && filter.text->empty()) return {};
    const int limit = limitOf(page);
    const auto after = page.after.empty() ? std::nullopt : std::optional<Cursor>{std::in_place, page.after, 2};
    Conditions behind;
    if (after)
        behind.add("(s.petitions < ? OR (s.petitions = ? AND s.sender > ?))", after->number(0), after->number(0),
                   after->text(1));
    Sql sql;
    if (isEverything(filter)) {
        behind.add("s.petitions > 0");
        sql.add("SELECT s.sender, s.petitions, (SELECT min(r.received_at)")
            .add(kOfThem)
            .add("), (SELECT max(r.received_at)");
        sql.add(kOfThem).add("), (SELECT r.petition_id").add(kOfThem).add(" ORDER BY r.doc DESC LIMIT 1)");
        sql.add(" FROM report_senders s");
    } else {
        Conditions where = conditionsOf(filter, now);
        where.add("r.sender <> ''");
        if (filter.text) {
            Conditions words;
            words.add(Db::kMatches, wordsOf(db, filter, SearchWords::Part::kAny));
            where.addNested(std::string{"r.doc IN (SELECT "}.append(Db::kDocs), words, ")");
        }
        sql.add(
            "SELECT s.sender, s.petitions, s.first_at, s.last_at, l.petition_id FROM (SELECT r.sender AS sender,"
            " count(*) AS petitions, min(r.received_at) AS first_at, max(r.received_at) AS last_at, max(r.doc) AS"
            " last_doc FROM report_petitions r");
        sql.add(where).add(" GROUP BY r.sender) s JOIN report_petitions l ON l.doc = s.last_doc");
    }
    sql.add(behind).add(" ORDER BY s.petitions DESC, s.sender LIMIT ").value(std::int64_t{limit} + 1);
    Listing<SenderLine> listing;
    db.each(sql, [&](const auto& row) {
        listing.items.push_back({.sender = row.text(0),
                                 .petitions = row.integer(1),
                                 .first_at = instant(row.integer(2)),
                                 .last_at = instant(row.integer(3)),
                                 .last_petition = row.text(4)});
    });
    if (listing.items.size() > static_cast<std::size_t>(limit)) {
        listing.items.pop_back();
        listing.next = makeCursor(listing.items.back().petitions, listing.items.back().sender);
    }
    return listing;
}

}  // namespace pakn::store
