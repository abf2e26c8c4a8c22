#pragma once
/// @file
/// Private to the store: the rows that a batch of changes makes, for every adapter. Each function hands the values of
/// one row after the other to a function of the adapter, which writes or gathers them; the order of the values is the
/// order of the columns named above it.

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "core/domain/projection.hpp"
#include "core/store/instants.hpp"
#include "core/store/sealer.hpp"
#include "core/store/store.hpp"

namespace pakn::store {

/// Bytes for a binary column; a plain string_view is text.
struct Blob {
    std::string_view bytes;
};

/// The sealed payload, which lives as long as `sealed`; then of the event: id, petition_id, version, at, kind, actor,
/// role, config_hash, commitment, leaf.
template <class Put>
void eventRows(std::span<const Change> changes, std::span<Sealer::Pending> sealed, Put put) {
    const auto bytesOf = [](const security::Digest& digest) {
        return Blob{{reinterpret_cast<const char*>(digest.data()), digest.size()}};
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const std::vector<JournalEntry>& entries = sealed[i].get().entries;
        for (std::size_t j = 0; j < entries.size(); ++j) {
            const domain::Event& event = changes[i].events[j];
            const JournalEntry& entry = entries[j];
            put(std::string_view{entry.sealed}, event.id, event.petition_id, event.version, event.at,
                nameOf(event.kind()), event.actor, nameOf(event.role), event.config_hash, bytesOf(entry.commitment),
                bytesOf(entry.leaf));
        }
    }
}

/// petition_id, wrapped_key, sealed, phone_index, citizen_index, reply_index.
template <class Put>
void personRows(std::span<const Change> changes, std::span<Sealer::Pending> sealed, Put put) {
    for (std::size_t i = 0; i < changes.size(); ++i)
        if (const std::optional<SealedPerson>& person = sealed[i].get().person)
            put(changes[i].after.id, Blob{person->wrapped_key}, Blob{person->sealed}, person->phone_index,
                person->citizen_index, person->reply_index);
}

/// key, petition_id, body_hash.
template <class Put>
void inboxRows(std::span<const Change> changes, Put put) {
    for (const Change& change : changes) {
        if (change.birth)
            for (const std::string& key : change.birth->inbox_keys) put(key, change.after.id, change.birth->body_hash);
        if (!change.inbox_key.empty()) put(change.inbox_key, change.after.id, change.body_hash);
    }
}

/// call, petition_id: the calls by which new petitions came.
template <class Put>
void callRows(std::span<const Change> changes, Put put) {
    for (const Change& change : changes)
        if (change.birth && !change.birth->call_id.empty()) put(change.birth->call_id, change.after.id);
}

/// What a batch did to one petition, whatever the number of its changes.
struct NetChange {
    const domain::Petition* before = nullptr;  ///< Of the first change.
    const domain::Petition* after = nullptr;   ///< Of the last.
    std::vector<const domain::Event*> events = {};
    domain::Projection rows_before = {};
    domain::Projection rows_after = {};
};

/// By petition id, so that several hubs take their rows in the same order. The changes must outlive it.
inline std::vector<NetChange> netChanges(std::span<const Change> changes) {
    std::unordered_map<std::string_view, std::size_t> places;
    std::vector<NetChange> net;
    for (const Change& change : changes) {
        const auto [place, first] = places.try_emplace(change.after.id, net.size());
        if (first) net.push_back({.before = &change.before});
        NetChange& one = net[place->second];
        one.after = &change.after;
        for (const domain::Event& event : change.events) one.events.push_back(&event);
    }
    for (NetChange& one : net) {
        if (one.before->version > 0) one.rows_before = project(*one.before);
        one.rows_after = project(*one.after);
    }
    std::sort(net.begin(), net.end(), [](const NetChange& a, const NetChange& b) { return a.after->id < b.after->id; });
    return net;
}

/// id, code, version, status, step, channel, category, unit, suggested_unit, officer, complained_unit, emergency,
/// received_at, due_at, total_due_at, finished_at, finished, sort_at.
template <class Put>
void petitionRows(std::span<const NetChange> changes, Put put) {
    for (const NetChange& change : changes) {
        const domain::Petition& now = *change.after;
        const bool finished = now.finished_at.has_value();
        const std::optional<Instant> due = now.currentDue();
        const auto total = now.due.find(domain::Clock::kTotal);
        put(now.id, now.code, now.version, nameOf(now.status), now.step, now.channel, now.category, now.unit,
            now.suggested_unit, now.officer, now.complained_unit, int{now.emergency}, now.received_at, due,
            total == now.due.end() ? std::nullopt : std::optional{total->second}, now.finished_at, int{finished},
            finished ? 0 : millis(due, kNever));
    }
}

/// unit, petition_id: of every unit that has a part in it. May give a row that is there already.
template <class Put>
void unitRows(std::span<const NetChange> changes, Put put) {
    for (const NetChange& change : changes)
        for (const std::string& unit : change.after->parties)
            if (change.before->version == 0 || !domain::hasPart(*change.before, {.unit = unit}))
                put(unit, change.after->id);
}

/// Gone: role, unit, due, petition_id, position. Come: these, step, officer, complained_unit.
template <class Gone, class Come>
void taskRows(std::span<const NetChange> changes, Gone gone, Come come) {
    for (const NetChange& change : changes) {
        const domain::Petition& petition = *change.after;
        const std::vector<domain::TaskRow>& before = change.rows_before.tasks;
        const std::vector<domain::TaskRow>& after = change.rows_after.tasks;
        const bool hidden_as_before = change.before->complained_unit == petition.complained_unit;
        const auto same = [&](std::size_t position) {
            return hidden_as_before && position < before.size() && position < after.size() &&
                   before[position] == after[position];
        };
        for (std::size_t position = 0; position < before.size(); ++position) {
            const domain::TaskRow& task = before[position];
            if (!same(position))
                gone(nameOf(task.role), task.unit, millis(task.due, kNever), petition.id, static_cast<int>(position));
        }
        for (std::size_t position = 0; position < after.size(); ++position) {
            const domain::TaskRow& task = after[position];
            if (!same(position))
                come(nameOf(task.role), task.unit, millis(task.due, kNever), petition.id, static_cast<int>(position),
                     task.step, task.officer, petition.complained_unit);
        }
    }
}

/// Gone and come: due, petition_id, kind, clock.
template <class Gone, class Come>
void timerRows(std::span<const NetChange> changes, Gone gone, Come come) {
    const auto holds = [](const std::vector<domain::TimerRow>& timers, const domain::TimerRow& wanted) {
        return std::find(timers.begin(), timers.end(), wanted) != timers.end();
    };
    for (const NetChange& change : changes) {
        const std::string& id = change.after->id;
        const std::vector<domain::TimerRow>& before = change.rows_before.timers;
        const std::vector<domain::TimerRow>& after = change.rows_after.timers;
        for (const domain::TimerRow& timer : before)
            if (!holds(after, timer)) gone(timer.due, id, timer.kind, nameOf(timer.clock));
        for (const domain::TimerRow& timer : after)
            if (!holds(before, timer)) come(timer.due, id, timer.kind, nameOf(timer.clock));
    }
}

/// Gone and come: into_id, petition_id, of petitions that wait for another one's answer.
template <class Gone, class Come>
void mergeRows(std::span<const NetChange> changes, Gone gone, Come come) {
    const auto waits_for = [](const domain::Petition& petition) {
        return petition.before_merge && !petition.finished_at ? petition.merged_into : std::string{};
    };
    for (const NetChange& change : changes) {
        const std::string before = waits_for(*change.before);
        const std::string after = waits_for(*change.after);
        if (before == after) continue;
        if (!before.empty()) gone(before, change.after->id);
        if (!after.empty()) come(after, change.after->id);
    }
}

inline bool isSameRow(domain::DeliveryRecord before, const domain::DeliveryRecord& after) {
    before.failed_version = after.failed_version;  // Stands in no column.
    return before == after;
}

/// id, petition_id, connector, kind, cause, state, queued_at, next_at, attempts, last_error, reference: of those that
/// changed, and of those whose outcome was stored, because that ends their leases. What a peer says of one meanwhile
/// ends none: it may be on its way right now.
template <class Put>
void deliveryRows(std::span<const NetChange> changes, Put put) {
    for (const NetChange& change : changes) {
        if (change.after->deliveries.empty()) continue;
        std::set<std::string_view> settled;
        for (const domain::Event* event : change.events)
            std::visit(
                [&](const auto& data) {
                    constexpr bool kNews = std::is_same_v<std::decay_t<decltype(data)>, domain::Noted>;
                    if constexpr (!kNews && requires { data.delivery; }) settled.insert(data.delivery);
                },
                event->data);
        for (const domain::DeliveryRecord& one : change.after->deliveries) {
            const domain::DeliveryRecord* before = change.before->delivery(one.id);
            if (before != nullptr && isSameRow(*before, one) && !settled.contains(one.id)) continue;
            put(one.id, change.after->id, one.connector, nameOf(one.kind), nameOf(one.cause), nameOf(one.state),
                one.queued_at, one.next_at, one.attempts, one.last_error, one.reference);
        }
    }
}

/// How the column says whose a notice is.
inline std::string readerOf(const domain::Addressee& one) {
    return one.account.empty() ? std::string{nameOf(one.role)} + '@' + one.unit : one.account;
}

/// reader, at, id, petition_id, version, complained_unit.
template <class Put>
void noticeRows(std::span<const NetChange> changes, Put put) {
    for (const NetChange& change : changes)
        for (const domain::Event* event : change.events)
            if (const auto* told = std::get_if<domain::Notified>(&event->data))
                put(readerOf({.role = told->to_role, .unit = told->to_unit, .account = told->to_account}), event->at,
                    event->id, event->petition_id, event->version, change.after->complained_unit);
}

/// A projection's table: the columns that the journal determines, and its key, by which a dump is sorted.
struct ProjectionTable {
    const char* name;
    const char* columns;
    const char* key;
};
inline constexpr ProjectionTable kProjectionTables[] = {
    {"petitions",
     "id, code, version, status, step, channel, category, unit, suggested_unit, officer, complained_unit, emergency,"
     " received_at, due_at, total_due_at, finished_at, finished, sort_at",
     "id"},
    {"petition_units", "unit, petition_id", "unit, petition_id"},
    {"tasks", "role, unit, due, petition_id, position, step, officer, complained_unit",
     "petition_id, position, role, unit, due"},
    {"timers", "petition_id, kind, clock, due", "petition_id, kind, clock, due"},
    {"merges", "into_id, petition_id", "into_id, petition_id"},
    {"notices", "reader, at, id, petition_id, version, complained_unit", "reader, at, id"},
    {"deliveries",
     "id, petition_id, connector, kind, cause, state, queued_at, next_at, attempts, last_error, reference", "id"},
};

inline std::string selectAll(const ProjectionTable& table) {
    return std::string{"SELECT "} + table.columns + " FROM " + table.name + " ORDER BY " + table.key;
}

}  // namespace pakn::store
