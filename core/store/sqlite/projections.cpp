#include "core/store/sqlite/projections.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/domain/projection.hpp"
#include "core/store/event_codec.hpp"
#include "core/store/sqlite/journal.hpp"

namespace pakn::store::sqlite {

using domain::DeliveryRecord;
using domain::Petition;
using domain::Projection;
using domain::TaskRow;
using domain::TimerRow;

namespace {

struct Rows {
    Projection before;
    Projection after;
};

std::optional<Instant> totalDue(const Petition& petition) {
    const auto found = petition.due.find(domain::Clock::kTotal);
    return found == petition.due.end() ? std::nullopt : std::optional{found->second};
}

void writePetitions(Connection& connection, std::span<const Change> changes) {
    Statement row = connection.statement(
        "INSERT INTO petitions (id, code, version, status, step, channel, category, unit, suggested_unit, officer,"
        " complained_unit, emergency, received_at, due_at, total_due_at, finished_at, finished, sort_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, step = excluded.step,"
        " category = excluded.category, unit = excluded.unit, suggested_unit = excluded.suggested_unit,"
        " officer = excluded.officer, emergency = excluded.emergency, due_at = excluded.due_at,"
        " total_due_at = excluded.total_due_at, finished_at = excluded.finished_at, finished = excluded.finished,"
        " sort_at = excluded.sort_at");
    for (const Change& change : changes) {
        const Petition& now = change.after;
        const bool finished = now.finished_at.has_value();
        const std::optional<Instant> due = now.currentDue();
        row.run(now.id, now.code, now.version, nameOf(now.status), now.step, now.channel, now.category, now.unit,
                now.suggested_unit, now.officer, now.complained_unit, int{now.emergency}, now.received_at, due,
                totalDue(now), now.finished_at, int{finished}, finished ? 0 : millis(due, kNever));
    }
}

void writeUnits(Connection& connection, std::span<const Change> changes) {
    Statement row = connection.statement("INSERT OR IGNORE INTO petition_units (unit, petition_id) VALUES (?, ?)");
    for (const Change& change : changes)
        for (const domain::Event& event : change.events)
            if (const auto* distributed = std::get_if<domain::Distributed>(&event.data))
                row.run(distributed->unit, change.after.id);
}

void writeTasks(Connection& connection, std::span<const Change> changes, std::span<const Rows> rows) {
    Statement gone = connection.statement(
        "DELETE FROM tasks WHERE role = ? AND unit = ? AND due = ? AND petition_id = ? AND position = ?");
    Statement come = connection.statement(
        "INSERT INTO tasks (role, unit, due, petition_id, position, step, officer, complained_unit)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const Petition& petition = changes[i].after;
        const std::vector<TaskRow>& before = rows[i].before.tasks;
        const std::vector<TaskRow>& after = rows[i].after.tasks;
        const auto same = [&](std::size_t position) {
            return position < before.size() && position < after.size() && before[position] == after[position];
        };
        for (std::size_t position = 0; position < before.size(); ++position) {
            const TaskRow& task = before[position];
            if (!same(position))
                gone.run(nameOf(task.role), task.unit, millis(task.due, kNever), petition.id,
                         static_cast<int>(position));
        }
        for (std::size_t position = 0; position < after.size(); ++position) {
            const TaskRow& task = after[position];
            if (!same(position))
                come.run(nameOf(task.role), task.unit, millis(task.due, kNever), petition.id,
                         static_cast<int>(position), task.step, task.officer, petition.complained_unit);
        }
    }
}

bool holds(const std::vector<TimerRow>& timers, const TimerRow& wanted) {
    return std::find(timers.begin(), timers.end(), wanted) != timers.end();
}

void writeTimers(Connection& connection, std::span<const Change> changes, std::span<const Rows> rows) {
    Statement gone =
        connection.statement("DELETE FROM timers WHERE due = ? AND petition_id = ? AND kind = ? AND clock = ?");
    Statement come = connection.statement("INSERT INTO timers (due, petition_id, kind, clock) VALUES (?, ?, ?, ?)");
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const std::string& id = changes[i].after.id;
        const std::vector<TimerRow>& before = rows[i].before.timers;
        const std::vector<TimerRow>& after = rows[i].after.timers;
        for (const TimerRow& timer : before)
            if (!holds(after, timer)) gone.run(timer.due, id, timer.kind, nameOf(timer.clock));
        for (const TimerRow& timer : after)
            if (!holds(before, timer)) come.run(timer.due, id, timer.kind, nameOf(timer.clock));
    }
}

/// Deliveries that the events of a change speak of: their leases end with it.
std::set<std::string_view> settledDeliveries(const Change& change) {
    std::set<std::string_view> ids;
    for (const domain::Event& event : change.events)
        std::visit(
            [&](const auto& data) {
                if constexpr (requires { data.delivery; }) ids.insert(data.delivery);
            },
            event.data);
    return ids;
}

void writeDeliveries(Connection& connection, std::span<const Change> changes) {
    Statement row = connection.statement(
        "INSERT INTO deliveries (id, petition_id, connector, kind, cause, state, queued_at, next_at, attempts,"
        " last_error, reference) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET connector = excluded.connector, kind = excluded.kind, cause = excluded.cause,"
        " state = excluded.state, queued_at = excluded.queued_at, next_at = excluded.next_at,"
        " attempts = excluded.attempts, last_error = excluded.last_error, reference = excluded.reference,"
        " lease_owner = NULL, lease_until = 0");
    for (const Change& change : changes) {
        if (change.after.deliveries.empty()) continue;
        const auto settled = settledDeliveries(change);
        for (const DeliveryRecord& one : change.after.deliveries) {
            const DeliveryRecord* before = change.before.delivery(one.id);
            if (before != nullptr && *before == one && !settled.contains(one.id)) continue;
            row.run(one.id, change.after.id, one.connector, nameOf(one.kind), nameOf(one.cause), nameOf(one.state),
                    one.queued_at, one.next_at, one.attempts, one.last_error, one.reference);
        }
    }
}

struct Table {
    const char* name;
    const char* columns;
    const char* key;
};
constexpr Table kTables[] = {
    {"petitions",
     "id, code, version, status, step, channel, category, unit, suggested_unit, officer, complained_unit, emergency,"
     " received_at, due_at, total_due_at, finished_at, finished, sort_at",
     "id"},
    {"petition_units", "unit, petition_id", "unit, petition_id"},
    {"tasks", "role, unit, due, petition_id, position, step, officer, complained_unit",
     "petition_id, position, role, unit, due"},
    {"timers", "petition_id, kind, clock, due", "petition_id, kind, clock, due"},
    {"deliveries",
     "id, petition_id, connector, kind, cause, state, queued_at, next_at, attempts, last_error, reference", "id"},
};

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

}  // namespace

void writeProjections(Connection& connection, std::span<const Change> changes) {
    std::vector<Rows> rows;
    rows.reserve(changes.size());
    for (const Change& change : changes)
        rows.push_back({change.before.version == 0 ? Projection{} : project(change.before), project(change.after)});
    writePetitions(connection, changes);
    writeUnits(connection, changes);
    writeTasks(connection, changes, rows);
    writeTimers(connection, changes, rows);
    writeDeliveries(connection, changes);
}

std::int64_t rebuildProjections(Connection& connection, const security::HubKey& hub_key,
                                const std::function<void(std::int64_t, std::int64_t)>& progress) {
    constexpr int kAtOnce = 500;
    const std::int64_t total = connection.number("SELECT count(*) FROM persons");
    for (const Table& table : kTables) connection.execute(("DELETE FROM " + std::string{table.name}).c_str());

    std::int64_t done = 0;
    std::int64_t seq = 0;
    for (auto births = nextPetitions(connection, seq, kAtOnce); !births.empty();
         births = nextPetitions(connection, seq, kAtOnce)) {
        std::vector<Change> changes;
        for (const Birthplace& birth : births) {
            const auto key = dataKey(connection, hub_key, birth.petition_id);
            if (!key) throw DamagedRow{"a petition has no data key"};
            auto events = readEvents(connection, *key, birth.petition_id);
            Petition now = fold(events);
            changes.push_back({.after = std::move(now), .events = std::move(events)});
        }
        writeProjections(connection, changes);
        done += static_cast<std::int64_t>(changes.size());
        seq = births.back().seq;
        if (progress) progress(done, total);
    }
    return done;
}

std::string dumpProjections(Connection& connection) {
    std::string dump;
    for (const Table& table : kTables) {
        std::string select = "SELECT ";
        select.append(table.columns).append(" FROM ").append(table.name).append(" ORDER BY ").append(table.key);
        Statement rows = connection.statement(select);
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
