#include "core/store/report_conditions.hpp"

#include "core/domain/civil_time.hpp"
#include "core/store/event_codec.hpp"

namespace pakn::store {

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

/// domain::progressOf as conditions on a row.
void addProgress(Conditions& where, domain::Progress progress, Instant now) {
    const std::int64_t at = millis(now);
    switch (progress) {
        case domain::Progress::kNotDue:
            return where.add("r.finished = 0 AND (r.due_at IS NULL OR r.due_at > ?)", at + kDayMs);
        case domain::Progress::kDueSoon:
            return where.add("r.finished = 0 AND r.due_at > ? AND r.due_at <= ?", at, at + kDayMs);
        case domain::Progress::kOverdue:
            return where.add("r.finished = 0 AND r.due_at <= ?", at);
        case domain::Progress::kOnTime:
        case domain::Progress::kLate:
            return where.add("r.finished = 1 AND r.progress = ?", nameOf(progress));
    }
}

std::chrono::year_month monthAt(Instant at) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(domain::toLocal(at))};
    return {day.year(), day.month()};
}

int numberOf(std::chrono::year_month month) {
    return static_cast<int>(month.year()) * 100 + static_cast<int>(static_cast<unsigned>(month.month()));
}

Instant startOf(std::chrono::year_month month) { return domain::startOf(domain::Date{month / std::chrono::day{1}}); }

}  // namespace

domain::Shown shownOf(std::int64_t number) {
    if (number < 0 || number > static_cast<std::int64_t>(domain::Shown::kWhole))
        throw DamagedRow{"a petition is shown in a way that this program does not know"};
    return static_cast<domain::Shown>(number);
}

Conditions conditionsOf(const ShownFilter& filter) {
    Conditions where;
    where.add(filter.whole ? "r.shown = 2" : "r.shown > 0");
    if (!filter.ids.empty()) where.addIn("r.petition_id", filter.ids);
    if (!filter.categories.empty()) where.addIn("r.category", filter.categories);
    if (!filter.area.empty()) where.add("r.area = ?", filter.area);
    if (filter.finished) where.add("r.finished = ?", std::int64_t{*filter.finished});
    if (filter.from) where.add("r.received_at >= ?", *filter.from);
    if (filter.to) where.add("r.received_at <= ?", *filter.to);
    if (filter.changed_from) where.add("r.changed_at >= ?", *filter.changed_from);
    if (filter.changed_to) where.add("r.changed_at <= ?", *filter.changed_to);
    return where;
}

int monthOf(Instant at) { return numberOf(monthAt(at)); }

Conditions conditionsOf(const ReportFilter& filter, Instant now, std::string_view unit_column) {
    Conditions where;
    if (filter.from) where.add("r.received_at >= ?", *filter.from);
    if (filter.to) where.add("r.received_at < ?", *filter.to);
    if (!filter.units.empty()) where.addIn(unit_column, filter.units);
    if (!filter.category.empty()) where.add("r.category = ?", filter.category);
    if (!filter.channel.empty()) where.add("r.channel = ?", filter.channel);
    if (!filter.areas.empty()) where.addIn("r.area", filter.areas);
    if (!filter.identity.empty()) where.add("r.identity = ?", filter.identity);
    if (!filter.rating.empty()) where.add("r.rating = ?", filter.rating);
    if (!filter.sender.empty()) where.add("r.sender = ? AND r.sender <> ''", filter.sender);
    if (!filter.tag.empty())
        where.add("EXISTS (SELECT 1 FROM report_tags t WHERE t.tag = ? AND t.doc = r.doc)", filter.tag);
    if (filter.status) where.add("r.status = ?", nameOf(*filter.status));
    if (filter.progress) addProgress(where, *filter.progress, now);
    if (!filter.held_by.empty()) {
        Conditions units;
        units.addIn("u.unit", filter.held_by);
        where.addNested("r.petition_id IN (SELECT u.petition_id FROM petition_units u", units, ")");
    }
    where.addNotIn("r.complained_unit", filter.hide_complained_units);
    return where;
}

void addCellConditions(Conditions& where, Grouping by, const ReportFilter& filter) {
    std::int64_t apart = 0;
    if (by == Grouping::kUnit || !filter.units.empty()) apart |= kApartUnit;
    if (by == Grouping::kCategory || !filter.category.empty()) apart |= kApartCategory;
    if (by == Grouping::kChannel || !filter.channel.empty()) apart |= kApartChannel;
    where.add("c.apart = ?", apart);
    if (!filter.units.empty()) where.addIn("c.unit", filter.units);
    if (!filter.category.empty()) where.add("c.category = ?", filter.category);
    if (!filter.channel.empty()) where.add("c.channel = ?", filter.channel);
}

bool countedByMonth(const ReportFilter& filter) {
    return filter.held_by.empty() && filter.areas.empty() && filter.tag.empty() && filter.identity.empty() &&
           filter.rating.empty() && !filter.status && !filter.progress && filter.sender.empty() && !filter.text;
}

Months monthsOf(const std::optional<Instant>& from, const std::optional<Instant>& to) {
    constexpr int kLast = 999912;
    Months months{.any = true, .first = 0, .end = kLast};
    std::optional<std::chrono::year_month> first;
    if (from) {
        first = monthAt(*from);
        if (startOf(*first) != *from) *first += std::chrono::months{1};
        months.first = numberOf(*first);
        months.begins = startOf(*first);
    }
    if (to) {
        const std::chrono::year_month end = monthAt(*to);
        months.end = numberOf(end);
        months.ends = startOf(end);
    }
    months.any = months.first < months.end;
    if (!months.any) return months;
    if (from && *from < *months.begins) months.edges.emplace_back(*from, *months.begins);
    if (to && *months.ends < *to) months.edges.emplace_back(*months.ends, *to);
    return months;
}

void addValue(Sql& sql, Measure measure, Instant now, bool open) {
    switch (measure) {
        case Measure::kStatus:
            sql.add("r.status");
            return;
        case Measure::kIdentity:
            sql.add("r.identity");
            return;
        case Measure::kRating:
            sql.add("r.rating");
            return;
        case Measure::kMoves:
            sql.add("m.value");
            return;
        case Measure::kProgress:
            // Open ones alone are counted out of an index that has no more than this.
            sql.add(open ? "CASE" : "CASE WHEN r.finished = 1 THEN r.progress");
            sql.add(" WHEN r.due_at IS NULL OR r.due_at > ")
                .value(millis(now) + kDayMs)
                .add(" THEN 'not_due' WHEN r.due_at > ")
                .value(millis(now))
                .add(" THEN 'due_soon' ELSE 'overdue' END");
            return;
    }
}

std::string_view unitColumn(Measure measure) {
    if (measure == Measure::kMoves) return "m.unit";
    return measure == Measure::kRating ? "r.rating_unit" : "r.unit";
}

std::string groupColumn(Grouping by, std::string_view alias) {
    if (by == Grouping::kNone) return "''";
    return std::string{alias} + '.' + std::string{kGroupingNames[static_cast<std::size_t>(by)]};
}

std::vector<Mark> marksOf(const ReportRow& row) {
    std::vector<Mark> marks{{Measure::kStatus, row.unit, row.status}, {Measure::kIdentity, row.unit, row.identity}};
    if (row.finished) marks.push_back({Measure::kProgress, row.unit, row.progress});
    if (!row.rating.empty()) marks.push_back({Measure::kRating, row.rating_unit, row.rating});
    for (const ReportMove& move : row.moves) marks.push_back({Measure::kMoves, move.unit, move.value});
    return marks;
}

}  // namespace pakn::store
