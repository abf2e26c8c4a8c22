#include "core/store/postgresql/hub_tables.hpp"

#include "core/store/row_codec.hpp"

namespace pakn::store::postgresql {

using security::HubKey;

void insertRefused(Connection& connection, const HubKey& hub_key, const RefusedItem& item) {
    connection.query(
        "INSERT INTO refused (id, channel, external_id, at, problem, sealed) VALUES ($1, $2, $3, $4, $5, $6)", item.id,
        item.channel, item.external_id, item.at, item.problem,
        Blob{hub_key.sealOwn("refused:" + item.id, item.content)});
}

void insertConfiguration(Connection& connection, const KeptConfiguration& configuration, const std::string& actor,
                         const std::string& node) {
    connection.query(
        "WITH kept AS (INSERT INTO configurations (hash, at, text) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING)"
        " INSERT INTO acceptances (at, hash, actor, node) SELECT $2, $1, $4, $5 WHERE $1 IS DISTINCT FROM"
        " (SELECT hash FROM acceptances WHERE node = $5 ORDER BY sequence DESC LIMIT 1)",
        configuration.hash, configuration.at, configuration.text, actor, node);
}

std::vector<KeptConfiguration> allConfigurations(Connection& connection) {
    const Rows rows = connection.query("SELECT hash, text, at FROM configurations ORDER BY at, hash");
    std::vector<KeptConfiguration> all;
    for (int i = 0; i < rows.count(); ++i)
        all.push_back({.hash = rows[i].text(0), .text = rows[i].text(1), .at = instant(rows[i].integer(2))});
    return all;
}

std::vector<Acceptance> lastAcceptances(Connection& connection, int most) {
    const Rows rows = connection.query(
        "SELECT sequence, at, hash, actor, node FROM acceptances ORDER BY sequence DESC LIMIT $1", most);
    std::vector<Acceptance> last;
    for (int i = 0; i < rows.count(); ++i)
        last.push_back({.sequence = rows[i].integer(0),
                        .at = instant(rows[i].integer(1)),
                        .hash = rows[i].text(2),
                        .actor = rows[i].text(3),
                        .node = rows[i].text(4)});
    return last;
}

std::optional<std::string> findState(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                     const std::string& key) {
    const Rows rows =
        connection.query("SELECT sealed FROM connector_state WHERE connector = $1 AND key = $2", connector, Blob{key});
    if (rows.empty()) return std::nullopt;
    auto value = hub_key.openOwn(stateContext(connector, key), rows[0].bytes(0));
    if (!value) throw DamagedRow{"a connector's value does not open: written under another hub key"};
    return std::move(*value);
}

void replaceState(Connection& connection, const HubKey& hub_key, const std::string& connector, const std::string& key,
                  const std::string& value) {
    connection.query(
        "INSERT INTO connector_state (connector, key, sealed) VALUES ($1, $2, $3)"
        " ON CONFLICT (connector, key) DO UPDATE SET sealed = excluded.sealed",
        connector, Blob{key}, Blob{hub_key.sealOwn(stateContext(connector, key), value)});
}

StateSize measureState(Connection& connection, const std::string& connector, const std::string& except) {
    const Rows rows = connection.query(
        "SELECT count(*), coalesce(sum(octet_length(key) + octet_length(sealed)), 0)::bigint FROM connector_state"
        " WHERE connector = $1 AND key <> $2",
        connector, Blob{except});
    return {.values = rows[0].integer(0), .bytes = rows[0].integer(1)};
}

void beat(Connection& connection) { connection.query("UPDATE heartbeat SET beat = beat + 1"); }

Counts countAll(Connection& connection) {
    // The numbers of events have gaps here, from transactions that failed: versions are what can be counted on.
    const Rows totals = connection.query(
        "SELECT (SELECT count(*) FROM petitions), (SELECT coalesce(sum(version), 0)::bigint FROM petitions),"
        " (SELECT count(*) FROM tasks)");
    Counts counts{
        .petitions = totals[0].integer(0), .events = totals[0].integer(1), .open_tasks = totals[0].integer(2)};
    const Rows states = connection.query("SELECT state, count(*) FROM deliveries GROUP BY state");
    for (int i = 0; i < states.count(); ++i)
        counts.deliveries[known(domain::findDeliveryState(states[i].bytes(0)))] = states[i].integer(1);
    return counts;
}

Backlog countBacklog(Connection& connection, Instant now) {
    Backlog backlog{
        .overdue =
            connection.query("SELECT count(*) FROM petitions WHERE finished = 0 AND due_at <= $1", now)[0].integer(0)};
    const Rows rows =
        connection.query("SELECT connector, count(*) FROM deliveries WHERE state = 'queued' GROUP BY connector");
    for (int i = 0; i < rows.count(); ++i) backlog.queued[rows[i].text(0)] = rows[i].integer(1);
    return backlog;
}

Instant serverClock(Connection& connection) {
    return instant(connection.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")[0].integer(0));
}

}  // namespace pakn::store::postgresql
