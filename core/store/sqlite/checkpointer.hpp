#pragma once
/// @file
/// Moves the pages of the WAL into the database file, on a thread and connection of its own, so that no commit waits
/// for it.

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "core/store/sqlite/pool.hpp"

namespace pakn::store::sqlite {

/// Most pages are moved beside the writer; while it goes on, it adds pages, and the WAL could only ever grow. So the
/// rest, a few pages, is moved while the writer waits: then the next commit begins the WAL anew. A store that
/// is left alone gets its WAL moved, too, and the file cut to nothing.
class Checkpointer {
public:
    Checkpointer(std::filesystem::path file, Writer& writer);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// The WAL holds this many pages now. From any thread.
    void walGrew(int pages);

private:
    void run(const std::stop_token& stop);
    void checkpoint(bool idle);
    bool move(int mode);

    const std::filesystem::path file_;
    Writer& writer_;
    std::optional<Connection> connection_;  // Of the thread alone.
    std::mutex mutex_;
    std::condition_variable_any wake_;
    int pages_ = 0;         // Guarded by mutex_, as the next.
    bool written_ = false;  // Since the last look.
    std::jthread thread_;
};

}  // namespace pakn::store::sqlite
