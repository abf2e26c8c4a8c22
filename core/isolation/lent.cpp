#include "core/isolation/lent.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace pakn::isolation {

namespace {

constexpr std::size_t kMostLine = 4000;    ///< Bytes of a log line.
constexpr std::size_t kMostCounter = 100;  ///< Bytes of a counter's name.

Error garbage() {
    return {.code = Errc::kInvalid,
            .message = "the process on the other side breaks the protocol: a request that cannot be read"};
}

/// Reads the arguments, and hands them to `call`, whose result is the answer.
template <class... Arguments, class Call>
Result<Frame> answer(Frame&& request, Call call) {
    Reader reader{std::move(request)};
    std::tuple<Arguments...> arguments;
    std::apply(reader, arguments);
    if (!reader.good()) return garbage();
    return answerWith(std::apply(call, std::move(arguments)));
}

/// The same for what wants no answer.
template <class... Arguments, class Call>
Result<Frame> note(Frame&& request, Call call) {
    Reader reader{std::move(request)};
    std::tuple<Arguments...> arguments;
    std::apply(reader, arguments);
    if (!reader.good()) return garbage();
    std::apply(call, std::move(arguments));
    return Frame{};
}

/// Control bytes would break the line it stands in.
std::string oneLine(std::string text, std::size_t most) {
    if (text.size() > most) text.resize(most);
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return text;
}

Error noInbox() { return {.code = Errc::kUnavailable, .message = "outside of poll and handle there is no inbox"}; }

/// What follows `after`, as much as goes into one message.
Result<KeptPage> pageOf(Result<std::vector<KeptEvent>>&& all, std::int64_t after) {
    constexpr std::size_t kMostPage = 4U << 20U;  ///< Bytes, unless one event is more.
    constexpr std::size_t kMostFiles = kMostDescriptors - 2;
    if (!all) return std::move(all).error();
    KeptPage page;
    std::size_t bytes = 0;
    for (KeptEvent& event : *all) {
        if (event.sequence <= after) continue;
        bytes += event.data.size();
        page.more = !page.events.empty() && (bytes > kMostPage || page.events.size() >= kMostFiles);
        if (page.more) break;
        page.events.push_back(std::move(event));
    }
    return page;
}

Result<Frame> serveInbox(Type type, Frame&& request, Inbox* inbox) {
    switch (type) {
        case Type::kAccept:
            return answer<IncomingPetition>(std::move(request), [&](IncomingPetition petition) {
                return inbox ? inbox->accept(std::move(petition)) : Result<Accepted>{noInbox()};
            });
        case Type::kKeep:
            return answer<KeptEvent>(std::move(request), [&](KeptEvent event) {
                return inbox ? pageOf(inbox->keep(std::move(event)), kBeforeAll) : Result<KeptPage>{noInbox()};
            });
        case Type::kKept:
            return answer<std::string, std::int64_t>(
                std::move(request), [&](const std::string& conversation, std::int64_t after) {
                    return inbox ? pageOf(inbox->kept(conversation), after) : Result<KeptPage>{noInbox()};
                });
        case Type::kDrop:
            return answer<std::string, std::int64_t>(
                std::move(request), [&](const std::string& conversation, std::int64_t sequence) {
                    return inbox ? inbox->drop(conversation, sequence) : Status{noInbox()};
                });
        case Type::kQuiet:
            return answer<Instant, std::int32_t>(std::move(request), [&](Instant before, std::int32_t most) {
                return inbox ? inbox->quiet(before, most) : Result<std::vector<std::string>>{noInbox()};
            });
        case Type::kUpdate:
            return answer<Update>(std::move(request), [&](Update update) {
                return inbox ? inbox->update(std::move(update)) : Result<Accepted>{noInbox()};
            });
        case Type::kRefuse:
            return answer<Unacceptable>(std::move(request), [&](Unacceptable item) {
                return inbox ? inbox->refuse(std::move(item)) : Result<Accepted>{noInbox()};
            });
        case Type::kCall:
            return answer<Call>(std::move(request), [&](Call call) {
                return inbox ? inbox->call(std::move(call)) : Result<CallState>{noInbox()};
            });
        case Type::kUnrecorded:
            return answer<Instant, bool, std::int32_t>(
                std::move(request), [&](Instant since, bool petition, std::int32_t most) {
                    return inbox ? inbox->unrecorded(since, petition, most) : Result<std::vector<Call>>{noInbox()};
                });
        case Type::kWorking:  // By a thread of the plugin's own: nobody can say what kills it.
            return answer<std::string>(std::move(request),
                                       [&](const std::string& item) { return inbox ? inbox->working(item) : Done{}; });
        default:
            return garbage();
    }
}

Result<Frame> serveRecords(Type type, Frame&& request, PublicRecords& records) {
    using Text = std::string;
    switch (type) {
        case Type::kTrack:
            return answer<Text, Text>(
                std::move(request), [&](const Text& code, const Text& secret) { return records.track(code, secret); });
        case Type::kFile:
            return answer<Text, Text, Text>(std::move(request),
                                            [&](const Text& code, const Text& secret, const Text& sha256) {
                                                return records.file(code, secret, sha256);
                                            });
        case Type::kList:
            return answer<PublicFilter>(std::move(request),
                                        [&](const PublicFilter& filter) { return records.list(filter); });
        case Type::kShow:
            return answer<Text>(std::move(request), [&](const Text& code) { return records.show(code); });
        case Type::kAnswerFile:
            return answer<Text, Text>(std::move(request), [&](const Text& code, const Text& sha256) {
                return records.answerFile(code, sha256);
            });
        case Type::kCategories:
            return answer<>(std::move(request), [&] { return records.categories(); });
        case Type::kAreas:
            return answer<>(std::move(request), [&] { return records.areas(); });
        case Type::kStatistics:
            return answer<>(std::move(request), [&] { return records.statistics(); });
        case Type::kCitizen:
            return answer<Text>(std::move(request), [&](const Text& session) { return records.citizen(session); });
        case Type::kSearch:
            return answer<PublicSearch>(std::move(request),
                                        [&](const PublicSearch& wanted) { return records.search(wanted); });
        case Type::kProblem:
            return answer<Text>(std::move(request), [&](const Text& id) { return records.problem(id); });
        default:
            return garbage();
    }
}

Result<Frame> serveCitizens(Type type, Frame&& request, Citizens& citizens) {
    using Text = std::string;
    switch (type) {
        case Type::kSendCode:
            return answer<CodeRequest>(std::move(request),
                                       [&](const CodeRequest& wanted) { return citizens.sendCode(wanted); });
        case Type::kSignIn:
            return answer<Text, Text>(std::move(request), [&](const Text& challenge, const Text& code) {
                return citizens.signIn(challenge, code);
            });
        case Type::kOpenPetition:
            return answer<Text, Text>(std::move(request), [&](const Text& challenge, const Text& code) {
                return citizens.openPetition(challenge, code);
            });
        case Type::kSignedIn:
            return answer<Text>(std::move(request), [&](const Text& token) { return citizens.citizen(token); });
        case Type::kSignOut:
            return answer<Text>(std::move(request), [&](const Text& token) { return citizens.signOut(token); });
        case Type::kOwnPetitions:
            return answer<OwnSearch>(std::move(request),
                                     [&](const OwnSearch& wanted) { return citizens.petitions(wanted); });
        case Type::kKeepDevice:
            return answer<Device>(std::move(request),
                                  [&](const Device& device) { return citizens.keepDevice(device); });
        case Type::kDevices:
            return answer<Text, Text>(std::move(request), [&](const Text& channel, const Text& owner) {
                return citizens.devices(channel, owner);
            });
        case Type::kForgetDevice:
            return answer<Device>(std::move(request),
                                  [&](const Device& device) { return citizens.forgetDevice(device); });
        default:
            return garbage();
    }
}

}  // namespace

Result<Frame> serveLent(Frame&& request, HostServices& services, Inbox* inbox) {
    const auto type = static_cast<Type>(request.type);
    switch (type) {
        case Type::kLog:
            return note<LogLevel, std::string>(std::move(request), [&](LogLevel level, std::string text) {
                services.log(level > LogLevel::kError ? LogLevel::kError : level, oneLine(std::move(text), kMostLine));
            });
        case Type::kCount:
            return note<std::string, std::int64_t>(std::move(request), [&](std::string name, std::int64_t increment) {
                services.count(oneLine(std::move(name), kMostCounter), increment);
            });
        case Type::kNow:
            return answer<>(std::move(request), [&] { return Result<Instant>{services.now()}; });
        case Type::kPerform:
            return answer<HttpRequest, HttpClient::Limits>(
                std::move(request), [&](const HttpRequest& wanted, HttpClient::Limits limits) {
                    limits.timeout = std::max(limits.timeout, std::chrono::milliseconds{1});
                    limits.max_body = std::min<std::size_t>(limits.max_body, kMostBytes);
                    return services.http().perform(wanted, limits);
                });
        case Type::kStateGet:
            return answer<std::string>(std::move(request),
                                       [&](const std::string& key) { return services.state().get(key); });
        case Type::kStatePut:
            return answer<std::string, std::string>(
                std::move(request),
                [&](const std::string& key, const std::string& value) { return services.state().put(key, value); });
        case Type::kLease:
            return answer<std::string, std::chrono::milliseconds>(
                std::move(request),
                [&](const std::string& name, std::chrono::milliseconds hold) { return services.lease(name, hold); });
        case Type::kRelease:
            return answer<std::string>(std::move(request),
                                       [&](const std::string& name) { return services.release(name); });
        case Type::kDecode:
            return answer<std::string, Content>(
                std::move(request),
                [&](const std::string& kind, const Content& content) { return services.decode(kind, content); });
        case Type::kEndSessions:
            return answer<ProviderLogout>(std::move(request),
                                          [&](const ProviderLogout& over) { return services.endSessions(over); });
        default:
            break;
    }
    if (type >= Type::kSendCode) return serveCitizens(type, std::move(request), services.citizens());
    if ((type >= Type::kTrack && type <= Type::kCitizen) || type == Type::kSearch || type == Type::kProblem)
        return serveRecords(type, std::move(request), services.records());
    return serveInbox(type, std::move(request), inbox);
}

}  // namespace pakn::isolation
