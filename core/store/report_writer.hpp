#pragma once
/// @file
/// Private to the store: what followers write, over any database. A `Db` has besides what report_reader.hpp asks of it:
/// put(sql, values…), and putWords(doc, tokens) (see sqlite/reports.cpp). All inside a transaction of the caller's.

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <tuple>

#include "core/store/report_conditions.hpp"

namespace pakn::store {

inline constexpr std::string_view kReportTables[] = {"report_petitions", "report_tags",    "report_moves",
                                                     "report_cells",     "report_senders", "search_documents"};

/// What is kept of some petitions.
struct KeptReports {
    std::map<std::string, ReportRow, std::less<>> rows;  // By petition; without words and units.
};

template <class Db>
KeptReports readKept(Db& db, std::span<const ReportRow> rows, std::span<const std::string> gone) {
    KeptReports kept;
    std::vector<std::string> ids{gone.begin(), gone.end()};
    for (const ReportRow& row : rows) ids.push_back(row.petition_id);
    if (ids.empty()) return kept;
    Conditions where;
    where.addIn("r.petition_id", ids);
    std::map<std::int64_t, ReportRow*> by_doc;
    db.each(Sql{}.add("SELECT ").add(kReportColumns).add(" FROM report_petitions r").add(where), [&](const auto& row) {
        ReportRow one = readReport(row);
        ReportRow& place = kept.rows[one.petition_id];
        place = std::move(one);
        by_doc[place.doc] = &place;
    });
    db.each(
        Sql{}
            .add("SELECT m.doc, m.version, m.value, m.unit FROM report_petitions r JOIN report_moves m ON m.doc = "
                 "r.doc")
            .add(where)
            .add(" ORDER BY m.doc, m.version"),
        [&](const auto& row) {
            by_doc.at(row.integer(0))->moves.push_back({static_cast<int>(row.integer(1)), row.text(2), row.text(3)});
        });
    db.each(Sql{}
                .add("SELECT t.doc, t.tag FROM report_petitions r JOIN report_tags t ON t.doc = r.doc")
                .add(where)
                .add(" ORDER BY t.doc, t.tag"),
            [&](const auto& row) { by_doc.at(row.integer(0))->tags.push_back(row.text(1)); });
    return kept;
}

/// Changes of the counts, gathered so that each is written once a batch.
class CountChanges {
public:
    void add(const ReportRow& row, int sign) {
        const int month = monthOf(row.received_at);
        for (const Mark& mark : marksOf(row))
            for (int apart = 0; apart < kApartSets; ++apart) {
                const auto told = [&](int bit, const std::string& value) {
                    return (apart & bit) != 0 ? value : std::string{};
                };
                cells_[{mark.measure, apart, month, told(kApartUnit, mark.unit), told(kApartCategory, row.category),
                        told(kApartChannel, row.channel), mark.value}] += sign;
            }
        if (!row.sender.empty()) senders_[row.sender] += sign;
    }
    template <class Db>
    void write(Db& db) const {
        for (const auto& [cell, change] : cells_) {
            if (change == 0) continue;
            const auto& [measure, apart, month, unit, category, channel, value] = cell;
            db.put(
                "INSERT INTO report_cells (measure, apart, month, unit, category, channel, value, count)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (measure, apart, month, unit, category, channel, value)"
                " DO UPDATE SET count = report_cells.count + excluded.count",
                nameOf(measure), apart, month, unit, category, channel, value, change);
        }
        for (const auto& [sender, change] : senders_)
            if (change != 0)
                db.put(
                    "INSERT INTO report_senders (sender, petitions) VALUES (?, ?) ON CONFLICT (sender)"
                    " DO UPDATE SET petitions = report_senders.petitions + excluded.petitions",
                    sender, change);
    }

private:
    std::map<std::tuple<Measure, int, int, std::string, std::string, std::string, std::string>, std::int64_t> cells_;
    std::map<std::string, std::int64_t> senders_;
};

inline bool sameRow(const ReportRow& a, const ReportRow& b) {
    const auto columns = [](const ReportRow& row) {
        return std::tie(row.doc, row.petition_id, row.channel, row.category, row.unit, row.area, row.complained_unit,
                        row.status, row.identity, row.rating, row.progress, row.sender, row.received_at, row.due_at,
                        row.finished, row.rating_unit, row.shown, row.changed_at);
    };
    return columns(a) == columns(b);
}

template <class Db>
void writeRow(Db& db, const ReportRow& row) {
    db.put(
        "INSERT INTO report_petitions (doc, petition_id, channel, category, unit, area, complained_unit, status,"
        " identity, rating, rating_unit, progress, sender, received_at, due_at, finished, sort_at, shown, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (doc) DO UPDATE SET"
        " channel = excluded.channel, category = excluded.category, unit = excluded.unit, area = excluded.area,"
        " complained_unit = excluded.complained_unit, status = excluded.status, identity = excluded.identity,"
        " rating = excluded.rating, rating_unit = excluded.rating_unit, progress = excluded.progress,"
        " sender = excluded.sender, received_at = excluded.received_at, due_at = excluded.due_at, finished = "
        "excluded.finished,"
        " sort_at = excluded.sort_at, shown = excluded.shown, changed_at = excluded.changed_at",
        row.doc, row.petition_id, row.channel, row.category, row.unit, row.area, row.complained_unit, row.status,
        row.identity, row.rating, row.rating_unit, row.progress, row.sender, row.received_at, row.due_at,
        int{row.finished}, sortAt(row), static_cast<int>(row.shown), row.changed_at);
}

template <class Db>
void writeTags(Db& db, const ReportRow& row) {
    db.put("DELETE FROM report_tags WHERE doc = ?", row.doc);
    for (const std::string& tag : row.tags) db.put("INSERT INTO report_tags (tag, doc) VALUES (?, ?)", tag, row.doc);
}

template <class Db>
void writeMoves(Db& db, const ReportRow& row) {
    db.put("DELETE FROM report_moves WHERE doc = ?", row.doc);
    for (const ReportMove& move : row.moves)
        db.put("INSERT INTO report_moves (doc, version, value, unit) VALUES (?, ?, ?, ?)", row.doc, move.version,
               move.value, move.unit);
}

/// `tokens` are those of the rows, in their order.
template <class Db>
void writeReports(Db& db, std::span<const ReportRow> rows, const std::vector<std::vector<std::string>>& tokens,
                  std::span<const std::string> gone) {
    const KeptReports kept = readKept(db, rows, gone);
    CountChanges counts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const ReportRow& row = rows[i];
        const auto before = kept.rows.find(row.petition_id);
        static const ReportRow kNone;
        const ReportRow& old = before == kept.rows.end() ? kNone : before->second;
        if (before != kept.rows.end()) counts.add(old, -1);
        counts.add(row, 1);
        if (!sameRow(old, row)) writeRow(db, row);
        if (old.moves != row.moves) writeMoves(db, row);
        std::vector<std::string> tags = row.tags;
        std::sort(tags.begin(), tags.end());
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
        if (old.tags != tags) writeTags(db, ReportRow{.doc = row.doc, .tags = tags});
        db.putWords(row.doc, tokens[i]);
    }
    for (const std::string& id : gone) {
        const auto before = kept.rows.find(id);
        if (before == kept.rows.end()) continue;
        counts.add(before->second, -1);
        ReportRow row = before->second;
        row.sender.clear();
        row.shown = domain::Shown::kNothing;
        counts.add(row, 1);
        writeRow(db, row);
        db.putWords(row.doc, {});
    }
    counts.write(db);
}

}  // namespace pakn::store
