#include "core/app/followers.hpp"

#include "core/reporting/follower.hpp"

namespace pakn::app {

namespace {

constexpr std::chrono::milliseconds kPeriod{200};
constexpr std::chrono::milliseconds kAfterFailure{2000};
constexpr std::chrono::seconds kLease{10};
constexpr int kBite = 48;       ///< Events at a time while petitions come in: some milliseconds of the writer.
constexpr int kMouthful = 200;  ///< While nobody else wants to write.
constexpr int kAtOnce = 1000;   ///< Of a command, which has the store for itself.
constexpr int kShare = 3;       ///< It rests so many times as long as it wrote.
constexpr std::chrono::milliseconds kLongestRest{500};

}  // namespace

FollowerThread::FollowerThread(const engine::Hub& hub, store::Store& store, Log log)
    : hub_{hub},
      store_{store},
      log_{std::move(log)},
      lease_{store, std::string{"follower:"}.append(reporting::kFollower), hub.now()},
      worker_{[this](const std::stop_token& stop) { return round(stop); }} {}

std::chrono::milliseconds FollowerThread::round(const std::stop_token&) {
    const Instant began = hub_.now();
    if (store_.shared()) {
        const Result<bool> held = lease_.hold(began, kLease);
        if (!held || !*held) return kAfterFailure;
    }
    const std::int64_t commits = hub_.totals().commits;
    const bool busy = std::exchange(commits_seen_, commits) != commits;
    const Result<reporting::Followed> followed = reporting::follow(store_, busy ? kBite : kMouthful);
    if (!followed) {
        // Nothing can be written while the store is away, which others say; a conflict is no failure.
        const Errc code = followed.error().code;
        const bool failure = code != Errc::kUnavailable && code != Errc::kConflict;
        if (failure && !std::exchange(failing_, true))
            log_(LogLevel::kError, "FOLLOWER_FAILED", followed.error().message);
        return kAfterFailure;
    }
    if (std::exchange(failing_, false))
        log_(LogLevel::kInfo, "FOLLOWER_RECOVERED", "statistics and search follow again");
    for (const std::string& id : followed->damaged) log_(LogLevel::kError, "FOLLOWER_SKIPPED", "petition " + id);
    if (!followed->more) return kPeriod;
    if (!busy) return std::chrono::milliseconds{0};
    return std::clamp<std::chrono::milliseconds>((hub_.now() - began) * kShare, std::chrono::milliseconds{1},
                                                 kLongestRest);
}

Result<std::int64_t> followAll(store::Store& store, const std::function<void(std::int64_t)>& progress) {
    std::int64_t done = 0;
    for (;;) {
        const Result<reporting::Followed> followed = reporting::follow(store, kAtOnce);
        if (!followed) return followed.error();
        done += followed->petitions;
        if (progress) progress(done);
        if (!followed->more) return done;
    }
}

}  // namespace pakn::app
