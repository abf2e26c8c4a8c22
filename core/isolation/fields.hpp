#pragma once
/// @file
/// The fields of every SDK type that crosses between the hub and an isolated plugin, one line per type: the frames are
/// these interfaces, one to one.

#include <limits>

#include "core/isolation/codec.hpp"
#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/settings_check.hpp"

namespace pakn::isolation {

template <Like<Attachment> T>
void fields(auto& archive, T& one) {
    archive(one.name, one.content_type, one.content);
}
template <Like<HttpRequest> T>
void fields(auto& archive, T& one) {
    archive(one.method, one.url, one.headers, one.upload, one.mount, one.client, one.https);
    archive.large(one.body);
}
template <Like<HttpResponse> T>
void fields(auto& archive, T& one) {
    archive(one.status, one.headers, one.file, one.set_cookies);
    archive.large(one.body);
}
template <Like<HttpClient::Limits> T>
void fields(auto& archive, T& one) {
    archive(one.timeout, one.max_body);
}
template <Like<Recipient> T>
void fields(auto& archive, T& one) {
    archive(one.kind, one.phone, one.email, one.account, one.role, one.unit);
}
template <Like<Delivery> T>
void fields(auto& archive, T& one) {
    archive(one.id, one.idempotency_key, one.kind, one.event, one.occurred_at, one.attempt, one.petition_id, one.code,
            one.status, one.channel, one.external_id, one.unit, one.unit_name, one.title, one.result_text,
            one.attachments, one.attributes, one.recipient, one.subject, one.message, one.message_type, one.way,
            one.reply_address, one.link);
}
template <Like<Receipt> T>
void fields(auto& archive, T& one) {
    archive(one.already, one.reference, one.attributes);
}
template <Like<Petitioner> T>
void fields(auto& archive, T& one) {
    archive(one.kind, one.name, one.phone, one.email, one.citizen_id, one.address);
}
template <Like<Location> T>
void fields(auto& archive, T& one) {
    archive(one.address, one.area, one.latitude, one.longitude);
}
template <Like<Consent> T>
void fields(auto& archive, T& one) {
    archive(one.process_personal_data, one.use_identity_in_handling, one.publish_identity);
}
template <Like<IncomingPetition> T>
void fields(auto& archive, T& one) {
    archive.large(one.text);
    archive(one.external_id, one.title, one.category, one.emergency, one.is_public, one.anonymous, one.declared_true,
            one.petition_class, one.complained_unit, one.petitioner, one.consent, one.location, one.occurred_at,
            one.attachments, one.attributes);
}
template <Like<Accepted> T>
void fields(auto& archive, T& one) {
    archive(one.outcome, one.code, one.id, one.tracking_token, one.problem);
}
template <Like<KeptEvent> T>
void fields(auto& archive, T& one) {
    archive(one.conversation, one.id, one.at, one.sequence);
    archive.large(one.data);
}
/// A conversation may be longer than a message: it crosses in pieces.
struct KeptPage {
    std::vector<KeptEvent> events = {};
    bool more = false;  ///< Others follow the last of these.
};
inline constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();
template <Like<KeptPage> T>
void fields(auto& archive, T& one) {
    archive(one.events, one.more);
}
template <Like<Update> T>
void fields(auto& archive, T& one) {
    archive.large(one.text);
    archive(one.kind, one.id, one.delivery, one.code, one.external_id, one.attachments, one.attributes);
}
template <Like<Call> T>
void fields(auto& archive, T& one) {
    archive(one.id, one.caller, one.called, one.agent, one.result, one.started_at, one.answered_at, one.ended_at,
            one.recording, one.no_recording, one.attributes);
}
template <Like<CallState> T>
void fields(auto& archive, T& one) {
    archive(one.has_petition, one.has_recording);
}
template <Like<Unacceptable> T>
void fields(auto& archive, T& one) {
    archive(one.external_id, one.problem);
    archive.large(one.raw);
}
template <Like<Decoded> T>
void fields(auto& archive, T& one) {
    archive(one.content_type, one.attributes, one.parts);
    archive.large(one.text);
}
template <Like<PublicLabel> T>
void fields(auto& archive, T& one) {
    archive(one.vi, one.en);
}
template <Like<PublicFile> T>
void fields(auto& archive, T& one) {
    archive(one.sha256, one.name, one.content_type, one.size);
}
template <Like<PublicStep> T>
void fields(auto& archive, T& one) {
    archive(one.at, one.status, one.label, one.unit_name, one.reason);
}
template <Like<PublicAnswer> T>
void fields(auto& archive, T& one) {
    archive(one.text, one.files, one.at);
}
template <Like<PublicPetition> T>
void fields(auto& archive, T& one) {
    archive(one.code, one.title, one.content, one.status, one.status_label, one.category, one.category_name, one.area,
            one.unit_name, one.address, one.latitude, one.longitude, one.received_at, one.due_at, one.finished_at,
            one.steps, one.attachments, one.answer, one.attributes);
}
template <Like<PublicFilter> T>
void fields(auto& archive, T& one) {
    archive(one.category, one.area, one.status, one.from, one.to, one.after, one.limit);
}
template <Like<PublicPage> T>
void fields(auto& archive, T& one) {
    archive(one.items, one.next);
}
template <Like<PublicName> T>
void fields(auto& archive, T& one) {
    archive(one.id, one.name);
}
template <Like<PublicStatistics> T>
void fields(auto& archive, T& one) {
    archive(one.received, one.open, one.answered, one.on_time, one.late, one.as_of);
}
template <Like<PublicCitizen> T>
void fields(auto& archive, T& one) {
    archive(one.issuer, one.subject, one.name, one.phone, one.email, one.citizen_id, one.attributes);
}
template <Like<PublicSearch> T>
void fields(auto& archive, T& one) {
    archive(one.codes, one.categories, one.area, one.finished, one.answered_only, one.steps, one.from, one.to,
            one.changed_from, one.changed_to, one.after, one.limit);
}
template <Like<CodeRequest> T>
void fields(auto& archive, T& one) {
    archive(one.contact, one.petition, one.client);
}
template <Like<CodeSent> T>
void fields(auto& archive, T& one) {
    archive(one.challenge, one.until);
}
template <Like<SignedInCitizen> T>
void fields(auto& archive, T& one) {
    archive(one.token, one.until, one.citizen);
}
template <Like<PetitionKey> T>
void fields(auto& archive, T& one) {
    archive(one.code, one.secret);
}
template <Like<OwnPetition> T>
void fields(auto& archive, T& one) {
    archive(one.petition, one.secret);
}
template <Like<OwnSearch> T>
void fields(auto& archive, T& one) {
    archive(one.reply_address, one.codes, one.steps, one.changed_from, one.changed_to, one.after, one.limit);
}
template <Like<OwnPage> T>
void fields(auto& archive, T& one) {
    archive(one.items, one.next);
}
template <Like<Device> T>
void fields(auto& archive, T& one) {
    archive(one.owner, one.channel, one.platform, one.token, one.session, one.seen_at);
}
template <Like<ProviderLogout> T>
void fields(auto& archive, T& one) {
    archive(one.issuer, one.subject, one.session);
}
template <Like<SettingsMistake> T>
void fields(auto& archive, T& one) {
    archive(one.option, one.file, one.line, one.column, one.message, one.hint);
}
template <Like<LoginRequest> T>
void fields(auto& archive, T& one) {
    archive(one.callback_url, one.citizen, one.attributes);
}
template <Like<LoginStart> T>
void fields(auto& archive, T& one) {
    archive(one.redirect_url, one.secret);
}
template <Like<LoginCallback> T>
void fields(auto& archive, T& one) {
    archive(one.request, one.callback_url, one.secret);
}
template <Like<Identity> T>
void fields(auto& archive, T& one) {
    archive(one.issuer, one.subject, one.login, one.name, one.email, one.phone, one.citizen_id, one.unit, one.roles,
            one.assurance, one.session, one.logout_secret, one.attributes);
}
template <Like<LogoutRequest> T>
void fields(auto& archive, T& one) {
    archive(one.subject, one.session, one.logout_secret, one.return_url);
}

}  // namespace pakn::isolation
