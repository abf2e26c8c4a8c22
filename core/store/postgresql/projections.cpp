#include "core/store/postgresql/projections.hpp"

#include "core/store/postgresql/journal.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store::postgresql {

namespace {

void writePetitions(Connection& connection, std::span<const NetChange> changes) {
    Batch rows;
    petitionRows(changes, [&](const auto&... values) { rows.add(values...); });
    connection.queue(
        "INSERT INTO petitions (id, code, version, status, step, channel, category, unit, suggested_unit, officer,"
        " complained_unit, emergency, received_at, due_at, total_due_at, finished_at, finished, sort_at)"
        " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, step = excluded.step,"
        " category = excluded.category, unit = excluded.unit, suggested_unit = excluded.suggested_unit,"
        " officer = excluded.officer, emergency = excluded.emergency, due_at = excluded.due_at,"
        " total_due_at = excluded.total_due_at, finished_at = excluded.finished_at, finished = excluded.finished,"
        " sort_at = excluded.sort_at",
        rows.take());
}

void writeUnits(Connection& connection, std::span<const NetChange> changes) {
    Batch rows;
    unitRows(changes, [&](const auto&... values) { rows.add(values...); });
    if (!rows.empty())
        connection.queue(
            "INSERT INTO petition_units (unit, petition_id) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
            rows.take());
}

void writeTasks(Connection& connection, std::span<const NetChange> changes) {
    Batch gone;
    Batch come;
    taskRows(
        changes, [&](const auto&... values) { gone.add(values...); },
        [&](const auto&... values) { come.add(values...); });
    if (!gone.empty())
        connection.queue(
            "DELETE FROM tasks t USING unnest($1, $2, $3, $4, $5) AS g (role, unit, due, petition_id, position)"
            " WHERE t.role = g.role AND t.unit = g.unit AND t.due = g.due AND t.petition_id = g.petition_id"
            " AND t.position = g.position",
            gone.take());
    if (!come.empty())
        connection.queue(
            "INSERT INTO tasks (role, unit, due, petition_id, position, step, officer, complained_unit)"
            " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            come.take());
}

void writeTimers(Connection& connection, std::span<const NetChange> changes) {
    Batch gone;
    Batch come;
    timerRows(
        changes, [&](const auto&... values) { gone.add(values...); },
        [&](const auto&... values) { come.add(values...); });
    if (!gone.empty())
        connection.queue(
            "DELETE FROM timers t USING unnest($1, $2, $3, $4) AS g (due, petition_id, kind, clock)"
            " WHERE t.due = g.due AND t.petition_id = g.petition_id AND t.kind = g.kind AND t.clock = g.clock",
            gone.take());
    if (!come.empty())
        connection.queue("INSERT INTO timers (due, petition_id, kind, clock) SELECT * FROM unnest($1, $2, $3, $4)",
                         come.take());
}

void writeMerges(Connection& connection, std::span<const NetChange> changes) {
    Batch gone;
    Batch come;
    mergeRows(
        changes, [&](const auto&... values) { gone.add(values...); },
        [&](const auto&... values) { come.add(values...); });
    if (!gone.empty())
        connection.queue(
            "DELETE FROM merges m USING unnest($1, $2) AS g (into_id, petition_id)"
            " WHERE m.into_id = g.into_id AND m.petition_id = g.petition_id",
            gone.take());
    if (!come.empty())
        connection.queue("INSERT INTO merges (into_id, petition_id) SELECT * FROM unnest($1, $2)", come.take());
}

void writeDeliveries(Connection& connection, std::span<const NetChange> changes) {
    Batch rows;
    deliveryRows(changes, [&](const auto&... values) { rows.add(values...); });
    if (rows.empty()) return;
    connection.queue(
        "INSERT INTO deliveries (id, petition_id, connector, kind, cause, state, queued_at, next_at, attempts,"
        " last_error, reference) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " ON CONFLICT (id) DO UPDATE SET connector = excluded.connector, kind = excluded.kind, cause = excluded.cause,"
        " state = excluded.state, queued_at = excluded.queued_at, next_at = excluded.next_at,"
        " attempts = excluded.attempts, last_error = excluded.last_error, reference = excluded.reference,"
        " lease_owner = NULL, lease_until = 0",
        rows.take());
}

void writeNotices(Connection& connection, std::span<const NetChange> changes) {
    Batch rows;
    noticeRows(changes, [&](const auto&... values) { rows.add(values...); });
    if (!rows.empty())
        connection.queue(
            "INSERT INTO notices (reader, at, id, petition_id, version, complained_unit)"
            " SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
            rows.take());
}

/// Who is sending what, or died while sending it: the journal does not tell.
std::optional<Parameters> claimsIn(Connection& connection) {
    const Rows rows =
        connection.query("SELECT id, lease_owner, lease_until FROM deliveries WHERE lease_owner IS NOT NULL");
    Batch claims;
    for (int i = 0; i < rows.count(); ++i) claims.add(rows[i].text(0), rows[i].text(1), rows[i].integer(2));
    return claims.empty() ? std::nullopt : std::optional{claims.take()};
}

/// "a, b" becomes "a::text, b::text".
std::string asTexts(std::string_view columns) {
    std::string texts;
    for (const char c : columns) {
        if (c == ',') texts += "::text";
        texts += c;
    }
    return texts + "::text";
}

}  // namespace

void writeProjections(Connection& connection, std::span<const Change> changes) {
    const std::vector<NetChange> net = netChanges(changes);
    if (net.empty()) return;
    writePetitions(connection, net);
    writeUnits(connection, net);
    writeTasks(connection, net);
    writeTimers(connection, net);
    writeMerges(connection, net);
    writeDeliveries(connection, net);
    writeNotices(connection, net);
}

Rebuilt rebuildProjections(Connection& connection, const security::HubKey& hub_key,
                           const std::function<void(std::int64_t, std::int64_t)>& progress) {
    constexpr int kAtOnce = 500;
    // Whoever is in the middle of a transaction finishes it; whoever begins one waits.
    connection.query("LOCK TABLE petitions, petition_units, tasks, timers, deliveries, notices IN EXCLUSIVE MODE");
    const std::int64_t total = connection.query("SELECT count(*) FROM persons")[0].integer(0);
    const std::string before = dumpProjections(connection);
    const std::optional<Parameters> claims = claimsIn(connection);
    for (const ProjectionTable& table : kProjectionTables) connection.query("DELETE FROM " + std::string{table.name});

    std::int64_t done = 0;
    std::int64_t seq = 0;
    for (;;) {
        const Rows births = connection.query(
            "SELECT seq, petition_id FROM events WHERE version = 1 AND seq > $1 ORDER BY seq LIMIT $2", seq, kAtOnce);
        if (births.empty()) break;
        std::vector<Change> changes;
        for (int i = 0; i < births.count(); ++i) {
            auto journal = readJournal(connection, hub_key, births[i].text(1));
            if (!journal) throw DamagedRow{"a petition has no data key"};
            domain::Petition now = fold(journal->events);
            changes.push_back({.after = std::move(now), .events = std::move(journal->events)});
        }
        writeProjections(connection, changes);
        connection.run();
        done += births.count();
        seq = births[births.count() - 1].integer(0);
        if (progress) progress(done, total);
    }
    if (claims)
        connection.queue(
            "UPDATE deliveries d SET lease_owner = c.owner, lease_until = c.until FROM unnest($1, $2, $3)"
            " AS c (id, owner, until) WHERE d.id = c.id AND d.state = 'queued'",
            *claims);
    connection.run();
    return {.petitions = done, .equal = dumpProjections(connection) == before};
}

std::string dumpProjections(Connection& connection) {
    std::string dump;
    for (const ProjectionTable& table : kProjectionTables) {
        const Rows rows =
            connection.query("SELECT " + asTexts(table.columns) + " FROM " + table.name + " ORDER BY " + table.key);
        dump.append("[").append(table.name).append("]\n");
        for (int i = 0; i < rows.count(); ++i) {
            for (int column = 0; column < rows.columns(); ++column)
                dump.append(rows[i].isNull(column) ? "-" : rows[i].bytes(column)).append("|");
            dump.append("\n");
        }
    }
    return dump;
}

}  // namespace pakn::store::postgresql
