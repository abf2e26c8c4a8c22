/// @file
/// A portal that talks to us in every way: pages of its list with the links between them, and what it pushes, signed.
/// Nothing of it is lost on the way: each item is stored, known or refused; and no list keeps us for ever.

#include <algorithm>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "harness.hpp"
#include "plugins/in_portal/mapping.hpp"
#include "plugins/in_portal/pull.hpp"
#include "plugins/in_portal/push.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_portal;

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};
constexpr int kMostPages = 4;

struct Portal {
    Mapping mapping = {};
    std::vector<PullShape> shapes = {};
};

const Portal& portal() {
    static const Portal made = [] {
        Mistakes mistakes{"known"};
        Portal all;
        const auto tree = parseYaml("fields: { external_id: /id, content: /text, occurred_at: /at }", mistakes);
        Section top{&*tree, mistakes};
        all.mapping = readMapping(top);
        for (const char* yaml :
             {"paging: { kind: link }", "paging: { kind: cursor, parameter: c, next: /next, more: /more }",
              "paging: { kind: page, parameter: p }\nsince: { parameter: s, from: /at, overlap: 10m, format: epoch }",
              "paging: { kind: offset, parameter: o, size_parameter: n, size: 2 }"}) {
            const auto shape = parseYaml(yaml, mistakes);
            all.shapes.push_back(readPullShape(&*shape, {}, mistakes));
        }
        FUZZ_CHECK(mistakes.lines().empty());
        return all;
    }();
    return made;
}

/// Hosts are the same whatever their case.
bool beginsWithPortal(std::string url) {
    constexpr std::string_view kPortal = "https://portal.example/";
    url.resize(std::min(url.size(), kPortal.size()));
    std::transform(url.begin(), url.end(), url.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return url == kPortal;
}

void tryPull(Input& input) {
    const PullShape& shape = portal().shapes[input.choice(4)];
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    services.clock.set(kNow);
    std::size_t asked = 0;
    Input answers = input;
    services.peer.setPeer([&](const HttpRequest& request, const HttpClient::Limits&) -> Result<HttpResponse> {
        ++asked;
        // Whatever a portal says of its next page, nobody else is asked.
        FUZZ_CHECK(beginsWithPortal(request.url));
        FUZZ_CHECK(request.url.find_first_of(" \r\n") == std::string::npos);
        HttpResponse answer;
        answer.status = answers.flag() ? 404 : 200;
        answer.headers["link"] = answers.line();
        answer.body = answers.part();
        return answer;
    });
    Intake intake{portal().mapping, services, {}};
    for (int round = 0; round < 3; ++round) {  // As after two restarts.
        Puller puller{
            shape, {.url = "https://portal.example/api", .pages = kMostPages}, portal().mapping, intake, services};
        const Status polled = puller.poll(inbox, {});
        FUZZ_CHECK(polled.ok() || !polled.error().message.empty());
    }
    FUZZ_CHECK(asked <= 3 * (kMostPages + 1));
    for (const IncomingPetition& one : inbox.stored()) FUZZ_CHECK(!one.external_id.empty() && isUtf8(one.text));
}

void tryPush(std::string_view id, std::string_view body) {
    constexpr std::string_view kSecret = "whsec_ZnV6ei1rZXktb2YtMjQtYnl0ZXMtYW5kLW1vcmU=";
    const PushShape shape{.scheme = PushShape::Scheme::kStandardWebhooks,
                          .header = "webhook-signature",
                          .what = PushShape::Signed::kIdTimestampBody,
                          .timestamp_header = "webhook-timestamp",
                          .id_header = "webhook-id"};
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    services.clock.set(kNow);
    Intake intake{portal().mapping, services, {}};
    PushTaker taker{PushGuard{shape, {std::string{kSecret}}}, portal().mapping, intake, services};
    HttpRequest request{.method = "POST", .url = "/", .body = std::string{body}};
    request.headers["content-type"] = "application/json";
    request.headers["webhook-id"] = id;
    request.headers["webhook-timestamp"] = "1772755200";
    request.headers["webhook-signature"] = webhooks::SigningKey{kSecret}.sign(id, "1772755200", body);
    const HttpResponse answer = taker.handle(request, inbox);
    FUZZ_CHECK(answer.status == 200 || answer.status == 400 || answer.status == 422);
    FUZZ_CHECK(isUtf8(answer.body) && parseJson(answer.body).ok());
    const std::size_t stored = inbox.stored().size();
    // The same once more is known, not stored twice.
    const HttpResponse again = taker.handle(request, inbox);
    FUZZ_CHECK(again.status == answer.status && inbox.stored().size() == stored);
    request.headers["webhook-signature"] = "v1,AAAA";
    FUZZ_CHECK(taker.handle(request, inbox).status == 401);
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    if (input.flag()) return tryPull(input);
    const std::string_view id = input.line();
    tryPush(id, input.rest());
}

}  // namespace pakn::fuzz
