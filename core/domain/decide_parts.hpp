#pragma once
/// @file
/// Private to the domain room: what the parts of decide() share.

#include <algorithm>
#include <utility>

#include "core/domain/decide.hpp"
#include "core/domain/projection.hpp"

namespace pakn::domain::detail {

inline Error refuse(Errc code, std::string problem, std::string message, std::string field = {}) {
    return {.code = code, .message = std::move(message), .problem = std::move(problem), .field = std::move(field)};
}

/// What has just happened, for whoever is to be told of it.
struct Happening {
    const Petition& after;
    const Event& event;
    const std::vector<TaskRow>& tasks_before;
    std::optional<bool> notify = {};  ///< As whoever acts wants it: none, or all.
};

/// A notice and the way it takes. The same person is told of the same thing by the same way once.
struct Told {
    std::string connector = {};  ///< Empty: here in the hub.
    Notice notice = {};
};

/// Does any rule of the configuration tell somebody of such events?
bool tellsAnybody(const Rules& rules, EventKind kind);
/// In the order of the rules.
std::vector<Told> noticesOf(const Happening& happening, const Context& context);

/// The way by which the hub tries to reach the sender next: the first of those the configuration names that may lead to
/// them and that `chain` has not tried; nothing when none is left. An empty chain has tried none.
std::optional<ReplyWay> nextWay(const Petition& petition, const Rules& rules, std::string_view chain, Instant now);

/// Collects the events of one decision and keeps the state they lead to.
class Recorder {
public:
    Recorder(const Petition& before, const Context& context) : now_{before}, context_{context} {}

    [[nodiscard]] const Petition& petition() const { return now_; }

    void record(EventData data, Role role) {
        const bool by_hub = role == Role::kSystem;
        const EventKind kind = kindOf(data);
        const bool told = tellsAnybody(context_.rules, kind);
        const std::vector<TaskRow> tasks_before = told ? project(now_).tasks : std::vector<TaskRow>{};
        Event event{.id = context_.new_id(),
                    .petition_id = now_.id,
                    .version = now_.version + 1,
                    .at = context_.now,
                    .actor = by_hub && !context_.actor.has(Role::kSystem) ? "system" : context_.actor.id,
                    .role = role,
                    .config_hash = context_.rules.hash,
                    .data = std::move(data)};
        now_ = apply(std::move(now_), event);
        const bool of_part = isOfPart(event);
        std::vector<Told> notices;
        if (told) notices = noticesOf({now_, event, tasks_before, notify_}, context_);
        decision_.events.push_back(std::move(event));
        // What a coordinating unit does inside its part is its own matter.
        if (kind == EventKind::kReopened || kind == EventKind::kReleased) dropOvertakenAnswers();
        if (!of_part || kind == EventKind::kCoordinatingDone) queueDeliveries(kind);
        for (Told& one : notices) tell(std::move(one), kind);
    }

    /// What whoever acts wants of the notices of this decision: none, or also those that go out on request.
    void wishNotices(std::optional<bool> notify) { notify_ = notify; }

    Decision take() {
        decision_.after = std::move(now_);
        return std::move(decision_);
    }

private:
    static bool among(const std::vector<std::string>& wanted, const std::string& one) {
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), one) != wanted.end();
    }

    /// An answer that has not left yet has nothing to say once the petition is open again or another one is out: it
    /// would leave empty, or be the other one a second time.
    void dropOvertakenAnswers() {
        std::vector<DeliveryDiscarded> over;
        for (const DeliveryRecord& one : now_.deliveries) {
            const bool pending = one.state == DeliveryState::kQueued || one.state == DeliveryState::kUnknown ||
                                 one.state == DeliveryState::kDead;
            if (one.kind == DeliveryKind::kResult && pending)
                over.push_back({.delivery = one.id,
                                .attempt = one.attempts,
                                .error = "overtaken: the petition was opened again, or answered once more"});
        }
        for (DeliveryDiscarded& one : over) record(std::move(one), Role::kSystem);
    }

    /// The outbox: what the configuration sends when this happens. A delivery of kind `result` has no other cause than
    /// the release.
    void queueDeliveries(EventKind cause) {
        // A unit that is not on the system gets its petitions by its connector.
        const bool given = cause == EventKind::kDistributed || cause == EventKind::kUnitTransferred;
        const Unit* unit = given ? context_.rules.unit(now_.unit) : nullptr;
        if (unit && unit->external && !unit->forward.empty())
            record(DeliveryQueued{.delivery = context_.new_id(),
                                  .connector = unit->forward,
                                  .delivery_kind = DeliveryKind::kForward,
                                  .cause = cause},
                   Role::kSystem);
        for (const DeliveryRule& rule : context_.rules.deliveries) {
            if (rule.on != cause) continue;
            // A connector's own news does not go back to it: its peer would answer, and so on for ever.
            if (cause == EventKind::kNoted && rule.to == context_.actor.id) continue;
            if (rule.kind == DeliveryKind::kResult && cause != EventKind::kReleased) continue;
            // Nothing is signed yet, so what waits for that does not leave.
            if (rule.needs_signature) continue;
            if (!among(rule.channel, now_.channel) || !among(rule.origin, now_.channel)) continue;
            queue({.connector = rule.to, .delivery_kind = rule.kind, .cause = cause});
        }
    }

    /// What goes back to the sender takes the first way there is; where none is, nothing is queued.
    void queue(DeliveryQueued what) {
        what.delivery = context_.new_id();
        if (what.connector == kReplyTarget) {
            std::optional<ReplyWay> way = nextWay(now_, context_.rules, {}, context_.now);
            if (!way) return;
            what.connector = std::move(way->connector);
            what.way = std::move(way->way);
            what.chain = what.delivery;
        }
        record(std::move(what), Role::kSystem);
    }

    void tell(Told told, EventKind cause) {
        Notice& notice = told.notice;
        if (told.connector.empty())
            return record(Notified{.notice = std::move(notice.name),
                                   .cause = cause,
                                   .to_role = notice.to.role,
                                   .to_unit = std::move(notice.to.unit),
                                   .to_account = std::move(notice.to.account),
                                   .markup = notice.markup,
                                   .subject = std::move(notice.subject),
                                   .message = std::move(notice.message)},
                          Role::kSystem);
        queue({.connector = std::move(told.connector),
               .delivery_kind = DeliveryKind::kNotice,
               .cause = cause,
               .notice = std::move(notice.name),
               .to_role = notice.to.role,
               .to_unit = std::move(notice.to.unit),
               .to_account = std::move(notice.to.account),
               .markup = notice.markup,
               .subject = std::move(notice.subject),
               .message = std::move(notice.message)});
    }

    Petition now_;
    const Context& context_;
    Decision decision_;
    std::optional<bool> notify_;
};

/// The policy, or one without limits when the configuration no longer has it.
const SlaPolicy& policyOf(const Rules& rules, std::string_view id);
/// When a budget that starts at `start` ends; nothing for no budget. `unit`: by its working hours; empty: the Centre's.
std::optional<Instant> limitOf(const Rules& rules, const SlaPolicy& policy, const std::optional<Duration>& budget,
                               Instant start, std::string_view unit = {});
/// The end of a limit by this calendar, from its start with the times in which it stood; nothing without both.
std::optional<Instant> recomputed(const WorkingCalendar& calendar, const std::optional<Instant>& from,
                                  const std::optional<Duration>& limit, const std::vector<Standstill>& stood,
                                  DeadlineEnd end);
/// Of a duration by the clock on the wall; working units as if they were that.
std::chrono::milliseconds lengthOf(Duration duration);
/// The same, or those of an appointment while there is one.
std::vector<Instant> remindersFor(const Petition& petition, const Rules& rules, const std::optional<Instant>& due,
                                  Instant now);
/// Records the limits that have passed although nobody has noticed yet: before somebody acts.
void recordMisses(Recorder& recorder, const Context& context);
/// Takes the petition back to the Centre, which is not the unit's fault. kConflict: the workflow has no way there.
pakn::Status takeBack(Recorder& recorder, const std::string& reason, const Context& context);
/// Lets the clocks run on when they stand: before the petition leaves the step that waits.
void settleWaiting(Recorder& recorder, const Context& context);
/// How often everybody on duty is called before it is given up.
inline constexpr std::size_t kRosterRounds = 10;
/// Calls whoever of the duty roster is next.
void callOnDuty(Recorder& recorder, const Context& context);
/// A limit as configuration writes it; empty for none.
std::string written(const std::optional<Duration>& limit);
/// The limit that began as `began` says; `configured` where the journal is older than such records.
std::optional<Duration> limitThatRuns(std::string_view began, const std::optional<Duration>& configured);
/// When to remind of the unit's limit: those still to come, in order.
std::vector<Instant> remindersOf(const Rules& rules, const SlaPolicy& policy, std::string_view unit,
                                 const std::optional<Instant>& due, Instant now);
/// Where an appointment is after a time in which it stood: it was made to the minute and moves by the minute. One that
/// was over before stays over.
inline Instant appointmentAfter(Instant until, Instant from, Instant to) {
    return until < from ? until : until + (to - from);
}
/// The unit's limit when a petition comes back to it after an approval: the clock stood still since.
std::optional<Instant> resumedHandleDue(const Petition& petition, const Rules& rules, Instant now);
/// When the next level acts on a limit that had passed before the petition came back; nothing when none is left.
std::optional<Instant> resumedEscalation(const Petition& petition, const Rules& rules,
                                         const std::optional<Instant>& handle_due, Instant now);
/// The clocks stop or go on where a step says so: records it when the petition has just come to another step.
void followStepClock(Recorder& recorder, const Context& context);

/// What routing would look at if the petition came in on that day, with all that is known of it now.
RoutingFacts routingFacts(const Petition& petition, Date on);

/// In which role somebody handles a petition, and in whose place; empty: in their own right.
struct Handling {
    Role role = Role::kOfficer;
    std::string standing_for = {};
};
/// How this actor handles the petition now, in their own right if they can; nothing when it is in other hands.
std::optional<Handling> handlingOf(const Petition& petition, const Rules& rules, const Actor& actor);

/// An action in the place where it is done: the petition's own line, or the part of a coordinating unit.
struct Stage {
    const Workflow* workflow = nullptr;
    const Flow* flow = nullptr;
    const Action* action = nullptr;
    const Branch* branch = nullptr;  ///< Null: the petition's own line.
    std::string standing_for = {};   ///< Account id of the colleague in whose place; empty: in one's own right.

    [[nodiscard]] const std::string& step(const Petition& petition) const {
        return branch ? branch->step : petition.step;
    }
};

/// Who must not judge their own house does not do so in the place of somebody who might, nor anybody in the place of
/// somebody of the house. In one's own name: yes.
bool mayStandIn(const Petition& petition, const Rules& rules, const Actor& actor, const Actor& name);
/// Is what was given with the action what it takes?
pakn::Status checkInput(const Petition& petition, const Stage& stage, const Act& input, const Context& context);
/// Records the events that an action leads to; `input` has been checked.
void perform(Recorder& recorder, const Stage& stage, const Act& input, const Context& context, Role role);

Result<Decision> decideAction(const Petition& petition, const Act& input, const Context& context);
Result<Decision> decideFire(const Petition& petition, const Fire& timer, const Context& context);
Result<Decision> decideRecompute(const Petition& petition, const Context& context);
Result<Decision> decideShare(const Petition& petition, const Share& command, const Context& context);
Result<Decision> decideSeen(const Petition& petition, const Seen& command, const Context& context);
Result<Decision> decideAcknowledge(const Petition& petition, const Context& context);
Result<Decision> decideTransfer(const Petition& petition, const Transfer& command, const Context& context);
Result<Decision> decideRelocate(const Petition& petition, const Relocate& command, const Context& context);
Result<Decision> decideNaming(const Petition& petition, const NameComplained& command, const Context& context);
Result<Decision> decideEmergency(const Petition& petition, const AcceptEmergency& command, const Context& context);
Result<Decision> decideSettlement(const Petition& petition, const Settle& command, const Context& context);
Result<Decision> decideRequeue(const Petition& petition, const Requeue& command, const Context& context);
Result<Decision> decideReport(const Petition& petition, const Report& command, const Context& context);
Result<Decision> decideDiscard(const Petition& petition, const Discard& command, const Context& context);

inline constexpr std::size_t kMaxComment = 5000;  ///< Code points.

}  // namespace pakn::domain::detail
