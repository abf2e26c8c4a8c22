/// @file
/// Deliveries: what becomes of an attempt, and a person's word on one that is stuck.

#include "core/domain/decide_parts.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

constexpr int kInternalTries = 5;
/// No peer's word puts a delivery off for longer: by then somebody should look again.
constexpr std::chrono::hours kLongestWait{30 * 24};

std::chrono::milliseconds backoff(const Settle& settle, int attempt) {
    std::chrono::milliseconds wait = settle.backoff_first;
    for (int i = 1; i < attempt && wait < settle.backoff_most; ++i) wait *= 2;
    return std::min(wait, settle.backoff_most);
}

/// What an error makes of a delivery: the code names the remedy (Errc).
EventData afterFailure(const DeliveryRecord& record, const Settle& settle, const Error& error, Instant now) {
    const int attempt = record.attempts + 1;
    const std::string text = std::string{errcName(error.code)} + ": " + error.message;
    const auto again_at = [&](Instant at) -> EventData {
        return DeliveryFailed{.delivery = record.id, .attempt = attempt, .error = text, .next_at = at};
    };
    const bool too_late = now - record.queued_at > settle.retry_for;
    const auto dead = [&]() -> EventData {
        return DeliveryDead{.delivery = record.id, .attempt = attempt, .error = text};
    };
    const auto later = [&]() -> EventData {
        if (too_late) return dead();
        const std::chrono::milliseconds asked = error.retry_after.value_or(std::chrono::milliseconds{0});
        return again_at(now + std::max<std::chrono::milliseconds>(
                                  backoff(settle, attempt), std::min<std::chrono::milliseconds>(asked, kLongestWait)));
    };
    switch (error.code) {
        case Errc::kUnavailable:
        case Errc::kUnauthenticated:
            return later();
        case Errc::kDeferred:
            // Not an attempt: the peer asked for another time. A time that is past already is no reason to ask at once.
            if (too_late) return dead();
            return DeliveryFailed{.delivery = record.id,
                                  .attempt = record.attempts,
                                  .error = text,
                                  .next_at = std::clamp(error.not_before.value_or(now + settle.backoff_most),
                                                        now + settle.backoff_first, now + kLongestWait)};
        case Errc::kMisconfigured:
            // Not the delivery's fault: it waits until the connector is mended, due at once then.
            return DeliveryFailed{.delivery = record.id, .attempt = record.attempts, .error = text, .next_at = now};
        case Errc::kUnknownOutcome:
            if (settle.idempotency == Idempotency::kHonoured) return later();
            return DeliveryUnknown{.delivery = record.id, .attempt = attempt, .error = text};
        case Errc::kInternal:
            if (attempt < kInternalTries) return later();
            break;
        default:
            break;
    }
    return dead();
}

/// An answer that was taken back meanwhile, or that another one has replaced, which has a chain of its own.
bool isOvertaken(const Petition& petition, const DeliveryRecord& record) {
    return record.kind == DeliveryKind::kResult && (!petition.released || record.caused_at < petition.released->at);
}

/// The next way for the same to the same person.
std::optional<ReplyWay> wayAfter(const Petition& petition, const DeliveryRecord& record, const Context& context) {
    if (record.chain.empty() || isOvertaken(petition, record)) return std::nullopt;
    return nextWay(petition, context.rules, record.chain, context.now);
}

/// Is it out of the hub's hands, though perhaps not with its peer?
bool isOut(const DeliveryRecord& record) {
    return record.state == DeliveryState::kSent || record.state == DeliveryState::kUnknown;
}

bool isUnderWay(const DeliveryRecord& record) { return record.state == DeliveryState::kQueued || isOut(record); }

/// Whether a way that came after it has reached the person, or may yet.
bool isFollowed(const Petition& petition, const DeliveryRecord& record) {
    bool later = false;
    for (const DeliveryRecord& one : petition.deliveries) {
        if (later && !record.chain.empty() && one.chain == record.chain && isUnderWay(one)) return true;
        later = later || one.id == record.id;
    }
    return false;
}

/// Gives the same to the next way to the same person, where one is left.
void passOn(Recorder& recorder, const std::string& delivery, const Context& context) {
    const DeliveryRecord& record = *recorder.petition().delivery(delivery);
    std::optional<ReplyWay> way = wayAfter(recorder.petition(), record, context);
    if (!way) return;
    DeliveryQueued next{.delivery = context.new_id(),
                        .connector = std::move(way->connector),
                        .delivery_kind = record.kind,
                        .cause = record.cause,
                        .way = std::move(way->way),
                        .chain = record.chain};
    if (record.notice) {
        next.notice = record.notice->name;
        next.to_role = record.notice->to.role;
        next.markup = record.notice->markup;
        next.subject = record.notice->subject;
        next.message = record.notice->message;
    }
    recorder.record(std::move(next), Role::kSystem);
}

/// Ends a delivery for good, or leaves it to the next way. A way that does not lead to this person is no mistake; what
/// a peer will never take, or a bug, stays a dead letter for somebody to see, although the person may be reached. An
/// answer that is none any more is nobody's concern.
void giveUp(Recorder& recorder, DeliveryDead over, const Error& why, const Context& context) {
    const DeliveryRecord& record = *recorder.petition().delivery(over.delivery);
    if (isOvertaken(recorder.petition(), record)) {
        recorder.record(
            DeliveryDiscarded{
                .delivery = std::move(over.delivery), .attempt = over.attempt, .error = std::move(over.error)},
            Role::kSystem);
        return;
    }
    const bool mistake = why.code == Errc::kRejected || why.code == Errc::kInternal;
    // Officers read their notices in the hub, too.
    const bool in_the_hub = why.problem == kNobodyThere && record.notice && !record.notice->to.isSender();
    const bool followed = isFollowed(recorder.petition(), record);
    const bool another = in_the_hub || followed || wayAfter(recorder.petition(), record, context).has_value();
    const std::string delivery = over.delivery;
    if (another && !mistake)
        recorder.record(
            DeliveryPassedOn{
                .delivery = std::move(over.delivery), .attempt = over.attempt, .error = std::move(over.error)},
            Role::kSystem);
    else
        recorder.record(std::move(over), Role::kSystem);
    if (!followed) passOn(recorder, delivery, context);
}

/// A way back may have less time than its connector gives a delivery.
Settle asTheWaySays(Settle settle, const DeliveryRecord& record, const Petition& petition, const Rules& rules) {
    if (record.chain.empty()) return settle;
    for (const ReplyWay& way : rules.waysBackTo(petition.channel))
        if (way.connector == record.connector && way.way == record.way && way.try_for)
            settle.retry_for = std::min(settle.retry_for, lengthOf(*way.try_for));
    return settle;
}

/// It went out, and its peer says that it never arrived.
void giveUpAsReported(Recorder& recorder, const std::string& delivery, const Context& context) {
    const DeliveryRecord& record = *recorder.petition().delivery(delivery);
    giveUp(recorder,
           {.delivery = record.id,
            .attempt = record.attempts,
            .error = std::string{errcName(Errc::kRejected)} + ": the peer reports a failure"},
           {.code = Errc::kUnavailable}, context);
}

std::optional<Role> operatorRole(const Actor& actor) {
    for (const Role role : {Role::kIntegrator, Role::kAdmin})
        if (actor.has(role)) return role;
    return std::nullopt;
}

/// A person's word on a delivery that is dead or in doubt: again, or never.
template <class Make>
Result<Decision> overrule(const Petition& petition, const std::string& id, const Context& context, Make make) {
    const std::optional<Role> role = operatorRole(context.actor);
    if (!role) return refuse(Errc::kForbidden, "delivery.not_yours", "only integrators and administrators");
    const DeliveryRecord* record = petition.delivery(id);
    if (!record) return refuse(Errc::kNotFound, "delivery.not_found", "no such delivery");
    const bool stuck = record->state == DeliveryState::kDead || record->state == DeliveryState::kUnknown;
    if (!stuck)
        return refuse(Errc::kConflict, "delivery.not_legal_now",
                      "the delivery is " + std::string{nameOf(record->state)});
    Recorder recorder{petition, context};
    recorder.record(make(*record), *role);
    return recorder.take();
}

}  // namespace

Result<Decision> detail::decideSettlement(const Petition& petition, const Settle& command, const Context& context) {
    const DeliveryRecord* record = petition.delivery(command.delivery);
    if (!record) return refuse(Errc::kNotFound, "delivery.not_found", "no such delivery");
    // One that was overtaken while it was on its way has arrived all the same.
    const bool arrived = std::holds_alternative<Receipt>(command.outcome);
    if (record->state != DeliveryState::kQueued && !(arrived && record->state == DeliveryState::kDiscarded))
        return refuse(Errc::kConflict, "delivery.not_legal_now", "the delivery is settled already");
    Recorder recorder{petition, context};
    const auto* const receipt = std::get_if<Receipt>(&command.outcome);
    // The peer may be quicker to say that it failed than the hub to note that it was taken. What was said of an attempt
    // before counts where the outcome is that one's.
    const bool reported_failed = record->failed_version > (receipt && receipt->already ? 0 : command.begun_version);
    if (receipt) {
        recorder.record(DeliverySent{.delivery = record->id,
                                     .attempt = record->attempts + 1,
                                     .already = receipt->already,
                                     .reference = receipt->reference},
                        Role::kSystem);
        // A way that cannot tell whether the person saw it is never an answer's only one.
        const bool another = std::any_of(recorder.petition().deliveries.begin(), recorder.petition().deliveries.end(),
                                         [&](const DeliveryRecord& one) {
                                             return one.id != command.delivery && !one.chain.empty() &&
                                                    one.chain == record->chain && isUnderWay(one);
                                         });
        const auto unconfirmed = receipt->attributes.find(kUnconfirmed);
        if (unconfirmed != receipt->attributes.end() && !unconfirmed->second.empty() &&
            record->kind == DeliveryKind::kResult && !another && !reported_failed)
            passOn(recorder, command.delivery, context);
    } else {
        const Error& error = std::get<Error>(command.outcome);
        EventData after =
            afterFailure(*record, asTheWaySays(command, *record, petition, context.rules), error, context.now);
        if (auto* over = std::get_if<DeliveryDead>(&after))
            giveUp(recorder, std::move(*over), error, context);
        else
            recorder.record(std::move(after), Role::kSystem);
    }
    if (reported_failed && isOut(*recorder.petition().delivery(command.delivery)))
        giveUpAsReported(recorder, command.delivery, context);
    return recorder.take();
}

Result<Decision> detail::decideRequeue(const Petition& petition, const Requeue& command, const Context& context) {
    Result<Decision> again = overrule(petition, command.delivery, context, [](const DeliveryRecord& record) {
        return DeliveryQueued{.delivery = record.id,
                              .connector = record.connector,
                              .delivery_kind = record.kind,
                              .cause = record.cause,
                              .replay = true};
    });
    if (again && isOvertaken(petition, *petition.delivery(command.delivery)))
        return refuse(Errc::kConflict, "delivery.not_legal_now", "another answer has replaced it, or none is out");
    return again;
}

Result<Decision> detail::decideReport(const Petition& petition, const Report& command, const Context& context) {
    const std::string& connector = context.actor.id;
    const DeliveryRecord* record = petition.delivery(command.delivery);
    const bool known = command.delivery.empty()
                           ? command.by_sender || petition.channel == connector ||
                                 std::any_of(petition.deliveries.begin(), petition.deliveries.end(),
                                             [&](const DeliveryRecord& one) { return one.connector == connector; })
                           : record && record->connector == connector;
    if (!known || !context.actor.has(Role::kSystem))
        return refuse(Errc::kNotFound, "update.not_found", "no such petition or delivery of this connector");
    if (std::find(petition.heard.begin(), petition.heard.end(), connector + ':' + command.id) != petition.heard.end())
        return refuse(Errc::kConflict, "update.heard", "this news is recorded already");

    Recorder recorder{petition, context};
    recorder.record(Noted{.comment = command.text,
                          .action = command.kind,
                          .step = petition.step,
                          .status = petition.status,
                          .holder = petition.holder,
                          .at_centre = petition.at_centre,
                          .files = command.files,
                          .heard = command.id,
                          .delivery = command.delivery,
                          .failed = command.meaning == Report::Meaning::kFailed},
                    Role::kSystem);
    const bool sent = record && record->state == DeliveryState::kSent;
    const bool discarded = record && record->state == DeliveryState::kDiscarded;
    if (command.meaning == Report::Meaning::kArrived && record && !sent && !discarded)
        recorder.record(DeliverySent{.delivery = record->id,
                                     .attempt = std::max(record->attempts, 1),
                                     .already = true,
                                     .reference = record->reference},
                        Role::kSystem);
    if (command.meaning == Report::Meaning::kFailed && record && isOut(*record))
        giveUpAsReported(recorder, command.delivery, context);
    return recorder.take();
}

Result<Decision> detail::decideDiscard(const Petition& petition, const Discard& command, const Context& context) {
    return overrule(petition, command.delivery, context, [&](const DeliveryRecord& record) {
        return DeliveryDiscarded{.delivery = record.id, .attempt = record.attempts, .error = command.reason};
    });
}

}  // namespace pakn::domain
