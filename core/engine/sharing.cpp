#include "core/engine/sharing.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kPeriod{1000};
constexpr int kPerRound = 200;
constexpr std::chrono::seconds kLease{10};
}  // namespace

std::chrono::milliseconds Sharing::round(const std::stop_token& stop) {
    if (store_.shared()) {
        const Result<bool> held = lease_.hold(now_(), kLease);
        if (!held || !*held) return kPeriod;
    }
    const Result<std::vector<store::Merge>> waiting = store_.sharable(kPerRound);
    if (!waiting) return kPeriod;
    std::shared_ptr<const domain::Petition> other;
    bool progress = false;
    for (const store::Merge& one : *waiting) {
        if (stop.stop_requested()) break;
        if (!other || other->id != one.into) {
            Result<std::optional<domain::Petition>> found = store_.petition(one.into);
            if (!found || !*found) continue;
            other = std::make_shared<const domain::Petition>(std::move(**found));
        }
        // A conflict means that somebody took it out of the merge meanwhile.
        const Result<Committed> shared =
            committer_.run(Order{one.petition, domain::Share{other}, domain::Actor::system()});
        progress |= shared.ok();
        if (!shared && shared.error().code == Errc::kInternal)
            log_(LogLevel::kError, "SHARING_FAILED", shared.error().message);
    }
    return progress && waiting->size() == kPerRound ? std::chrono::milliseconds{0} : kPeriod;
}

}  // namespace pakn::engine
