/// @file
/// The three ways in which a call centre tells of calls: packets of Asterisk, its webhook, files of call records.

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "harness.hpp"
#include "plugins/in_hotline1022/ami_packet.hpp"
#include "plugins/in_hotline1022/call_facts.hpp"
#include "plugins/in_hotline1022/call_tracker.hpp"
#include "plugins/in_hotline1022/cdr_table.hpp"
#include "plugins/in_hotline1022/signed_events.hpp"
#include "plugins/in_hotline1022/text.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::hotline;

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};
constexpr std::chrono::milliseconds kShortest{5000};

void checkCall(const Call& call) {
    FUZZ_CHECK(call.result.empty() || isResult(call.result));
    FUZZ_CHECK(!call.recording.has_value());
}

struct Heard {
    std::vector<std::string> values = {};
    friend bool operator==(const Heard&, const Heard&) = default;
};

template <class Piece>
Heard listen(std::string_view bytes, Piece piece) {
    AmiParser parser;
    Heard heard;
    CallTracker tracker{{.contexts = {}, .short_call = kShortest}};
    Instant at = kNow;
    while (!bytes.empty()) {
        const std::size_t size = std::min(bytes.size(), piece());
        const Exact next{bytes.substr(0, size)};
        bytes.remove_prefix(size);
        for (const AmiPacket& packet : parser.feed(next.view())) {
            for (const char* key : {"Event", "Response", "Uniqueid", "Linkedid", "Channel", "Context"}) {
                const std::string_view value = packet.get(key);
                FUZZ_CHECK(value.size() <= AmiParser::kMostLine && trimmed(value) == value);
                FUZZ_CHECK(value.find_first_of("\r\n") == std::string_view::npos ||
                           value.find('\n') == std::string_view::npos);
                heard.values.emplace_back(value);
            }
            at += std::chrono::seconds{1};
            if (const std::optional<Call> call = tracker.take(packet, at)) {
                checkCall(*call);
                FUZZ_CHECK(!call->id.empty());
                if (call->started_at && call->ended_at) FUZZ_CHECK(*call->started_at <= *call->ended_at);
                heard.values.push_back(call->id + '|' + call->caller + '|' + call->agent + '|' + call->result);
            }
            FUZZ_CHECK(tracker.size() <= CallTracker::kMostCalls);
        }
    }
    return heard;
}

void tryExchange(std::string_view bytes) {
    Cuts cuts{bytes};
    const Heard whole = listen(bytes, [&] { return bytes.size(); });
    const Heard pieces = listen(bytes, [&] { return 1 + cuts.next(12); });
    FUZZ_CHECK(whole == pieces);
}

void tryWebhook(std::string_view signature, std::string_view stamp, std::string_view body) {
    if (const Result<CallEvent> event = readEvent(body, kShortest)) {
        FUZZ_CHECK(!event->id.empty() && event->id.size() <= 200 && !event->call.id.empty());
        checkCall(event->call);
        for (const auto& [name, value] : event->call.attributes) FUZZ_CHECK(value.size() <= 2000 && isUtf8(value));
    } else {
        FUZZ_CHECK(event.error().problem.starts_with("hotline."));
    }
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    Webhook webhook{{"secret-of-the-call-centre"}, kShortest, services};
    HttpRequest request{.method = "POST", .body = std::string{body}};
    request.headers["x-hub-signature"] = signature;
    request.headers["x-hub-timestamp"] = stamp;
    const HttpResponse answer = webhook.handle(request, inbox, {});
    FUZZ_CHECK(answer.status == 401 || answer.status == 413);  // Nobody can sign for it.
    FUZZ_CHECK(isUtf8(answer.body));
}

void tryRecords(const std::string& encoding, std::string_view bytes) {
    int last = 0;
    const Status read = readCdr(bytes, encoding, kShortest, [&](CdrRow row) -> Status {
        FUZZ_CHECK(row.number > last);
        last = row.number;
        if (row.call) {
            FUZZ_CHECK(!row.call->id.empty() && row.call->id.size() <= 200 && row.call->started_at.has_value());
            FUZZ_CHECK(isUtf8(row.call->id) && isUtf8(row.call->caller) && row.call->caller.size() <= 100);
            checkCall(*row.call);
        } else {
            FUZZ_CHECK(row.call.error().problem == "hotline.row");
        }
        return Done{};
    });
    if (!read) FUZZ_CHECK(read.error().problem.starts_with("hotline."));
    const std::string cell = plainCell(bytes);
    FUZZ_CHECK(cell.size() <= bytes.size());
}

void tryAddress(std::string_view text) {
    const std::string origin = originOf(text);
    if (origin.empty()) return;
    FUZZ_CHECK(originOf(origin) == origin && origin.find_first_of("@/?# \r\n", 8) == std::string::npos);
    if (isLoopback(origin)) FUZZ_CHECK(isLoopback(originOf(origin + "/x")));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(5);
    if (what == 0) return tryExchange(input.rest());
    if (what == 1) {
        const std::string_view signature = input.line();
        const std::string_view stamp = input.line();
        const Exact body{input.rest()};
        return tryWebhook(signature, stamp, body.view());
    }
    const Exact text{input.rest()};
    if (what == 2) return tryRecords("utf-8", text.view());
    if (what == 3) return tryRecords("windows-1258", text.view());
    tryAddress(text.view());
}

}  // namespace pakn::fuzz
