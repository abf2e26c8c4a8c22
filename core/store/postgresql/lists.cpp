#include "core/store/postgresql/lists.hpp"

#include "core/store/conditions.hpp"
#include "core/store/postgresql/query.hpp"
#include "core/store/postgresql/reports.hpp"
#include "core/store/row_codec.hpp"
#include "core/store/search_words.hpp"

namespace pakn::store::postgresql {

namespace {

/// What readSummary() needs of `petitions p`: its columns, the data key, the first event's payload.
constexpr std::string_view kSummaryJoins =
    " LEFT JOIN persons k ON k.petition_id = p.id LEFT JOIN events e ON e.petition_id = p.id AND e.version = 1"
    " LEFT JOIN payloads y ON y.seq = e.seq";

/// Open petitions in which words are found.
constexpr std::string_view kPetitionFound =
    "petition_id IN (SELECT r.petition_id FROM search_documents s JOIN report_petitions r ON r.doc = s.doc"
    " WHERE s.words @@ CAST(? AS tsquery))";

Summary summaryOf(const Row& row, int first, const security::HubKey& hub_key) {
    const int key = first + kSummaryColumnCount;
    if (row.isNull(first)) throw DamagedRow{"a petition has no row; rebuild the projections"};
    if (row.isNull(key) || row.isNull(key + 1)) throw DamagedRow{"a petition has no first event"};
    const std::string id = row.text(first);
    return readSummary(row, first, readTitle(openDataKey(hub_key, id, row.bytes(key)), id, row.bytes(key + 1)));
}

}  // namespace

Listing<TaskItem> listTasks(Connection& connection, const security::HubKey& hub_key, const TaskFilter& filter,
                            const Page& page) {
    const int limit = limitOf(page);
    const auto after = page.after.empty() ? std::nullopt : std::optional<Cursor>{std::in_place, page.after, 3};
    const std::vector<TaskFilter::Queue> queues = distinctQueues(filter);
    if (queues.empty() || (filter.text && filter.text->empty())) return {};
    std::optional<std::string> words;
    if (filter.text) words = tsQuery(SearchWords{hub_key}.query(*filter.text, SearchWords::Part::kOpen, {}));
    // The beginning of each queue is one range of the table's tree.
    Query query;
    query.sql("SELECT t.due, t.petition_id, t.position, t.step, t.role, t.unit, t.officer, ")
        .sql(kSummaryColumns)
        .sql(", k.wrapped_key, y.sealed FROM (SELECT * FROM (");
    for (const TaskFilter::Queue& queue : queues) {
        if (&queue != queues.data()) query.sql(" UNION ALL ");
        Conditions where = conditionsOf(filter, queue, after);
        if (words) where.add(kPetitionFound, *words);
        query.sql("(SELECT * FROM tasks").where(where);
        query.sql(" ORDER BY due, petition_id, position LIMIT ").number(limit + 1).sql(")");
    }
    query.sql(") q ORDER BY due, petition_id, position LIMIT ").number(limit + 1);
    query.sql(") t LEFT JOIN petitions p ON p.id = t.petition_id").sql(kSummaryJoins);
    query.sql(" ORDER BY t.due, t.petition_id, t.position");
    const Rows rows = query.run(connection);

    Listing<TaskItem> listing;
    for (int i = 0; i < rows.count(); ++i) {
        const Row row = rows[i];
        if (i == limit) {
            listing.next = makeCursor(rows[i - 1].integer(0), rows[i - 1].text(1), rows[i - 1].integer(2));
            break;
        }
        const std::int64_t due = row.integer(0);
        listing.items.push_back({.petition = summaryOf(row, 7, hub_key),
                                 .task = {.step = row.text(3),
                                          .role = known(domain::findRole(row.bytes(4))),
                                          .unit = row.text(5),
                                          .officer = row.text(6),
                                          .due = due == kNever ? std::nullopt : std::optional{instant(due)}}});
    }
    return listing;
}

Listing<Summary> listPetitions(Connection& connection, const security::HubKey& hub_key, const PetitionFilter& filter,
                               const Page& page, Instant now) {
    const int limit = limitOf(page);
    Query query;
    query.sql("SELECT p.finished, p.sort_at, ")
        .sql(kSummaryColumns)
        .sql(", k.wrapped_key, y.sealed FROM (SELECT p.* FROM ")
        .sql(filter.unit ? "petition_units u JOIN petitions p ON p.id = u.petition_id" : "petitions p")
        .where(conditionsOf(filter, page, now));
    query.sql(" ORDER BY p.finished, p.sort_at, p.id LIMIT ").number(limit + 1);
    query.sql(") p").sql(kSummaryJoins).sql(" ORDER BY p.finished, p.sort_at, p.id");
    const Rows rows = query.run(connection);

    Listing<Summary> listing;
    for (int i = 0; i < rows.count(); ++i) {
        if (i == limit) {
            listing.next = makeCursor(rows[i - 1].integer(0), rows[i - 1].integer(1), rows[i - 1].text(2));
            break;
        }
        listing.items.push_back(summaryOf(rows[i], 2, hub_key));
    }
    return listing;
}

Listing<Summary> listFound(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                           const Page& page, Instant now) {
    Listing<ReportRow> found = reportLines(connection, hub_key, filter, page, now);
    Listing<Summary> listing{.items = {}, .next = std::move(found.next)};
    if (found.items.empty()) return listing;
    Batch ids;
    for (const ReportRow& row : found.items) ids.add(row.petition_id);
    Query query;
    query.sql("SELECT ").sql(kSummaryColumns).sql(", k.wrapped_key, y.sealed FROM petitions p").sql(kSummaryJoins);
    connection.queue(query.sql(" WHERE p.id = ANY ($1)").text(), ids.take());
    const Rows rows = connection.run();
    std::map<std::string, Summary> by_id;
    for (int i = 0; i < rows.count(); ++i) by_id.emplace(rows[i].text(0), summaryOf(rows[i], 0, hub_key));
    for (const ReportRow& row : found.items)
        if (auto one = by_id.find(row.petition_id); one != by_id.end()) listing.items.push_back(std::move(one->second));
    return listing;
}

Listing<DeliveryItem> listDeliveries(Connection& connection, const DeliveryFilter& filter, const Page& page) {
    const int limit = limitOf(page);
    Query query;
    query
        .sql(
            "SELECT d.petition_id, p.code, d.id, d.connector, d.kind, d.cause, d.state, d.queued_at, d.next_at,"
            " d.attempts, d.last_error, d.reference FROM deliveries d JOIN petitions p ON p.id = d.petition_id")
        .where(conditionsOf(filter, page));
    query.sql(" ORDER BY d.queued_at DESC, d.id DESC LIMIT ").number(limit + 1);
    const Rows rows = query.run(connection);

    Listing<DeliveryItem> listing;
    for (int i = 0; i < rows.count(); ++i) {
        if (i == limit) {
            const domain::DeliveryRecord& last = listing.items.back().record;
            listing.next = makeCursor(millis(last.queued_at), last.id);
            break;
        }
        listing.items.push_back(
            {.petition_id = rows[i].text(0), .code = rows[i].text(1), .record = readDelivery(rows[i], 2)});
    }
    return listing;
}

Listing<RefusedItem> listRefused(Connection& connection, const security::HubKey& hub_key, const RefusedFilter& filter,
                                 const Page& page) {
    const int limit = limitOf(page);
    Query query;
    query.sql("SELECT id, channel, external_id, at, problem, octet_length(sealed)::bigint, ")
        .sql(filter.content ? "sealed" : "''::bytea")
        .sql(" FROM refused")
        .where(conditionsOf(filter, page));
    query.sql(" ORDER BY at DESC, id DESC LIMIT ").number(limit + 1);
    const Rows rows = query.run(connection);

    Listing<RefusedItem> listing;
    for (int i = 0; i < rows.count(); ++i) {
        if (i == limit) {
            listing.next = makeCursor(millis(listing.items.back().at), listing.items.back().id);
            break;
        }
        listing.items.push_back(readRefused(rows[i], hub_key));
    }
    return listing;
}

}  // namespace pakn::store::postgresql
