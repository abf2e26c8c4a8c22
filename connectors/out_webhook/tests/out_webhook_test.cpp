/// @file
/// What out_webhook puts on the wire, seen by a client that records it.

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "connectors/out_webhook/envelope.hpp"
#include "connectors/out_webhook/tests/loaded_webhook.hpp"
#include "core/testing/option_table.hpp"
#include "core/testing/temporary_folder.hpp"
#include "standard_webhooks.hpp"
#include "test_paths.hpp"

namespace pakn::out_webhook {
namespace {

using testing::FakeHostServices;

Poco::JSON::Object::Ptr parse(const std::string& text) {
    return Poco::JSON::Parser{}.parse(text).extract<Poco::JSON::Object::Ptr>();
}

class OutWebhookTest : public ::testing::Test {
protected:
    Result<Receipt> send(const Delivery& delivery, Settings::Values values = {}) {
        auto instance = load(services_, std::move(values));
        return instance ? (*instance)->send(delivery, {}) : instance.error();
    }
    HttpRequest sent(const Delivery& delivery, Settings::Values values = {}) {
        EXPECT_TRUE(send(delivery, std::move(values)));
        const std::vector<HttpRequest> requests = services_.peer.requests();
        return requests.empty() ? HttpRequest{} : requests.back();
    }

    FakeHostServices services_;
};

TEST_F(OutWebhookTest, SendsACloudEvent) {
    const HttpRequest request = sent(released());
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://receiver.example/hook");
    EXPECT_EQ(request.headers.at("content-type").rfind("application/cloudevents+json", 0), 0U);
    const auto event = parse(request.body);
    EXPECT_EQ(event->getValue<std::string>("specversion"), "1.0");
    EXPECT_EQ(event->getValue<std::string>("id"), "018f2c7a-0000-7000-8000-000000000001");
    EXPECT_EQ(event->getValue<std::string>("source"), "urn:paknhub");
    EXPECT_EQ(event->getValue<std::string>("type"), "vn.pakn.petition.released.v1");
    EXPECT_EQ(event->getValue<std::string>("subject"), "060326001");
    EXPECT_EQ(event->getValue<std::string>("time"), "2026-03-06T08:00:00.250+07:00");
    EXPECT_EQ(event->getValue<std::string>("datacontenttype"), "application/json");
    const auto data = event->getObject("data");
    EXPECT_EQ(data->getValue<std::string>("code"), "060326001");
    EXPECT_EQ(data->getValue<std::string>("petition_id"), "p-1");
    EXPECT_EQ(data->getValue<std::string>("status"), "answered");
    EXPECT_EQ(data->getValue<std::string>("unit"), "so-xay-dung");
    EXPECT_EQ(data->getValue<std::string>("unit_name"), "Sở Xây dựng");
    EXPECT_EQ(data->getValue<std::string>("channel"), "web");
    EXPECT_EQ(data->getValue<std::string>("external_id"), "ext-9");
    EXPECT_EQ(data->getValue<std::string>("title"), "Hố ga mất nắp");
    const auto result = data->getObject("result");
    EXPECT_EQ(result->getValue<std::string>("text"), "Đã thay nắp hố ga.");
    const auto file = result->getArray("files")->getObject(0);
    EXPECT_EQ(file->getValue<std::string>("name"), "công văn.pdf");
    EXPECT_EQ(file->getValue<std::string>("content_type"), "application/pdf");
    EXPECT_EQ(file->getValue<int>("size"), 3);
    EXPECT_EQ(file->getValue<std::string>("sha256"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_FALSE(file->has("data"));
}

TEST_F(OutWebhookTest, FilesTravelInsideOnlyWhenAsked) {
    const auto event = parse(sent(released(), {{"include_files", "true"}, {"source", "urn:tinh-mau"}}).body);
    EXPECT_EQ(event->getValue<std::string>("source"), "urn:tinh-mau");
    const auto file = event->getObject("data")->getObject("result")->getArray("files")->getObject(0);
    EXPECT_EQ(file->getValue<std::string>("data"), "YWJj");
}

TEST_F(OutWebhookTest, OnlyAResultCarriesAResult) {
    Delivery delivery = released();
    delivery.kind = "status_update";
    delivery.event = "distributed";
    delivery.external_id = "";
    delivery.unit = delivery.unit_name = "";
    const auto event = parse(sent(delivery).body);
    EXPECT_EQ(event->getValue<std::string>("type"), "vn.pakn.petition.distributed.v1");
    const auto data = event->getObject("data");
    EXPECT_FALSE(data->has("result"));
    EXPECT_TRUE(data->isNull("external_id"));
    EXPECT_TRUE(data->isNull("unit"));
    EXPECT_TRUE(data->isNull("unit_name"));
}

TEST_F(OutWebhookTest, SignsWithEveryKeyOverIdTimeAndBody) {
    services_.clock.set(Instant{std::chrono::milliseconds{1614265330999}});
    const HttpRequest one = sent(released());
    EXPECT_EQ(one.headers.at("webhook-id"), released().idempotency_key);
    EXPECT_EQ(one.headers.at("webhook-timestamp"), "1614265330");
    const std::string expected = webhooks::SigningKey{kSecret}.sign(released().idempotency_key, "1614265330", one.body);
    EXPECT_EQ(one.headers.at("webhook-signature"), expected);

    const HttpRequest two = sent(released(), {{"previous_secret", "the old one, 24 bytes or more"}});
    EXPECT_EQ(two.headers.at("webhook-signature"), expected + ' ' +
                                                       webhooks::SigningKey{"the old one, 24 bytes or more"}.sign(
                                                           released().idempotency_key, "1614265330", two.body));
}

TEST_F(OutWebhookTest, ARetryKeepsIdAndBodyAndTakesTheTimeOfTheAttempt) {
    services_.peer.answer({.status = 503});
    Delivery delivery = released();
    EXPECT_FALSE(send(delivery));
    services_.clock.advance(std::chrono::hours{5});
    delivery.attempt = 2;
    EXPECT_FALSE(send(delivery));
    const std::vector<HttpRequest> requests = services_.peer.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].headers.at("webhook-id"), requests[1].headers.at("webhook-id"));
    EXPECT_EQ(requests[0].body, requests[1].body);
    EXPECT_NE(requests[0].headers.at("webhook-timestamp"), requests[1].headers.at("webhook-timestamp"));
    EXPECT_NE(requests[0].headers.at("webhook-signature"), requests[1].headers.at("webhook-signature"));
}

TEST_F(OutWebhookTest, EscapesWhatJsonMustEscapeAndNothingElse) {
    Delivery delivery = released();
    delivery.title = "\"\\/\b\f\n\r\t\x01\x7f Nguyễn Đình Ửng \xf0\x9f\x98\x80 </script>";
    const HttpRequest request = sent(delivery);
    EXPECT_EQ(parse(request.body)->getObject("data")->getValue<std::string>("title"), delivery.title);
    EXPECT_NE(request.body.find("Nguyễn Đình Ửng"), std::string::npos) << "NFC bytes leave as they are";
    EXPECT_EQ(request.body.find('\n'), std::string::npos);
}

TEST_F(OutWebhookTest, ATextThatIsNoUtf8IsNotSent) {
    for (const char* text : {"\xff", "a\xc0\xaf", "\xed\xa0\x80", "cut \xe1\xbb"}) {
        Delivery delivery = released();
        delivery.result_text = text;
        const Result<Receipt> receipt = send(delivery);
        ASSERT_FALSE(receipt) << text;
        EXPECT_EQ(receipt.error().code, Errc::kInternal);
    }
    EXPECT_TRUE(services_.peer.requests().empty());
}

TEST_F(OutWebhookTest, PassesTheClientsErrorsOn) {
    for (const Errc code : {Errc::kUnavailable, Errc::kUnknownOutcome, Errc::kMisconfigured}) {
        services_.peer.fail({.code = code});
        const Result<Receipt> receipt = send(released());
        ASSERT_FALSE(receipt);
        EXPECT_EQ(receipt.error().code, code);
    }
}

TEST_F(OutWebhookTest, HandsItsTimeoutToTheClient) {
    std::chrono::milliseconds timeout{};
    services_.peer.setPeer([&](const HttpRequest&, const HttpClient::Limits& limits) {
        timeout = limits.timeout;
        return HttpResponse{};
    });
    EXPECT_TRUE(send(released()));
    EXPECT_EQ(timeout, std::chrono::seconds{10});
    EXPECT_TRUE(send(released(), {{"timeout", "250ms"}}));
    EXPECT_EQ(timeout, std::chrono::milliseconds{250});
}

TEST_F(OutWebhookTest, ABrokenSecretIsAMisconfigurationThatDoesNotShowIt) {
    for (const char* option : {"secret", "previous_secret"}) {
        const auto instance = load(services_, {{option, "whsec_not+base64!"}});
        ASSERT_FALSE(instance) << option;
        EXPECT_EQ(instance.error().code, Errc::kMisconfigured);
        EXPECT_EQ(instance.error().message.find("not+base64"), std::string::npos);
    }
}

TEST_F(OutWebhookTest, WarnsOfAShortSecret) {
    ASSERT_TRUE(load(services_, {{"secret", "short"}}));
    ASSERT_EQ(services_.logged().size(), 1U);
    EXPECT_EQ(services_.logged().front().level, LogLevel::kWarning);
    EXPECT_EQ(services_.logged().front().text.find("short"), std::string::npos);
}

TEST_F(OutWebhookTest, DeclaresThatItsPeersActOnce) {
    EXPECT_EQ(host().find("out_webhook")->info.idempotency, Idempotency::kHonoured);
}

TEST_F(OutWebhookTest, TheReadmeShowsTheOptionTable) {
    const std::string readme = testing::readFile(PAKN_SOURCE_DIR "/connectors/out_webhook/README.md");
    const std::string table = testing::optionTable(host().find("out_webhook")->info.options);
    EXPECT_NE(readme.find(table), std::string::npos) << table;
}

TEST(EnvelopeTest, WritesVietNamTime) {
    using std::chrono::milliseconds;
    EXPECT_EQ(rfc3339(Instant{milliseconds{0}}), "1970-01-01T07:00:00+07:00");
    EXPECT_EQ(rfc3339(Instant{milliseconds{1772729999000}}), "2026-03-05T23:59:59+07:00");
    EXPECT_EQ(rfc3339(Instant{milliseconds{1772730000007}}), "2026-03-06T00:00:00.007+07:00");
    EXPECT_EQ(rfc3339(Instant{milliseconds{1709139600000}}), "2024-02-29T00:00:00+07:00");
    EXPECT_EQ(rfc3339(Instant{milliseconds{-1}}), "1970-01-01T06:59:59.999+07:00");
}

}  // namespace
}  // namespace pakn::out_webhook
