#include "messenger.hpp"

#include <algorithm>

#include "json.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::size_t kSentSlots = 2000;
constexpr int kUnknownTries = 3;

constexpr std::string_view kByUser = "template_user";
constexpr std::string_view kByPhone = "template_phone";

Error nobody(std::string why, std::string problem) {
    return {.code = Errc::kFallback, .message = std::move(why), .problem = std::move(problem)};
}

Error inDoubt() {
    return {.code = Errc::kUnknownOutcome,
            .message = "a message was on its way, and nothing says whether it arrived; Zalo cannot be asked for it",
            .problem = "zalo.in_doubt"};
}

/// Another file may still go; this one never will.
bool isOfTheFile(const Error& error) { return error.code == Errc::kRejected; }

}  // namespace

Messenger::Messenger(HostServices& services, const Rules& rules, Api& api)
    : services_{services},
      rules_{rules.replies},
      api_{api},
      users_{services.state()},
      messages_{services.state(), "message", kMessageSlots},
      sent_{services, "sent", kSentSlots} {}

Result<Receipt> Messenger::send(const Delivery& delivery, const std::stop_token& stop) {
    if (stop.stop_requested())
        return Error{.code = Errc::kUnavailable, .message = "the hub stops", .problem = "zalo.stopped"};
    if (delivery.way == kByPhone) return sendTemplate(delivery, true);
    if (!isUserId(delivery.reply_address)) return nobody("the sender has no Zalo user id", "zalo.no_address");
    if (delivery.way == kByUser) return sendTemplate(delivery, false);
    return sendMessages(delivery, stop);
}

Result<Receipt> Messenger::reconcile(const Delivery& delivery, const std::stop_token& stop) {
    const bool by_template = delivery.way == kByUser || delivery.way == kByPhone;
    std::string digest = "template";
    std::size_t count = 1;
    if (!by_template) {
        const Result<std::string> link = linkFor(delivery);
        if (!link) return link.error();
        const std::vector<Part> parts = partsOf(delivery, rules_, *link);
        digest = digestOf(parts, delivery);
        count = parts.size();
    }
    const Result<Progress> progress = progressOf(delivery, digest, count);
    if (!progress) return progress.error();
    if (progress->done >= count) return receiptOf(delivery, *progress);
    if (progress->under_way) return inDoubt();
    return send(delivery, stop);
}

Result<Receipt> Messenger::sendMessages(const Delivery& delivery, const std::stop_token& stop) {
    const Result<std::string> link = linkFor(delivery);
    if (!link) return link.error();
    const std::vector<Part> parts = partsOf(delivery, rules_, *link);
    Result<Progress> known = progressOf(delivery, digestOf(parts, delivery), parts.size());
    if (!known) return known.error();
    Progress progress = std::move(*known);
    if (isUnclear(delivery, progress)) return inDoubt();
    for (; progress.done < parts.size();) {
        if (stop.stop_requested())
            return failed(delivery, std::move(progress),
                          {.code = Errc::kUnavailable, .message = "the hub stops", .problem = "zalo.stopped"});
        const Part& part = parts[progress.done];
        Result<std::string> id = sendNext(delivery, part, progress);
        if (!id && part.kind != Part::Kind::kText && isOfTheFile(id.error())) {
            // The words have arrived; a file that Zalo never takes is no reason to say that they have not.
            services_.count("reply_files_lost", 1);
            services_.log(LogLevel::kWarning, "a file of an answer was not taken: " + id.error().message);
            id = std::string{};
        }
        if (!id) return failed(delivery, std::move(progress), std::move(id).error());
        remember(*id, delivery);
        if (progress.reference.empty()) progress.reference = *id;
        ++progress.done;
        progress.unknown_errors = 0;
    }
    progress.under_way = false;
    if (const Status noted = store(delivery, progress); !noted) services_.count("notes_lost", 1);
    return receiptOf(delivery, progress);
}

Result<Receipt> Messenger::sendTemplate(const Delivery& delivery, bool by_phone) {
    const Result<std::string> link = linkFor(delivery);
    if (!link) return link.error();
    const std::optional<TemplateMessage> message =
        by_phone ? templateOf(delivery, rules_.result_by_phone, rules_.notice_by_phone, *link)
                 : templateOf(delivery, rules_.result_by_user, rules_.notice_by_user, *link);
    if (!message) return nobody("no template is set for this kind of delivery", "zalo.no_template");
    const std::string phone = by_phone ? zaloPhone(delivery.recipient.phone) : std::string{};
    if (by_phone && phone.empty()) return nobody("the sender left no phone number of Viet Nam", "zalo.no_address");
    Result<Progress> known = progressOf(delivery, "template", 1);
    if (!known) return known.error();
    Progress progress = std::move(*known);
    if (progress.done > 0) return receiptOf(delivery, progress);
    if (isUnclear(delivery, progress)) return inDoubt();
    progress.under_way = true;
    if (const Status noted = store(delivery, progress); !noted) return noted.error();
    // Its receipt may be quicker than the answer.
    remember(message->tracking_id, delivery);
    const Result<std::string> id =
        by_phone ? api_.sendTemplateByPhone(phone, *message) : api_.sendTemplate(delivery.reply_address, *message);
    if (!id) return failed(delivery, std::move(progress), id.error());
    remember(*id, delivery);
    progress = {.digest = "template", .done = 1, .reference = *id, .assets = {}};
    if (const Status noted = store(delivery, progress); !noted) services_.count("notes_lost", 1);
    return receiptOf(delivery, progress);
}

/// What became of the last try could not be noted. A first attempt is a person's word: they have looked, and want it
/// sent.
bool Messenger::isUnclear(const Delivery& delivery, const Progress& progress) {
    return progress.under_way && delivery.attempt > 1;
}

/// Uploads come first: after a crash only what a user may see twice is in doubt. What has been uploaded is kept, so
/// that a retry uploads nothing twice.
Result<std::string> Messenger::sendNext(const Delivery& delivery, const Part& part, Progress& progress) {
    std::string& asset = progress.assets[progress.done];
    const bool is_file = part.kind != Part::Kind::kText;
    const bool fresh = is_file && asset.empty();
    if (fresh) {
        progress.under_way = false;
        if (const Status noted = store(delivery, progress); !noted) return noted.error();
        Result<std::string> uploaded = upload(delivery, part);
        if (!uploaded) return uploaded;
        asset = std::move(*uploaded);
    }
    progress.under_way = true;
    if (const Status noted = store(delivery, progress); !noted) return noted.error();
    Result<std::string> id = transmit(delivery, part, asset);
    if (id || !is_file || fresh || id.error().problem != kAssetExpired) return id;
    Result<std::string> uploaded = upload(delivery, part);
    if (!uploaded) return uploaded;
    asset = std::move(*uploaded);
    return transmit(delivery, part, asset);
}

Result<std::string> Messenger::transmit(const Delivery& delivery, const Part& part, const std::string& asset) {
    const std::string& user = delivery.reply_address;
    if (part.kind == Part::Kind::kText) return api_.sendText(user, part.text);
    return part.kind == Part::Kind::kImage ? api_.sendImage(user, asset) : api_.sendFile(user, asset);
}

Result<std::string> Messenger::upload(const Delivery& delivery, const Part& part) {
    const Attachment& file = delivery.attachments[part.attachment];
    const Result<std::string> bytes = file.content.bytes(kMostDocument);
    if (!bytes)
        return Error{.code = Errc::kUnavailable,
                     .message = "a file of the answer cannot be read now",
                     .problem = "zalo.file_unreadable"};
    return part.kind == Part::Kind::kImage ? api_.uploadImage(file.name, *bytes) : api_.uploadFile(file.name, *bytes);
}

Error Messenger::failed(const Delivery& delivery, Progress progress, Error error) {
    if (error.problem == kUnknownCode && ++progress.unknown_errors >= kUnknownTries) {
        error.code = Errc::kRejected;
        services_.log(LogLevel::kError, error.message + ": no such code is known here; somebody has to look it up");
    }
    progress.under_way = error.code == Errc::kUnknownOutcome;
    // Nothing was sent; that this cannot be noted now makes the next try a doubtful one, no more.
    if (const Status noted = store(delivery, progress); !noted) services_.count("notes_lost", 1);
    return error;
}

/// For receipts and quotations.
void Messenger::remember(const std::string& message_id, const Delivery& delivery) {
    if (message_id.empty()) return;
    const SentMessage message{.delivery = delivery.id, .code = delivery.code};
    if (const Status noted = messages_.put(message_id, written(message)); !noted) services_.count("notes_lost", 1);
}

Receipt Messenger::receiptOf(const Delivery& delivery, const Progress& progress) const {
    return {.reference = progress.reference,
            .attributes = {{"way", delivery.way.empty() ? "consultation" : delivery.way},
                           {"messages", std::to_string(progress.done)}}};
}

/// The province's own page where there is one and the petition is the user's; else what the hub says. Never the one for
/// the other: with another link it would be another content, which begins anew.
Result<std::string> Messenger::linkFor(const Delivery& delivery) {
    if (rules_.tracking_url.empty() || delivery.reply_address.empty()) return delivery.link;
    Result<std::vector<KnownPetition>> known = users_.of(delivery.reply_address);
    if (!known) return std::move(known).error();
    const auto is_it = [&](const KnownPetition& one) { return one.code == delivery.code; };
    if (std::none_of(known->begin(), known->end(), is_it)) {
        known = petitionsAtHub(services_.citizens(), delivery.reply_address, delivery.code);
        if (!known) return std::move(known).error();
    }
    const auto found = std::find_if(known->begin(), known->end(), is_it);
    if (found == known->end()) return delivery.link;
    return filled(rules_.tracking_url, {{"code", urlEncoded(found->code)}, {"token", urlEncoded(found->token)}});
}

Result<Messenger::Progress> Messenger::progressOf(const Delivery& delivery, const std::string& digest,
                                                  std::size_t parts) {
    const Result<std::optional<std::string>> text = sent_.find(delivery.idempotency_key + '/' + delivery.way);
    if (!text) return text.error();
    Progress progress{.digest = digest, .assets = std::vector<std::string>(parts)};
    const Result<JsonDocument> json = parseJson(text->value_or(std::string{}));
    if (!json || textOf(*json, "digest") != digest) return progress;
    progress.done = std::min(parts, static_cast<std::size_t>(std::max<std::int64_t>(0, integerOf(*json, "done", 0))));
    progress.under_way = textOf(*json, "under_way") == "yes";
    progress.unknown_errors = static_cast<int>(std::clamp<std::int64_t>(integerOf(*json, "unknown", 0), 0, 1000));
    progress.reference = std::string{textOf(*json, "reference")};
    const Json* const assets = memberOf(*json, "assets");
    for (std::size_t i = 0; assets != nullptr && assets->IsArray() && i < assets->Size() && i < parts; ++i)
        progress.assets[i] = std::string{textOf((*assets)[static_cast<rapidjson::SizeType>(i)])};
    return progress;
}

Status Messenger::store(const Delivery& delivery, const Progress& progress) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    write(writer, "digest", progress.digest);
    writer.Key("done");
    writer.Uint64(progress.done);
    write(writer, "under_way", progress.under_way ? "yes" : "no");
    writer.Key("unknown");
    writer.Int(progress.unknown_errors);
    write(writer, "reference", progress.reference);
    writer.Key("assets");
    writer.StartArray();
    for (const std::string& asset : progress.assets) write(writer, asset);
    writer.EndArray();
    writer.EndObject();
    // Only the note of what is sent in part must not get lost; that of what is wholly sent is good to have.
    const bool goes_on = progress.under_way || (progress.done > 0 && progress.done < progress.assets.size());
    return sent_.put(delivery.idempotency_key + '/' + delivery.way, textIn(buffer),
                     goes_on ? Notes::Work::kGoesOn : Notes::Work::kOver, services_.now());
}

}  // namespace pakn::in_zalo
