#include "core/store/sqlite/connection.hpp"

#include <Poco/Data/DataException.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "core/store/cursor.hpp"

namespace pakn::store::sqlite {

namespace {

constexpr int kBusyTimeoutMs = 5000;

/// WAL pages go to the database file on another thread (checkpointer.hpp), never inside a commit. The caches are small:
/// the operating system's is behind them.
constexpr const char* kWriterSettings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -4000";
constexpr const char* kReaderSettings =
    "PRAGMA query_only = ON; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -1000";

}  // namespace

void Statement::check(int code) const {
    if (code == SQLITE_OK) return;
    sqlite3* const handle = sqlite3_db_handle(statement_);
    throw SqliteError{sqlite3_extended_errcode(handle), sqlite3_errmsg(handle)};
}

void Statement::checkCount(int bound) const {
    if (bound != sqlite3_bind_parameter_count(statement_)) throw std::logic_error{"values do not match the statement"};
}

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) check(code);
    return false;
}

void Statement::runBound() {
    const int stepped = sqlite3_step(statement_);
    // Reset at once: the next run() binds again, which a statement in mid-way refuses.
    const int code = sqlite3_reset(statement_);
    if (stepped != SQLITE_DONE && stepped != SQLITE_ROW) check(code);
}

std::string_view Statement::bytes(int column) const {
    const void* const data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return data == nullptr ? std::string_view{}
                           : std::string_view{static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Connection::Connection(std::filesystem::path file, Use use) : file_{std::move(file)} {
    static std::once_flag registered;
    std::call_once(registered, [] {
        // A connection is used by one thread at a time: SQLite need not lock it for every call, nor count all memory
        // under one lock. Without effect when the process has used SQLite before.
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        Poco::Data::SQLite::Connector::registerConnector();
    });
    session_.emplace(Poco::Data::SQLite::Connector::KEY, file_.string());
    handle_ = Poco::Data::SQLite::Utility::dbHandle(*session_);
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
    execute(use == Use::kWrite ? kWriterSettings : kReaderSettings);
}

Connection::~Connection() {
    statements_.clear();
    try {
        session_.reset();
    } catch (const Poco::Exception&) {  // Nothing to be done about a file that cannot be closed.
    }
}

Statement Connection::statement(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        sqlite3_stmt* prepared = nullptr;
        const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
        if (code != SQLITE_OK) throw SqliteError{sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_)};
        found = statements_.emplace(std::string{sql}, prepared).first;
    }
    if (sqlite3_stmt_busy(found->second.get()) != 0) throw std::logic_error{"statement used twice at once"};
    return Statement{found->second.get()};
}

void Connection::execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw SqliteError{sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_)};
}

void Connection::rollback() noexcept {
    if (inTransaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

std::int64_t Connection::number(std::string_view sql) {
    Statement one = statement(sql);
    return one.step() ? one.integer(0) : 0;
}

Error Connection::currentError() {
    try {
        throw;
    } catch (const SqliteError& failure) {
        return errorOf(failure.code());
    } catch (const Poco::Exception&) {
        return errorOf(sqlite3_extended_errcode(handle_));
    } catch (const BadCursor& failure) {
        return {.code = Errc::kInvalid, .message = failure.what(), .field = "/cursor"};
    } catch (const std::exception& failure) {
        return {.code = Errc::kInternal, .message = "store " + file_.string() + ": " + failure.what()};
    }
}

Error Connection::errorOf(int code) {
    // READONLY too: SQLite opens the WAL read-only where it cannot write, and then stays so after the disk has
    // recovered.
    constexpr std::array kBroken{SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY};
    if (std::find(kBroken.begin(), kBroken.end(), code & 0xFF) != kBroken.end()) broken_ = true;
    return sqliteError(code, file_);
}

Error sqliteError(int extended_code, const std::filesystem::path& file) {
    const auto error = [&](Errc code, const std::string& fix) {
        return Error{.code = code,
                     .message = "store " + file.string() + ": " + sqlite3_errstr(extended_code) + " (SQLite " +
                                std::to_string(extended_code) + "); " + fix};
    };
    switch (extended_code & 0xFF) {
        case SQLITE_FULL:
            return error(Errc::kUnavailable, "free space on its disk; the hub goes on by itself");
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return error(Errc::kUnavailable, "make the file and its folder writable for the hub's user");
        case SQLITE_IOERR:
            return error(Errc::kUnavailable, "check its disk for errors, space and quota");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return error(Errc::kUnavailable, "another process writes to it; wait or end that process");
        case SQLITE_NOMEM:
            return error(Errc::kUnavailable, "give the hub more memory");
        case SQLITE_CONSTRAINT:
            return error(Errc::kConflict, "the same version, code, key or name is there already");
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return error(Errc::kInternal, "restore it from the backup");
        default:
            return error(Errc::kInternal, "this is a defect of the hub");
    }
}

}  // namespace pakn::store::sqlite
