#include "core/plugin_process/remote_host.hpp"

#include <algorithm>
#include <iterator>

namespace pakn::plugin_process {

namespace {

using isolation::Frame;
using isolation::Lane;
using isolation::Type;

/// The hub answers when it has done what was asked, however long that takes; it never asks back meanwhile.
constexpr std::chrono::hours kForEver{24};
Result<Frame> refuse(Frame&&) { return Error{.code = Errc::kInvalid, .message = "the hub asks back"}; }

}  // namespace

Frame Uplink::exchange(Frame request) {
    const Lane::Patience patience{.most = kForEver, .renewed = false};
    Result<Frame> answer{Error{}};
    if (current != nullptr) {
        answer = current->call(std::move(request), &refuse, patience);
    } else {
        const std::lock_guard lock{spare_mutex_};
        answer = spare_.call(std::move(request), &refuse, patience);
    }
    if (!answer) ::_exit(kLost);
    return std::move(*answer);
}

void Uplink::send(const Frame& note) {
    const int socket = current != nullptr ? current->socket() : spare_.socket();
    if (!isolation::send(socket, note, isolation::Steady::now() + kForEver)) ::_exit(kLost);
}

Result<std::optional<std::string>> RemoteState::get(std::string_view key) {
    return uplink_.ask<std::optional<std::string>>(Type::kStateGet, key);
}
Status RemoteState::put(std::string_view key, std::string_view value) {
    return uplink_.ask<Done>(Type::kStatePut, key, value);
}

Result<HttpResponse> RemoteHttpClient::perform(const HttpRequest& request, const Limits& limits) {
    return uplink_.ask<HttpResponse>(Type::kPerform, request, limits);
}

Result<PublicPetition> RemoteRecords::track(std::string_view code, std::string_view secret) {
    return uplink_.ask<PublicPetition>(Type::kTrack, code, secret);
}
Result<Content> RemoteRecords::file(std::string_view code, std::string_view secret, std::string_view sha256) {
    return uplink_.ask<Content>(Type::kFile, code, secret, sha256);
}
Result<PublicPage> RemoteRecords::list(const PublicFilter& filter) {
    return uplink_.ask<PublicPage>(Type::kList, filter);
}
Result<PublicPetition> RemoteRecords::show(std::string_view code) {
    return uplink_.ask<PublicPetition>(Type::kShow, code);
}
Result<Content> RemoteRecords::answerFile(std::string_view code, std::string_view sha256) {
    return uplink_.ask<Content>(Type::kAnswerFile, code, sha256);
}
Result<std::vector<PublicName>> RemoteRecords::categories() {
    return uplink_.ask<std::vector<PublicName>>(Type::kCategories);
}
Result<std::vector<PublicName>> RemoteRecords::areas() { return uplink_.ask<std::vector<PublicName>>(Type::kAreas); }
Result<PublicStatistics> RemoteRecords::statistics() { return uplink_.ask<PublicStatistics>(Type::kStatistics); }
Result<PublicCitizen> RemoteRecords::citizen(std::string_view session) {
    return uplink_.ask<PublicCitizen>(Type::kCitizen, session);
}

Result<PublicPage> RemoteRecords::search(const PublicSearch& wanted) {
    return uplink_.ask<PublicPage>(Type::kSearch, wanted);
}
Result<PublicLabel> RemoteRecords::problem(std::string_view id) { return uplink_.ask<PublicLabel>(Type::kProblem, id); }

Result<CodeSent> RemoteCitizens::sendCode(const CodeRequest& request) {
    return uplink_.ask<CodeSent>(Type::kSendCode, request);
}
Result<SignedInCitizen> RemoteCitizens::signIn(std::string_view challenge, std::string_view code) {
    return uplink_.ask<SignedInCitizen>(Type::kSignIn, challenge, code);
}
Result<PetitionKey> RemoteCitizens::openPetition(std::string_view challenge, std::string_view code) {
    return uplink_.ask<PetitionKey>(Type::kOpenPetition, challenge, code);
}
Result<PublicCitizen> RemoteCitizens::citizen(std::string_view token) {
    return uplink_.ask<PublicCitizen>(Type::kSignedIn, token);
}
Status RemoteCitizens::signOut(std::string_view token) { return uplink_.ask<Done>(Type::kSignOut, token); }
Result<OwnPage> RemoteCitizens::petitions(const OwnSearch& wanted) {
    return uplink_.ask<OwnPage>(Type::kOwnPetitions, wanted);
}
Status RemoteCitizens::keepDevice(const Device& device) { return uplink_.ask<Done>(Type::kKeepDevice, device); }
Result<std::vector<Device>> RemoteCitizens::devices(std::string_view channel, std::string_view owner) {
    return uplink_.ask<std::vector<Device>>(Type::kDevices, channel, owner);
}
Status RemoteCitizens::forgetDevice(const Device& device) { return uplink_.ask<Done>(Type::kForgetDevice, device); }

Result<Accepted> RemoteInbox::accept(IncomingPetition petition) {
    Result<Accepted> answer = uplink_.ask<Accepted>(Type::kAccept, petition);
    if (answer || answer.error().code != Errc::kTooLarge) return answer;
    return refuseTooLarge(petition.external_id, std::move(petition.text), answer.error());
}
/// It will never be smaller: kept in the refused list as far as it goes, as one that the hub itself finds too large.
Result<Accepted> RemoteInbox::refuseTooLarge(std::string_view external_id, std::string raw, const Error& why) {
    constexpr std::size_t kMostId = 200;
    return refuse(
        {.external_id = std::string{external_id.substr(0, kMostId)},
         .raw = std::move(raw),
         .problem = {.code = Errc::kTooLarge, .message = why.message, .problem = "connector.item_too_large"}});
}
Result<std::vector<KeptEvent>> RemoteInbox::keep(KeptEvent event) {
    return whole(uplink_.ask<isolation::KeptPage>(Type::kKeep, event), event.conversation);
}
Result<std::vector<KeptEvent>> RemoteInbox::kept(std::string_view conversation) {
    return whole(uplink_.ask<isolation::KeptPage>(Type::kKept, conversation, isolation::kBeforeAll), conversation);
}
Result<std::vector<KeptEvent>> RemoteInbox::whole(Result<isolation::KeptPage> page, std::string_view conversation) {
    std::vector<KeptEvent> all;
    for (;;) {
        if (!page) return std::move(page).error();
        std::move(page->events.begin(), page->events.end(), std::back_inserter(all));
        if (!page->more || all.empty()) return all;
        page = uplink_.ask<isolation::KeptPage>(Type::kKept, conversation, all.back().sequence);
    }
}
Status RemoteInbox::drop(std::string_view conversation, std::int64_t sequence) {
    return uplink_.ask<Done>(Type::kDrop, conversation, sequence);
}
Result<std::vector<std::string>> RemoteInbox::quiet(Instant before, int most) {
    return uplink_.ask<std::vector<std::string>>(Type::kQuiet, before, static_cast<std::int32_t>(most));
}
Result<Accepted> RemoteInbox::update(Update update) {
    Result<Accepted> answer = uplink_.ask<Accepted>(Type::kUpdate, update);
    if (answer || answer.error().code != Errc::kTooLarge) return answer;
    return refuseTooLarge(update.id, std::move(update.text), answer.error());
}
Result<Accepted> RemoteInbox::refuse(Unacceptable item) { return uplink_.ask<Accepted>(Type::kRefuse, item); }
Result<CallState> RemoteInbox::call(Call call) { return uplink_.ask<CallState>(Type::kCall, call); }
Result<std::vector<Call>> RemoteInbox::unrecorded(Instant since, bool petition, int most) {
    return uplink_.ask<std::vector<Call>>(Type::kUnrecorded, since, petition, static_cast<std::int32_t>(most));
}
Status RemoteInbox::working(std::string_view external_id) { return uplink_.ask<Done>(Type::kWorking, external_id); }

void RemoteHost::log(LogLevel level, std::string_view text) { uplink_.tell(Type::kLog, level, text); }
Instant RemoteHost::now() const {
    const Result<Instant> now = uplink_.ask<Instant>(Type::kNow);
    return now ? *now : Instant{};
}
void RemoteHost::count(std::string_view counter, std::int64_t increment) {
    uplink_.tell(Type::kCount, counter, increment);
}
Result<bool> RemoteHost::lease(std::string_view name, std::chrono::milliseconds hold) {
    return uplink_.ask<bool>(Type::kLease, name, hold);
}
Status RemoteHost::release(std::string_view name) { return uplink_.ask<Done>(Type::kRelease, name); }
Result<Decoded> RemoteHost::decode(std::string_view kind, const Content& content) {
    return uplink_.ask<Decoded>(Type::kDecode, kind, content);
}
Result<std::int64_t> RemoteHost::endSessions(const ProviderLogout& over) {
    return uplink_.ask<std::int64_t>(Type::kEndSessions, over);
}

}  // namespace pakn::plugin_process
