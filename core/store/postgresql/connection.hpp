#pragma once
/// @file
/// One connection to PostgreSQL by libpq. Statements are queued and go out together: whatever is queued costs one round
/// trip (libpq's pipeline mode), and is prepared once for each connection.

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/store/postgresql/address.hpp"
#include "core/store/postgresql/parameters.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::store::postgresql {

/// A failed statement or connection. Holds no words of the server: its messages quote the values of rows. Never leaves
/// the room.
class PgError : public std::runtime_error {
public:
    /// An empty SQLSTATE: the connection is gone, or was never there.
    PgError(std::string sqlstate, std::string constraint)
        : std::runtime_error{"PostgreSQL " + sqlstate},
          sqlstate_{std::move(sqlstate)},
          constraint_{std::move(constraint)} {}
    [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
    [[nodiscard]] const std::string& constraint() const { return constraint_; }

private:
    std::string sqlstate_;
    std::string constraint_;
};

/// What a SQLSTATE means to whoever called the store.
Error errorOf(const PgError& failure, const std::string& shown);
/// The same for whatever is being caught, in a catch block.
Error currentError(const std::string& shown);

/// One row; valid as long as its Rows.
class Row {
public:
    Row(const PGresult* result, int index) : result_{result}, index_{index} {}
    [[nodiscard]] bool isNull(int column) const { return PQgetisnull(result_, index_, column) != 0; }
    /// Of any integer type; 0 for NULL.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view bytes(int column) const {
        return {PQgetvalue(result_, index_, column), static_cast<std::size_t>(PQgetlength(result_, index_, column))};
    }
    [[nodiscard]] std::string text(int column) const { return std::string{bytes(column)}; }
    [[nodiscard]] std::optional<Instant> maybeInstant(int column) const {
        return isNull(column) ? std::nullopt : std::optional{instant(integer(column))};
    }

private:
    const PGresult* result_;
    int index_;
};

class Rows {
public:
    explicit Rows(PGresult* result) : result_{result} {}
    [[nodiscard]] int count() const { return PQntuples(result_.get()); }
    [[nodiscard]] bool empty() const { return count() == 0; }
    [[nodiscard]] int columns() const { return PQnfields(result_.get()); }
    [[nodiscard]] Row operator[](int index) const { return {result_.get(), index}; }
    /// Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t changed() const;
    /// "INSERT 0 3", "COMMIT", …
    [[nodiscard]] std::string_view tag() const { return PQcmdStatus(result_.get()); }

private:
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    std::unique_ptr<PGresult, Clear> result_;
};

/// The server's process behind a connection. Numbers of processes are used again, so the start belongs to it.
struct Backend {
    int pid = 0;
    std::string started = {};
};

/// For one thread at a time. After a PgError the transaction that was open has failed; rollback() ends it.
class Connection {
public:
    /// Connects, and refuses a server on which a commit would not be durable. Throws PgError or Refused.
    explicit Connection(const Address& address);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Adds a statement to those that go out with the next query() or run(). `sql` is prepared once and kept.
    void queue(std::string_view sql, const Parameters& parameters = {});
    /// The same for a statement put together at run time: planned with its values, and not kept.
    void queueOnce(const std::string& sql, const Parameters& parameters);
    /// Sends what is queued in one round trip. Returns the result of the last statement. The first failure is thrown,
    /// and what was queued after it has not been executed.
    Rows run();

    template <class... Values>
    Rows query(std::string_view sql, const Values&... values) {
        queue(sql, Parameters{values...});
        return run();
    }
    /// Any number of statements without values, outside the queue.
    void script(const std::string& sql);
    void rollback() noexcept;

    /// False when the server has gone. Asks nobody: sees only what has come in.
    bool alive();
    /// The server has warned of something since the last query() or run() began, such as of a commit that is on no
    /// standby.
    [[nodiscard]] bool warned() const { return warned_; }
    [[nodiscard]] const Backend& backend() const { return backend_; }
    [[nodiscard]] const std::string& shown() const { return shown_; }

private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    /// What was sent and is to be answered; `prepared` names the text of a statement that this prepares.
    struct Pending {
        std::optional<std::string> prepared;
    };

    void enterPipeline();
    void sent(int ok);
    void setUp(const Address& address);
    Rows execute(const std::string& sql);
    void await();

    const std::string shown_;
    const std::chrono::milliseconds silence_;
    bool warned_ = false;
    bool given_up_ = false;  // The server did not answer: nothing more is said to it here.
    Backend backend_;
    std::unique_ptr<PGconn, Finish> handle_;
    std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> statements_;  // Text to name.
    std::vector<Pending> pending_;
    int next_name_ = 0;
};

/// A server that the hub must not use as it is set. Never leaves the room: becomes kMisconfigured.
class Refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace pakn::store::postgresql
