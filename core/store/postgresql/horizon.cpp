#include "core/store/postgresql/horizon.hpp"

#include <algorithm>
#include <iterator>

namespace pakn::store::postgresql {

namespace {

std::int64_t lastNumber(Connection& connection) {
    // Whoever may draw numbers may ask for the last one by this function; the sequence itself would want another right.
    return connection.query("SELECT coalesce(pg_sequence_last_value('events_seq'::regclass), 0)")[0].integer(0);
}

/// Transactions that insert into the journal right now.
std::set<std::string> writersOf(Connection& connection) {
    const Rows rows = connection.query(
        "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted"
        " AND relation = 'events'::regclass"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    std::set<std::string> writers;
    for (int i = 0; i < rows.count(); ++i) writers.insert(rows[i].text(0));
    return writers;
}

}  // namespace

std::int64_t Horizon::look(Connection& connection) {
    const std::lock_guard lock{mutex_};
    if (writers_.empty()) {
        // The number first: who gets one afterwards does not matter for it.
        candidate_ = lastNumber(connection);
        if (candidate_ == complete_) return complete_;
        writers_ = writersOf(connection);
    } else {
        const std::set<std::string> now = writersOf(connection);
        std::set<std::string> still;
        std::set_intersection(writers_.begin(), writers_.end(), now.begin(), now.end(),
                              std::inserter(still, still.end()));
        writers_ = std::move(still);
    }
    if (writers_.empty()) complete_ = candidate_;
    return complete_;
}

}  // namespace pakn::store::postgresql
