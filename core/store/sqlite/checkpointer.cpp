#include "core/store/sqlite/checkpointer.hpp"

#include <Poco/Exception.h>

namespace pakn::store::sqlite {

namespace {

/// 80 MB of WAL. Larger checkpoints write the often changed pages once instead of many times.
constexpr int kPagesBeforeCheckpoint = 20000;
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
    }
    wake_.notify_one();
}

void Checkpointer::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        bool idle = false;
        {
            std::unique_lock lock{mutex_};
            wake_.wait_for(lock, stop, kIdleAfter, [this] { return pages_ >= kPagesBeforeCheckpoint; });
            if (stop.stop_requested()) return;
            const bool large = pages_ >= kPagesBeforeCheckpoint;
            idle = !large && !written_ && pages_ > 0;
            written_ = false;
            if (!large && !idle) continue;
            pages_ = 0;  // The next commit says again how many there are.
        }
        checkpoint(idle);
    }
}

void Checkpointer::checkpoint(bool idle) {
    if (!move(SQLITE_CHECKPOINT_PASSIVE)) return;
    writer_.whileIdle([&] { move(idle ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE); });
}

/// A failure loses nothing: the pages stay in the WAL, and the next commit asks again.
bool Checkpointer::move(int mode) {
    try {
        if (!connection_) {
            connection_.emplace(file_, Connection::Use::kWrite);
            sqlite3_busy_timeout(connection_->handle(), 0);  // Readers in the way: another time.
        }
        const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, mode, nullptr, nullptr);
        if (code == SQLITE_OK || code == SQLITE_BUSY) return true;
    } catch (const Poco::Exception&) {
    } catch (const SqliteError&) {
    }
    connection_.reset();
    return false;
}

}  // namespace pakn::store::sqlite
