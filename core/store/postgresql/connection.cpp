#include "core/store/postgresql/connection.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <new>

#include "core/store/event_codec.hpp"

namespace pakn::store::postgresql {

namespace {

/// A transaction that waits for another hub's row, or for its client, ends soon: a dead hub must not hold up the
/// others. `remote_apply` is more than `on`, so it stays. The dead are noticed by the kernels of both sides.
constexpr const char* kSettings =
    "SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET lock_timeout = '5s';"
    "SET idle_in_transaction_session_timeout = '10s'; SET idle_session_timeout = 0;"
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
    "SET tcp_keepalives_count = 3; SET default_transaction_isolation = 'read committed';"
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> "
    "'remote_apply'";

constexpr const char* kChecks =
    "SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('server_encoding'),"
    " pg_is_in_recovery()::text, current_setting('full_page_writes'),"
    " (SELECT extract(epoch FROM backend_start)::text FROM pg_stat_activity WHERE pid = pg_backend_pid())";

struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string{} : std::string{text};
}

bool worked(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/// The parallel arrays that libpq wants.
struct Arguments {
    explicit Arguments(const Parameters& parameters) {
        for (const Parameters::One& one : parameters.all()) {
            types.push_back(static_cast<Oid>(one.type));
            values.push_back(one.null ? nullptr : one.bytes.data());
            lengths.push_back(static_cast<int>(one.bytes.size()));
            formats.push_back(1);
        }
    }
    [[nodiscard]] int count() const { return static_cast<int>(types.size()); }

    std::vector<Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
};

}  // namespace

std::int64_t Row::integer(int column) const {
    if (isNull(column)) return 0;
    std::uint64_t value = 0;
    const std::string_view raw = bytes(column);
    if (raw.size() != 1 && raw.size() != 2 && raw.size() != 4 && raw.size() != 8)
        throw DamagedRow{"a column is no integer"};
    for (const char byte : raw) value = value << 8U | static_cast<unsigned char>(byte);
    if (raw.size() == 2) return static_cast<std::int16_t>(value);
    if (raw.size() == 4) return static_cast<std::int32_t>(value);
    return static_cast<std::int64_t>(value);
}

std::int64_t Rows::changed() const {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Connection::Connection(const Address& address) : shown_{address.shown}, silence_{address.silence} {
    // The URL is expanded first, so the words after it win over its own.
    std::vector<const char*> names{"dbname"};
    std::vector<const char*> values{address.url.c_str()};
    const auto set = [&](const char* name, const char* value) {
        names.push_back(name);
        values.push_back(value);
    };
    if (!address.password.empty()) set("password", address.password.c_str());
    set("fallback_application_name", "paknhub");
    set("connect_timeout", "5");
    set("keepalives_idle", "10");
    set("keepalives_interval", "5");
    set("keepalives_count", "3");
    set("tcp_user_timeout", "15000");
    names.push_back(nullptr);
    values.push_back(nullptr);
    handle_.reset(PQconnectdbParams(names.data(), values.data(), 1));
    if (!handle_) throw std::bad_alloc{};
    // What a notice says may quote rows: it is only noticed.
    PQsetNoticeReceiver(
        handle_.get(), [](void* self, const PGresult*) { static_cast<Connection*>(self)->warned_ = true; }, this);
    if (PQstatus(handle_.get()) != CONNECTION_OK) {
        // Nobody has read a row yet, so libpq's words are about the connection alone.
        const std::string_view why = PQerrorMessage(handle_.get());
        throw PgError{"", std::string{why.substr(0, why.find('\n'))}};
    }
    sent(PQsetnonblocking(handle_.get(), 1) == 0 ? 1 : 0);
    setUp(address);
    enterPipeline();
}

void Connection::setUp(const Address& address) {
    execute("SET statement_timeout = " + std::to_string(address.statement_limit.count()) + ';' + kSettings);
    const Rows checked = execute(kChecks);
    const auto value = [&](int column) { return checked[0].bytes(column); };
    backend_ = {.pid = PQbackendPID(handle_.get()), .started = checked[0].text(5)};
    if (value(3) == "true") throw PgError{"25006", ""};  // A standby: it may become the primary.
    if (value(0) != "on" && value(0) != "remote_apply") throw Refused{"synchronous_commit cannot be set to on"};
    if (value(1) != "on") throw Refused{"its server runs with fsync = off; set it to on"};
    if (value(4) != "on") throw Refused{"its server runs with full_page_writes = off; set it to on"};
    if (value(2) != "UTF8") throw Refused{"its encoding is not UTF8; create the database with ENCODING 'UTF8'"};
}

void Connection::enterPipeline() {
    if (PQenterPipelineMode(handle_.get()) != 1) throw PgError{"", ""};
}

void Connection::sent(int ok) {
    if (ok != 1) throw PgError{"", ""};
}

void Connection::queue(std::string_view sql, const Parameters& parameters) {
    const Arguments arguments{parameters};
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        found = statements_.emplace(std::string{sql}, "s" + std::to_string(next_name_++)).first;
        sent(PQsendPrepare(handle_.get(), found->second.c_str(), found->first.c_str(), arguments.count(),
                           arguments.types.data()));
        pending_.push_back({found->first});
    }
    sent(PQsendQueryPrepared(handle_.get(), found->second.c_str(), arguments.count(), arguments.values.data(),
                             arguments.lengths.data(), arguments.formats.data(), 1));
    pending_.push_back({});
}

void Connection::queueOnce(const std::string& sql, const Parameters& parameters) {
    const Arguments arguments{parameters};
    sent(PQsendQueryParams(handle_.get(), sql.c_str(), arguments.count(), arguments.types.data(),
                           arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1));
    pending_.push_back({});
}

Rows Connection::run() {
    std::vector<Pending> pending = std::exchange(pending_, {});
    warned_ = false;
    sent(PQpipelineSync(handle_.get()));
    std::optional<PgError> failure;
    Rows last{nullptr};
    for (Pending& one : pending) {
        await();
        Result result{PQgetResult(handle_.get())};
        if (!result) throw PgError{"", ""};
        if (worked(result.get())) {
            last = Rows{result.release()};
        } else {
            if (one.prepared) statements_.erase(*one.prepared);
            if (!failure && PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED)
                failure.emplace(field(result.get(), PG_DIAG_SQLSTATE), field(result.get(), PG_DIAG_CONSTRAINT_NAME));
        }
        // Each statement's results end with a null; after a lost connection it is the last there is.
        await();
        if (PQgetResult(handle_.get()) != nullptr) throw std::logic_error{"a statement gave two results"};
        if (PQstatus(handle_.get()) == CONNECTION_BAD) throw PgError{failure.value_or(PgError{"", ""})};
    }
    await();
    const Result end{PQgetResult(handle_.get())};
    if (failure) throw PgError{*failure};
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) throw PgError{"", ""};
    return last;
}

/// Sends what waits to be sent and reads, until PQgetResult() has something to give without waiting itself.
void Connection::await() {
    for (;;) {
        const int unsent = PQflush(handle_.get());
        if (PQstatus(handle_.get()) != CONNECTION_OK) return;  // The next result says so.
        if (unsent == 0 && PQisBusy(handle_.get()) == 0) return;
        const short events = static_cast<short>(POLLIN | (unsent == 0 ? 0 : POLLOUT));
        pollfd socket{.fd = PQsocket(handle_.get()), .events = events, .revents = 0};
        const int ready = ::poll(&socket, 1, static_cast<int>(silence_.count()));
        if (ready == 0 || (ready < 0 && errno != EINTR)) {
            given_up_ = true;
            throw PgError{"", "no answer for " + std::to_string(silence_.count()) + " ms"};
        }
        if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(handle_.get()) != 1) return;
    }
}

/// Statements without values outside the pipeline; the result of the last.
Rows Connection::execute(const std::string& sql) {
    sent(PQsendQuery(handle_.get(), sql.c_str()));
    Rows last{nullptr};
    std::optional<PgError> failure;
    for (;;) {
        await();
        Result result{PQgetResult(handle_.get())};
        if (!result) break;
        if (worked(result.get()))
            last = Rows{result.release()};
        else if (!failure)
            failure.emplace(field(result.get(), PG_DIAG_SQLSTATE), field(result.get(), PG_DIAG_CONSTRAINT_NAME));
    }
    if (failure) throw PgError{*failure};
    return last;
}

void Connection::script(const std::string& sql) {
    if (PQexitPipelineMode(handle_.get()) != 1) throw PgError{"", ""};
    try {
        execute(sql);
    } catch (const PgError&) {
        if (PQstatus(handle_.get()) == CONNECTION_OK && !given_up_) enterPipeline();
        throw;
    }
    enterPipeline();
}

void Connection::rollback() noexcept {
    try {
        if (given_up_ || PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) return;
        queue("ROLLBACK");  // After whatever is queued still: it has been handed to libpq.
        run();
    } catch (const std::exception&) {  // The server does it when it notices that nobody is there.
    }
}

bool Connection::alive() {
    if (given_up_) return false;
    pollfd socket{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
    // What comes unasked is a farewell, in up to two pieces, or a notice.
    for (int piece = 0; piece < 3 && PQstatus(handle_.get()) == CONNECTION_OK; ++piece) {
        if (::poll(&socket, 1, 0) <= 0) break;
        if (PQconsumeInput(handle_.get()) != 1) return false;
    }
    return PQstatus(handle_.get()) == CONNECTION_OK && PQtransactionStatus(handle_.get()) == PQTRANS_IDLE;
}

}  // namespace pakn::store::postgresql
