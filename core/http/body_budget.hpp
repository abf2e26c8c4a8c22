#pragma once
/// @file
/// How many bytes of request bodies are in memory at once, over all connections. Thousands of connections that each
/// hold a body of the largest size would be more than the machine has.

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace pakn::http {

/// Safe from any thread.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t most) : most_{most} {}

    /// False, and nothing is taken, unless `kept_free` remain.
    [[nodiscard]] bool take(std::size_t bytes, std::size_t kept_free = 0) {
        std::size_t taken = taken_;
        do {
            if (bytes > most_ - taken || kept_free > most_ - taken - bytes) return false;
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
    /// `kept_free`: what must remain for others.
    explicit BodyShare(BodyBudget& budget, std::size_t kept_free = 0) : budget_{&budget}, kept_free_{kept_free} {}
    BodyShare(BodyShare&& other) noexcept
        : budget_{other.budget_},
          kept_free_{other.kept_free_},
          own_{std::move(other.own_)},
          bytes_{std::exchange(other.bytes_, 0)} {}
    BodyShare& operator=(BodyShare&&) = delete;
    ~BodyShare() { giveBack(); }

    /// From now on it counts against this budget too: what its sender may hold in all. False, and nothing is counted,
    /// when that does not have what is held already.
    [[nodiscard]] bool countFor(std::shared_ptr<BodyBudget> own) {
        if (!own->take(bytes_)) return false;
        own_ = std::move(own);
        return true;
    }
    [[nodiscard]] bool isCounted() const { return own_ != nullptr; }

    /// Holds at least `bytes` from now on; false, and all stays as it was, when the budget does not have them.
    [[nodiscard]] bool growTo(std::size_t bytes) {
        if (bytes <= bytes_) return true;
        const std::size_t more = bytes - bytes_;
        if (own_ && !own_->take(more)) return false;
        if (!budget_->take(more, kept_free_)) {
            if (own_) own_->giveBack(more);
            return false;
        }
        bytes_ = bytes;
        return true;
    }

    /// Nothing is held any more; the budget may go before the share then.
    void giveBack() {
        if (own_) own_->giveBack(bytes_);
        own_.reset();
        if (bytes_ > 0) budget_->giveBack(std::exchange(bytes_, 0));
    }

private:
    BodyBudget* budget_;
    std::size_t kept_free_;
    std::shared_ptr<BodyBudget> own_ = {};
    std::size_t bytes_ = 0;
};

}  // namespace pakn::http
