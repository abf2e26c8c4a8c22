#pragma once
/// @file
/// How many bytes of request bodies are in memory at once, over all connections. Hundreds of threads that each hold a
/// body of the largest size would be more than the machine has.

#include <atomic>
#include <cstddef>
#include <utility>

namespace pakn::http {

/// Safe from any thread.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t most) : most_{most} {}

    [[nodiscard]] bool take(std::size_t bytes) {
        std::size_t taken = taken_;
        do {
            if (bytes > most_ - taken) return false;
        } while (!taken_.compare_exchange_weak(taken, taken + bytes));
        return true;
    }
    void giveBack(std::size_t bytes) { taken_ -= bytes; }

private:
    const std::size_t most_;
    std::atomic<std::size_t> taken_ = 0;  ///< Never more than most_.
};

/// What one request holds of the budget; given back at its end.
class BodyShare {
public:
    explicit BodyShare(BodyBudget& budget) : budget_{&budget} {}
    BodyShare(BodyShare&& other) noexcept : budget_{other.budget_}, bytes_{std::exchange(other.bytes_, 0)} {}
    BodyShare& operator=(BodyShare&&) = delete;
    ~BodyShare() { budget_->giveBack(bytes_); }

    /// Holds at least `bytes` from now on; false, and all stays as it was, when the budget does not have them.
    [[nodiscard]] bool growTo(std::size_t bytes) {
        if (bytes <= bytes_) return true;
        if (!budget_->take(bytes - bytes_)) return false;
        bytes_ = bytes;
        return true;
    }

private:
    BodyBudget* budget_;
    std::size_t bytes_ = 0;
};

}  // namespace pakn::http
