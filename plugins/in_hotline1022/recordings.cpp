#include "recordings.hpp"

#include <algorithm>
#include <new>
#include <pakn/sdk/text.hpp>
#include <stdexcept>

#include "call_facts.hpp"
#include "digest.hpp"
#include "text.hpp"

namespace pakn::hotline {
namespace {

constexpr int kPage = 100;  ///< Calls that are looked at in one poll.
constexpr std::chrono::seconds kLongestPoll{4};
constexpr std::chrono::seconds kFirstWait{5};
constexpr std::chrono::hours kLongestWait{1};
constexpr std::chrono::minutes kRest{1};
constexpr std::chrono::hours kLookBack{24 * 30};  ///< Behind what is given up: a hub may have stood still.
constexpr std::size_t kMostWaits = 10'000;
constexpr std::size_t kMostSize = 64U << 20U;

std::string filled(std::string text, std::string_view place, std::string_view value) {
    const std::string encoded = urlEncoded(value);
    for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + encoded.size()))
        text.replace(at, place.size(), encoded);
    return text;
}

std::string attribute(const Call& call, std::string_view name) {
    const auto found = call.attributes.find(name);
    return found == call.attributes.end() ? std::string{} : found->second;
}

/// An allowed host as an origin.
std::string allowedOrigin(const std::string& host) {
    return originOf(host.find("://") == std::string::npos ? "https://" + host : host);
}

bool isAllowed(const std::string& origin, const std::vector<std::string>& hosts) {
    return !origin.empty() && std::any_of(hosts.begin(), hosts.end(),
                                          [&](const std::string& host) { return allowedOrigin(host) == origin; });
}

}  // namespace

Recordings::Recordings(RecordingSettings settings, HostServices& services)
    : settings_{std::move(settings)}, services_{services} {
    check(settings_);
}

void Recordings::check(const RecordingSettings& settings) {
    for (const std::string& host : settings.hosts) {
        const std::string origin = allowedOrigin(host);
        if (origin.empty()) throw std::invalid_argument{"recording_hosts: \"" + host + "\" is no host"};
        if (origin.compare(0, 7, "http://") == 0 && !isLoopback(origin))
            throw std::invalid_argument{"recording_hosts: \"" + host + "\": over http only from this machine"};
    }
    if (!settings.url.empty()) {
        if (!isAllowed(originOf(settings.url), settings.hosts))
            throw std::invalid_argument{"recording_url: its host is not among recording_hosts"};
        if (settings.url.find("{call_id}") == std::string::npos && settings.url.find("{file}") == std::string::npos)
            throw std::invalid_argument{"recording_url needs {call_id} or {file}: all calls have the same otherwise"};
    }
    constexpr std::string_view kWays[] = {"none", "basic", "bearer", "header"};
    if (std::find(std::begin(kWays), std::end(kWays), settings.auth) == std::end(kWays))
        throw std::invalid_argument{"recording_auth is none, basic, bearer or header"};
    if (settings.auth != "none" && settings.secret.empty())
        throw std::invalid_argument{"recording_auth needs recording_secret"};
    if (settings.auth == "basic" && settings.user.empty())
        throw std::invalid_argument{"recording_auth basic needs recording_user"};
    if (settings.max_size == 0 || settings.max_size > kMostSize)
        throw std::invalid_argument{"max_recording is at most 64MB"};
}

Status Recordings::poll(Inbox& inbox, const std::stop_token& stop) {
    const Steady::time_point until = Steady::now() + kLongestPoll;
    const Instant begin = services_.now() - settings_.give_up - kLookBack;
    const Result<std::vector<Call>> calls =
        inbox.unrecorded(std::max(begin, next_.value_or(begin)), settings_.linked_only, kPage);
    if (!calls) return calls.error();
    Status outcome = Done{};
    for (const Call& call : *calls) {
        if (stop.stop_requested() || Steady::now() >= until) return outcome;  // Goes on at this one.
        if (Status visited = visit(call, inbox); !visited) {
            if (visited.error().code != Errc::kUnauthenticated) return visited;
            outcome = visited;
        }
        if (call.ended_at) next_ = *call.ended_at;
        static_cast<void>(services_.now());  // A sign of life.
    }
    if (calls->size() < static_cast<std::size_t>(kPage))
        next_.reset();  // All were looked at: the round begins anew.
    else if (next_)
        *next_ += std::chrono::milliseconds{1};
    return outcome;
}

std::string Recordings::addressOf(const Call& call) const {
    if (std::string told = attribute(call, kRecordingUrl); !told.empty()) return told;
    if (settings_.url.empty()) return {};
    const std::string file = attribute(call, kRecordingFile);
    if (file.empty() && settings_.url.find("{file}") != std::string::npos) return {};
    return filled(filled(settings_.url, "{call_id}", call.id), "{file}", file);
}

Status Recordings::visit(const Call& call, Inbox& inbox) {
    const Instant now = services_.now();
    const bool too_late = call.ended_at && now - *call.ended_at > settings_.give_up;
    const std::string url = addressOf(call);
    if (url.empty() || !isAllowed(originOf(url), settings_.hosts)) {
        if (!url.empty()) services_.count("recordings_host_not_allowed", 1);
        return too_late ? settle(call, {.outcome = Outcome::kNever}, inbox) : Status{Done{}};
    }
    const auto wait = waits_.find(call.id);
    const bool asked = wait != waits_.end() && wait->second.mark == shortHash(url);
    if (!too_late && asked && now < wait->second.until) return Done{};
    Result<Fetched> fetched = fetch(url);
    if (!fetched) {
        postpone(call);
        return std::move(fetched).error();
    }
    if (too_late && fetched->outcome == Outcome::kLater) fetched->outcome = Outcome::kNever;
    return settle(call, *std::move(fetched), inbox);
}

/// What came of it, told to the hub.
Status Recordings::settle(const Call& call, Fetched fetched, Inbox& inbox) {
    if (fetched.outcome == Outcome::kLater) {
        postpone(call);
        return Done{};
    }
    Call told{.id = call.id};
    const bool there = fetched.outcome == Outcome::kThere;
    if (there) told.recording = Attachment{.name = "recording", .content = std::move(fetched.bytes)};
    told.no_recording = !there;
    const Result<CallState> known = inbox.call(std::move(told));
    if (known) {
        waits_.erase(call.id);
        services_.count(there ? "recordings_fetched" : "recordings_given_up", 1);
        return Done{};
    }
    if (!there) return known.error();
    if (known.error().code == Errc::kTooLarge) return settle(call, {.outcome = Outcome::kNever}, inbox);
    if (known.error().code != Errc::kInvalid) return known.error();
    // No sound: an error page with status 200, perhaps. It may be mended there.
    services_.count("recordings_no_audio", 1);
    services_.log(LogLevel::kWarning, "what the call centre gave for a recording is none: " + known.error().problem);
    postpone(call);
    return Done{};
}

/// kUnauthenticated.
Result<Recordings::Fetched> Recordings::fetch(const std::string& url) try {
    const std::string origin = originOf(url);
    const Instant now = services_.now();
    if (const auto rest = rests_.find(origin); rest != rests_.end() && now < rest->second) return Fetched{};
    Result<HttpResponse> answer = services_.http().perform(
        {.url = url, .headers = login()}, {.timeout = settings_.timeout, .max_body = settings_.max_size});
    if (!answer && answer.error().problem == "http.answer_too_large") {
        services_.log(LogLevel::kWarning, "a recording is larger than max_recording and is left out");
        return Fetched{.outcome = Outcome::kNever};
    }
    if (!answer) {
        services_.log(LogLevel::kWarning, "recordings cannot be fetched from " + origin + " now");
        rests_.insert_or_assign(origin, now + kRest);
        return Fetched{};
    }
    if (answer->status == 401 || answer->status == 403)
        return Error{.code = Errc::kUnauthenticated,
                     .message = origin + " does not accept recording_secret",
                     .problem = "hotline.recording_login"};
    if (answer->status != 200 || answer->body.empty()) return Fetched{};
    return Fetched{.outcome = Outcome::kThere, .bytes = std::move(answer->body)};
} catch (const std::bad_alloc&) {
    services_.log(LogLevel::kWarning, "a recording is more than this process has memory for and is left out");
    return Fetched{.outcome = Outcome::kNever};
}

HttpHeaders Recordings::login() const {
    if (settings_.auth == "bearer") return {{"authorization", "Bearer " + settings_.secret}};
    if (settings_.auth == "basic")
        return {{"authorization", "Basic " + webhooks::toBase64(settings_.user + ':' + settings_.secret)}};
    if (settings_.auth == "header") return {{lowered(settings_.header), settings_.secret}};
    return {};
}

/// Twice as long each time.
void Recordings::postpone(const Call& call) {
    if (waits_.size() >= kMostWaits) waits_.clear();  // They are asked for once too often.
    Wait& wait = waits_[call.id];
    std::string mark = shortHash(addressOf(call));
    if (wait.mark != mark) wait = {.mark = std::move(mark)};
    constexpr int kMostDoublings = 10;
    const auto pause = kFirstWait * (1 << std::min(wait.tries, kMostDoublings));
    ++wait.tries;
    wait.until = services_.now() + std::min<std::chrono::seconds>(pause, kLongestWait);
}

}  // namespace pakn::hotline
