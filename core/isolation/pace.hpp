#pragma once
/// @file
/// Whether the other side asks for more than anybody does who works.

#include <algorithm>
#include <chrono>

#include "core/isolation/frame.hpp"

namespace pakn::isolation {

/// One thread at a time.
class Pace {
public:
    struct Limits {
        double per_second = 5000;  ///< A round trip between two processes takes longer than 20 us.
        double burst = 20000;
    };
    Pace() = default;
    explicit Pace(Limits limits) : limits_{limits} {}

    /// One more request. False: more came than `per_second` for as long as `burst` lasts; what was told so counts too,
    /// so it stays false until the other side calms down.
    bool note(Steady::time_point now) {
        const std::chrono::duration<double> since = now - last_;
        level_ = std::max(0.0, level_ - since.count() * limits_.per_second) + 1;
        level_ = std::min(level_, 2 * limits_.burst);
        last_ = now;
        return level_ <= limits_.burst;
    }

private:
    Limits limits_ = {};
    double level_ = 0;  ///< Requests that were not worked off yet.
    Steady::time_point last_ = {};
};

}  // namespace pakn::isolation
