#include "core/engine/channel.hpp"

#include <algorithm>

#include "core/security/crypto.hpp"

namespace pakn::engine {

namespace {
constexpr std::chrono::milliseconds kLongestWait{60000};

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
      worker_{[this](std::stop_token stop) { return round(stop); }} {}

std::chrono::milliseconds Channel::round(const std::stop_token& stop) {
    const Status status = instance_.poll(*this, stop);
    if (status) {
        if (condition_.set("running", {})) log_(LogLevel::kInfo, "CONNECTOR_RECOVERED", settings_.id);
        wait_ = settings_.interval;
        return wait_;
    }
    condition_.countFailure();
    const bool login = status.error().code == Errc::kUnauthenticated;
    if (condition_.set(login ? "unauthenticated" : "failing", status.error().message))
        log_(LogLevel::kWarning, "CONNECTOR_FAILING", settings_.id + ": " + status.error().message);
    wait_ = std::max(settings_.interval, std::min(wait_ * 2, kLongestWait));
    return wait_;
}

Result<Accepted> Channel::accept(IncomingPetition petition) {
    const store::RefusedItem item{.id = security::newId(hub_.now()),
                                  .channel = settings_.id,
                                  .external_id = petition.external_id,
                                  .at = hub_.now(),
                                  .problem = {},
                                  .content = petition.text};
    Result<IntakeAnswer> answer = hub_.submit({.petition = std::move(petition),
                                               .channel = settings_.id,
                                               .caller = settings_.id,
                                               .idempotency_key = {},
                                               .trust_external_id = true});
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
