#include "core/engine/channel.hpp"

#include <algorithm>

#include "core/engine/log_context.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kLongestWait{60000};
// A hub that dies loses its connectors to the others after so long, however seldom they poll; one that lives renews.
constexpr std::chrono::milliseconds kLease{60000};
constexpr std::chrono::milliseconds kRenewEvery{20000};
constexpr std::chrono::milliseconds kPausedWait{500};
}  // namespace

Channel::Channel(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
                 Log log)
    : hub_{hub},
      instance_{instance},
      settings_{settings},
      condition_{condition},
      log_{std::move(log)},
      inbox_{hub, settings, condition, log_, [this] { return mayTakeIn(); }},
      wait_{settings.interval},
      lease_{hub.store(), "poll:" + settings.id, hub.now()},
      worker_{[this](const std::stop_token& stop) { return round(stop); }} {}

/// Also between two polls, so that hubs do not take turns and poll the more often.
Result<bool> Channel::holdLease() { return lease_.hold(hub_.now(), kLease); }

bool Channel::mayPoll() {
    const Result<bool> held = holdLease();
    if (!held) return false;  // The store is away: nothing could be taken in.
    if (std::exchange(standby_, !*held) != standby_)
        log_(LogLevel::kInfo, standby_ ? "CONNECTOR_STANDBY" : "CONNECTOR_TAKEN_OVER", settings_.id);
    return *held;
}

std::chrono::milliseconds Channel::round(const std::stop_token& stop) {
    const LogScope about{{.connector = settings_.id}};
    const Condition::Word word = condition_.word(hub_.store(), hub_.now());
    if (word.changed) log_(LogLevel::kInfo, "CONNECTOR_SWITCHED", settings_.id + ": " + std::string{nameOf(word.mode)});
    if (word.mode != ConnectorMode::kRunning) return kPausedWait;
    if (!mayPoll()) return std::min(settings_.interval, kRenewEvery);
    if (rest_.count() <= 0) {
        poll(stop);
        rest_ = wait_;
    }
    const std::chrono::milliseconds part = std::min(rest_, kRenewEvery);
    rest_ -= part;
    return part;
}

/// Leaves in `wait_` how long it is to the next one.
void Channel::poll(const std::stop_token& stop) {
    const Status status = instance_.poll(inbox_, stop);
    if (status) {
        if (condition_.set("running", {})) log_(LogLevel::kInfo, "CONNECTOR_RECOVERED", settings_.id);
        wait_ = settings_.interval;
        return;
    }
    condition_.countFailure();
    const bool login = status.error().code == Errc::kUnauthenticated;
    if (condition_.set(login ? "unauthenticated" : "failing", status.error().message))
        log_(LogLevel::kWarning, "CONNECTOR_FAILING", settings_.id + ": " + status.error().message);
    wait_ = std::max(settings_.interval, std::min(wait_ * 2, kLongestWait));
}

/// A long poll prolongs its lease as it goes, and ends when another hub has taken over.
Status Channel::mayTakeIn() {
    const Result<bool> held = holdLease();
    if (!held) return held.error();
    if (*held) return Done{};
    return Error{.code = Errc::kUnavailable, .message = "another hub polls " + settings_.id + " now"};
}

}  // namespace pakn::engine
