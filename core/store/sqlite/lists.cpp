#include "core/store/sqlite/lists.hpp"

#include <algorithm>

#include "core/store/conditions.hpp"
#include "core/store/row_codec.hpp"
#include "core/store/search_words.hpp"
#include "core/store/sqlite/journal.hpp"
#include "core/store/sqlite/reports.hpp"

namespace pakn::store::sqlite {

namespace {

/// Open petitions in which words are found.
constexpr std::string_view kPetitionFound =
    "petition_id IN (SELECT r.petition_id FROM search_index CROSS JOIN report_petitions r ON r.doc = search_index.rowid"
    " WHERE search_index MATCH ?)";

void bind(Statement& statement, const Conditions& where) {
    for (const Conditions::Value& value : where.values())
        std::visit([&](const auto& one) { statement.bindNext(one); }, value);
}

Summary readSummary(Connection& connection, const security::HubKey& hub_key, const std::string& id) {
    static const std::string select = std::string{"SELECT "}.append(kSummaryColumns) + " FROM petitions p WHERE id = ?";
    Statement row = connection.statement(select);
    if (!row.query(id).step()) throw DamagedRow{"a petition has no row; rebuild the projections"};
    return store::readSummary(row, 0, readTitle(connection, hub_key, id));
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
                               const std::optional<Cursor>& after, const std::optional<std::string>& words, int limit) {
    Conditions where = conditionsOf(filter, queue, after);
    if (words) where.add(kPetitionFound, *words);
    Statement rows = connection.statement("SELECT due, petition_id, position, step, officer FROM tasks" + where.sql() +
                                          " ORDER BY due, petition_id, position LIMIT ?");
    bind(rows, where);
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

/// Where one petition stands in the order of lists.
struct PetitionKey {
    std::int64_t finished = 0;
    std::int64_t sort_at = 0;
    std::string id;
};

/// Of a unit that has many petitions, a page stands near the beginning of all. CROSS JOIN keeps SQLite to the order
/// written.
constexpr std::string_view kBeginningThenUnit =
    "(SELECT * FROM petitions ORDER BY finished, sort_at, id LIMIT 5000) p CROSS JOIN petition_units u"
    " ON u.petition_id = p.id";
/// Those of any other unit are few beside all.
constexpr std::string_view kUnitFirst = "petition_units u CROSS JOIN petitions p ON p.id = u.petition_id";

std::vector<PetitionKey> readKeys(Connection& connection, std::string_view from, const Conditions& where, int limit) {
    Statement rows = connection.statement(std::string{"SELECT p.finished, p.sort_at, p.id FROM "}.append(from) +
                                          where.sql() + " ORDER BY p.finished, p.sort_at, p.id LIMIT ?");
    bind(rows, where);
    rows.bindNext(limit);
    std::vector<PetitionKey> keys;
    while (rows.step()) keys.push_back({.finished = rows.integer(0), .sort_at = rows.integer(1), .id = rows.text(2)});
    return keys;
}

}  // namespace

Listing<TaskItem> listTasks(Connection& connection, const security::HubKey& hub_key, const TaskFilter& filter,
                            const Page& page) {
    if (filter.text && filter.text->empty()) return {};
    const int limit = limitOf(page);
    std::optional<std::string> words;
    if (filter.text) words = fts5Query(SearchWords{hub_key}.query(*filter.text, SearchWords::Part::kOpen, {}));
    const auto after = page.after.empty() ? std::nullopt : std::optional<Cursor>{std::in_place, page.after, 3};
    std::vector<TaskKey> keys;
    for (const TaskFilter::Queue& queue : distinctQueues(filter)) {
        auto found = readQueue(connection, filter, queue, after, words, limit + 1);
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
    const Conditions where = conditionsOf(filter, page, now);
    std::vector<PetitionKey> keys;
    if (filter.unit) {
        keys = readKeys(connection, kBeginningThenUnit, where, limit + 1);
        if (keys.size() <= static_cast<std::size_t>(limit)) keys = readKeys(connection, kUnitFirst, where, limit + 1);
    } else {
        keys = readKeys(connection, "petitions p", where, limit + 1);
    }

    Listing<Summary> listing;
    for (const PetitionKey& key : keys) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) break;
        listing.items.push_back(readSummary(connection, hub_key, key.id));
    }
    if (keys.size() > listing.items.size()) {
        const PetitionKey& last = keys[listing.items.size() - 1];
        listing.next = makeCursor(last.finished, last.sort_at, last.id);
    }
    return listing;
}

Listing<Summary> listFound(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                           const Page& page, Instant now) {
    Listing<ReportRow> found = reportLines(connection, hub_key, filter, page, now);
    Listing<Summary> listing{.items = {}, .next = std::move(found.next)};
    for (const ReportRow& row : found.items) listing.items.push_back(readSummary(connection, hub_key, row.petition_id));
    return listing;
}

Listing<DeliveryItem> listDeliveries(Connection& connection, const DeliveryFilter& filter, const Page& page) {
    const int limit = limitOf(page);
    const Conditions where = conditionsOf(filter, page);
    Statement rows = connection.statement(
        "SELECT d.petition_id, p.code, d.id, d.connector, d.kind, d.cause, d.state, d.queued_at, d.next_at, d.attempts,"
        " d.last_error, d.reference FROM deliveries d JOIN petitions p ON p.id = d.petition_id" +
        where.sql() + " ORDER BY d.queued_at DESC, d.id DESC LIMIT ?");
    bind(rows, where);
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

Listing<RefusedItem> listRefused(Connection& connection, const security::HubKey& hub_key, const RefusedFilter& filter,
                                 const Page& page) {
    const int limit = limitOf(page);
    const Conditions where = conditionsOf(filter, page);
    Statement rows = connection.statement(
        std::string{"SELECT id, channel, external_id, at, problem, length(CAST(sealed AS BLOB)), "} +
        (filter.content ? "sealed" : "''") + " FROM refused" + where.sql() + " ORDER BY at DESC, id DESC LIMIT ?");
    bind(rows, where);
    rows.bindNext(limit + 1);

    Listing<RefusedItem> listing;
    while (rows.step()) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) {
            listing.next = makeCursor(millis(listing.items.back().at), listing.items.back().id);
            break;
        }
        listing.items.push_back(readRefused(rows, hub_key));
    }
    return listing;
}

}  // namespace pakn::store::sqlite
