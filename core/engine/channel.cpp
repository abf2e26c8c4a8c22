#include "core/engine/channel.hpp"

#include <algorithm>

#include "core/engine/log_context.hpp"
#include "core/security/crypto.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kLongestWait{60000};
constexpr std::chrono::milliseconds kShortestLease{30000};
constexpr std::chrono::milliseconds kPausedWait{500};

/// Errors that no repetition of the same petition can mend.
bool isFinal(Errc code) { return code == Errc::kInvalid || code == Errc::kTooLarge || code == Errc::kConflict; }
}  // namespace

Channel::Channel(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
                 Log log)
    : hub_{hub},
      instance_{instance},
      settings_{settings},
      condition_{condition},
      log_{std::move(log)},
      wait_{settings.interval},
      lease_{hub.store(), "poll:" + settings.id, hub.now()},
      worker_{[this](std::stop_token stop) { return round(stop); }} {}

/// It spans the wait to the next poll, so that hubs do not take turns and poll the more often.
Result<bool> Channel::holdLease() { return lease_.hold(hub_.now(), std::max(kShortestLease, 4 * wait_.load())); }

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
    if (!mayPoll()) return settings_.interval;
    PollInbox inbox{*this};
    const Status status = instance_.poll(inbox, stop);
    if (status) {
        if (condition_.set("running", {})) log_(LogLevel::kInfo, "CONNECTOR_RECOVERED", settings_.id);
        return wait_ = settings_.interval;
    }
    condition_.countFailure();
    const bool login = status.error().code == Errc::kUnauthenticated;
    if (condition_.set(login ? "unauthenticated" : "failing", status.error().message))
        log_(LogLevel::kWarning, "CONNECTOR_FAILING", settings_.id + ": " + status.error().message);
    return wait_ = std::max(settings_.interval, std::min(wait_.load() * 2, kLongestWait));
}

Result<Accepted> Channel::PollInbox::accept(IncomingPetition petition) {
    const Result<bool> held = channel_.holdLease();
    if (!held) return held.error();
    if (!*held)
        return Error{.code = Errc::kUnavailable, .message = "another hub polls " + channel_.settings_.id + " now"};
    return channel_.accept(std::move(petition));
}

Result<Accepted> Channel::accept(IncomingPetition petition) {
    const store::RefusedItem item{.id = security::newId(hub_.now()),
                                  .channel = settings_.id,
                                  // Unsealed in the store, and it may name a person.
                                  .external_id = security::toHex(security::sha256(petition.external_id)),
                                  .at = hub_.now(),
                                  .problem = {},
                                  .content = petition.text};
    Result<IntakeAnswer> answer = hub_.submit({.petition = std::move(petition),
                                               .channel = settings_.id,
                                               .caller = settings_.id,
                                               .idempotency_key = {},
                                               .trust_external_id = true,
                                               .privileged = hub_.mayDeclareEmergencies(settings_.id)});
    if (answer) {
        condition_.countReceived();
        return Accepted{.outcome = answer->duplicate ? Accepted::Outcome::kDuplicate : Accepted::Outcome::kStored,
                        .code = answer->code,
                        .id = answer->id,
                        .tracking_token = answer->tracking_token};
    }
    if (!isFinal(answer.error().code)) return std::move(answer).error();
    store::RefusedItem refused = item;
    refused.problem = answer.error().problem;
    if (Status kept = hub_.store().keepRefused(refused); !kept) return std::move(kept).error();
    log_(LogLevel::kWarning, "PETITION_REFUSED", settings_.id + ": " + answer.error().problem);
    return Accepted{.outcome = Accepted::Outcome::kRefused, .problem = std::move(answer).error()};
}

}  // namespace pakn::engine
