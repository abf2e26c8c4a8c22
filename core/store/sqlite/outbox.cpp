#include "core/store/sqlite/outbox.hpp"

#include "core/store/row_codec.hpp"

namespace pakn::store::sqlite {

std::vector<DueTimer> findDueTimers(Connection& connection, Instant now, int limit) {
    Statement rows = connection.statement(
        "SELECT petition_id, kind, clock, due FROM timers WHERE due <= ? ORDER BY due, petition_id LIMIT ?");
    rows.query(now, limit);
    std::vector<DueTimer> found;
    while (rows.step()) found.push_back(readTimer(rows));
    return found;
}

std::vector<Merge> findSharable(Connection& connection, int limit) {
    Statement rows = connection.statement(
        "SELECT m.petition_id, m.into_id FROM merges m JOIN petitions p ON p.id = m.into_id WHERE p.finished = 1"
        " ORDER BY m.into_id, m.petition_id LIMIT ?");
    rows.query(limit);
    std::vector<Merge> found;
    while (rows.step()) found.push_back({.petition = rows.text(0), .into = rows.text(1)});
    return found;
}

std::vector<std::string> findMergedInto(Connection& connection, const std::string& petition_id, int limit) {
    Statement rows =
        connection.statement("SELECT petition_id FROM merges WHERE into_id = ? ORDER BY petition_id LIMIT ?");
    rows.query(petition_id, limit);
    std::vector<std::string> found;
    while (rows.step()) found.push_back(rows.text(0));
    return found;
}

std::vector<std::string> findOpenPetitions(Connection& connection, const std::string& after, int limit) {
    Statement rows = connection.statement("SELECT id FROM petitions WHERE finished = 0 AND id > ? ORDER BY id LIMIT ?");
    rows.query(after, limit);
    std::vector<std::string> found;
    while (rows.step()) found.push_back(rows.text(0));
    return found;
}

bool anythingToClaim(Connection& connection, const std::string& connector, Instant now) {
    Statement row = connection.statement(
        "SELECT 1 FROM deliveries WHERE state = 'queued' AND connector = ? AND next_at <= ? AND lease_until <= ?"
        " LIMIT 1");
    return row.query(connector, now, now).step();
}

std::vector<ClaimedDelivery> claim(Connection& connection, const std::string& connector, const std::string& owner,
                                   Instant now, Instant lease_until, int limit) {
    std::vector<ClaimedDelivery> claimed;
    {
        Statement rows = connection.statement(
            "SELECT petition_id, id, lease_owner IS NOT NULL FROM deliveries WHERE state = 'queued' AND connector = ?"
            " AND next_at <= ? AND lease_until <= ? ORDER BY next_at, id LIMIT ?");
        rows.query(connector, now, now, limit);
        while (rows.step())
            claimed.push_back({.petition_id = rows.text(0),
                               .delivery_id = rows.text(1),
                               // Settling clears the owner: one that is still there has died in between.
                               .interrupted = rows.integer(2) != 0});
    }
    Statement lease = connection.statement("UPDATE deliveries SET lease_owner = ?, lease_until = ? WHERE id = ?");
    for (const ClaimedDelivery& one : claimed) lease.run(owner, lease_until, one.delivery_id);
    return claimed;
}

void renewClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims,
                 Instant lease_until) {
    Statement later = connection.statement(
        "UPDATE deliveries SET lease_until = ? WHERE id = ? AND lease_owner = ? AND state = 'queued'");
    for (const ClaimedDelivery& one : claims) later.run(lease_until, one.delivery_id, owner);
}

void returnClaims(Connection& connection, const std::string& owner, std::span<const ClaimedDelivery> claims) {
    Statement back = connection.statement(
        "UPDATE deliveries SET lease_until = 0, lease_owner = CASE WHEN ? THEN lease_owner END"
        " WHERE id = ? AND lease_owner = ?");
    for (const ClaimedDelivery& one : claims) back.run(int{one.interrupted}, one.delivery_id, owner);
}

void endAllLeases(Connection& connection) {
    connection.statement("UPDATE deliveries SET lease_until = 0 WHERE lease_until > 0").run();
    connection.statement("DELETE FROM leases").run();
}

bool holdLease(Connection& connection, const std::string& name, const std::string& owner, Instant now, Instant until) {
    connection
        .statement(
            "INSERT INTO leases (name, owner, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " owner = excluded.owner, until = excluded.until WHERE owner = excluded.owner OR until <= ?")
        .run(name, owner, until, now);
    return connection.changes() > 0;
}

void releaseLease(Connection& connection, const std::string& name, const std::string& owner) {
    connection.statement("DELETE FROM leases WHERE name = ? AND owner = ?").run(name, owner);
}

}  // namespace pakn::store::sqlite
