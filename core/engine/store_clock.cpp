#include "core/engine/store_clock.hpp"

#include <time.h>

namespace pakn::engine {

namespace {

/// Milliseconds since this machine started, sleep included; nobody can set it.
std::int64_t uptime() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

StoreClock::StoreClock(std::shared_ptr<store::Store> store, Instant until_told, std::chrono::milliseconds period)
    : store_{std::move(store)}, period_{period}, boot_{until_told.time_since_epoch().count() - uptime()} {
    constexpr int kTries = 5;
    for (int i = 0; i < kTries && !look(); ++i) continue;
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

Instant StoreClock::now() const { return Instant{std::chrono::milliseconds{boot_.load() + uptime()}}; }

bool StoreClock::look() {
    const std::int64_t before = uptime();
    const Result<Instant> told = store_->clock();
    const std::int64_t after = uptime();
    if (!told) return false;
    // The server looked at its clock somewhere between; an answer that took long says too little, but more than
    // nothing.
    if (after - before <= 1000 || !std::exchange(told_, true))
        boot_ = told->time_since_epoch().count() - (before + after) / 2;
    return true;
}

void StoreClock::run(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        wake_.wait_for(lock, stop, period_, [] { return false; });
        if (!stop.stop_requested()) look();
    }
}

}  // namespace pakn::engine
