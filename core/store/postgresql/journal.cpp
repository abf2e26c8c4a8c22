#include "core/store/postgresql/journal.hpp"

#include "core/store/row_codec.hpp"

namespace pakn::store::postgresql {

using security::HubKey;
using security::Key;

namespace {

constexpr std::string_view kSelectJournal =
    "SELECT e.id, e.version, e.at, e.kind, e.actor, e.role, e.config_hash, p.sealed, k.wrapped_key"
    " FROM persons k LEFT JOIN events e ON e.petition_id = k.petition_id LEFT JOIN payloads p ON p.seq = e.seq"
    " WHERE k.petition_id = $1 ORDER BY e.version";

}  // namespace

std::optional<Key> dataKey(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    const Rows rows = connection.query("SELECT wrapped_key FROM persons WHERE petition_id = $1", petition_id);
    if (rows.empty()) return std::nullopt;
    return openDataKey(hub_key, petition_id, rows[0].bytes(0));
}

std::optional<Journal> readJournal(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    const Rows rows = connection.query(kSelectJournal, petition_id);
    if (rows.empty()) return std::nullopt;
    if (rows[0].isNull(0)) throw DamagedRow{"a petition has no events"};
    Journal journal{.key = openDataKey(hub_key, petition_id, rows[0].bytes(8)), .events = {}};
    for (int i = 0; i < rows.count(); ++i) {
        journal.events.push_back(readEvent(rows[i], journal.key, petition_id));
        if (journal.events.back().version != i + 1) throw DamagedRow{"an event of a petition is missing"};
    }
    return journal;
}

std::optional<Journal> lockJournal(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    // Two statements, one round trip: the second takes its snapshot after the first has got the row.
    connection.queue("SELECT 1 FROM petitions WHERE id = $1 FOR UPDATE", Parameters{petition_id});
    return readJournal(connection, hub_key, petition_id);
}

std::optional<Person> readPerson(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    const Rows rows = connection.query("SELECT wrapped_key, sealed FROM persons WHERE petition_id = $1", petition_id);
    if (rows.empty()) return std::nullopt;
    return openPerson(openDataKey(hub_key, petition_id, rows[0].bytes(0)), petition_id, rows[0].bytes(1));
}

void writeEvents(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed) {
    Batch batch;
    eventRows(changes, sealed,
              [&](std::string_view payload, const auto&... event) { batch.add(event..., Blob{payload}); });
    if (batch.empty()) return;
    // Both tables in one statement, so that both get the same number.
    connection.queue(
        "WITH fresh AS (SELECT nextval('events_seq') AS seq, r.* FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
        " $11) AS r (id, petition_id, version, at, kind, actor, role, config_hash, commitment, leaf, sealed)),"
        " journal AS (INSERT INTO events (seq, id, petition_id, version, at, kind, actor, role, config_hash,"
        " commitment, leaf) SELECT seq, id, petition_id, version, at, kind, actor, role, config_hash, commitment, leaf"
        " FROM fresh)"
        " INSERT INTO payloads (seq, sealed) SELECT seq, sealed FROM fresh",
        batch.take());
}

void writeBirths(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed) {
    Batch persons;
    personRows(changes, sealed, [&](const auto&... values) { persons.add(values...); });
    if (!persons.empty())
        connection.queue(
            "INSERT INTO persons (petition_id, wrapped_key, sealed, phone_index, citizen_index, reply_index)"
            " SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
            persons.take());
    Batch inbox;
    inboxRows(changes, [&](const std::string& key, const auto&... values) { inbox.add(Blob{key}, values...); });
    if (!inbox.empty())
        connection.queue("INSERT INTO inbox (key, petition_id, body_hash) SELECT * FROM unnest($1, $2, $3)",
                         inbox.take());
    Batch calls;
    callRows(changes, [&](const auto&... values) { calls.add(values...); });
    if (!calls.empty())
        connection.queue("INSERT INTO petition_calls (call, petition_id) SELECT * FROM unnest($1, $2)", calls.take());
}

}  // namespace pakn::store::postgresql
