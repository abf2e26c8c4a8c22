#include "core/store/sqlite/journal.hpp"

#include "core/store/row_codec.hpp"

namespace pakn::store::sqlite {

using domain::Event;
using domain::Petition;
using security::HubKey;
using security::Key;

std::optional<Key> dataKey(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    Statement person = connection.statement("SELECT wrapped_key FROM persons WHERE petition_id = ?");
    if (!person.query(petition_id).step()) return std::nullopt;
    return openDataKey(hub_key, petition_id, person.bytes(0));
}

std::vector<Event> readEvents(Connection& connection, const Key& data_key, const std::string& petition_id) {
    Statement rows = connection.statement(
        "SELECT e.id, e.version, e.at, e.kind, e.actor, e.role, e.config_hash, p.sealed"
        " FROM events e JOIN payloads p ON p.seq = e.seq WHERE e.petition_id = ? ORDER BY e.version");
    rows.query(petition_id);
    std::vector<Event> events;
    while (rows.step()) {
        events.push_back(readEvent(rows, data_key, petition_id));
        if (events.back().version != static_cast<int>(events.size()))
            throw DamagedRow{"an event of a petition is missing"};
    }
    return events;
}

std::optional<Petition> readPetition(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    const auto key = dataKey(connection, hub_key, petition_id);
    if (!key) return std::nullopt;
    const std::vector<Event> events = readEvents(connection, *key, petition_id);
    if (events.empty()) throw DamagedRow{"a petition has no events"};
    return fold(events);
}

std::string readTitle(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    Statement row = connection.statement(
        "SELECT k.wrapped_key, p.sealed FROM events e JOIN payloads p ON p.seq = e.seq"
        " JOIN persons k ON k.petition_id = e.petition_id WHERE e.petition_id = ? AND e.version = 1");
    if (!row.query(petition_id).step()) throw DamagedRow{"a petition has no first event"};
    const Key key = openDataKey(hub_key, petition_id, row.bytes(0));
    return store::readTitle(key, petition_id, row.bytes(1));
}

std::optional<Person> readPerson(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    Statement row = connection.statement("SELECT wrapped_key, sealed FROM persons WHERE petition_id = ?");
    if (!row.query(petition_id).step()) return std::nullopt;
    return openPerson(openDataKey(hub_key, petition_id, row.bytes(0)), petition_id, row.bytes(1));
}

void writeEvents(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed) {
    std::int64_t seq = connection.number("SELECT max(seq) FROM events");
    const std::int64_t first = seq + 1;
    std::vector<std::string_view> payloads;
    Statement event_row = connection.statement(
        "INSERT INTO events (seq, id, petition_id, version, at, kind, actor, role, config_hash, commitment, leaf)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    eventRows(changes, sealed, [&](std::string_view payload, const auto&... event) {
        payloads.push_back(payload);
        event_row.run(++seq, event...);
    });
    Statement payload_row = connection.statement("INSERT INTO payloads (seq, sealed) VALUES (?, ?)");
    seq = first;
    for (const std::string_view payload : payloads) payload_row.run(seq++, Blob{payload});
}

void writeBirths(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed) {
    Statement person_row = connection.statement(
        "INSERT INTO persons (petition_id, wrapped_key, sealed, phone_index, citizen_index, reply_index)"
        " VALUES (?, ?, ?, ?, ?, ?)");
    personRows(changes, sealed, [&](const auto&... values) { person_row.run(values...); });
    Statement inbox_row = connection.statement("INSERT INTO inbox (key, petition_id, body_hash) VALUES (?, ?, ?)");
    inboxRows(changes, [&](const auto&... values) { inbox_row.run(values...); });
    callRows(changes, [&](const auto&... values) {
        connection.statement("INSERT INTO petition_calls (call, petition_id) VALUES (?, ?)").run(values...);
    });
}

}  // namespace pakn::store::sqlite
