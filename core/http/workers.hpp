#pragma once
/// @file
/// The threads that answer requests: a few, whatever the number of connections. Two lanes: when the open one is full,
/// the hotline and the Centre's people still get through.

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pakn::http {

enum class Lane : std::uint8_t { kOpen, kReserved };

class Workers {
public:
    using Job = std::function<void()>;  ///< Must not throw.

    struct Size {
        int open = 8;                ///< Threads that take jobs of both lanes, the reserved one's first.
        int reserved = 2;            ///< Threads that take those of the reserved lane only.
        std::size_t waiting = 1024;  ///< Jobs that may wait, in each lane.
    };

    explicit Workers(Size size);
    /// Drops what waits, finishes what runs.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// From any thread. False, and nothing happens, when the lane is full.
    [[nodiscard]] bool submit(Lane lane, Job job);

private:
    void run(bool takes_open);

    const std::size_t most_waiting_;
    std::mutex mutex_;  // Guards what follows.
    std::array<std::deque<Job>, 2> waiting_;
    std::condition_variable any_;       // For those who take both.
    std::condition_variable reserved_;  // For those who do not.
    int idle_ = 0;                      // Of those who take both.
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace pakn::http
