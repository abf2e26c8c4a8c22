#pragma once
/// @file
/// A mutex that is had in the order in which it was asked for. With a common one, whoever writes again and again has it
/// again before those who wait have woken up.

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace pakn::store::sqlite {

/// Lockable, for std::unique_lock and the like.
class Turns {
public:
    void lock() {
        std::unique_lock guard{mutex_};
        const std::uint64_t mine = next_++;
        changed_.wait(guard, [&] { return mine == serving_; });
    }
    void unlock() {
        {
            const std::lock_guard guard{mutex_};
            ++serving_;
        }
        changed_.notify_all();
    }
    /// How many have it or wait for it.
    [[nodiscard]] std::uint64_t asked() {
        const std::lock_guard guard{mutex_};
        return next_ - serving_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t next_ = 0;
    std::uint64_t serving_ = 0;
};

}  // namespace pakn::store::sqlite
