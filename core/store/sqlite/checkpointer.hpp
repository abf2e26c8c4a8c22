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

/// Pages are moved beside the writer; while it goes on, it adds pages, and the WAL could only ever grow. So pass
/// follows pass, each over what came during the one before and so shorter, until only a few pages are left: these are
/// moved while the writer waits, and the next commit begins the WAL anew. A store that is left alone gets its WAL
/// moved, too, and the file cut to nothing.
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
    /// Pages of the WAL that are in the database file now; nullopt after a failure.
    std::optional<int> move(int mode);
    [[nodiscard]] int pages();

    const std::filesystem::path file_;
    Writer& writer_;
    std::optional<Connection> connection_;  // Of the thread alone.
    std::mutex mutex_;
    std::condition_variable_any wake_;
    int pages_ = 0;         // Of the WAL, after the last commit. Guarded by mutex_, as what follows.
    bool large_ = false;    // A commit has said so since the last checkpoint.
    bool written_ = false;  // Since the last look.
    std::jthread thread_;
};

}  // namespace pakn::store::sqlite
