#include "core/engine/instance_inbox.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/domain/text.hpp"
#include "core/engine/intake.hpp"
#include "core/engine/petition_text.hpp"
#include "core/engine/public_view.hpp"
#include "core/security/crypto.hpp"
#include "pakn/sdk/reply_address.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kMostId = 200;              ///< Bytes.
constexpr std::size_t kMostEvent = 1U << 20U;     ///< Bytes.
constexpr std::size_t kMostRefused = 64U << 20U;  ///< Bytes of one that is kept for a person.
constexpr std::size_t kMostEvents = 500;          ///< Of one conversation,
constexpr std::size_t kMostKept = 16U << 20U;     ///< and bytes: all of it is read with each event.
constexpr std::size_t kMostUpdateText = 5000;     ///< Code points.
constexpr std::size_t kMostUpdateFiles = 10;
constexpr std::size_t kMostFingerprints = 10000;

/// Errors that no repetition of the same petition can mend.
bool isFinal(Errc code) { return code == Errc::kInvalid || code == Errc::kTooLarge || code == Errc::kConflict; }

Error invalid(std::string problem, std::string message) {
    return {.code = Errc::kInvalid, .message = std::move(message), .problem = std::move(problem)};
}
Error notFound() {
    return {.code = Errc::kNotFound,
            .message = "no such petition or delivery of this connector",
            .problem = "update.not_found"};
}

bool isId(std::string_view id) { return !id.empty() && id.size() <= kMostId; }

/// How the history calls it.
std::string_view nameOf(Update::Kind kind) {
    constexpr std::array<std::string_view, 9> kNames{"update_note",       "update_status", "update_arrived",
                                                     "update_read",       "update_failed", "update_signed",
                                                     "update_supplement", "update_rated",  "update_reopen"};
    const auto index = static_cast<std::size_t>(kind);
    return index < kNames.size() ? kNames[index] : kNames[0];
}

domain::Report::Meaning meaningOf(Update::Kind kind) {
    if (kind == Update::Kind::kArrived) return domain::Report::Meaning::kArrived;
    if (kind == Update::Kind::kFailed) return domain::Report::Meaning::kFailed;
    return domain::Report::Meaning::kNews;
}

/// What the sender does by it; nothing for news of the peer.
std::optional<domain::Effect> sendersEffect(Update::Kind kind) {
    if (kind == Update::Kind::kSupplement) return domain::Effect::kSupplement;
    if (kind == Update::Kind::kRated) return domain::Effect::kRate;
    if (kind == Update::Kind::kReopen) return domain::Effect::kReopen;
    return std::nullopt;
}

/// The sender's own action of that effect in the petition's workflow, if it is possible now; empty when not.
std::string sendersAction(const domain::Petition& petition, const domain::Rules& rules, domain::Effect effect) {
    for (const domain::Action* action : domain::legalActions(petition, rules, domain::Actor::citizen()))
        if (action->effect == effect) return action->id;
    return {};
}

Result<std::string> textOf(const Update& update) {
    std::optional<std::string> text = domain::toNfc(update.text);
    if (!text) return invalid("update.text_invalid", "not valid UTF-8, or with a NUL character");
    if (domain::codePoints(*text) > kMostUpdateText)
        return invalid("update.text_too_long", "longer than 5000 characters");
    return std::string{domain::trimmed(*text)};
}

}  // namespace

Result<Accepted> InstanceInbox::accept(IncomingPetition petition) {
    if (Status may = may_(); !may) return std::move(may).error();
    const IncomingPetition whole = petition;  // Its files are shared, not copied.
    Result<IntakeAnswer> answer = hub_.submit({.petition = std::move(petition),
                                               .channel = settings_.id,
                                               .caller = settings_.id,
                                               .idempotency_key = {},
                                               .trust_external_id = true,
                                               .by_connector = true,
                                               .privileged = hub_.mayDeclareEmergencies(settings_.id)});
    if (answer) {
        condition_.countReceived();
        return Accepted{.outcome = answer->duplicate ? Accepted::Outcome::kDuplicate : Accepted::Outcome::kStored,
                        .code = answer->code,
                        .id = answer->id,
                        .tracking_token = answer->tracking_token};
    }
    if (!isFinal(answer.error().code)) return std::move(answer).error();
    if (const auto only = whole.attributes.find(kOnlyAnswered);
        only != whole.attributes.end() && only->second == "true")
        return Accepted{.outcome = Accepted::Outcome::kRefused, .problem = std::move(answer).error()};
    log_(LogLevel::kWarning, "PETITION_REFUSED", settings_.id + ": " + answer.error().problem);
    const Result<std::vector<domain::FileRef>> files = keepFilesOf(whole);
    if (!files) return files.error();
    return keepRefused({.external_id = whole.external_id, .raw = intakeJson(whole, *files)}, std::move(answer).error());
}

/// The source may forget its copy of the files, too. One that the hub does not take (its type) is only named.
Result<std::vector<domain::FileRef>> InstanceInbox::keepFilesOf(const IncomingPetition& refused) {
    std::vector<domain::FileRef> files;
    for (const Attachment& attachment : refused.attachments) {
        Result<domain::FileRef> kept = hub_.keepFile(attachment);
        if (!kept && !isFinal(kept.error().code)) return std::move(kept).error();
        files.push_back(kept ? *std::move(kept)
                             : domain::FileRef{.name = attachment.name,
                                               .type = attachment.content_type,
                                               .size = static_cast<std::int64_t>(attachment.content.size())});
    }
    return files;
}

Result<std::vector<KeptEvent>> InstanceInbox::keep(KeptEvent event) {
    if (Status may = may_(); !may) return std::move(may).error();
    if (!isId(event.conversation) || !isId(event.id))
        return invalid("kept.id", "an event to keep has a conversation and an id of 1 to 200 bytes");
    if (event.data.size() > kMostEvent)
        return Error{.code = Errc::kTooLarge, .message = "an event over 1 MB", .problem = "kept.too_large"};
    Result<std::vector<KeptEvent>> before = hub_.store().keptEvents(settings_.id, event.conversation);
    if (!before) return before;
    std::size_t bytes = event.data.size();
    for (const KeptEvent& one : *before) bytes += one.data.size();
    if (before->size() >= kMostEvents || bytes > kMostKept)
        return Error{.code = Errc::kTooLarge,
                     .message = "a conversation of more than 500 events or 16 MB",
                     .problem = "kept.too_many"};
    event.at = hub_.now();
    return condition_.writes().run(event.at, event.data.size(),
                                   [&] { return hub_.store().keepEvent(settings_.id, event); });
}

Result<std::vector<KeptEvent>> InstanceInbox::kept(std::string_view conversation) {
    return hub_.store().keptEvents(settings_.id, std::string{conversation});
}

Status InstanceInbox::drop(std::string_view conversation, std::int64_t sequence) {
    if (Status may = may_(); !may) return std::move(may).error();
    return condition_.writes().run(
        hub_.now(), 0, [&] { return hub_.store().dropEvents(settings_.id, std::string{conversation}, sequence); });
}

Result<std::vector<std::string>> InstanceInbox::quiet(Instant before, int most) {
    return hub_.store().quietConversations(settings_.id, before, std::clamp(most, 1, 1000));
}

Result<Accepted> InstanceInbox::update(Update update) {
    if (Status may = may_(); !may) return std::move(may).error();
    const auto record = [&]() -> Result<Accepted> {
        if (!isId(update.id)) return invalid("update.id", "an update has an id of 1 to 200 bytes");
        if (update.attachments.size() > kMostUpdateFiles)
            return invalid("update.too_many_attachments", "more than 10 files");
        Result<std::string> text = textOf(update);
        if (!text) return std::move(text).error();
        Result<std::string> petition = petitionOf(update);
        if (!petition) return std::move(petition).error();
        // Before anything of it is kept: a stranger may be trying.
        if (Status may = openedBySecret(update); !may) return std::move(may).error();
        Result<std::vector<domain::FileRef>> kept = filesOf(update, *text);
        if (!kept) return std::move(kept).error();
        std::vector<domain::FileRef>& files = *kept;
        if (const std::optional<domain::Effect> effect = sendersEffect(update.kind)) {
            const Result<std::optional<Accepted>> done = actAsSender(*petition, *effect, update, *text, files);
            if (!done) return done.error();
            if (*done) return **done;
        }
        domain::Report report{.meaning = meaningOf(update.kind),
                              .kind = std::string{nameOf(update.kind)},
                              .id = update.id,
                              .delivery = update.delivery,
                              .text = std::move(*text),
                              .files = std::move(files),
                              .by_sender = update.attributes.contains(kSenderSecret)};
        const domain::Actor actor{.id = settings_.id, .roles = {domain::Role::kSystem}};
        Result<domain::Petition> after = hub_.execute(*petition, std::move(report), actor);
        if (!after) return std::move(after).error();
        return Accepted{.code = after->code, .id = after->id};
    };
    Result<Accepted> recorded = record();
    if (recorded) return recorded;
    if (recorded.error().problem == "update.heard") return Accepted{.outcome = Accepted::Outcome::kDuplicate};
    if (!isFinal(recorded.error().code) && recorded.error().code != Errc::kNotFound) return recorded;
    // Its sender is told, and can say it again: nothing to keep, least of all what strangers try.
    if (update.attributes.contains(kSenderSecret))
        return Accepted{.outcome = Accepted::Outcome::kRefused, .problem = std::move(recorded).error()};
    log_(LogLevel::kWarning, "UPDATE_REFUSED", settings_.id + ": " + recorded.error().problem);
    return keepRefused({.external_id = update.id, .raw = update.text}, std::move(recorded).error());
}

/// Where a secret came with it, it has to be the petition's.
Status InstanceInbox::openedBySecret(const Update& update) {
    const auto secret = update.attributes.find(kSenderSecret);
    if (secret == update.attributes.end()) return Done{};
    const bool senders_word = sendersEffect(update.kind).has_value() && update.delivery.empty();
    const Result<domain::Petition> opened =
        senders_word ? openByToken(hub_.store(), update.code, secret->second) : Result<domain::Petition>{notFound()};
    return opened ? Status{Done{}} : Status{opened.error()};
}

/// Files that the hub does not take are named in the text where the connector wants no refusal for them.
Result<std::vector<domain::FileRef>> InstanceInbox::filesOf(const Update& update, std::string& text) {
    const auto choose = update.attributes.find(kLeaveOutFiles);
    const bool leave_out = choose != update.attributes.end() && choose->second == "true";
    std::vector<domain::FileRef> files;
    for (const Attachment& attachment : update.attachments) {
        Result<domain::FileRef> file = hub_.keepFile(attachment);
        if (file) {
            files.push_back(std::move(*file));
            continue;
        }
        if (!leave_out || !isFinal(file.error().code)) return std::move(file).error();
        const std::optional<std::string> name = domain::toNfc(attachment.name);
        text +=
            "\n[" + std::string{domain::firstCodePoints(name.value_or("?"), 60)} + ": " + file.error().problem + ']';
    }
    return files;
}

/// Does what the sender says over their own channel. Nothing when what they add has no place in the workflow now: then
/// it is a line of the history, not lost.
Result<std::optional<Accepted>> InstanceInbox::actAsSender(const std::string& id, domain::Effect effect,
                                                           const Update& update, const std::string& text,
                                                           const std::vector<domain::FileRef>& files) {
    const Result<std::optional<domain::Petition>> petition = hub_.store().petition(id);
    if (!petition) return petition.error();
    // With its secret, which opened it; or of its own channel, or whoever it has written to: it says that it has
    // verified them.
    const auto wrote = [&](const domain::DeliveryRecord& one) { return one.connector == settings_.id; };
    const bool knows =
        *petition && (update.attributes.contains(kSenderSecret) || (*petition)->channel == settings_.id ||
                      std::any_of((*petition)->deliveries.begin(), (*petition)->deliveries.end(), wrote));
    if (!knows) return notFound();
    const std::string action = sendersAction(**petition, *hub_.rules(), effect);
    const std::string said = security::toHex(security::sha256(std::to_string(static_cast<int>(update.kind)) + text));
    RequestKey key{.inbox_key = inboxKey("key", "update:" + settings_.id + ':' + id, update.id), .hash = said};
    domain::Act act{.action = action.empty() ? std::string{nameOf(effect)} : action};
    if (effect == domain::Effect::kRate) {
        const auto rating = update.attributes.find("rating");
        act.rating = rating == update.attributes.end() ? std::nullopt : domain::findSatisfaction(rating->second);
        if (!act.rating) return invalid("rating.missing", "satisfied, neutral or dissatisfied");
    }
    act.comment = text;
    if (effect == domain::Effect::kSupplement) act.files = files;
    const Result<Committed> after = hub_.commit(Order{id, std::move(act), domain::Actor::citizen(), std::move(key)});
    if (after)
        return std::optional{
            Accepted{.outcome = after->duplicate ? Accepted::Outcome::kDuplicate : Accepted::Outcome::kStored,
                     .code = after->petition->code,
                     .id = after->petition->id}};
    const std::string& problem = after.error().problem;
    const bool no_place =
        after.error().code == Errc::kForbidden || problem == "action.unknown" || problem == "action.not_legal_now";
    if (effect == domain::Effect::kSupplement && (no_place || after.error().code == Errc::kConflict) &&
        problem != "idempotency.key_reused")
        return std::optional<Accepted>{};
    if (no_place) return invalid("sender.not_now", "the petition is not where its sender could do that");
    return after.error();
}

/// The petition's id.
Result<std::string> InstanceInbox::petitionOf(const Update& update) {
    if (!update.delivery.empty()) {
        const auto found = hub_.store().deliveries({.connector = settings_.id, .id = update.delivery}, {.limit = 1});
        if (!found) return found.error();
        return found->items.empty() ? Result<std::string>{notFound()} : found->items.front().petition_id;
    }
    if (!update.code.empty()) {
        const auto found = hub_.store().petitionByCode(update.code);
        if (!found) return found.error();
        return *found ? Result<std::string>{(*found)->id} : notFound();
    }
    if (update.external_id.empty()) return notFound();
    const std::optional<std::string> id = domain::toNfc(update.external_id);  // As accept() has it.
    if (!id) return notFound();
    const std::string key = inboxKey("ext", settings_.id, domain::trimmed(*id));
    const auto transaction = hub_.store().begin();
    if (!transaction) return transaction.error();
    const auto found = (*transaction)->findInbox(std::array{key});
    if (!found) return found.error();
    const auto entry = found->find(key);
    return entry == found->end() ? Result<std::string>{notFound()} : entry->second.petition_id;
}

Result<Accepted> InstanceInbox::refuse(Unacceptable unacceptable) {
    if (Status may = may_(); !may) return std::move(may).error();
    log_(LogLevel::kWarning, "PETITION_REFUSED", settings_.id + ": " + unacceptable.problem.problem);
    return keepRefused({.external_id = std::move(unacceptable.external_id), .raw = std::move(unacceptable.raw)},
                       std::move(unacceptable.problem));
}

/// Nothing vanishes: what the hub will never take is kept with its reason, and the channel goes on.
Result<Accepted> InstanceInbox::keepRefused(RefusedContent content, Error problem) {
    content.field = problem.field;
    content.detail = problem.message;
    const auto keep = [this](const store::RefusedItem& item) {
        return condition_.writes().run(item.at, item.content.size(), [&] { return hub_.store().keepRefused(item); });
    };
    if (Result<std::string> kept = keepOnce(std::move(content), problem.problem, keep); !kept)
        return std::move(kept).error();
    return Accepted{.outcome = Accepted::Outcome::kRefused, .problem = std::move(problem)};
}

Status InstanceInbox::setAside(std::string_view name, const std::string& content, const std::string& problem) {
    const auto keep = [this](const store::RefusedItem& item) { return hub_.store().keepRefused(item); };
    const Result<std::string> kept = keepOnce({.external_id = std::string{name}, .raw = content}, problem, keep);
    if (!kept) return kept.error();
    if (!kept->empty()) log_(LogLevel::kError, "REQUEST_SET_ASIDE", settings_.id + ": " + *kept);
    return Done{};
}

/// The id under which it is kept; empty when it was kept before: a peer that sends the same item again and again (a
/// webhook that was answered 422) is answered the same, and the item is there once.
Result<std::string> InstanceInbox::keepOnce(RefusedContent content, const std::string& problem,
                                            const std::function<Status(const store::RefusedItem&)>& keep) {
    const std::size_t whole = content.raw.size();
    for (std::string* part : {&content.external_id, &content.field, &content.detail})
        part->resize(std::min(part->size(), kMostEvent));
    content.raw.resize(std::min(whole, kMostRefused));
    if (content.raw.size() < whole)
        content.detail +=
            " (of " + std::to_string(whole) + " bytes the first " + std::to_string(kMostRefused) + " are kept)";
    std::string sealed = writeRefused(content);
    const std::string fingerprint = security::toHex(security::sha256(problem + '\n' + sealed));
    const std::lock_guard lock{mutex_};
    if (refused_.contains(fingerprint)) return std::string{};
    const store::RefusedItem item{.id = security::newId(hub_.now()),
                                  .channel = settings_.id,
                                  // It may name a person, and stands unsealed: only good for comparing.
                                  .external_id = security::toHex(security::sha256(content.external_id)),
                                  .at = hub_.now(),
                                  .problem = problem,
                                  .content = std::move(sealed)};
    if (Status kept = keep(item); !kept) return std::move(kept).error();
    if (refused_.size() >= kMostFingerprints) refused_.clear();
    refused_.insert(fingerprint);
    return item.id;
}

}  // namespace pakn::engine
