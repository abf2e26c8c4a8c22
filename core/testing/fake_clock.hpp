#pragma once
/// @file
/// A clock that moves only when a test says so.

#include <atomic>
#include <chrono>

#include "pakn/sdk/result.hpp"

namespace pakn::testing {

/// Safe from any thread.
class FakeClock {
public:
    /// 2026-03-06 08:00:00 in Viet Nam, a Friday, unless told otherwise.
    explicit FakeClock(Instant start = Instant{std::chrono::seconds{1772758800}}) : now_{start} {}

    [[nodiscard]] Instant now() const { return now_.load(); }
    void set(Instant now) { now_.store(now); }
    void advance(std::chrono::milliseconds by) { now_.store(now_.load() + by); }

private:
    std::atomic<Instant> now_;
};

}  // namespace pakn::testing
