#include "core/engine/deliverer.hpp"

#include <algorithm>

#include "core/domain/shown_file.hpp"
#include "core/engine/log_context.hpp"
#include "core/security/crypto.hpp"

namespace pakn::engine {

namespace {

constexpr std::chrono::milliseconds kPeriod{1000};
constexpr std::chrono::milliseconds kPausedWait{500};
constexpr std::chrono::milliseconds kThrottledWait{100};
constexpr int kPerClaim = 4;

// A hub that dies loses its claims to the others after so long; one that lives renews them.
constexpr std::chrono::seconds kLease{60};
constexpr std::chrono::seconds kRenewEvery{15};

/// Nobody could be asked: not now, or not by a plugin with a bug.
bool saysNothing(Errc code) {
    return code == Errc::kUnavailable || code == Errc::kUnauthenticated || code == Errc::kMisconfigured ||
           code == Errc::kDeferred || code == Errc::kInternal;
}

}  // namespace

Deliverer::Deliverer(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
                     Log log)
    : hub_{hub},
      instance_{instance},
      settings_{settings},
      condition_{condition},
      log_{std::move(log)},
      owner_{security::newId(hub.now())},
      rate_{settings.rate},
      breaker_{settings.backoff_first, settings.backoff_most} {
    for (int i = 0; i < settings.workers; ++i)
        workers_.push_back(std::make_unique<Worker>([this](const std::stop_token& stop) { return round(stop); }));
    keeper_ = std::make_unique<Worker>([this](const std::stop_token&) { return renewLeases(); });
}

void Deliverer::wake() {
    for (const auto& worker : workers_) worker->wake();
}

void Deliverer::requestStop() {
    for (const auto& worker : workers_) worker->requestStop();
    keeper_->requestStop();
}

bool Deliverer::endsBy(std::chrono::steady_clock::time_point deadline) {
    return keeper_->endsBy(deadline) &&
           std::all_of(workers_.begin(), workers_.end(), [&](const auto& worker) { return worker->endsBy(deadline); });
}

std::chrono::milliseconds Deliverer::round(const std::stop_token& stop) {
    const Instant now = hub_.now();
    const LogScope about{{.connector = settings_.id}};
    const Condition::Word word = condition_.word(hub_.store(), now);
    if (word.changed) log_(LogLevel::kInfo, "CONNECTOR_SWITCHED", settings_.id + ": " + std::string{nameOf(word.mode)});
    if (word.mode == ConnectorMode::kPaused || condition_.isOut()) return kPausedWait;
    const int admitted = breaker_.admit(now, kPerClaim);
    const int most = admitted == 0 ? 0 : rate_.take(now, admitted);
    if (most == 0) return kThrottledWait;
    const Result<std::vector<store::ClaimedDelivery>> claimed =
        hub_.store().claimDeliveries(settings_.id, owner_, now, now + kLease, most);
    const int found = claimed ? static_cast<int>(claimed->size()) : 0;
    if (found == 0) breaker_.unused(now);
    rate_.giveBack(most - found);
    if (!claimed) return kPeriod;
    takeInHand(*claimed);
    for (std::span<const store::ClaimedDelivery> rest{*claimed}; !rest.empty(); rest = rest.subspan(1)) {
        if (stop.stop_requested()) {
            letGo(rest);
            // For whoever comes next. Best effort: a lease that cannot be ended runs out.
            static_cast<void>(hub_.store().returnDeliveries(owner_, rest).ok());
            break;
        }
        deliver(rest.front(), stop);
        letGo(rest.first(1));
    }
    return claimed->empty() ? kPeriod : std::chrono::milliseconds{0};
}

void Deliverer::takeInHand(std::span<const store::ClaimedDelivery> claims) {
    const std::lock_guard lock{in_hand_mutex_};
    in_hand_.insert(in_hand_.end(), claims.begin(), claims.end());
}

void Deliverer::letGo(std::span<const store::ClaimedDelivery> claims) {
    const std::lock_guard lock{in_hand_mutex_};
    std::erase_if(in_hand_, [&](const store::ClaimedDelivery& held) {
        return std::any_of(claims.begin(), claims.end(),
                           [&](const store::ClaimedDelivery& gone) { return gone.delivery_id == held.delivery_id; });
    });
}

/// A call may take as long as its plugin likes: nobody else may begin it meanwhile. While the store is away, the lease
/// may run out all the same; then the next claim counts as interrupted.
std::chrono::milliseconds Deliverer::renewLeases() {
    std::vector<store::ClaimedDelivery> held;
    {
        const std::lock_guard lock{in_hand_mutex_};
        held = in_hand_;
    }
    if (!held.empty()) static_cast<void>(hub_.store().renewDeliveries(owner_, held, hub_.now() + kLease).ok());
    return kRenewEvery;
}

void Deliverer::deliver(const store::ClaimedDelivery& claim, const std::stop_token& stop) {
    const LogScope about{{.connector = settings_.id, .petition = claim.petition_id, .trace = claim.delivery_id}};
    const Result<std::optional<domain::Petition>> petition = hub_.store().petition(claim.petition_id);
    if (!petition || !*petition) return;  // The store cannot be read now: the lease runs out, and it is tried again.
    const domain::DeliveryRecord* record = (*petition)->delivery(claim.delivery_id);
    if (!record || record->state != domain::DeliveryState::kQueued) return;
    // Where the peer does not honour the key, one that was cut short is not sent again but asked for.
    const bool in_doubt = claim.interrupted && instance_.descriptor().info.idempotency == Idempotency::kNone;
    Result<Delivery> delivery = compose(**petition, *record);
    Result<Receipt> outcome =
        delivery ? attempt(*delivery, in_doubt, stop) : Result<Receipt>{std::move(delivery).error()};
    judge(outcome, claim.delivery_id);
    if (in_doubt && !outcome && saysNothing(outcome.error().code)) {
        // It stays in doubt: the lease runs out, and it is asked for again.
        const bool later = outcome.error().code != Errc::kInternal;
        if (later && hub_.now() - record->queued_at <= settings_.retry_for) return;
        outcome = Error{.code = Errc::kUnknownOutcome, .message = outcome.error().message};
    }
    // Without a receipt, what is in doubt is the attempt that was cut short.
    settle(claim, std::move(outcome), in_doubt && !outcome ? 0 : (*petition)->version, stop);
}

/// A delivery whose earlier attempt was cut short by a crash may have arrived. Where the peer honours the key it is
/// sent again; where it does not, the peer is asked, or a person decides.
Result<Receipt> Deliverer::attempt(const Delivery& delivery, bool in_doubt, const std::stop_token& stop) {
    if (condition_.isOut())  // Since this one was claimed.
        return Error{.code = Errc::kMisconfigured, .message = condition_.read().problem};
    if (hub_.configuration()->sandbox) return Receipt{.already = false, .reference = "sandbox"};
    return in_doubt ? instance_.reconcile(delivery, stop) : instance_.send(delivery, stop);
}

Result<Delivery> Deliverer::compose(const domain::Petition& petition, const domain::DeliveryRecord& record) {
    const std::shared_ptr<const domain::Rules> rules = hub_.rules();
    const domain::Unit* unit = rules->unit(record.unit);
    Delivery delivery{.id = record.id,
                      .idempotency_key = record.id,
                      .kind = std::string{domain::nameOf(record.kind)},
                      .event = std::string{domain::nameOf(record.cause)},
                      .occurred_at = record.caused_at,
                      .attempt = record.attempts + 1,
                      .petition_id = petition.id,
                      .code = petition.code,
                      .status = std::string{domain::nameOf(record.status)},
                      .channel = petition.channel,
                      .external_id = petition.external_id,
                      .unit = record.unit,
                      .unit_name = unit ? unit->name : std::string{},
                      .title = domain::mayDiscloseText(petition) ? petition.title : std::string{}};
    delivery.way = record.way;
    if (!record.chain.empty())
        if (const Status addressed = addSender(delivery, petition); !addressed) return addressed.error();
    if (record.notice) {
        const Status addressed = addNotice(delivery, *record.notice);
        return addressed ? Result<Delivery>{std::move(delivery)} : Result<Delivery>{addressed.error()};
    }
    // Only a released answer leaves, and only in a delivery of kind `result`.
    if (record.kind != domain::DeliveryKind::kResult || !petition.released) return delivery;
    delivery.result_text = petition.released->text;
    for (const domain::FileRef& file : petition.released->files) {
        Result<Content> content = hub_.openFile(file);
        if (!content) return std::move(content).error();
        delivery.attachments.push_back({.name = domain::shownName(file),
                                        .content_type = std::string{domain::shownType(file.type)},
                                        .content = std::move(*content)});
    }
    return delivery;
}

/// What goes back to the sender. Who asked not to be known is found by their own channel alone.
Status Deliverer::addSender(Delivery& delivery, const domain::Petition& petition) {
    const Result<std::optional<store::Person>> person = hub_.store().person(petition.id);
    if (!person) return person.error();
    delivery.recipient.kind = "petitioner";
    const std::string& url = hub_.configuration()->public_url;
    if (!url.empty()) delivery.link = url + "/api/v1/track/" + petition.code + "?token=" + petition.tracking_token;
    if (!*person) return Done{};
    delivery.reply_address = (*person)->reply_address;
    if (petition.anonymous) return Done{};
    delivery.recipient.phone = (*person)->petitioner.phone;
    delivery.recipient.email = (*person)->petitioner.email;
    return Done{};
}

/// Who it goes to is looked up for every attempt: addresses stand in no event.
Status Deliverer::addNotice(Delivery& delivery, const domain::Notice& notice) {
    delivery.subject = notice.subject;
    delivery.message = notice.message;
    delivery.message_type = notice.markup == domain::Markup::kHtml ? "text/html" : "text/plain";
    Recipient& to = delivery.recipient;
    const auto nobody = [](std::string why) {
        return Error{.code = Errc::kRejected, .message = std::move(why), .problem = "notice.no_recipient"};
    };
    if (notice.to.isSender()) {
        const Result<std::optional<store::Person>> person = hub_.store().person(delivery.petition_id);
        if (!person) return person.error();
        const bool by_its_channel = !delivery.reply_address.empty();
        if (!*person || ((*person)->petitioner.phone.empty() && (*person)->petitioner.email.empty() && !by_its_channel))
            return nobody("the sender left neither phone nor e-mail");
        const Petitioner& sender = (*person)->petitioner;
        if (to.kind.empty()) {  // A way back has looked already, and may know less.
            to.kind = "petitioner";
            to.phone = sender.phone;
            to.email = sender.email;
        }
        delivery.subject = domain::withSender(notice.subject, domain::Markup::kText, sender.name);
        delivery.message = domain::withSender(notice.message, notice.markup, sender.name);
        return Done{};
    }
    to.role = domain::nameOf(notice.to.role);
    to.unit = notice.to.unit;
    to.kind = notice.to.account.empty() ? "queue" : "account";
    if (notice.to.account.empty()) {
        // Nobody in particular: the focal point of the unit, or of the Centre.
        const auto rules = hub_.rules();
        const domain::Unit* unit = rules->unit(notice.to.unit);
        const domain::Contact& office = unit ? unit->contact : rules->centre;
        if (unit || notice.to.unit.empty()) {
            to.phone = office.phone;
            to.email = office.email;
        }
        return Done{};
    }
    const Result<std::optional<security::Account>> account = hub_.store().accountById(notice.to.account);
    if (!account) return account.error();
    if (!*account || (*account)->locked) return nobody("the account is locked, or not there any more");
    to.account = (*account)->login;
    const Result<security::AccountContact> contact = hub_.store().contact(notice.to.account);
    if (!contact) return contact.error();
    to.phone = contact->phone;
    to.email = contact->email;
    return Done{};
}

/// The outcome must be stored: while the store cannot take it, it is kept and offered again.
void Deliverer::settle(const store::ClaimedDelivery& claim, Result<Receipt> outcome, int begun_version,
                       const std::stop_token& stop) {
    domain::Settle command{.delivery = claim.delivery_id,
                           .outcome = Receipt{},
                           .begun_version = begun_version,
                           .idempotency = instance_.descriptor().info.idempotency,
                           .retry_for = settings_.retry_for,
                           .backoff_first = settings_.backoff_first,
                           .backoff_most = settings_.backoff_most};
    if (outcome)
        command.outcome = std::move(*outcome);
    else
        command.outcome = std::move(outcome).error();
    std::mutex mutex;
    std::condition_variable_any pause;
    do {  // Also when the hub is stopping: what was sent is written down at least once.
        const Result<Committed> stored = hub_.commit(Order{claim.petition_id, command, domain::Actor::system()});
        if (stored || stored.error().code != Errc::kUnavailable) return;
        std::unique_lock lock{mutex};
        pause.wait_for(lock, stop, kPeriod, [] { return false; });
    } while (!stop.stop_requested());
}

void Deliverer::judge(const Result<Receipt>& outcome, const std::string& delivery) {
    // About this person, or about the time: the peer is as well as it was.
    const bool of_the_peer =
        outcome || (outcome.error().code != Errc::kFallback && outcome.error().code != Errc::kDeferred);
    if (!of_the_peer) return breaker_.unused(hub_.now());
    const bool switched = breaker_.judge(hub_.now(), outcome ? std::nullopt : std::optional{outcome.error().code});
    if (switched && breaker_.open())
        log_(LogLevel::kWarning, "CONNECTOR_HELD_BACK", settings_.id + ": its peer is tried now and then only");
    if (outcome) {
        condition_.countSent();
        if (condition_.set("running", {})) log_(LogLevel::kInfo, "CONNECTOR_RECOVERED", settings_.id);
        return;
    }
    condition_.countFailure();
    const Error& error = outcome.error();
    const std::string text = settings_.id + ": delivery " + delivery + ": " + error.message;
    if (error.code == Errc::kMisconfigured) {
        if (condition_.takeOut(error.message)) log_(LogLevel::kError, "CONNECTOR_FAILED", text);
        return;
    }
    const bool login = error.code == Errc::kUnauthenticated;
    if (condition_.set(login ? "unauthenticated" : "failing", error.message))
        log_(LogLevel::kWarning, "CONNECTOR_FAILING", text);
    if (error.code == Errc::kRejected) log_(LogLevel::kError, "DELIVERY_REJECTED", text);
}

}  // namespace pakn::engine
