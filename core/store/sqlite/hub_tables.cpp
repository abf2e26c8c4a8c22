#include "core/store/sqlite/hub_tables.hpp"

#include <Poco/Data/LOB.h>
#include <Poco/Data/Statement.h>

#include "core/store/row_codec.hpp"

namespace pakn::store::sqlite {

using Poco::Data::CLOB;
using Poco::Data::Session;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;
using security::HubKey;

void insertRefused(Session& session, const HubKey& hub_key, const RefusedItem& item) {
    session << "INSERT INTO refused (id, channel, external_id, at, problem, sealed) VALUES (?, ?, ?, ?, ?, ?)",
        bind(item.id), bind(item.channel), bind(item.external_id), bind(millis(item.at)), bind(item.problem),
        bind(CLOB{hub_key.sealOwn("refused:" + item.id, item.content)}), now;
}

std::string lastAccepted(Connection& connection, const std::string& node) {
    Statement rows = connection.statement("SELECT hash FROM acceptances WHERE node = ? ORDER BY sequence DESC LIMIT 1");
    rows.query(node);
    return rows.step() ? rows.text(0) : std::string{};
}

void insertConfiguration(Connection& connection, const KeptConfiguration& configuration, const std::string& actor,
                         const std::string& node) {
    const auto& [hash, text, at] = configuration;
    connection.statement("INSERT OR IGNORE INTO configurations (hash, at, text) VALUES (?, ?, ?)")
        .run(hash, millis(at), text);
    connection.statement("INSERT INTO acceptances (at, hash, actor, node) VALUES (?, ?, ?, ?)")
        .run(millis(at), hash, actor, node);
}

std::vector<KeptConfiguration> allConfigurations(Connection& connection) {
    std::vector<KeptConfiguration> all;
    Statement rows = connection.statement("SELECT hash, text, at FROM configurations ORDER BY at, hash");
    while (rows.step())
        all.push_back({std::string{rows.bytes(0)}, std::string{rows.bytes(1)}, instant(rows.integer(2))});
    return all;
}

std::vector<Acceptance> lastAcceptances(Connection& connection, int most) {
    std::vector<Acceptance> last;
    Statement rows =
        connection.statement("SELECT sequence, at, hash, actor, node FROM acceptances ORDER BY sequence DESC LIMIT ?");
    rows.query(most);
    while (rows.step())
        last.push_back({.sequence = rows.integer(0),
                        .at = instant(rows.integer(1)),
                        .hash = rows.text(2),
                        .actor = rows.text(3),
                        .node = rows.text(4)});
    return last;
}

std::optional<std::string> findState(Session& session, const HubKey& hub_key, const std::string& connector,
                                     const std::string& key) {
    std::vector<CLOB> rows;
    session << "SELECT sealed FROM connector_state WHERE connector = ? AND key = ?", into(rows), bind(connector),
        bind(key), now;
    if (rows.empty()) return std::nullopt;
    const std::string_view sealed{rows.front().rawContent(), rows.front().size()};
    auto value = hub_key.openOwn(stateContext(connector, key), sealed);
    if (!value) throw DamagedRow{"a connector's value does not open: written under another hub key"};
    return std::move(*value);
}

void replaceState(Session& session, const HubKey& hub_key, const std::string& connector, const std::string& key,
                  const std::string& value) {
    session << "INSERT OR REPLACE INTO connector_state (connector, key, sealed) VALUES (?, ?, ?)", bind(connector),
        bind(key), bind(CLOB{hub_key.sealOwn(stateContext(connector, key), value)}), now;
}

StateSize measureState(Connection& connection, const std::string& connector, const std::string& except) {
    Statement rows = connection.statement(
        "SELECT count(*), coalesce(sum(length(CAST(key AS BLOB)) + length(sealed)), 0) FROM connector_state"
        " WHERE connector = ? AND key <> ?");
    rows.query(connector, except).step();
    return {.values = rows.integer(0), .bytes = rows.integer(1)};
}

void beat(Session& session) { session << "UPDATE heartbeat SET beat = beat + 1", now; }

Counts countAll(Connection& connection) {
    Counts counts{.petitions = connection.number("SELECT count(*) FROM petitions"),
                  // Numbers have no gaps: events are never deleted, and a rolled back number is used again.
                  .events = connection.number("SELECT max(seq) FROM events"),
                  .open_tasks = connection.number("SELECT count(*) FROM tasks")};
    Statement rows = connection.statement("SELECT state, count(*) FROM deliveries GROUP BY state");
    while (rows.step()) {
        const auto state = domain::findDeliveryState(rows.bytes(0));
        if (!state) throw DamagedRow{"a delivery in an unknown state"};
        counts.deliveries[*state] = rows.integer(1);
    }
    return counts;
}

Backlog countBacklog(Connection& connection, Instant now) {
    Backlog backlog;
    Statement overdue = connection.statement("SELECT count(*) FROM petitions WHERE finished = 0 AND due_at <= ?");
    if (overdue.query(now).step()) backlog.overdue = overdue.integer(0);
    Statement rows =
        connection.statement("SELECT connector, count(*) FROM deliveries WHERE state = 'queued' GROUP BY connector");
    while (rows.step()) backlog.queued[rows.text(0)] = rows.integer(1);
    return backlog;
}

}  // namespace pakn::store::sqlite
