#include "hook.hpp"

#include <chrono>
#include <utility>

#include "text.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::size_t kMostBody = 1U << 20U;
constexpr std::chrono::minutes kTellEvery{1};
constexpr std::chrono::minutes kUsualAge{5};

std::string headerOf(const HttpRequest& request, std::string_view name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : found->second;
}

HttpResponse taken() { return {.status = 200, .body = "{}"}; }

/// Of what is no part of any conversation. The names of the counters are ours, not the sender's.
std::string_view counterOf(const Event& event) {
    if (event.kind == EventKind::kEcho) return "echoes";
    if (event.name == "follow") return "follows";
    return event.name == "unfollow" ? "unfollows" : "events_ignored";
}

bool isOfConversation(EventKind kind) {
    return kind != EventKind::kEcho && kind != EventKind::kRelation && kind != EventKind::kOther;
}

}  // namespace

std::int64_t Seldom::note(Instant now) {
    const std::lock_guard lock{mutex_};
    ++untold_;
    if (now < next_) return 0;
    next_ = now + kTellEvery;
    return std::exchange(untold_, 0);
}

Result<HttpResponse> Webhook::handle(const HttpRequest& request, Inbox& inbox) {
    if (request.url.substr(0, request.url.find('?')) != "/")
        return Error{.code = Errc::kNotFound, .message = "no such address", .problem = "zalo.address"};
    if (request.method != "POST") return HttpResponse{.status = 405, .headers = {{"allow", "POST"}}};
    if (request.body.size() > kMostBody)
        return Error{.code = Errc::kTooLarge, .message = "a webhook over 1 MB", .problem = "zalo.too_large"};
    // So the console tries an address before it keeps it. There is nothing in it to believe.
    if (headerOf(request, "x-zevent-signature").empty() && trimmed(request.body) == "{}") return taken();
    if (!isZalos(request)) return stranger();
    return take(request, inbox);
}

/// By the header's time or the body's: which one Zalo signs is not certain.
bool Webhook::isZalos(const HttpRequest& request) const {
    const std::string signature = headerOf(request, "x-zevent-signature");
    if (signature.empty()) return false;
    std::vector<std::string> timestamps;
    if (std::string time = headerOf(request, "x-zevent-timestamp"); !time.empty())
        timestamps.push_back(std::move(time));
    if (!timestamps.empty() && isSigned(rules_.signature, signature, request.body, timestamps)) return true;
    timestamps.assign(1, timestampOf(request.body));
    return isSigned(rules_.signature, signature, request.body, timestamps);
}

/// Anybody can make us write this line, so there is one a minute, and nothing of the request in it.
Error Webhook::stranger() {
    services_.count("strangers", 1);
    if (const std::int64_t told = strangers_.note(services_.now()); told > 0)
        services_.log(LogLevel::kWarning,
                      std::to_string(told) +
                          " webhook request(s) without Zalo's signature were refused; if Zalo sends "
                          "them, look at oa_secret, app_id and signature_first_term");
    return {.code = Errc::kUnauthenticated, .message = "not signed by Zalo", .problem = "zalo.signature"};
}

Result<HttpResponse> Webhook::take(const HttpRequest& request, Inbox& inbox) {
    if (!headerOf(request, "num_retry").empty()) services_.count("webhook_retries", 1);
    const Result<Event> event = readEvent(request.body);
    if (!event) return refuse(request.body, event.error(), inbox);
    lookAtAge(*event);
    if (!rules_.oa_id.empty() && !event->oa_id.empty() && event->oa_id != rules_.oa_id) {
        services_.count("events_of_others", 1);
        return taken();
    }
    if (!isOfConversation(event->kind)) {
        services_.count(counterOf(*event), 1);
        return taken();
    }
    const bool receipt = event->kind == EventKind::kReceived || event->kind == EventKind::kSeen;
    // Somebody who cannot be answered may have no id at all: then each message is a conversation of its own.
    std::string who = event->user_id;
    if (event->kind == EventKind::kAnonymous && who.empty() && !event->msg_ids.empty()) who = event->msg_ids.front();
    if (!isUserId(who)) {
        const Error why{.code = Errc::kInvalid, .message = "the event names no user", .problem = "zalo.unreadable"};
        return refuse(request.body, why, inbox);
    }
    if (event->kind == EventKind::kAnonymous) return keep(std::string{kAnonymousPrefix} + who, *event, request, inbox);
    return keep(receipt ? std::string{kReceiptPrefix} + who : who, *event, request, inbox);
}

Result<HttpResponse> Webhook::keep(const std::string& conversation, const Event& event, const HttpRequest& request,
                                   Inbox& inbox) {
    const std::string id = std::string{kEventPrefix} + keyOf(event, request.body);
    const Result<bool> seen = seen_.has(conversation, id, services_.now());
    if (!seen) return seen.error();
    if (*seen) {
        services_.count("duplicates", 1);
        return taken();
    }
    const Result<std::vector<KeptEvent>> kept =
        inbox.keep({.conversation = conversation, .id = id, .data = request.body});
    if (kept) {
        services_.count("events", 1);
        desk_.notice(conversation);
        return taken();
    }
    // More than the conversation holds, until the next poll. Zalo would send it again and in the end switch the webhook
    // off; so a person gets to see it.
    const bool final = kept.error().code == Errc::kTooLarge || kept.error().code == Errc::kInvalid;
    return final ? refuse(request.body, kept.error(), inbox) : Result<HttpResponse>{kept.error()};
}

/// Signed, and still nothing that can be worked with. To be sent again makes it no better.
Result<HttpResponse> Webhook::refuse(const std::string& raw, Error why, Inbox& inbox) {
    services_.count("events_refused", 1);
    const Result<Accepted> kept = inbox.refuse({.external_id = {}, .raw = raw, .problem = std::move(why)});
    return kept ? Result<HttpResponse>{taken()} : Result<HttpResponse>{kept.error()};
}

/// Never a reason to refuse: Zalo repeats for 12 hours. But somebody should know that it is late.
void Webhook::lookAtAge(const Event& event) {
    if (!event.at) return;
    const auto age = services_.now() - *event.at;
    if (age > kUsualAge) services_.count("events_late", 1);
    if (age <= rules_.max_age) return;
    services_.count("events_too_old", 1);
    if (const std::int64_t told = too_old_.note(services_.now()); told > 0)
        services_.log(LogLevel::kWarning, std::to_string(told) +
                                              " event(s) were older than max_age: the webhook was away, "
                                              "or the clocks differ");
}

}  // namespace pakn::in_zalo
