#pragma once
/// @file
/// A pool of child processes that read foreign bytes: photos today. A child has no sockets, opens no files and starts
/// nothing (core/sandbox); it gets one thing to read and hands back what it made of it, both behind descriptors that
/// nobody can change any more. Whatever a hostile file does to it, the hub sees an error.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "pakn/sdk/host.hpp"

namespace pakn::decoding {

struct Limits {
    int processes = 2;                      ///< At the same time.
    std::chrono::milliseconds time{30000};  ///< For one thing.
    std::size_t memory = 512U << 20U;       ///< Bytes of address space of one child.
    std::uint64_t pixels = 64'000'000;      ///< Of one picture, as its header says.
    std::uint64_t output = 32U << 20U;      ///< Bytes of what comes out.
    int uses = 500;                         ///< Of one child, before another takes its place.
    std::size_t waiting = 64;               ///< Things that may wait for a child,
    std::size_t guests_waiting = 8;         ///< of one guest.
    std::chrono::milliseconds wait{30000};  ///< How long they do.
    std::chrono::milliseconds idle{60000};  ///< A child that had nothing to do for so long is ended.
};

/// Since start.
struct Totals {
    std::int64_t decoded = 0;
    std::int64_t rejected = 0;     ///< Damaged, not of its kind, too large, or deadly.
    std::int64_t unavailable = 0;  ///< No child could be had.
    std::int64_t crashed = 0;      ///< Children that died of what they read, or broke the protocol.
    std::int64_t late = 0;         ///< Children ended because they took too long.
    std::int64_t started = 0;
};

/// Safe from any thread. Children are started when there is something to read, never before.
class Pool {
public:
    struct Parts {
        Limits limits = {};
        std::filesystem::path program = {};  ///< paknhub-decoder; empty: the one beside this program.
        std::function<void(LogLevel, std::string_view id, std::string_view text)> log = {};
    };

    explicit Pool(Parts parts);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    ~Pool();

    /// HostServices::decode. Waits for its turn and for the child. What kills two children, or twice takes too long, is
    /// kRejected ("decode.killed") and not tried again. kUnavailable ("decode.unavailable"): too many wait, no child
    /// can be started, or the pool is stopping. `guest`: for whom it is read, when it is not for the hub itself. Guests
    /// never take the last child, nor the turn of what the hub waits for, and each may have only a few things waiting.
    Result<Decoded> decode(std::string_view kind, const Content& content, std::string_view guest = {});

    /// Ends the children; whoever waits gets kUnavailable. Idempotent.
    void stop();

    [[nodiscard]] Totals totals() const;

private:
    struct Job;
    class Slot;

    std::shared_ptr<Job> next(std::chrono::milliseconds patience, bool& idle);
    [[nodiscard]] std::deque<std::shared_ptr<Job>>::iterator firstThatMayRun();
    void finished(const Job& job);
    [[nodiscard]] bool isStopping() const;
    void log(LogLevel level, std::string_view id, std::string_view text) const;
    void count(std::int64_t Totals::*counter);
    Result<Decoded> counted(Result<Decoded> result);

    Parts parts_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<Job>> waiting_;
    int guests_ = 0;  ///< Children that read for guests.
    bool stopping_ = false;
    Totals totals_;
    std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace pakn::decoding
