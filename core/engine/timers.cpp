#include "core/engine/timers.hpp"

#include "core/domain/projection.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kPeriod{1000};
constexpr std::chrono::milliseconds kAgain{10000};
constexpr int kPerRound = 200;
constexpr std::chrono::seconds kLease{10};
}  // namespace

std::chrono::milliseconds Timers::round(const std::stop_token& stop) {
    const Instant now = now_();
    if (store_.shared()) {
        const Result<bool> held = lease_.hold(now, kLease);
        if (!held || !*held) return kPeriod;
    }
    std::erase_if(waiting_, [&](const auto& one) { return one.second <= now; });
    // Those that cannot fire stand first for good: they must not take the places of those behind them.
    const int most = kPerRound + static_cast<int>(broken_.size() + waiting_.size());
    const Result<std::vector<store::DueTimer>> due = store_.dueTimers(now, most);
    if (!due) return kPeriod;
    bool progress = false;
    for (const store::DueTimer& one : *due) {
        if (stop.stop_requested()) break;
        const Row row{one.petition_id, one.timer.kind, one.timer.clock};
        if (waiting_.contains(row)) continue;
        const std::optional<domain::Fire> fire = domain::fireOf(one.timer);
        // A conflict means that somebody was faster and the row is gone with their command.
        const Result<Committed> fired =
            fire ? committer_.run(Order{one.petition_id, *fire, domain::Actor::system()})
                 : Result<Committed>{Error{.code = Errc::kInternal, .message = "a timer of a kind that nobody knows"}};
        progress |= fired.ok();
        // Whatever a row could not do it cannot do in a second either; it must not take the place of others meanwhile.
        if (!fired) waiting_[row] = now + fired.error().retry_after.value_or(kAgain);
        const bool broken = !fired && fired.error().code == Errc::kInternal;
        if (broken && broken_.insert(row).second) log_(LogLevel::kError, "TIMER_FAILED", fired.error().message);
    }
    const bool more = due->size() == static_cast<std::size_t>(most) && progress;
    return more ? std::chrono::milliseconds{0} : kPeriod;
}

}  // namespace pakn::engine
