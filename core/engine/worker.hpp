#pragma once
/// @file
/// A thread that does its work again and again until it is told to stop, and can be woken between.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pakn::engine {

class Worker {
public:
    /// `round` does what there is to do and returns how long to wait at most before the next round.
    using Round = std::function<std::chrono::milliseconds(std::stop_token)>;

    explicit Worker(Round round)
        : thread_{[this, round = std::move(round)](const std::stop_token& stop) {
              while (!stop.stop_requested()) rest(stop, round(stop));
              const std::lock_guard lock{mutex_};
              ended_ = true;
              wake_.notify_all();
          }} {}

    /// The next round begins at once. Safe from any thread.
    void wake() {
        {
            const std::lock_guard lock{mutex_};
            woken_ = true;
        }
        wake_.notify_all();
    }
    /// Asks to stop, without waiting; the destructor waits.
    void requestStop() { thread_.request_stop(); }
    /// Waits for the thread to end after requestStop(); false when it is still at work then.
    bool endsBy(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock{mutex_};
        return wake_.wait_until(lock, deadline, [this] { return ended_; });
    }

private:
    void rest(const std::stop_token& stop, std::chrono::milliseconds most) {
        std::unique_lock lock{mutex_};
        wake_.wait_for(lock, stop, most, [this] { return woken_; });
        woken_ = false;
    }

    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool woken_ = false;
    bool ended_ = false;
    std::jthread thread_;
};

}  // namespace pakn::engine
