#pragma once
/// @file
/// When a connector may call its peer: not faster than its rate, and not into a peer that is down. Knows no clock of
/// its own.

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

#include "core/config/configuration.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::engine {

/// At most `count` calls in each `per`, spread or in a burst (generic cell rate algorithm). Safe from any thread.
class RateLimit {
public:
    explicit RateLimit(std::optional<config::Rate> rate) : rate_{rate} {}

    /// How many of `wanted` calls may be made now; they count as made.
    int take(Instant now, int wanted) {
        if (!rate_ || rate_->count <= 0) return wanted;
        const std::lock_guard lock{mutex_};
        const auto step = std::chrono::duration_cast<std::chrono::microseconds>(rate_->per) / rate_->count;
        const auto at = std::chrono::time_point_cast<std::chrono::microseconds>(now);
        used_until_ = std::min(used_until_, at + rate_->per);  // The clock was set back: not for as long as that.
        int taken = 0;
        while (taken < wanted) {
            const auto next = std::max(used_until_, at) + step;
            if (next - at > rate_->per) break;
            used_until_ = next;
            ++taken;
        }
        return taken;
    }

    /// So many of the calls that take() granted were not made after all.
    void giveBack(int unused) {
        if (!rate_ || rate_->count <= 0 || unused <= 0) return;
        const std::lock_guard lock{mutex_};
        used_until_ -= unused * (std::chrono::duration_cast<std::chrono::microseconds>(rate_->per) / rate_->count);
    }

private:
    const std::optional<config::Rate> rate_;
    std::mutex mutex_;
    std::chrono::sys_time<std::chrono::microseconds> used_until_ = {};
};

/// Opens when the peer is down for everybody, so that not every delivery has to find out; then lets one call through
/// now and then, and closes when it succeeds. Safe from any thread.
class Breaker {
public:
    Breaker(std::chrono::milliseconds first, std::chrono::milliseconds most) : first_{first}, most_{most} {}

    /// How many of `wanted` calls may be made now: all, one to probe, or none.
    int admit(Instant now, int wanted) {
        const std::lock_guard lock{mutex_};
        if (!open_) return wanted;
        if (now < probe_at_) return 0;
        probe_at_ = now + wait_;  // Nobody else probes meanwhile.
        return std::min(wanted, 1);
    }

    /// There was nothing to call with: whoever was admitted to probe did not.
    void unused(Instant now) {
        const std::lock_guard lock{mutex_};
        if (open_) probe_at_ = now;
    }

    /// What a call came to. True when it opened or closed by that.
    bool judge(Instant now, std::optional<Errc> error) {
        const std::lock_guard lock{mutex_};
        const bool was_open = open_;
        const bool login = error == Errc::kUnauthenticated;
        // An unknown outcome is a peer that did not answer: it may be down as well.
        const bool down =
            login || error == Errc::kUnavailable || error == Errc::kUnknownOutcome || error == Errc::kInternal;
        if (!down) {  // Also a rejection: the peer answers.
            failures_ = 0;
            open_ = false;
            return was_open;
        }
        ++failures_;
        if (!login && failures_ < kFailures && !open_) return false;
        wait_ = open_ ? std::min(wait_ * 2, most_) : std::max(first_, login ? kLoginWait : kFirstWait);
        wait_ = std::min(wait_, std::max(most_, first_));
        open_ = true;
        probe_at_ = now + wait_;
        return !was_open;
    }

    [[nodiscard]] bool open() const {
        const std::lock_guard lock{mutex_};
        return open_;
    }

private:
    static constexpr int kFailures = 5;  ///< In a row.
    static constexpr std::chrono::milliseconds kFirstWait{2000};
    static constexpr std::chrono::milliseconds kLoginWait{30000};

    const std::chrono::milliseconds first_;
    const std::chrono::milliseconds most_;
    mutable std::mutex mutex_;
    bool open_ = false;
    int failures_ = 0;
    std::chrono::milliseconds wait_{};
    Instant probe_at_ = {};
};

}  // namespace pakn::engine
