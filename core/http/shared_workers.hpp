#pragma once
/// @file
/// Threads for requests that somebody else answers, and may take their time: each of them has a share of its own, so
/// that whoever hangs keeps nobody else waiting.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pakn::http {

class SharedWorkers {
public:
    using Job = std::function<void()>;  ///< Must not throw.

    struct Share {
        int running = 8;           ///< Jobs of one owner at the same time; so many threads there are for each, made
                                   ///< when they are needed.
        std::size_t waiting = 64;  ///< Jobs of one owner that may wait.
    };

    explicit SharedWorkers(Share share) : share_{share} {}
    /// Drops what waits, finishes what runs.
    ~SharedWorkers();
    SharedWorkers(const SharedWorkers&) = delete;
    SharedWorkers& operator=(const SharedWorkers&) = delete;

    /// From any thread. False, and nothing happens, when too many jobs of this owner wait, or no thread can be made.
    [[nodiscard]] bool submit(const std::string& owner, Job job);

private:
    struct Queue {
        std::deque<Job> waiting = {};
        int running = 0;
    };
    void run();
    /// The next that may run, of the owner whose turn it is; null: none.
    Queue* next();
    /// Jobs that could run now.
    [[nodiscard]] std::size_t runnable() const;

    const Share share_;
    std::mutex mutex_;  // Guards what follows.
    std::condition_variable wake_;
    std::map<std::string, Queue> queues_;  // Never more than there are owners.
    std::string last_;                     // Whose turn it was.
    std::size_t idle_ = 0;
    std::size_t starting_ = 0;  // Threads that have not looked for a job yet.
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace pakn::http
