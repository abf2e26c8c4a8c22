#include "core/store/postgresql/kept_events.hpp"

#include "core/store/kept_codec.hpp"

namespace pakn::store::postgresql {

using security::HubKey;

void keepEvent(Connection& connection, const HubKey& hub_key, const std::string& connector, const KeptEvent& event) {
    connection.query(
        "INSERT INTO kept_events (connector, conversation, event, at, sealed) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (connector, conversation, event) DO NOTHING",
        connector, keptIndex(hub_key, connector, event.conversation), keptIndex(hub_key, connector, event.id), event.at,
        Blob{sealKept(hub_key, connector, event)});
}

std::vector<KeptEvent> keptEvents(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                  const std::string& conversation) {
    const Rows rows = connection.query(
        "SELECT sequence, at, conversation, event, sealed FROM kept_events WHERE connector = $1 AND conversation = $2"
        " ORDER BY sequence",
        connector, keptIndex(hub_key, connector, conversation));
    std::vector<KeptEvent> events;
    for (int i = 0; i < rows.count(); ++i) events.push_back(readKept(rows[i], hub_key, connector));
    return events;
}

void dropEvents(Connection& connection, const HubKey& hub_key, const std::string& connector,
                const std::string& conversation, std::int64_t sequence) {
    connection.query("DELETE FROM kept_events WHERE connector = $1 AND conversation = $2 AND sequence <= $3", connector,
                     keptIndex(hub_key, connector, conversation), sequence);
}

std::vector<std::string> quietConversations(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                            Instant before, int most) {
    const Rows rows = connection.query(
        "SELECT sequence, at, conversation, event, sealed FROM (SELECT DISTINCT ON (conversation) * FROM kept_events"
        " WHERE connector = $1 ORDER BY conversation, sequence DESC) last"
        " WHERE at < $2 ORDER BY at, conversation LIMIT $3",
        connector, before, most);
    std::vector<std::string> conversations;
    for (int i = 0; i < rows.count(); ++i) conversations.push_back(readKept(rows[i], hub_key, connector).conversation);
    return conversations;
}

}  // namespace pakn::store::postgresql
