#include "signed_events.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <pakn/sdk/text.hpp>
#include <stdexcept>

#include "bounded_json.hpp"
#include "call_facts.hpp"
#include "digest.hpp"
#include "text.hpp"
#include "times.hpp"

namespace pakn::hotline {
namespace {

constexpr std::size_t kMostBody = 64U << 10U;
constexpr std::size_t kMostEvents = 10'000;  ///< That are remembered.
constexpr std::size_t kMostText = 200;       ///< Bytes.
constexpr std::size_t kMostUrl = 2000;
constexpr std::chrono::minutes kMostOff{5};

Error wrong(std::string problem, std::string message, std::string field = {}) {
    return {.code = Errc::kInvalid,
            .message = std::move(message),
            .problem = std::move(problem),
            .field = std::move(field)};
}

Error stranger(std::string problem, std::string message) {
    return {.code = Errc::kUnauthenticated, .message = std::move(message), .problem = std::move(problem)};
}

std::string headerOf(const HttpRequest& request, std::string_view name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : found->second;
}

/// What people at the call centre read, by status.
std::string_view titleOf(int status) {
    switch (status) {
        case 400:
            return "Nội dung gửi đến không đọc được";
        case 401:
            return "Chữ ký không đúng, hoặc thời điểm gửi lệch quá 5 phút";
        case 405:
            return "Chỉ nhận phương thức POST";
        case 413:
            return "Nội dung gửi đến quá lớn";
        case 415:
            return "Chỉ nhận dữ liệu JSON";
        default:
            return "Hệ thống chưa lưu được, xin gửi lại sau";
    }
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void text(Writer& writer, const char* name, std::string_view value) {
    writer.Key(name);
    writer.String(value.empty() ? "" : value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

HttpResponse answer(int status, const char* type, const rapidjson::StringBuffer& body) {
    return {.status = status,
            .headers = {{"content-type", type}, {"cache-control", "no-store"}},
            .body = {body.GetString(), body.GetSize()}};
}

/// RFC 9457.
HttpResponse problem(int status, const Error& error) {
    rapidjson::StringBuffer buffer;
    Writer writer{buffer};
    writer.StartObject();
    text(writer, "type", "about:blank");
    text(writer, "title", titleOf(status));
    writer.Key("status");
    writer.Int(status);
    text(writer, "code", error.problem.empty() ? errcName(error.code) : std::string_view{error.problem});
    if (!error.field.empty()) text(writer, "field", error.field);
    if (status != 503) text(writer, "detail", error.message);
    writer.EndObject();
    HttpResponse made = answer(status, "application/problem+json", buffer);
    if (status == 503) made.headers["retry-after"] = "10";
    if (status == 405) made.headers["allow"] = "POST";
    return made;
}

HttpResponse stored(std::string_view outcome) {
    rapidjson::StringBuffer buffer;
    Writer writer{buffer};
    writer.StartObject();
    text(writer, "outcome", outcome);
    writer.EndObject();
    return answer(200, "application/json", buffer);
}

/// The members of an event, each with what is wrong with it. The first mistake counts.
class Members {
public:
    explicit Members(const rapidjson::Value& object) : object_{object} {}

    /// Empty when it is absent or null.
    std::string text(const char* name, std::size_t most = kMostText) {
        const auto found = object_.FindMember(name);
        if (found == object_.MemberEnd() || found->value.IsNull()) return {};
        if (!found->value.IsString()) {
            note(name, "is no text");
            return {};
        }
        const std::string_view value{found->value.GetString(), found->value.GetStringLength()};
        if (value.size() > most || value.find('\0') != std::string_view::npos) {
            note(name, "is longer than " + std::to_string(most) + " bytes, or holds U+0000");
            return {};
        }
        return std::string{trimmed(value)};
    }
    std::string needed(const char* name) {
        std::string value = text(name);
        if (value.empty()) note(name, "is missing");
        return value;
    }
    std::optional<Instant> instant(const char* name) {
        const std::string value = text(name);
        if (value.empty()) return std::nullopt;
        const std::optional<Instant> at = parseInstant(value);
        if (!at) note(name, "is no time with a zone, as 2026-11-22T10:15:29+07:00");
        return at;
    }
    void note(const char* name, const std::string& what) {
        if (!mistake_) mistake_ = wrong("hotline.field", std::string{name} + ' ' + what, '/' + std::string{name});
    }
    [[nodiscard]] const std::optional<Error>& mistake() const { return mistake_; }

private:
    const rapidjson::Value& object_;
    std::optional<Error> mistake_ = {};
};

}  // namespace

bool SeenEvents::has(std::string_view event_id) const {
    const std::string digest = webhooks::sha256(event_id);
    const std::lock_guard lock{mutex_};
    return known_.count(digest) != 0;
}

void SeenEvents::add(std::string_view event_id) {
    std::string digest = webhooks::sha256(event_id);
    const std::lock_guard lock{mutex_};
    if (!known_.insert(digest).second) return;
    order_.push_back(std::move(digest));
    if (order_.size() <= kMostEvents) return;
    known_.erase(order_.front());
    order_.pop_front();
}

Result<CallEvent> readEvent(std::string_view body, std::chrono::milliseconds short_call) {
    const std::optional<std::string> mended = bounded_json::mendedHalves(body);
    if (mended) body = *mended;
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
    if (document.HasParseError())
        return wrong("hotline.json", "no valid JSON at byte " + std::to_string(document.GetErrorOffset()));
    if (!document.IsObject()) return wrong("hotline.json", "the event is no object");
    Members members{document};
    CallEvent event;
    Call& call = event.call;
    event.id = members.needed("event_id");
    call.id = members.needed("call_id");
    const std::string type = members.needed("type");
    call.caller = members.text("caller");
    call.called = members.text("called");
    call.agent = members.text("agent");
    call.started_at = members.instant("started_at");
    call.answered_at = members.instant("answered_at");
    call.ended_at = members.instant("ended_at");
    call.result = members.text("result");
    if (!call.result.empty() && !isResult(call.result))
        members.note("result", "is none of answered, no_answer, abandoned, busy, failed");
    const std::string url = members.text("recording_url", kMostUrl);
    if (!url.empty() && originOf(url).empty()) members.note("recording_url", "is no http or https address");
    if (!url.empty()) call.attributes.emplace(kRecordingUrl, url);
    if (type == "call_answered") {
        if (call.result.empty()) call.result = "answered";
    } else if (type == "recording_ready") {
        if (url.empty()) members.note("recording_url", "is missing");
    } else if (type != "call_started" && type != "call_ended") {
        members.note("type", "is none of call_started, call_answered, call_ended, recording_ready");
    }
    if (members.mistake()) return *members.mistake();
    markShort(call, short_call);
    return event;
}

Webhook::Webhook(std::vector<std::string> secrets, std::chrono::milliseconds short_call, HostServices& services)
    : secrets_{std::move(secrets)}, short_call_{short_call}, services_{services} {
    for (const std::string& secret : secrets_)
        if (secret.empty()) throw std::invalid_argument{"a webhook secret is empty"};
}

Status Webhook::check(const HttpRequest& request) const {
    const std::string signature = headerOf(request, "x-hub-signature");
    const std::string stamp = headerOf(request, "x-hub-timestamp");
    if (signature.empty() || stamp.empty())
        return stranger("hotline.signature", "X-Hub-Timestamp or X-Hub-Signature is missing");
    if (!isSigned(signature, stamp + '.' + request.body))
        return stranger("hotline.signature", "the signature is not that of the timestamp and the body");
    std::int64_t millis = 0;
    const auto [end, bad] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), millis);
    constexpr std::size_t kDigits = 15;
    if (bad != std::errc{} || end != stamp.data() + stamp.size() || stamp.size() > kDigits || millis < 0)
        return stranger("hotline.timestamp", "the timestamp is no number of milliseconds since 1970");
    const auto off = services_.now() - Instant{std::chrono::milliseconds{millis}};
    if (off > kMostOff || off < -kMostOff) return stranger("hotline.timestamp", "the timestamp is more than 5 min off");
    return Done{};
}

/// By the present secret or the one before; each is tried, so that the time tells nothing.
bool Webhook::isSigned(std::string_view given, const std::string& text) const {
    const std::string shown = lowered(given);
    bool found = false;
    for (const std::string& secret : secrets_) {
        const std::string code = webhooks::hmac(webhooks::Digest::kSha256, secret, text);
        if (sameSecret(shown, "sha256=" + webhooks::toHex(code))) found = true;
    }
    return found;
}

HttpResponse Webhook::handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop) {
    if (request.method != "POST") return problem(405, wrong("hotline.method", "send with POST"));
    if (request.body.size() > kMostBody) return problem(413, wrong("hotline.too_large", "an event over 64 KB"));
    if (Status known = check(request); !known) {
        services_.count("webhook_refused", 1);
        return problem(401, known.error());
    }
    const std::string type = headerOf(request, "content-type");
    if (!type.empty() && type.find("json") == std::string::npos)
        return problem(415, wrong("hotline.content_type", "send application/json"));
    Result<CallEvent> event = readEvent(request.body, short_call_);
    if (!event) return problem(400, event.error());
    if (seen_.has(event->id)) return stored("duplicate");
    if (stop.stop_requested()) return problem(503, {.code = Errc::kUnavailable, .message = {}, .problem = {}});
    const Result<CallState> known = inbox.call(std::move(event->call));
    if (!known && (known.error().code == Errc::kInvalid || known.error().code == Errc::kTooLarge))
        return problem(400, known.error());
    if (!known) return problem(503, known.error());
    seen_.add(event->id);
    services_.count("webhook_events", 1);
    return stored("stored");
}

}  // namespace pakn::hotline
