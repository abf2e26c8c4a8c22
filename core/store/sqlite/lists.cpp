#include "core/store/sqlite/lists.hpp"

#include <algorithm>

#include "core/store/event_codec.hpp"
#include "core/store/sqlite/cursor.hpp"
#include "core/store/sqlite/journal.hpp"
#include "core/store/sqlite/outbox.hpp"

namespace pakn::store::sqlite {

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

/// Number of lines of a page.
int limitOf(const Page& page) { return std::clamp(page.limit, 1, 200); }

/// A WHERE clause with its values, put together at run time. Texts from outside only ever become values.
class Conditions {
public:
    template <class... Values>
    void add(std::string_view condition, const Values&... values) {
        sql_ += sql_.empty() ? " WHERE " : " AND ";
        sql_ += condition;
        (values_.push_back(toValue(values)), ...);
    }
    [[nodiscard]] const std::string& sql() const { return sql_; }
    void bindTo(Statement& statement) const {
        for (const auto& value : values_) std::visit([&](const auto& one) { statement.bindNext(one); }, value);
    }

private:
    using Value = std::variant<std::int64_t, std::string>;
    static Value toValue(std::int64_t value) { return value; }
    static Value toValue(Instant value) { return millis(value); }
    static Value toValue(std::string_view value) { return std::string{value}; }

    std::string sql_;
    std::vector<Value> values_;
};

Summary readSummary(Connection& connection, const security::HubKey& hub_key, const std::string& id) {
    Statement row = connection.statement(
        "SELECT code, channel, category, unit, suggested_unit, officer, step, status, emergency, version, received_at,"
        " due_at, total_due_at, finished_at FROM petitions WHERE id = ?");
    if (!row.query(id).step()) throw DamagedRow{"a petition has no row; rebuild the projections"};
    const auto status = domain::findStatus(row.bytes(7));
    if (!status) throw DamagedRow{"a petition with an unknown status"};
    return {.id = id,
            .code = row.text(0),
            .title = readTitle(connection, hub_key, id),
            .channel = row.text(1),
            .category = row.text(2),
            .unit = row.text(3),
            .suggested_unit = row.text(4),
            .officer = row.text(5),
            .step = row.text(6),
            .status = *status,
            .emergency = row.integer(8) != 0,
            .version = static_cast<int>(row.integer(9)),
            .received_at = instant(row.integer(10)),
            .due_at = row.maybeInstant(11),
            .total_due_at = row.maybeInstant(12),
            .finished_at = row.maybeInstant(13)};
}

/// domain::progressOf as conditions on a row.
void addProgress(Conditions& where, domain::Progress progress, Instant now) {
    const std::int64_t at = millis(now);
    switch (progress) {
        case domain::Progress::kNotDue:
            return where.add("p.finished = 0 AND (p.due_at IS NULL OR p.due_at > ?)", at + kDayMs);
        case domain::Progress::kDueSoon:
            return where.add("p.finished = 0 AND p.due_at >= ? AND p.due_at <= ?", at, at + kDayMs);
        case domain::Progress::kOverdue:
            return where.add("p.finished = 0 AND p.due_at < ?", at);
        case domain::Progress::kOnTime:
            return where.add("p.finished = 1 AND (p.total_due_at IS NULL OR p.finished_at <= p.total_due_at)");
        case domain::Progress::kLate:
            return where.add("p.finished = 1 AND p.finished_at > p.total_due_at");
    }
}

Conditions conditionsOf(const PetitionFilter& filter, Instant now) {
    Conditions where;
    if (filter.unit) where.add("u.unit = ?", *filter.unit);
    if (!filter.hide_complained_unit.empty()) where.add("p.complained_unit <> ?", filter.hide_complained_unit);
    if (!filter.channel.empty()) where.add("p.channel = ?", filter.channel);
    if (!filter.category.empty()) where.add("p.category = ?", filter.category);
    if (filter.status) where.add("p.status = ?", nameOf(*filter.status));
    if (filter.from) where.add("p.received_at >= ?", *filter.from);
    if (filter.to) where.add("p.received_at < ?", *filter.to);
    if (filter.progress) addProgress(where, *filter.progress, now);
    return where;
}

struct TaskKey {
    std::int64_t due = 0;
    std::string petition_id;
    std::int64_t position = 0;
    domain::TaskRow row;

    friend bool operator<(const TaskKey& a, const TaskKey& b) {
        return std::tie(a.due, a.petition_id, a.position) < std::tie(b.due, b.petition_id, b.position);
    }
};

/// The beginning of one queue after the cursor: one range of the table's tree.
std::vector<TaskKey> readQueue(Connection& connection, const TaskFilter& filter, const TaskFilter::Queue& queue,
                               const std::optional<Cursor>& after, int limit) {
    Conditions where;
    where.add("role = ? AND unit = ? AND officer IN ('', ?)", nameOf(queue.role), queue.unit, filter.officer);
    if (!filter.hide_complained_unit.empty()) where.add("complained_unit <> ?", filter.hide_complained_unit);
    if (after)
        where.add("(due, petition_id, position) > (?, ?, ?)", after->number(0), after->text(1), after->number(2));
    Statement rows = connection.statement("SELECT due, petition_id, position, step, officer FROM tasks" + where.sql() +
                                          " ORDER BY due, petition_id, position LIMIT ?");
    where.bindTo(rows);
    rows.bindNext(limit);
    std::vector<TaskKey> keys;
    while (rows.step()) {
        const std::int64_t due = rows.integer(0);
        keys.push_back({.due = due,
                        .petition_id = rows.text(1),
                        .position = rows.integer(2),
                        .row = {.step = rows.text(3),
                                .role = queue.role,
                                .unit = queue.unit,
                                .officer = rows.text(4),
                                .due = due == kNever ? std::nullopt : std::optional{instant(due)}}});
    }
    return keys;
}

}  // namespace

Listing<TaskItem> listTasks(Connection& connection, const security::HubKey& hub_key, const TaskFilter& filter,
                            const Page& page) {
    const int limit = limitOf(page);
    const auto after = page.after.empty() ? std::nullopt : std::optional<Cursor>{std::in_place, page.after, 3};
    std::vector<TaskKey> keys;
    std::vector<std::pair<domain::Role, std::string>> seen;
    for (const TaskFilter::Queue& queue : filter.queues) {
        const std::pair name{queue.role, queue.unit};
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
        seen.push_back(name);
        auto found = readQueue(connection, filter, queue, after, limit + 1);
        std::move(found.begin(), found.end(), std::back_inserter(keys));
    }
    std::sort(keys.begin(), keys.end());

    Listing<TaskItem> listing;
    for (TaskKey& key : keys) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) break;
        Summary summary = readSummary(connection, hub_key, key.petition_id);
        listing.items.push_back({.petition = std::move(summary), .task = std::move(key.row)});
    }
    if (keys.size() > listing.items.size()) {
        const TaskKey& last = keys[listing.items.size() - 1];
        listing.next = makeCursor(last.due, last.petition_id, last.position);
    }
    return listing;
}

Listing<Summary> listPetitions(Connection& connection, const security::HubKey& hub_key, const PetitionFilter& filter,
                               const Page& page, Instant now) {
    const int limit = limitOf(page);
    Conditions where = conditionsOf(filter, now);
    if (!page.after.empty()) {
        const Cursor after{page.after, 3};
        where.add("(p.finished, p.sort_at, p.id) > (?, ?, ?)", after.number(0), after.number(1), after.text(2));
    }
    // A unit's petitions are few beside all: begin with them (CROSS JOIN keeps SQLite to this order).
    const std::string from =
        filter.unit ? "petition_units u CROSS JOIN petitions p ON p.id = u.petition_id" : "petitions p";
    Statement rows = connection.statement("SELECT p.finished, p.sort_at, p.id FROM " + from + where.sql() +
                                          " ORDER BY p.finished, p.sort_at, p.id LIMIT ?");
    where.bindTo(rows);
    rows.bindNext(limit + 1);

    Listing<Summary> listing;
    std::string end;
    while (rows.step()) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) {
            listing.next = end;
            break;
        }
        listing.items.push_back(readSummary(connection, hub_key, rows.text(2)));
        end = makeCursor(rows.integer(0), rows.integer(1), rows.text(2));
    }
    return listing;
}

Listing<DeliveryItem> listDeliveries(Connection& connection, const DeliveryFilter& filter, const Page& page) {
    const int limit = limitOf(page);
    Conditions where;
    if (!filter.connector.empty()) where.add("d.connector = ?", filter.connector);
    if (filter.state) where.add("d.state = ?", nameOf(*filter.state));
    if (!filter.id.empty()) where.add("d.id = ?", filter.id);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(d.queued_at, d.id) < (?, ?)", after.number(0), after.text(1));
    }
    Statement rows = connection.statement(
        "SELECT d.petition_id, p.code, d.id, d.connector, d.kind, d.cause, d.state, d.queued_at, d.next_at, d.attempts,"
        " d.last_error, d.reference FROM deliveries d JOIN petitions p ON p.id = d.petition_id" +
        where.sql() + " ORDER BY d.queued_at DESC, d.id DESC LIMIT ?");
    where.bindTo(rows);
    rows.bindNext(limit + 1);

    Listing<DeliveryItem> listing;
    while (rows.step()) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) {
            const domain::DeliveryRecord& last = listing.items.back().record;
            listing.next = makeCursor(millis(last.queued_at), last.id);
            break;
        }
        listing.items.push_back({.petition_id = rows.text(0), .code = rows.text(1), .record = readDelivery(rows, 2)});
    }
    return listing;
}

Listing<RefusedItem> listRefused(Connection& connection, const security::HubKey& hub_key, const Page& page) {
    const int limit = limitOf(page);
    Conditions where;
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(at, id) < (?, ?)", after.number(0), after.text(1));
    }
    Statement rows = connection.statement("SELECT id, channel, external_id, at, problem, sealed FROM refused" +
                                          where.sql() + " ORDER BY at DESC, id DESC LIMIT ?");
    where.bindTo(rows);
    rows.bindNext(limit + 1);

    Listing<RefusedItem> listing;
    while (rows.step()) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) {
            listing.next = makeCursor(millis(listing.items.back().at), listing.items.back().id);
            break;
        }
        auto content = hub_key.openOwn("refused:" + rows.text(0), rows.bytes(5));
        if (!content) throw DamagedRow{"a refused item does not open: written under another hub key"};
        listing.items.push_back({.id = rows.text(0),
                                 .channel = rows.text(1),
                                 .external_id = rows.text(2),
                                 .at = instant(rows.integer(3)),
                                 .problem = rows.text(4),
                                 .content = std::move(*content)});
    }
    return listing;
}

}  // namespace pakn::store::sqlite
