#include "core/store/sqlite/projections.hpp"

#include "core/store/row_codec.hpp"
#include "core/store/sqlite/journal.hpp"

namespace pakn::store::sqlite {

namespace {

void writePetitions(Connection& connection, std::span<const NetChange> changes) {
    Statement row = connection.statement(
        "INSERT INTO petitions (id, code, version, status, step, channel, category, unit, suggested_unit, officer,"
        " complained_unit, emergency, received_at, due_at, total_due_at, finished_at, finished, sort_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, step = excluded.step,"
        " category = excluded.category, unit = excluded.unit, suggested_unit = excluded.suggested_unit,"
        " officer = excluded.officer, emergency = excluded.emergency, due_at = excluded.due_at,"
        " total_due_at = excluded.total_due_at, finished_at = excluded.finished_at, finished = excluded.finished,"
        " sort_at = excluded.sort_at");
    petitionRows(changes, [&](const auto&... values) { row.run(values...); });
}

void writeUnits(Connection& connection, std::span<const NetChange> changes) {
    Statement row = connection.statement("INSERT OR IGNORE INTO petition_units (unit, petition_id) VALUES (?, ?)");
    unitRows(changes, [&](const auto&... values) { row.run(values...); });
}

void writeTasks(Connection& connection, std::span<const NetChange> changes) {
    Statement gone = connection.statement(
        "DELETE FROM tasks WHERE role = ? AND unit = ? AND due = ? AND petition_id = ? AND position = ?");
    Statement come = connection.statement(
        "INSERT INTO tasks (role, unit, due, petition_id, position, step, officer, complained_unit)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    taskRows(
        changes, [&](const auto&... values) { gone.run(values...); },
        [&](const auto&... values) { come.run(values...); });
}

void writeTimers(Connection& connection, std::span<const NetChange> changes) {
    Statement gone =
        connection.statement("DELETE FROM timers WHERE due = ? AND petition_id = ? AND kind = ? AND clock = ?");
    Statement come = connection.statement("INSERT INTO timers (due, petition_id, kind, clock) VALUES (?, ?, ?, ?)");
    timerRows(
        changes, [&](const auto&... values) { gone.run(values...); },
        [&](const auto&... values) { come.run(values...); });
}

void writeMerges(Connection& connection, std::span<const NetChange> changes) {
    Statement gone = connection.statement("DELETE FROM merges WHERE into_id = ? AND petition_id = ?");
    Statement come = connection.statement("INSERT INTO merges (into_id, petition_id) VALUES (?, ?)");
    mergeRows(
        changes, [&](const auto&... values) { gone.run(values...); },
        [&](const auto&... values) { come.run(values...); });
}

void writeDeliveries(Connection& connection, std::span<const NetChange> changes) {
    Statement row = connection.statement(
        "INSERT INTO deliveries (id, petition_id, connector, kind, cause, state, queued_at, next_at, attempts,"
        " last_error, reference) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET connector = excluded.connector, kind = excluded.kind, cause = excluded.cause,"
        " state = excluded.state, queued_at = excluded.queued_at, next_at = excluded.next_at,"
        " attempts = excluded.attempts, last_error = excluded.last_error, reference = excluded.reference,"
        " lease_owner = NULL, lease_until = 0");
    deliveryRows(changes, [&](const auto&... values) { row.run(values...); });
}

void writeNotices(Connection& connection, std::span<const NetChange> changes) {
    Statement row = connection.statement(
        "INSERT INTO notices (reader, at, id, petition_id, version, complained_unit) VALUES (?, ?, ?, ?, ?, ?)");
    noticeRows(changes, [&](const auto&... values) { row.run(values...); });
}

struct Birthplace {
    std::int64_t seq;
    std::string petition_id;
};

/// The first events after `after`, in the order in which petitions came.
std::vector<Birthplace> nextPetitions(Connection& connection, std::int64_t after, int limit) {
    Statement rows =
        connection.statement("SELECT seq, petition_id FROM events WHERE version = 1 AND seq > ? ORDER BY seq LIMIT ?");
    rows.query(after, limit);
    std::vector<Birthplace> found;
    while (rows.step()) found.push_back({rows.integer(0), rows.text(1)});
    return found;
}

/// Who is sending what, or died while sending it: the journal does not tell.
struct Claim {
    std::string delivery;
    std::string owner;
    std::int64_t until;
};

std::vector<Claim> claimsIn(Connection& connection) {
    Statement rows =
        connection.statement("SELECT id, lease_owner, lease_until FROM deliveries WHERE lease_owner IS NOT NULL");
    rows.query();
    std::vector<Claim> found;
    while (rows.step()) found.push_back({rows.text(0), rows.text(1), rows.integer(2)});
    return found;
}

void restore(Connection& connection, const std::vector<Claim>& claims) {
    for (const Claim& one : claims)
        connection.statement("UPDATE deliveries SET lease_owner = ?, lease_until = ? WHERE id = ? AND state = 'queued'")
            .run(one.owner, one.until, one.delivery);
}

}  // namespace

void writeProjections(Connection& connection, std::span<const Change> changes) {
    const std::vector<NetChange> net = netChanges(changes);
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
    const std::string before = dumpProjections(connection);
    const std::vector<Claim> claims = claimsIn(connection);
    const std::int64_t total = connection.number("SELECT count(*) FROM persons");
    for (const ProjectionTable& table : kProjectionTables)
        connection.execute(("DELETE FROM " + std::string{table.name}).c_str());

    std::int64_t done = 0;
    std::int64_t seq = 0;
    for (auto births = nextPetitions(connection, seq, kAtOnce); !births.empty();
         births = nextPetitions(connection, seq, kAtOnce)) {
        std::vector<Change> changes;
        for (const Birthplace& birth : births) {
            const auto key = dataKey(connection, hub_key, birth.petition_id);
            if (!key) throw DamagedRow{"a petition has no data key"};
            auto events = readEvents(connection, *key, birth.petition_id);
            domain::Petition now = fold(events);
            changes.push_back({.after = std::move(now), .events = std::move(events)});
        }
        writeProjections(connection, changes);
        done += static_cast<std::int64_t>(changes.size());
        seq = births.back().seq;
        if (progress) progress(done, total);
    }
    restore(connection, claims);
    return {.petitions = done, .equal = dumpProjections(connection) == before};
}

std::string dumpProjections(Connection& connection) {
    std::string dump;
    for (const ProjectionTable& table : kProjectionTables) {
        Statement rows = connection.statement(selectAll(table));
        dump.append("[").append(table.name).append("]\n");
        while (rows.step()) {
            for (int column = 0; column < rows.columns(); ++column)
                dump.append(rows.isNull(column) ? "-" : rows.bytes(column)).append("|");
            dump.append("\n");
        }
    }
    return dump;
}

}  // namespace pakn::store::sqlite
