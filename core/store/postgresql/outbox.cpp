#include "core/store/postgresql/outbox.hpp"

#include <algorithm>

#include "core/store/row_codec.hpp"

namespace pakn::store::postgresql {

std::vector<DueTimer> findDueTimers(Connection& connection, Instant now, int limit) {
    const Rows rows = connection.query(
        "SELECT petition_id, kind, clock, due FROM timers WHERE due <= $1 ORDER BY due, petition_id LIMIT $2", now,
        limit);
    std::vector<DueTimer> found;
    for (int i = 0; i < rows.count(); ++i) found.push_back(readTimer(rows[i]));
    return found;
}

std::vector<Merge> findSharable(Connection& connection, int limit) {
    const Rows rows = connection.query(
        "SELECT m.petition_id, m.into_id FROM merges m JOIN petitions p ON p.id = m.into_id WHERE p.finished = 1"
        " ORDER BY m.into_id, m.petition_id LIMIT $1",
        limit);
    std::vector<Merge> found;
    for (int i = 0; i < rows.count(); ++i) found.push_back({.petition = rows[i].text(0), .into = rows[i].text(1)});
    return found;
}

std::vector<std::string> findMergedInto(Connection& connection, const std::string& petition_id, int limit) {
    const Rows rows = connection.query(
        "SELECT petition_id FROM merges WHERE into_id = $1 ORDER BY petition_id LIMIT $2", petition_id, limit);
    std::vector<std::string> found;
    for (int i = 0; i < rows.count(); ++i) found.push_back(rows[i].text(0));
    return found;
}

std::vector<std::string> findOpenPetitions(Connection& connection, const std::string& after, int limit) {
    const Rows rows =
        connection.query("SELECT id FROM petitions WHERE finished = 0 AND id > $1 ORDER BY id LIMIT $2", after, limit);
    std::vector<std::string> found;
    for (int i = 0; i < rows.count(); ++i) found.push_back(rows[i].text(0));
    return found;
}

std::vector<ClaimedDelivery> claim(Connection& connection, const std::string& connector, const std::string& owner,
                                   Instant now, Instant lease_until, int limit) {
    const Rows rows = connection.query(
        // Materialized: else a join might run it again and claim more than the limit.
        "WITH due AS MATERIALIZED ("
        "SELECT id, lease_owner IS NOT NULL AS interrupted FROM deliveries WHERE state = 'queued' AND connector = $1"
        " AND next_at <= $3 AND lease_until <= $3 ORDER BY next_at, id LIMIT $5 FOR UPDATE SKIP LOCKED)"
        " UPDATE deliveries d SET lease_owner = $2, lease_until = $4 FROM due WHERE d.id = due.id RETURNING "
        "d.petition_id, d.id, due.interrupted, d.next_at",
        connector, owner, now, lease_until, limit);
    struct Taken {
        std::int64_t next_at;
        ClaimedDelivery delivery;
    };
    std::vector<Taken> taken;
    for (int i = 0; i < rows.count(); ++i)
        taken.push_back({rows[i].integer(3),
                         {.petition_id = rows[i].text(0),
                          .delivery_id = rows[i].text(1),
                          // Settling clears the owner: one that is still there has died in between.
                          .interrupted = rows[i].integer(2) != 0}});
    // An UPDATE gives its rows in any order.
    std::sort(taken.begin(), taken.end(), [](const Taken& a, const Taken& b) {
        return std::tie(a.next_at, a.delivery.delivery_id) < std::tie(b.next_at, b.delivery.delivery_id);
    });
    std::vector<ClaimedDelivery> claimed;
    for (Taken& one : taken) claimed.push_back(std::move(one.delivery));
    return claimed;
}

void renewClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims,
                 Instant lease_until) {
    Batch rows;
    for (const ClaimedDelivery& one : claims) rows.add(one.delivery_id);
    if (rows.empty()) return;
    Parameters parameters = rows.take();
    parameters.add(owner);
    parameters.add(lease_until);
    connection.queue(
        "UPDATE deliveries d SET lease_until = $3 FROM unnest($1) AS r (id)"
        " WHERE d.id = r.id AND d.lease_owner = $2 AND d.state = 'queued'",
        parameters);
    connection.run();
}

void returnClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims) {
    Batch rows;
    for (const ClaimedDelivery& one : claims) rows.add(one.delivery_id, int{one.interrupted});
    if (rows.empty()) return;
    Parameters parameters = rows.take();
    parameters.add(owner);
    connection.queue(
        "UPDATE deliveries d SET lease_until = 0, lease_owner = CASE WHEN r.interrupted <> 0 THEN d.lease_owner END"
        " FROM unnest($1, $2) AS r (id, interrupted) WHERE d.id = r.id AND d.lease_owner = $3",
        parameters);
    connection.run();
}

bool holdLease(Connection& connection, const std::string& name, const std::string& owner, Instant now, Instant until) {
    return connection
               .query(
                   "INSERT INTO leases AS l (name, owner, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET"
                   " owner = excluded.owner, until = excluded.until WHERE l.owner = excluded.owner OR l.until <= $4",
                   name, owner, until, now)
               .changed() > 0;
}

void releaseLease(Connection& connection, const std::string& name, const std::string& owner) {
    connection.query("DELETE FROM leases WHERE name = $1 AND owner = $2", name, owner);
}

}  // namespace pakn::store::postgresql
