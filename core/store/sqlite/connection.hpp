#pragma once
/// @file
/// One connection to the database file: a Poco::Data session, and prepared statements on its handle for the hot way.
///
/// Statements are SQLite's own because POCO's vector binding reaches 0.62-0.74 of the raw rows/s at 100 rows a batch
/// here (a BLOB column costs two allocations a row), and because POCO hides the extended result codes. Rare tables
/// (accounts, connector state, …) use POCO's statements.

#include <Poco/Data/Session.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/store/batch_rows.hpp"
#include "core/store/instants.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::store::sqlite {

/// A failed call of SQLite. Never leaves the room.
class SqliteError : public std::runtime_error {
public:
    SqliteError(int code, const char* text) : std::runtime_error{text}, code_{code} {}
    /// Extended result code.
    [[nodiscard]] int code() const { return code_; }

private:
    int code_;
};

/// A prepared statement borrowed from its connection; reset when it goes out of scope. Values are bound in the order of
/// the placeholders. Every call throws SqliteError.
class Statement {
public:
    explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_reset(statement_); }

    /// Executes it once with these values; for statements without rows. May be repeated.
    template <class... Values>
    void run(const Values&... values) {
        bindAll(SQLITE_STATIC, values...);
        runBound();
    }
    /// Binds copies of the values; step() then yields row after row.
    template <class... Values>
    Statement& query(const Values&... values) {
        bindAll(SQLITE_TRANSIENT, values...);
        return *this;
    }
    /// As query(), one value at a time, for statements composed at run time.
    template <class Value>
    void bindNext(const Value& value) {
        bind(++bound_, value, SQLITE_TRANSIENT);
    }
    /// True when there is a row.
    bool step();
    /// Ends a query before its last row, so that the next one can be bound.
    void reset() { sqlite3_reset(statement_); }

    /// Texts and blobs are valid until the next step().
    [[nodiscard]] int columns() const { return sqlite3_column_count(statement_); }
    [[nodiscard]] bool isNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] std::string text(int column) const { return std::string{bytes(column)}; }
    [[nodiscard]] std::optional<Instant> maybeInstant(int column) const {
        return isNull(column) ? std::nullopt : std::optional{instant(integer(column))};
    }

private:
    template <class... Values>
    void bindAll([[maybe_unused]] sqlite3_destructor_type lifetime, const Values&... values) {
        int position = 0;
        (bind(++position, values, lifetime), ...);
        checkCount(position);
    }
    void bind(int position, std::int64_t value, sqlite3_destructor_type) {
        check(sqlite3_bind_int64(statement_, position, value));
    }
    void bind(int position, int value, sqlite3_destructor_type) {
        check(sqlite3_bind_int64(statement_, position, value));
    }
    void bind(int position, std::string_view value, sqlite3_destructor_type lifetime) {
        check(sqlite3_bind_text64(statement_, position, value.empty() ? "" : value.data(), value.size(), lifetime,
                                  SQLITE_UTF8));
    }
    void bind(int position, const std::string& value, sqlite3_destructor_type lifetime) {
        bind(position, std::string_view{value}, lifetime);
    }
    void bind(int position, const char* value, sqlite3_destructor_type lifetime) {
        bind(position, std::string_view{value}, lifetime);
    }
    void bind(int position, Blob value, sqlite3_destructor_type lifetime) {
        check(sqlite3_bind_blob64(statement_, position, value.bytes.empty() ? "" : value.bytes.data(),
                                  value.bytes.size(), lifetime));
    }
    void bind(int position, Instant value, sqlite3_destructor_type lifetime) {
        bind(position, millis(value), lifetime);
    }
    template <class Value>
    void bind(int position, const std::optional<Value>& value, sqlite3_destructor_type lifetime) {
        if (value)
            bind(position, *value, lifetime);
        else
            check(sqlite3_bind_null(statement_, position));
    }
    void runBound();
    void check(int code) const;
    void checkCount(int bound) const;

    sqlite3_stmt* statement_;
    int bound_ = 0;
};

/// For one thread at a time.
class Connection {
public:
    enum class Use { kWrite, kRead };

    /// Opens the file; the folder must exist. Throws.
    Connection(std::filesystem::path file, Use use);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// A prepared statement, kept for the next time. Not twice at once with the same text.
    Statement statement(std::string_view sql);
    /// Executes any number of statements without values.
    void execute(const char* sql);
    /// Never throws: what cannot be rolled back any more has been rolled back by SQLite.
    void rollback() noexcept;
    /// The first column of a query without values that yields one number.
    std::int64_t number(std::string_view sql);
    /// Rows that the last statement changed.
    [[nodiscard]] int changes() const { return sqlite3_changes(handle_); }
    [[nodiscard]] bool inTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }

    [[nodiscard]] Poco::Data::Session& session() { return *session_; }
    [[nodiscard]] sqlite3* handle() const { return handle_; }

    /// In a catch block: what the exception means to whoever called the store. Marks the connection as broken when
    /// the file under it failed.
    Error currentError();
    /// After a failure of the file the state that SQLite keeps of it is not to be trusted: open a new one.
    [[nodiscard]] bool broken() const { return broken_; }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    Error errorOf(int code);

    const std::filesystem::path file_;
    std::optional<Poco::Data::Session> session_;
    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, TextHash, std::equal_to<>> statements_;
    bool broken_ = false;
};

/// The error for a failed call of SQLite on this file.
Error sqliteError(int extended_code, const std::filesystem::path& file);

}  // namespace pakn::store::sqlite
