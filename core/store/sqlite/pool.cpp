#include "core/store/sqlite/pool.hpp"

#include <Poco/Exception.h>

namespace pakn::store::sqlite {

namespace {

Error cannotOpen(const std::filesystem::path& file, const std::string& why) {
    return {.code = Errc::kUnavailable,
            .message = "store " + file.string() + ": cannot be opened (" + why +
                       "); check that its folder is there, has space and belongs to the hub's user"};
}

}  // namespace

Result<std::unique_ptr<Connection>> openConnection(const std::filesystem::path& file, Connection::Use use) {
    try {
        return std::make_unique<Connection>(file, use);
    } catch (const SqliteError& failure) {
        return sqliteError(failure.code(), file);
    } catch (const Poco::Exception& failure) {
        return cannotOpen(file, failure.message());
    } catch (const std::exception& failure) {
        return cannotOpen(file, failure.what());
    }
}

Writer::Writer(std::filesystem::path file, std::unique_ptr<Connection> first, std::function<void(int)> on_commit)
    : file_{std::move(file)}, on_commit_{std::move(on_commit)} {
    adopt(std::move(first));
}

void Writer::adopt(std::unique_ptr<Connection> connection) {
    connection_ = std::move(connection);
    const auto report = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->on_commit_(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_->handle(), report, this);
}

Result<Writer::Turn> Writer::begin() {
    std::unique_lock lock{turns_};
    if (connection_ && connection_->broken()) connection_.reset();
    if (!connection_) {
        auto opened = openConnection(file_, Connection::Use::kWrite);
        if (!opened) return std::move(opened).error();
        adopt(std::move(*opened));
    }
    try {
        connection_->execute("BEGIN IMMEDIATE");
    } catch (...) {
        return connection_->currentError();
    }
    return Turn{*this, std::move(lock)};
}

Writer::Turn::~Turn() {
    if (lock_.owns_lock()) connection().rollback();
}

Readers::Readers(std::filesystem::path file, std::size_t count, std::chrono::milliseconds patience)
    : file_{std::move(file)}, patience_{patience}, idle_(count) {}

Result<Readers::Lent> Readers::take() {
    Lent connection;
    {
        std::unique_lock lock{mutex_};
        if (!returned_.wait_for(lock, patience_, [this] { return !idle_.empty(); }))
            return Error{.code = Errc::kUnavailable,
                         .message = "store " + file_.string() + ": everybody who reads it is at work"};
        connection = std::move(idle_.back());
        idle_.pop_back();
    }
    if (connection) return connection;
    auto opened = openConnection(file_, Connection::Use::kRead);
    if (!opened) giveBack(nullptr);
    return opened;
}

void Readers::giveBack(Lent connection) {
    if (connection && connection->broken()) connection.reset();
    {
        const std::scoped_lock lock{mutex_};
        idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
}

}  // namespace pakn::store::sqlite
