#include "core/engine/timers.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kPeriod{1000};
constexpr int kPerRound = 200;
constexpr std::chrono::seconds kLease{10};
}  // namespace

std::chrono::milliseconds Timers::round(const std::stop_token& stop) {
    const Instant now = now_();
    if (store_.shared()) {
        const Result<bool> held = lease_.hold(now, kLease);
        if (!held || !*held) return kPeriod;
    }
    // Those that cannot fire stand first for good: they must not take the places of those behind them.
    const int most = kPerRound + static_cast<int>(broken_.size());
    const Result<std::vector<store::DueTimer>> due = store_.dueTimers(now, most);
    if (!due) return kPeriod;
    bool progress = false;
    for (const store::DueTimer& one : *due) {
        if (stop.stop_requested()) break;
        const domain::Fire fire{
            .what = one.timer.kind == "reminder" ? domain::Fire::What::kReminder : domain::Fire::What::kDeadline,
            .clock = one.timer.clock};
        // A conflict means that somebody was faster and the row is gone with their command.
        const Result<Committed> fired = committer_.run(Order{one.petition_id, fire, domain::Actor::system()});
        progress |= fired.ok();
        const bool broken = !fired && fired.error().code == Errc::kInternal;
        if (broken && broken_.emplace(one.petition_id, one.timer.kind, one.timer.clock).second)
            log_(LogLevel::kError, "TIMER_FAILED", fired.error().message);
    }
    const bool more = due->size() == static_cast<std::size_t>(most) && progress;
    return more ? std::chrono::milliseconds{0} : kPeriod;
}

}  // namespace pakn::engine
