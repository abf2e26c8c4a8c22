/// @file
/// Status and answers on their way to the portal.

#include "write_back.hpp"

#include <gmock/gmock.h>

#include "core/testing/fake_host.hpp"
#include "mapped.hpp"

namespace pakn::in_portal {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

std::vector<WriteBack> rulesOf(const std::string& yaml, std::size_t mistakes_expected = 0) {
    Mistakes mistakes{"portal.yaml"};
    const std::optional<Node> tree = parseYaml(yaml, mistakes);
    std::vector<WriteBack> rules = readWriteBack(tree ? &*tree : nullptr, {}, mistakes);
    EXPECT_THAT(mistakes.lines(), SizeIs(mistakes_expected)) << yaml;
    return rules;
}

constexpr const char* kRules = R"yaml(
- on: result
  url: https://portal.example/p/{{external_id}}/answer?s={{status}}
  body: '{"id":"{{external_id}}","at":"{{occurred_at}}","text":"{{result_text}}","files":[{{#files}}{"n":"{{name}}","d":"{{{data}}}"}{{^last}},{{/last}}{{/files}}]}'
  status: { answered: "3" }
  reference: /ref
  already: 409
- on: status_update
  method: PUT
  url: https://portal.example/p/{{external_id}}
  body: '{"status":"{{status}}","text":"{{result_text}}"}'
  status: { accepted: "1", in_progress: "2" }
  idempotency_header: Idempotency-Key
)yaml";

Delivery released() {
    return {.id = "d1",
            .idempotency_key = "d1",
            .kind = "result",
            .event = "released",
            .occurred_at = Instant{1772758800s},
            .code = "060326001",
            .status = "answered",
            .channel = "portal",
            .external_id = "A/1?x\"",
            .result_text = "Đã thay \"nắp\"\nhố ga.",
            .attachments = {{.name = "a.pdf", .content = "hello"}, {.name = "b.pdf", .content = "x"}}};
}

class WriteBackTest : public ::testing::Test {
protected:
    Result<Receipt> send(const Delivery& delivery) {
        return WriteBacker{rules_, {.channel = "portal"}, services_}.send(delivery);
    }
    std::string outcome(const Delivery& delivery) {
        const Result<Receipt> receipt = send(delivery);
        return receipt ? (receipt->already ? "already" : "sent")
                       : std::string{errcName(receipt.error().code)} + ' ' + receipt.error().problem;
    }

    std::vector<WriteBack> rules_ = rulesOf(kRules);
    testing::FakeHostServices services_;
};

TEST_F(WriteBackTest, TheAnswerInThePortalsOwnWords) {
    services_.peer.answer({.status = 201, .body = R"({"ref": 77})"});
    const Result<Receipt> receipt = send(released());
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->reference, "77");
    const HttpRequest request = services_.peer.requests().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://portal.example/p/A%2F1%3Fx%22/answer?s=3") << "an id cannot leave its place";
    EXPECT_EQ(request.headers.at("content-type"), "application/json");
    EXPECT_EQ(request.body,
              "{\"id\":\"A/1?x\\\"\",\"at\":\"2026-03-06T08:00:00+07:00\",\"text\":\"Đã thay \\\"nắp\\\"\\nhố ga.\","
              "\"files\":[{\"n\":\"a.pdf\",\"d\":\"aGVsbG8=\"},{\"n\":\"b.pdf\",\"d\":\"eA==\"}]}");
    EXPECT_TRUE(parseJson(request.body));
}

TEST_F(WriteBackTest, AStatusCarriesNoAnswer) {
    Delivery delivery = released();
    delivery.kind = "status_update";
    delivery.status = "in_progress";
    ASSERT_TRUE(send(delivery));
    const HttpRequest request = services_.peer.requests().at(0);
    EXPECT_EQ(request.body, R"({"status":"2","text":""})");
    EXPECT_EQ(request.headers.at("idempotency-key"), "d1");
    delivery.status = "assigned";
    ASSERT_TRUE(send(delivery)) << "a status that the portal does not know is not told";
    EXPECT_THAT(services_.peer.requests(), SizeIs(1));
}

TEST_F(WriteBackTest, WhatIsNotOursIsNotSent) {
    Delivery delivery = released();
    delivery.channel = "zalo";
    EXPECT_EQ(outcome(delivery), "rejected portal.not_ours");
    WriteBacker nameless{rules_, {}, services_};
    EXPECT_EQ(nameless.send(delivery).error().problem, "portal.not_ours") << "who has no name has no petitions";
    delivery = released();
    delivery.external_id.clear();
    EXPECT_EQ(outcome(delivery), "rejected portal.not_ours");
    delivery = released();
    delivery.kind = "notice";
    EXPECT_EQ(outcome(delivery), "rejected portal.no_rule");
    EXPECT_TRUE(services_.peer.requests().empty());
}

TEST_F(WriteBackTest, AnAnswerLeavesWhateverTheStatusIsByThen) {
    Delivery delivery = released();
    delivery.status = "closed";
    services_.peer.answer({.status = 201});
    ASSERT_TRUE(send(delivery));
    ASSERT_THAT(services_.peer.requests(), SizeIs(1)) << "a receipt without a request would lose the answer";
    EXPECT_EQ(services_.peer.requests()[0].url, "https://portal.example/p/A%2F1%3Fx%22/answer?s=3");
}

TEST_F(WriteBackTest, ADoubtIsRepeatedOnlyWhereItDoesNoHarm) {
    Delivery status = released();
    status.kind = "status_update";
    status.status = "accepted";
    const auto both = [&] { return outcome(released()) + " / " + outcome(status); };
    services_.peer.fail({.code = Errc::kUnknownOutcome, .problem = "http.timeout"});
    EXPECT_EQ(both(), "unknown_outcome http.timeout / unavailable http.timeout");
    services_.peer.fail({.code = Errc::kUnavailable, .problem = "http.no_connection"});
    EXPECT_EQ(both(), "unavailable http.no_connection / unavailable http.no_connection") << "nothing was sent";
    services_.peer.answer({.status = 500});
    EXPECT_EQ(both(), "unknown_outcome portal.failed / unavailable portal.failed");
    services_.peer.answer({.status = 503, .headers = {{"retry-after", "60"}}});
    EXPECT_EQ(both(), "unavailable portal.http_503 / unavailable portal.http_503");
    EXPECT_EQ(send(released()).error().retry_after, 60s);
    services_.peer.answer({.status = 401});
    EXPECT_EQ(both(), "unauthenticated portal.http_401 / unauthenticated portal.http_401");
    services_.peer.answer({.status = 404});
    EXPECT_EQ(both(), "rejected portal.http_404 / rejected portal.http_404");
    services_.peer.answer({.status = 409});
    EXPECT_EQ(both(), "already / rejected portal.http_409");
}

TEST_F(WriteBackTest, AskedAboutADoubtItRepeatsWhatIsSafe) {
    WriteBacker writer{rules_, {.channel = "portal"}, services_};
    EXPECT_EQ(writer.reconcile(released()).error().code, Errc::kUnknownOutcome);
    EXPECT_TRUE(services_.peer.requests().empty());
    Delivery status = released();
    status.kind = "status_update";
    status.status = "accepted";
    EXPECT_TRUE(writer.reconcile(status));
    EXPECT_THAT(services_.peer.requests(), SizeIs(1));
}

TEST(WriteBackRules, MistakesAreNamed) {
    rulesOf("- { on: result }", 1);
    rulesOf("- { on: reslt, url: https://a.example/ }", 1);
    rulesOf("- { on: result, url: \"https://{{external_id}}.example/\" }", 1);
    rulesOf("- { on: result, url: \"https://a.example{{external_id}}\" }", 1);
    rulesOf("- { on: result, url: \"{{external_id}}\" }", 1);
    rulesOf("- { on: result, url: /relative }", 1);
    rulesOf("- { on: result, url: https://a.example/, body: \"{{#open}}\", status: { answerd: x }, already: soon }", 4);
    rulesOf("on: result", 1);
    rulesOf("- { on: result, url: https://a.example/, status: { accepted: x } }", 1);
    rulesOf("- { on: result, url: https://a.example/, status: { accepted: x, other: y } }");
    rulesOf("- { on: status_update, url: https://a.example/, status: { accepted: x } }");
}

}  // namespace
}  // namespace pakn::in_portal
