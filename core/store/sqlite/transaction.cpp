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
        batch_.know(petition_id, *key);
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

void SqliteTransaction::writeAll(Connection& connection) {
    if (!batch_.empty()) {
        batch_.complete([&](const std::string& id) { return dataKey(connection, hub_key_, id); });
        // The rows that need no sealing first: the sealer is still at the others.
        writeProjections(connection, batch_.changes());
        writeEvents(connection, batch_.changes(), batch_.sealed());
        writeBirths(connection, batch_.changes(), batch_.sealed());
        batch_.clear();
    }
    if (!serials_.empty()) {
        Statement row = connection.statement(
            "INSERT INTO counters (day, last) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET last = excluded.last");
        for (const auto& [day, last] : serials_) row.run(domain::formatDate(day), last);
        serials_.clear();
    }
}

}  // namespace pakn::store::sqlite
