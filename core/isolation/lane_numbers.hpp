#pragma once
/// @file
/// What the lanes of one child are called.

#include <cstdint>

namespace pakn::isolation {

/// One thread at a time.
class LaneNumbers {
public:
    explicit LaneNumbers(int most) : left_{most} {}

    [[nodiscard]] bool left() const { return left_ > 0; }
    std::uint32_t take() {
        --left_;
        return ++last_;
    }
    /// There is room for one more lane, but never under a number that was given before: the other side may know it, and
    /// others may have been given since.
    void giveBack() { ++left_; }

private:
    int left_;
    std::uint32_t last_ = 0;
};

}  // namespace pakn::isolation
