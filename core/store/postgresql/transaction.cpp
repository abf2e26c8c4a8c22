#include "core/store/postgresql/transaction.hpp"

#include <thread>

#include "core/domain/civil_time.hpp"
#include "core/store/postgresql/projections.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store::postgresql {

using domain::Petition;

namespace {

/// How long a commit waits for a server that went away in its middle.
constexpr std::chrono::seconds kAskingTime{10};
constexpr std::chrono::milliseconds kBetweenQuestions{100};

/// Whoever asks what became of a commit has no time for a server that is silent again.
Address impatient(Address address) {
    address.silence = std::chrono::seconds{4};
    return address;
}

/// Ends the server's side of a connection that broke, and waits until it is gone: then nothing of it can still happen.
/// True when it is.
bool isOver(Connection& fresh, const Backend& backend) {
    const Rows rows = fresh.query(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
        " WHERE pid = $1 AND extract(epoch FROM backend_start)::text = $2",
        backend.pid, backend.started);
    return rows.empty() || rows[0].integer(0) != 0;
}

/// What another transaction committed is seen before it is on a standby. A commit of our own comes after it in the log:
/// where that is on the standby, the other is too. False: nobody can tell now.
bool isOnStandbys(Connection& fresh, const Address& address) {
    if (fresh.query("SELECT current_setting('synchronous_standby_names')")[0].bytes(0).empty()) return true;
    try {
        fresh.query("UPDATE heartbeat SET beat = beat + 1");
        return !fresh.warned();
    } catch (const PgError&) {
        Connection another{address};
        isOver(another, fresh.backend());  // Its commit would wait as long as there is no standby, and hold the row.
        return false;
    }
}

}  // namespace

PostgresqlTransaction::PostgresqlTransaction(Pool::Lent connection, const Address& address,
                                             const security::HubKey& hub_key, Sealer& sealer)
    : connection_{std::move(connection)}, address_{address}, hub_key_{hub_key}, batch_{sealer} {}

PostgresqlTransaction::~PostgresqlTransaction() {
    if (begun_ && !committed_ && !failure_) connection_->rollback();
}

template <class Work>
auto PostgresqlTransaction::guarded(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
    if (failure_) return *failure_;
    if (committed_) return Error{.code = Errc::kInternal, .message = "a transaction is used after its commit"};
    try {
        if (!begun_) begin(*connection_);
        return work(*connection_);
    } catch (...) {
        failure_ = currentError(address_.shown);
        connection_->rollback();
        return *failure_;
    }
}

void PostgresqlTransaction::begin(Connection& connection) {
    begun_ = true;
    connection.queue("BEGIN");
}

Result<std::unordered_map<std::string, InboxEntry>> PostgresqlTransaction::findInbox(
    std::span<const std::string> keys) {
    return guarded([&](Connection& connection) {
        std::unordered_map<std::string, InboxEntry> found;
        if (keys.empty()) return found;
        Batch wanted;
        for (const std::string& key : keys) wanted.add(Blob{key});
        connection.queue("SELECT key, petition_id, body_hash FROM inbox WHERE key = ANY ($1)", wanted.take());
        const Rows rows = connection.run();
        for (int i = 0; i < rows.count(); ++i)
            found[rows[i].text(0)] = {.petition_id = rows[i].text(1), .body_hash = rows[i].text(2)};
        return found;
    });
}

Result<std::optional<Petition>> PostgresqlTransaction::load(const std::string& petition_id) {
    return guarded([&](Connection& connection) -> std::optional<Petition> {
        auto journal = lockJournal(connection, hub_key_, petition_id);
        if (!journal) return std::nullopt;
        batch_.know(petition_id, journal->key);
        return fold(journal->events);
    });
}

Result<int> PostgresqlTransaction::lastSerial(domain::Date day) {
    if (const auto set = serials_.find(day); set != serials_.end()) return set->second;
    return guarded([&](Connection& connection) {
        // Holds the day's row until the end: the next hub gets the number after ours.
        const std::string name = domain::formatDate(day);
        Rows rows = connection.query("SELECT last FROM counters WHERE day = $1 FOR UPDATE", name);
        if (rows.empty())
            rows = connection.query(
                "INSERT INTO counters (day, last) VALUES ($1, 0)"
                " ON CONFLICT (day) DO UPDATE SET last = counters.last RETURNING last",
                name);
        return static_cast<int>(rows[0].integer(0));
    });
}

Status PostgresqlTransaction::flush() {
    return guarded([&](Connection& connection) {
        queueAll(connection);
        connection.run();
        return Done{};
    });
}

Status PostgresqlTransaction::commit() {
    bool asked = false;
    Status done = guarded([&](Connection& connection) {
        queueAll(connection);
        connection.queue("COMMIT");
        asked = true;
        if (connection.run().tag() != "COMMIT") throw DamagedRow{"a transaction ended otherwise than it should"};
        committed_ = true;
        return Done{};
    });
    // A connection that broke here may have taken the answer with it. A warning means: stored, but on no standby.
    if (asked && (done ? connection_->warned() : !connection_->alive())) return outcome(done);
    return done;
}

/// Asks on new connections until the transaction is over, then looks whether it left its event behind.
Status PostgresqlTransaction::outcome(const Status& told) {
    if (!witness_) return told;
    const Address address = impatient(address_);
    const auto deadline = std::chrono::steady_clock::now() + kAskingTime;
    while (std::chrono::steady_clock::now() < deadline) {
        try {
            Connection fresh{address};
            if (!told && !isOver(fresh, connection_->backend())) continue;
            const bool there = !fresh
                                    .query("SELECT 1 FROM events WHERE petition_id = $1 AND version = $2 AND id = $3",
                                           witness_->petition_id, witness_->version, witness_->event_id)
                                    .empty();
            if (!there) return told;  // Nothing was stored.
            if (!isOnStandbys(fresh, address)) break;
            committed_ = true;
            failure_.reset();
            return Done{};
        } catch (const std::exception&) {  // Not there yet, or still at it.
            std::this_thread::sleep_for(kBetweenQuestions);
        }
    }
    failure_ = Error{.code = Errc::kUnavailable,
                     .message = "store " + address_.shown +
                                ": the connection broke in the middle of a commit, and neither the server nor a"
                                " standby that it waits for answers: unknown whether it was stored; the same key finds"
                                " it if it was"};
    return *failure_;
}

void PostgresqlTransaction::queueAll(Connection& connection) {
    if (!batch_.empty()) {
        batch_.complete([&](const std::string& id) { return dataKey(connection, hub_key_, id); });
        const std::vector<domain::Event>& first = batch_.changes().front().events;
        if (!first.empty()) witness_ = {first.front().petition_id, first.front().version, first.front().id};
        writeEvents(connection, batch_.changes(), batch_.sealed());
        writeBirths(connection, batch_.changes(), batch_.sealed());
        writeProjections(connection, batch_.changes());
        batch_.clear();
    }
    if (!serials_.empty()) {
        Batch rows;
        for (const auto& [day, last] : serials_) rows.add(domain::formatDate(day), last);
        connection.queue(
            "INSERT INTO counters (day, last) SELECT * FROM unnest($1, $2)"
            " ON CONFLICT (day) DO UPDATE SET last = excluded.last",
            rows.take());
        serials_.clear();
    }
}

}  // namespace pakn::store::postgresql
