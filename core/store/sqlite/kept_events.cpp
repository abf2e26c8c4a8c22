#include "core/store/sqlite/kept_events.hpp"

#include <charconv>
#include <string_view>

#include "core/store/event_codec.hpp"

namespace pakn::store::sqlite {

namespace {

using security::HubKey;

std::string index(const HubKey& hub_key, const std::string& connector, std::string_view value) {
    return hub_key.blindIndex("kept:" + connector, value);
}

std::string contextOf(const std::string& connector, const std::string& conversation_index,
                      const std::string& event_index) {
    return "kept:" + conversation_index + event_index + connector;
}

/// "<length>:<text>" one after the other.
std::string pack(std::initializer_list<std::string_view> texts) {
    std::string packed;
    for (const std::string_view text : texts) packed.append(std::to_string(text.size())).append(1, ':').append(text);
    return packed;
}

std::string takeText(std::string_view& packed) {
    std::size_t size = 0;
    const auto [end, problem] = std::from_chars(packed.data(), packed.data() + packed.size(), size);
    const auto digits = static_cast<std::size_t>(end - packed.data());
    if (problem != std::errc{} || digits >= packed.size() || size > packed.size() - digits - 1)
        throw DamagedRow{"a kept event that is not one"};
    std::string text{packed.substr(digits + 1, size)};
    packed.remove_prefix(digits + 1 + size);
    return text;
}

/// From the columns sequence, at, conversation, event, sealed.
KeptEvent readEvent(const Statement& row, const HubKey& hub_key, const std::string& connector) {
    const auto packed = hub_key.openOwn(contextOf(connector, row.text(2), row.text(3)), row.bytes(4));
    if (!packed) throw DamagedRow{"a kept event does not open: written under another hub key"};
    std::string_view rest = *packed;
    KeptEvent event{.at = instant(row.integer(1)), .sequence = row.integer(0)};
    event.conversation = takeText(rest);
    event.id = takeText(rest);
    event.data = takeText(rest);
    return event;
}

}  // namespace

void keepEvent(Connection& connection, const HubKey& hub_key, const std::string& connector, const KeptEvent& event) {
    const std::string conversation = index(hub_key, connector, event.conversation);
    const std::string id = index(hub_key, connector, event.id);
    const std::string sealed =
        hub_key.sealOwn(contextOf(connector, conversation, id), pack({event.conversation, event.id, event.data}));
    connection
        .statement(
            "INSERT INTO kept_events (connector, conversation, event, at, sealed) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (connector, conversation, event) DO NOTHING")
        .run(connector, conversation, id, event.at, Blob{sealed});
}

std::vector<KeptEvent> keptEvents(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                  const std::string& conversation) {
    Statement rows = connection.statement(
        "SELECT sequence, at, conversation, event, sealed FROM kept_events WHERE connector = ? AND conversation = ?"
        " ORDER BY sequence");
    rows.query(connector, index(hub_key, connector, conversation));
    std::vector<KeptEvent> events;
    while (rows.step()) events.push_back(readEvent(rows, hub_key, connector));
    return events;
}

void dropEvents(Connection& connection, const HubKey& hub_key, const std::string& connector,
                const std::string& conversation, std::int64_t sequence) {
    connection.statement("DELETE FROM kept_events WHERE connector = ? AND conversation = ? AND sequence <= ?")
        .run(connector, index(hub_key, connector, conversation), sequence);
}

std::vector<std::string> quietConversations(Connection& connection, const HubKey& hub_key, const std::string& connector,
                                            Instant before, int most) {
    // SQLite takes the other columns of a row with max() from that very row.
    Statement rows = connection.statement(
        "SELECT max(sequence), at, conversation, event, sealed FROM kept_events WHERE connector = ?"
        " GROUP BY conversation HAVING at < ? ORDER BY at, conversation LIMIT ?");
    rows.query(connector, before, most);
    std::vector<std::string> conversations;
    while (rows.step()) conversations.push_back(readEvent(rows, hub_key, connector).conversation);
    return conversations;
}

}  // namespace pakn::store::sqlite
