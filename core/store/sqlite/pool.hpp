#pragma once
/// @file
/// Who may use which connection: one that writes, whose users take turns, and a few that read beside it.

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/store/sqlite/connection.hpp"
#include "core/store/sqlite/turns.hpp"

namespace pakn::store::sqlite {

/// kUnavailable, kInternal.
Result<std::unique_ptr<Connection>> openConnection(const std::filesystem::path& file, Connection::Use use);

/// The connection that writes. Opened anew by itself after its file failed.
class Writer {
public:
    /// `first` is open already. `on_commit` gets the number of pages in the WAL after each commit, on the committing
    /// thread.
    Writer(std::filesystem::path file, std::unique_ptr<Connection> first, std::function<void(int)> on_commit);

    /// An open write transaction and the right to it. Rolled back unless committed. Leaves on the thread it came on.
    class Turn {
    public:
        Connection& connection() { return *writer_->connection_; }
        /// Durable when it returns. Throws.
        void commit() { connection().execute("COMMIT"); }
        ~Turn();
        Turn(Turn&&) = default;
        Turn& operator=(Turn&&) = delete;

    private:
        friend class Writer;
        Turn(Writer& writer, std::unique_lock<Turns> lock) : writer_{&writer}, lock_{std::move(lock)} {}
        Writer* writer_;
        std::unique_lock<Turns> lock_;
    };

    /// Waits for the turn and begins; kUnavailable.
    Result<Turn> begin();
    /// Runs `work(Connection&)` in a transaction of its own, durable when it returns a value; its exceptions become
    /// errors.
    template <class Work>
    auto write(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        auto turn = begin();
        if (!turn) return std::move(turn).error();
        try {
            auto result = work(turn->connection());
            turn->commit();
            return result;
        } catch (...) {
            return turn->connection().currentError();
        }
    }
    /// The same for work that yields nothing.
    template <class Work>
    Status change(Work work) {
        return write([&](Connection& writer) {
            work(writer);
            return Done{};
        });
    }
    /// Runs `work(Connection&)` while nobody writes, outside a transaction.
    template <class Work>
    void whileIdle(Work work) {
        const std::scoped_lock lock{turns_};
        work();
    }

private:
    void adopt(std::unique_ptr<Connection> connection);

    const std::filesystem::path file_;
    const std::function<void(int)> on_commit_;
    Turns turns_;
    std::unique_ptr<Connection> connection_;  // Whose turn it is; null after a failure.
};

/// Connections that read, lent to one thread each.
class Readers {
public:
    /// Whoever finds none free within `patience` gets kUnavailable.
    Readers(std::filesystem::path file, std::size_t count,
            std::chrono::milliseconds patience = std::chrono::seconds{10});

    /// Runs `work(Connection&)` on one snapshot of the database; its exceptions become errors.
    template <class Work>
    auto read(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        auto connection = take();
        if (!connection) return std::move(connection).error();
        const Returned give_back{*this, *connection};
        Connection& reader = **connection;
        try {
            reader.execute("BEGIN");
            auto result = work(reader);
            reader.execute("COMMIT");
            return result;
        } catch (...) {
            Error error = reader.currentError();
            reader.rollback();
            return error;
        }
    }

private:
    using Lent = std::unique_ptr<Connection>;
    struct Returned {
        Readers& readers;
        Lent& connection;
        ~Returned() { readers.giveBack(std::move(connection)); }
    };

    Result<Lent> take();
    void giveBack(Lent connection);

    const std::filesystem::path file_;
    const std::chrono::milliseconds patience_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<Lent> idle_;  // Null: to be opened when it is wanted.
};

}  // namespace pakn::store::sqlite
