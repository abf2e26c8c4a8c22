#pragma once
/// @file
/// Private to the domain room: what the parts of decide() share.

#include <algorithm>
#include <utility>

#include "core/domain/decide.hpp"

namespace pakn::domain::detail {

inline Error refuse(Errc code, std::string problem, std::string message, std::string field = {}) {
    return {.code = code, .message = std::move(message), .problem = std::move(problem), .field = std::move(field)};
}

/// Collects the events of one decision and keeps the state they lead to.
class Recorder {
public:
    Recorder(const Petition& before, const Context& context) : now_{before}, context_{context} {}

    [[nodiscard]] const Petition& petition() const { return now_; }

    void record(EventData data, Role role) {
        const bool by_hub = role == Role::kSystem;
        Event event{.id = context_.new_id(),
                    .petition_id = now_.id,
                    .version = now_.version + 1,
                    .at = context_.now,
                    .actor = by_hub && !context_.actor.has(Role::kSystem) ? "system" : context_.actor.id,
                    .role = role,
                    .config_hash = context_.rules.hash,
                    .data = std::move(data)};
        now_ = apply(std::move(now_), event);
        const EventKind kind = event.kind();
        decision_.events.push_back(std::move(event));
        queueDeliveries(kind);
    }

    Decision take() {
        decision_.after = std::move(now_);
        return std::move(decision_);
    }

private:
    static bool among(const std::vector<std::string>& wanted, const std::string& one) {
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), one) != wanted.end();
    }

    /// The outbox: what the configuration sends when this happens. A delivery of kind `result` has no other cause than
    /// the release.
    void queueDeliveries(EventKind cause) {
        for (const DeliveryRule& rule : context_.rules.deliveries) {
            if (rule.on != cause) continue;
            // A connector's own news does not go back to it: its peer would answer, and so on for ever.
            if (cause == EventKind::kNoted && rule.to == context_.actor.id) continue;
            if (rule.kind == DeliveryKind::kResult && cause != EventKind::kReleased) continue;
            // Nothing is signed and nothing finds its way back yet, so what waits for that does not leave.
            if (rule.needs_signature || rule.to == kReplyTarget) continue;
            if (!among(rule.channel, now_.channel) || !among(rule.origin, now_.channel)) continue;
            record(
                DeliveryQueued{
                    .delivery = context_.new_id(), .connector = rule.to, .delivery_kind = rule.kind, .cause = cause},
                Role::kSystem);
        }
    }

    Petition now_;
    const Context& context_;
    Decision decision_;
};

/// The policy, or one without limits when the configuration no longer has it.
const SlaPolicy& policyOf(const Rules& rules, std::string_view id);
/// When a budget that starts at `start` ends; nothing for no budget.
std::optional<Instant> limitOf(const Rules& rules, const SlaPolicy& policy, const std::optional<Duration>& budget,
                               Instant start);

/// The event an action of the workflow leads to. `action` starts at the petition's step; `input` has been checked.
EventData performed(const Petition& petition, const Workflow& workflow, const Action& action, const Act& input,
                    const Context& context);

Result<Decision> decideAction(const Petition& petition, const Act& input, const Context& context);
Result<Decision> decideSettlement(const Petition& petition, const Settle& command, const Context& context);
Result<Decision> decideRequeue(const Petition& petition, const Requeue& command, const Context& context);
Result<Decision> decideReport(const Petition& petition, const Report& command, const Context& context);
Result<Decision> decideDiscard(const Petition& petition, const Discard& command, const Context& context);

inline constexpr std::size_t kMaxComment = 5000;  ///< Code points.

}  // namespace pakn::domain::detail
