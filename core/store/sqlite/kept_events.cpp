#include "core/store/sqlite/kept_events.hpp"

#include "core/store/kept_codec.hpp"

namespace pakn::store::sqlite {

using security::HubKey;

void keepEvent(Connection& connection, const HubKey& hub_key, const std::string& connector, const KeptEvent& event) {
    connection
        .statement(
            "INSERT INTO kept_events (connector, conversation, event, at, sealed) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (connector, conversation, event) DO NOTHING")
        .run(connector, keptIndex(hub_key, connector, event.conversation), keptIndex(hub_key, connector, event.id),
             event.at, Blob{sealKept(hub_key, connector, event)});
}

std::vector<KeptEvent> keptEvents(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                  const std::string& conversation) {
    Statement rows = connection.statement(
        "SELECT sequence, at, conversation, event, sealed FROM kept_events WHERE connector = ? AND conversation = ?"
        " ORDER BY sequence");
    rows.query(connector, keptIndex(hub_key, connector, conversation));
    std::vector<KeptEvent> events;
    while (rows.step()) events.push_back(readKept(rows, hub_key, connector));
    return events;
}

void dropEvents(Connection& connection, const HubKey& hub_key, const std::string& connector,
                const std::string& conversation, std::int64_t sequence) {
    connection.statement("DELETE FROM kept_events WHERE connector = ? AND conversation = ? AND sequence <= ?")
        .run(connector, keptIndex(hub_key, connector, conversation), sequence);
}

std::vector<std::string> quietConversations(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                            Instant before, int most) {
    // SQLite takes the other columns of a row with max() from that very row.
    Statement rows = connection.statement(
        "SELECT max(sequence), at, conversation, event, sealed FROM kept_events WHERE connector = ?"
        " GROUP BY conversation HAVING at < ? ORDER BY at, conversation LIMIT ?");
    rows.query(connector, before, most);
    std::vector<std::string> conversations;
    while (rows.step()) conversations.push_back(readKept(rows, hub_key, connector).conversation);
    return conversations;
}

}  // namespace pakn::store::sqlite
