#pragma once
/// @file
/// What the store's benchmarks write: batches of new petitions as changes, and the rows that these changes make, table
/// by table, for those who write the same by hand.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/store/batch_rows.hpp"
#include "tests/unit/store/samples.hpp"

namespace pakn::bench {

using Clock = std::chrono::steady_clock;

/// A value of a row made in advance.
struct Bytes {
    std::string bytes;
};
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Bytes>;
struct Table {
    const char* name;
    std::vector<const char*> columns;
    std::vector<std::vector<Value>> rows = {};
};

inline Value toValue(std::int64_t value) { return value; }
inline Value toValue(int value) { return std::int64_t{value}; }
inline Value toValue(Instant value) { return store::millis(value); }
inline Value toValue(std::string_view value) { return std::string{value}; }
inline Value toValue(store::Blob value) { return Bytes{std::string{value.bytes}}; }
template <class T>
Value toValue(const std::optional<T>& value) {
    return value ? toValue(*value) : Value{nullptr};
}

/// `count` new petitions of 1.2 kB, each received and routed: nine rows a petition.
inline std::vector<store::Change> makeBatch(int count) {
    static std::int64_t number = 0;
    std::vector<store::Change> changes;
    for (int i = 0; i < count; ++i) {
        const std::string id = std::to_string(++number);
        domain::Received received = test::received(id);
        received.content = std::string(1200, 'x');
        const Instant due = test::kMorning + std::chrono::hours{8};
        changes.push_back(test::Story{"petition-" + id}.begins(
            {received, test::routed(due, due + std::chrono::hours{99})}, {"key:web:" + id}));
    }
    return changes;
}

/// The rows of a batch. `sealing` grows by the time that hashes and seals took: everybody has to spend that.
inline std::vector<Table> makeRows(const std::vector<store::Change>& changes, const security::HubKey& hub_key,
                                   std::int64_t& seq, Clock::duration& sealing) {
    std::vector<Table> tables{
        {"events",
         {"seq", "id", "petition_id", "version", "at", "kind", "actor", "role", "config_hash", "commitment", "leaf"}},
        {"payloads", {"seq", "sealed"}},
        {"persons", {"petition_id", "wrapped_key", "sealed", "phone_index", "citizen_index"}},
        {"inbox", {"key", "petition_id", "body_hash"}},
        {"petitions",
         {"id", "code", "version", "status", "step", "channel", "category", "unit", "suggested_unit", "officer",
          "complained_unit", "emergency", "received_at", "due_at", "total_due_at", "finished_at", "finished",
          "sort_at"}},
        {"tasks", {"role", "unit", "due", "petition_id", "position", "step", "officer", "complained_unit"}},
        {"timers", {"due", "petition_id", "kind", "clock"}},
    };
    const auto into = [&](std::size_t table) {
        return [&rows = tables[table].rows](const auto&... values) { rows.push_back({toValue(values)...}); };
    };
    store::Sealer sealer{hub_key};
    std::vector<store::Sealer::Pending> sealed;
    for (const store::Change& change : changes)
        sealed.push_back(
            sealer.put({.events = change.events, .birth = change.birth, .data_key = security::Key::random()}));
    const Clock::time_point start = Clock::now();
    for (store::Sealer::Pending& one : sealed) one.get();
    sealing += Clock::now() - start;
    store::eventRows(changes, sealed, [&](std::string_view payload, const auto&... event) {
        ++seq;
        into(0)(seq, event...);
        into(1)(seq, store::Blob{payload});
    });
    store::personRows(changes, sealed, into(2));
    store::inboxRows(changes, into(3));
    const std::vector<store::NetChange> net = store::netChanges(changes);
    store::petitionRows(net, into(4));
    store::taskRows(
        net, [](const auto&...) {}, into(5));
    store::timerRows(
        net, [](const auto&...) {}, into(6));
    return tables;
}

inline double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace pakn::bench
