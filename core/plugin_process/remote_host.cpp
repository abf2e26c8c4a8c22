#include "core/plugin_process/remote_host.hpp"

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

Result<Accepted> RemoteInbox::accept(IncomingPetition petition) {
    return uplink_.ask<Accepted>(Type::kAccept, petition);
}
Result<std::vector<KeptEvent>> RemoteInbox::keep(KeptEvent event) {
    return uplink_.ask<std::vector<KeptEvent>>(Type::kKeep, event);
}
Result<std::vector<KeptEvent>> RemoteInbox::kept(std::string_view conversation) {
    return uplink_.ask<std::vector<KeptEvent>>(Type::kKept, conversation);
}
Status RemoteInbox::drop(std::string_view conversation, std::int64_t sequence) {
    return uplink_.ask<Done>(Type::kDrop, conversation, sequence);
}
Result<std::vector<std::string>> RemoteInbox::quiet(Instant before, int most) {
    return uplink_.ask<std::vector<std::string>>(Type::kQuiet, before, static_cast<std::int32_t>(most));
}
Result<Accepted> RemoteInbox::update(Update update) { return uplink_.ask<Accepted>(Type::kUpdate, update); }
Result<Accepted> RemoteInbox::refuse(Unacceptable item) { return uplink_.ask<Accepted>(Type::kRefuse, item); }

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

}  // namespace pakn::plugin_process
