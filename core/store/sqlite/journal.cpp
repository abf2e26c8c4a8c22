#include "core/store/sqlite/journal.hpp"

#include "core/store/event_codec.hpp"
#include "core/store/journal_entry.hpp"

namespace pakn::store::sqlite {

using domain::Event;
using domain::Petition;
using security::HubKey;
using security::Key;

namespace {

std::string_view bytesOf(const security::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

template <class Enum>
Enum known(std::optional<Enum> found) {
    if (!found) throw DamagedRow{"a row with a name that this program does not know"};
    return *found;
}

std::optional<std::string> blindIndex(const HubKey& hub_key, std::string_view column, std::string_view value) {
    if (value.empty()) return std::nullopt;
    return hub_key.blindIndex(column, value);
}

}  // namespace

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
        const int version = static_cast<int>(rows.integer(1));
        const auto kind = known(domain::findEventKind(rows.bytes(3)));
        events.push_back({.id = rows.text(0),
                          .petition_id = petition_id,
                          .version = version,
                          .at = instant(rows.integer(2)),
                          .actor = rows.text(4),
                          .role = known(domain::findRole(rows.bytes(5))),
                          .config_hash = rows.text(6),
                          .data = openPayload(data_key, petition_id, version, kind, rows.bytes(7))});
        if (version != static_cast<int>(events.size())) throw DamagedRow{"an event of a petition is missing"};
    }
    return events;
}

Petition fold(std::span<const Event> events) {
    Petition petition;
    for (const Event& event : events) petition = apply(std::move(petition), event);
    return petition;
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
    auto data = openPayload(key, petition_id, 1, domain::EventKind::kReceived, row.bytes(1));
    return std::move(std::get<domain::Received>(data).title);
}

std::optional<Person> readPerson(Connection& connection, const HubKey& hub_key, const std::string& petition_id) {
    Statement row = connection.statement("SELECT wrapped_key, sealed FROM persons WHERE petition_id = ?");
    if (!row.query(petition_id).step()) return std::nullopt;
    return openPerson(openDataKey(hub_key, petition_id, row.bytes(0)), petition_id, row.bytes(1));
}

void writeEvents(Connection& connection, const DataKeys& keys, std::span<const Change> changes) {
    std::int64_t seq = connection.number("SELECT max(seq) FROM events");
    std::vector<JournalEntry> entries;
    Statement event_row = connection.statement(
        "INSERT INTO events (seq, id, petition_id, version, at, kind, actor, role, config_hash, commitment, leaf)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const std::int64_t first = seq + 1;
    for (const Change& change : changes) {
        for (const Event& event : change.events) {
            const JournalEntry& entry = entries.emplace_back(makeEntry(event, keys.at(event.petition_id)));
            event_row.run(++seq, event.id, event.petition_id, event.version, event.at, nameOf(event.kind()),
                          event.actor, nameOf(event.role), event.config_hash, Blob{bytesOf(entry.commitment)},
                          Blob{bytesOf(entry.leaf)});
        }
    }
    Statement payload_row = connection.statement("INSERT INTO payloads (seq, sealed) VALUES (?, ?)");
    seq = first;
    for (const JournalEntry& entry : entries) payload_row.run(seq++, Blob{entry.sealed});
}

void writeBirths(Connection& connection, const HubKey& hub_key, const DataKeys& keys, std::span<const Change> changes) {
    Statement person_row = connection.statement(
        "INSERT INTO persons (petition_id, wrapped_key, sealed, phone_index, citizen_index) VALUES (?, ?, ?, ?, ?)");
    Statement inbox_row = connection.statement("INSERT INTO inbox (key, petition_id, body_hash) VALUES (?, ?, ?)");
    for (const Change& change : changes) {
        if (!change.birth) continue;
        const std::string& id = change.after.id;
        const Key& key = keys.at(id);
        const Person& person = change.birth->person;
        person_row.run(id, Blob{hub_key.wrap(key, id)}, Blob{sealPerson(key, id, person)},
                       blindIndex(hub_key, "phone", person.petitioner.phone),
                       blindIndex(hub_key, "citizen_id", person.petitioner.citizen_id));
        for (const std::string& inbox_key : change.birth->inbox_keys)
            inbox_row.run(inbox_key, id, change.birth->body_hash);
    }
}

}  // namespace pakn::store::sqlite
