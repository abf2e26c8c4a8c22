#include "core/store/sqlite/transaction.hpp"

#include "core/domain/civil_time.hpp"
#include "core/store/row_codec.hpp"
#include "core/store/sqlite/projections.hpp"

namespace pakn::store::sqlite {

using domain::Petition;

template <class Work>
auto SqliteTransaction::guarded(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
    if (failure_) return *failure_;
    if (committed_) return Error{.code = Errc::kInternal, .message = "a transaction is used after its commit"};
    try {
        return work(turn_.connection());
    } catch (...) {
        failure_ = turn_.connection().currentError();
        turn_.connection().rollback();
        return *failure_;
    }
}

Result<std::unordered_map<std::string, InboxEntry>> SqliteTransaction::findInbox(std::span<const std::string> keys) {
    return guarded([&](Connection& connection) {
        // One look-up a key: in process it costs a microsecond, less than any way to hand over a list.
        Statement row = connection.statement("SELECT petition_id, body_hash FROM inbox WHERE key = ?");
        std::unordered_map<std::string, InboxEntry> found;
        for (const std::string& key : keys) {
            if (row.query(key).step()) found[key] = {.petition_id = row.text(0), .body_hash = row.text(1)};
            row.reset();
        }
        return found;
    });
}

Result<std::optional<Petition>> SqliteTransaction::load(const std::string& petition_id) {
    return guarded([&](Connection& connection) -> std::optional<Petition> {
        const auto key = dataKey(connection, hub_key_, petition_id);
        if (!key) return std::nullopt;
        keys_.insert_or_assign(petition_id, *key);
        return fold(readEvents(connection, *key, petition_id));
    });
}

Result<int> SqliteTransaction::lastSerial(domain::Date day) {
    if (const auto set = serials_.find(day); set != serials_.end()) return set->second;
    return guarded([&](Connection& connection) {
        Statement row = connection.statement("SELECT last FROM counters WHERE day = ?");
        return row.query(domain::formatDate(day)).step() ? static_cast<int>(row.integer(0)) : 0;
    });
}

Status SqliteTransaction::flush() {
    return guarded([&](Connection& connection) {
        writeAll(connection);
        return Done{};
    });
}

Status SqliteTransaction::commit() {
    return guarded([&](Connection& connection) {
        writeAll(connection);
        turn_.commit();
        committed_ = true;
        return Done{};
    });
}

void SqliteTransaction::append(Change change) {
    // The sealer looks at the events while the list of changes grows.
    static_assert(std::is_nothrow_move_constructible_v<Change>);
    const std::string& id = change.after.id;
    if (change.birth) keys_.try_emplace(id, security::Key::random());
    const auto key = keys_.find(id);
    const bool all_before = sealed_.size() == changes_.size();
    changes_.push_back(std::move(change));
    if (key == keys_.end() || !all_before) return;  // Sealed before it is written, when its key was looked up.
    const Change& kept = changes_.back();
    Sealing sealing{.events = kept.events, .birth = kept.birth, .data_key = key->second};
    sealed_.push_back(changes_.size() == 1 ? sealer_.put(std::move(sealing)) : sealer_.start(std::move(sealing)));
}

void SqliteTransaction::writeAll(Connection& connection) {
    if (!changes_.empty()) {
        sealRest(connection);
        // The rows that need no sealing first: the sealer is still at the others.
        writeProjections(connection, changes_);
        writeEvents(connection, changes_, sealed_);
        writeBirths(connection, changes_, sealed_);
        sealed_.clear();
        changes_.clear();
    }
    if (!serials_.empty()) {
        Statement row = connection.statement(
            "INSERT INTO counters (day, last) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET last = excluded.last");
        for (const auto& [day, last] : serials_) row.run(domain::formatDate(day), last);
        serials_.clear();
    }
}

void SqliteTransaction::sealRest(Connection& connection) {
    for (std::size_t i = sealed_.size(); i < changes_.size(); ++i) {
        const Change& change = changes_[i];
        auto key = keys_.find(change.after.id);
        if (key == keys_.end()) {
            const auto stored = dataKey(connection, hub_key_, change.after.id);
            if (!stored) throw DamagedRow{"a change to a petition that does not exist"};
            key = keys_.emplace(change.after.id, *stored).first;
        }
        sealed_.push_back(sealer_.put({.events = change.events, .birth = change.birth, .data_key = key->second}));
    }
}

}  // namespace pakn::store::sqlite
