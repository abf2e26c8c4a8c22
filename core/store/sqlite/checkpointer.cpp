#include "core/store/sqlite/checkpointer.hpp"

#include <Poco/Exception.h>

namespace pakn::store::sqlite {

namespace {

/// 80 MB of WAL. Larger checkpoints write the often changed pages once instead of many times.
constexpr int kPagesBeforeCheckpoint = 20000;
/// So few that moving them takes no longer than a commit.
constexpr int kFewPages = 400;
/// With a disk so slow that the writer is always far ahead, the writer waits after that many.
constexpr int kMostPasses = 8;
constexpr std::chrono::seconds kIdleAfter{30};

}  // namespace

Checkpointer::Checkpointer(std::filesystem::path file, Writer& writer)
    : file_{std::move(file)}, writer_{writer}, thread_{[this](const std::stop_token& stop) { run(stop); }} {}

Checkpointer::~Checkpointer() {
    thread_.request_stop();
    thread_.join();
}

void Checkpointer::walGrew(int pages) {
    {
        const std::scoped_lock lock{mutex_};
        pages_ = pages;
        written_ = true;
        if (pages < kPagesBeforeCheckpoint) return;
        large_ = true;
    }
    wake_.notify_one();
}

int Checkpointer::pages() {
    const std::scoped_lock lock{mutex_};
    return pages_;
}

void Checkpointer::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        bool idle = false;
        {
            std::unique_lock lock{mutex_};
            wake_.wait_for(lock, stop, kIdleAfter, [this] { return large_; });
            if (stop.stop_requested()) return;
            idle = !large_ && !written_ && pages_ > 0;
            const bool wanted = large_ || idle;
            large_ = written_ = false;
            if (!wanted) continue;
        }
        checkpoint(idle);
    }
}

void Checkpointer::checkpoint(bool idle) {
    for (int pass = 0; pass < kMostPasses; ++pass) {
        const std::optional<int> moved = move(SQLITE_CHECKPOINT_PASSIVE);
        if (!moved) return;
        if (pages() - *moved <= kFewPages) break;
    }
    writer_.whileIdle([&] {
        move(idle ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE);
        const std::scoped_lock lock{mutex_};
        large_ = false;
        if (idle) pages_ = 0;
    });
}

/// A failure loses nothing: the pages stay in the WAL, and the next commit asks again.
std::optional<int> Checkpointer::move(int mode) {
    try {
        if (!connection_) {
            connection_.emplace(file_, Connection::Use::kWrite);
            sqlite3_busy_timeout(connection_->handle(), 0);  // Readers in the way: another time.
        }
        int moved = 0;
        const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, mode, nullptr, &moved);
        if (code == SQLITE_OK || code == SQLITE_BUSY) return moved;
    } catch (const Poco::Exception&) {
    } catch (const SqliteError&) {
    }
    connection_.reset();
    return std::nullopt;
}

}  // namespace pakn::store::sqlite
