/// @file
/// Deliveries to Zalo users: each message once, whatever happens in between, and every error with its remedy.

#include "messenger.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kCs = "/v3.0/oa/message/cs";
constexpr const char* kUserTemplate = "/v3.0/oa/message/template";
constexpr const char* kPhoneTemplate = "/message/template";
constexpr const char* kUploadImage = "/v2.0/oa/upload/image";

/// A hub whose store can be read, and not written, while it is `away`.
class Services final : public testing::FakeHostServices {
public:
    State& state() override { return state_; }
    bool away = false;

private:
    class GuardedState final : public State {
    public:
        explicit GuardedState(Services& services) : services_{services} {}
        Result<std::optional<std::string>> get(std::string_view key) override { return services_.kept.get(key); }
        Status put(std::string_view key, std::string_view value) override {
            if (services_.away) return Error{.code = Errc::kUnavailable, .message = "away"};
            return services_.kept.put(key, value);
        }

    private:
        Services& services_;
    };
    GuardedState state_{*this};
};

class MessengerTest : public ::testing::Test {
protected:
    void start(Settings::Values values = {}, Settings::Lists lists = {}) {
        values.emplace("result_template_user", "U1");
        values.emplace("result_template_phone", "P1");
        settings_ = settingsWith(std::move(values), std::move(lists));
        restart();
    }
    void restart() { connector_ = std::make_unique<Connector>(services_, settings_); }
    void SetUp() override { start(); }

    static Delivery answer(std::string way = {}) {
        Delivery delivery{.id = "d-1",
                          .idempotency_key = "key-1",
                          .kind = "result",
                          .code = "060326001",
                          .result_text = "Đã thay nắp hố ga.",
                          .way = std::move(way),
                          .reply_address = kUser,
                          .link = "https://hub.example/track"};
        delivery.recipient = {.kind = "petitioner", .phone = "+84912345678"};
        return delivery;
    }
    static Delivery withPhoto() {
        Delivery delivery = answer();
        delivery.attachments = {{.name = "sau.jpg", .content_type = "image/jpeg", .content = "\xFF\xD8\xFF"},
                                {.name = "cv.pdf", .content_type = "application/pdf", .content = "%PDF-1.4"}};
        return delivery;
    }
    Result<Receipt> send(const Delivery& delivery) { return connector_->messenger.send(delivery, {}); }
    std::string outcome(const Delivery& delivery) {
        const Result<Receipt> sent = send(delivery);
        return sent ? "sent" : std::string{errcName(sent.error().code)};
    }
    std::vector<std::string> paths() const {
        std::vector<std::string> all;
        for (const FakeZalo::Message& one : zalo_.messages()) all.push_back(one.path);
        return all;
    }

    Services services_;
    FakeZalo zalo_{services_.peer};
    Settings settings_;
    std::unique_ptr<Connector> connector_;
};

TEST_F(MessengerTest, AnAnswerIsAMessage) {
    const Result<Receipt> sent = send(answer());
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->reference, "out-1");
    ASSERT_THAT(zalo_.messages(), SizeIs(1));
    EXPECT_EQ(zalo_.messages()[0].to, kUser);
    EXPECT_THAT(zalo_.messages()[0].text, HasSubstr("Đã thay nắp hố ga."));
    EXPECT_THAT(zalo_.messages()[0].text, HasSubstr("https://hub.example/track"));
    Slots messages{services_.state(), "message", kMessageSlots};
    EXPECT_EQ(readSentMessage(messages.find("out-1")->value_or("")).delivery, "d-1") << "for its receipts";
}

TEST_F(MessengerTest, ThePagesOfTheProvinceAreLinkedWhereTheSecretIsKnown) {
    start({{"tracking_url", "https://paht.example/{code}?t={token}"}});
    KnownUsers users{services_.state()};
    ASSERT_TRUE(users.add(kUser, {.code = "060326001", .token = "s/1"}));
    ASSERT_TRUE(send(answer()));
    EXPECT_THAT(zalo_.messages()[0].text, HasSubstr("https://paht.example/060326001?t=s%2F1"));
}

TEST_F(MessengerTest, AnAnswerToWhomThisConnectorHasForgottenIsLinkedAllTheSame) {
    start({{"tracking_url", "https://paht.example/{code}?t={token}"}});
    services_.people.own[kUser] = {{.petition = {.code = "060326009"}, .secret = "s/9"},
                                   {.petition = {.code = "060326001"}, .secret = "s/1"}};
    ASSERT_TRUE(send(answer()));
    EXPECT_THAT(zalo_.messages()[0].text, HasSubstr("https://paht.example/060326001?t=s%2F1"));
    Delivery other = answer();
    other.idempotency_key = "key-2";
    other.code = "060326002";
    ASSERT_TRUE(send(other));
    EXPECT_THAT(zalo_.messages()[1].text, HasSubstr("https://hub.example/track")) << "of somebody else's petition";
}

TEST_F(MessengerTest, AnAnswerIsOneWhetherThisConnectorKnowsTheUserOrTheHub) {
    start({{"tracking_url", "https://paht.example/{code}?t={token}"}});
    KnownUsers users{services_.state()};
    ASSERT_TRUE(users.add(kUser, {.code = "060326001", .token = "s/1"}));
    services_.people.own[kUser] = {{.petition = {.code = "060326001"}, .secret = "s/1"}};
    zalo_.nextCode(-211, kUploadImage);
    EXPECT_EQ(outcome(withPhoto()), "deferred");
    for (int i = 0; i < 20'000 && !users.of(kUser)->empty(); ++i)
        ASSERT_TRUE(users.add(std::to_string(i), {.code = "060326002", .token = "s"}));
    ASSERT_THAT(*users.of(kUser), IsEmpty());
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_THAT(zalo_.messages(), SizeIs(3)) << "the words came once";
}

TEST_F(MessengerTest, WhileTheHubCannotTellOfAPetitionItsAnswerWaits) {
    AwayServices away{services_};
    settings_ = settingsWith({{"tracking_url", "https://paht.example/{code}?t={token}"},
                              {"result_template_user", "U1"},
                              {"result_template_phone", "P1"}});
    connector_ = std::make_unique<Connector>(away, settings_);
    for (const char* way : {"", "template_user", "template_phone"})
        EXPECT_EQ(outcome(answer(way)), "unavailable") << way;
    const Result<Receipt> reconciled = connector_->messenger.reconcile(answer(), {});
    ASSERT_FALSE(reconciled);
    EXPECT_EQ(reconciled.error().code, Errc::kUnavailable);
    EXPECT_THAT(zalo_.messages(), IsEmpty());
    restart();
    EXPECT_EQ(outcome(answer()), "sent");
}

TEST_F(MessengerTest, FilesFollowTheWords) {
    ASSERT_TRUE(send(withPhoto()));
    ASSERT_THAT(zalo_.messages(), SizeIs(3));
    EXPECT_THAT(zalo_.messages()[1].body, HasSubstr(R"("attachment_id":"A)"));
    EXPECT_THAT(zalo_.messages()[2].body, HasSubstr(R"("token":"F)"));
    for (const HttpRequest& request : services_.peer.requests())
        if (request.url.find("upload") != std::string::npos) {
            EXPECT_THAT(request.headers.at("content-type"), HasSubstr("multipart/form-data; boundary="));
            EXPECT_THAT(request.body, HasSubstr("name=\"file\"; filename=\""));
        }
}

TEST_F(MessengerTest, ARetryRepeatsNothingThatWasSent) {
    zalo_.next(kUploadImage, Error{.code = Errc::kUnavailable, .message = "no"});
    EXPECT_EQ(outcome(withPhoto()), "unavailable");
    EXPECT_THAT(zalo_.messages(), SizeIs(1));
    restart();
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_THAT(zalo_.messages(), SizeIs(3)) << "the words came once";
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_THAT(zalo_.messages(), SizeIs(3));
}

TEST_F(MessengerTest, WhatIsSentInPartIsRememberedHoweverManyAnswersFollow) {
    zalo_.nextCode(-211, kUploadImage);
    EXPECT_EQ(outcome(withPhoto()), "deferred") << "the quota of the day";
    for (int i = 0; i < 8000; ++i) {  // Four times the slots there are.
        Delivery other = answer();
        other.idempotency_key = "other-" + std::to_string(i);
        services_.clock.advance(1s);
        ASSERT_EQ(outcome(other), "sent");
    }
    restart();
    const std::size_t before = zalo_.messages().size();
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_EQ(zalo_.messages().size(), before + 2) << "the words came once";
    EXPECT_TRUE(connector_->messenger.reconcile(withPhoto(), {}));
    EXPECT_EQ(zalo_.messages().size(), before + 2) << "and that it is sent is known, too";
}

TEST_F(MessengerTest, WhatNothingCameOfTakesNoRoomFromWhatIsSentInPart) {
    zalo_.nextCode(-211, kUploadImage);
    EXPECT_EQ(outcome(withPhoto()), "deferred");
    for (int i = 0; i < 8000; ++i) {
        Delivery other = answer();
        other.idempotency_key = "other-" + std::to_string(i);
        services_.clock.advance(1s);
        zalo_.nextCode(-230);
        ASSERT_EQ(outcome(other), "fallback");
    }
    const std::size_t before = zalo_.messages().size();
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_EQ(zalo_.messages().size(), before + 2);
}

TEST_F(MessengerTest, AnUploadIsNotRepeatedForTheNextTry) {
    ASSERT_EQ(outcome(answer()), "sent");
    Delivery photo = withPhoto();
    photo.idempotency_key = "key-2";
    zalo_.next(kCs, HttpResponse{.body = R"({"error":0,"data":{"message_id":"x"}})"});
    zalo_.nextCode(-32);
    EXPECT_EQ(outcome(photo), "unavailable");
    EXPECT_EQ(outcome(photo), "sent");
    EXPECT_EQ(zalo_.asked(kUploadImage), 1);
}

TEST_F(MessengerTest, AnExpiredUploadIsMadeAgainOnce) {
    zalo_.next(kCs, HttpResponse{.body = R"({"error":0,"data":{"message_id":"x"}})"});
    zalo_.nextCode(-32);
    EXPECT_EQ(outcome(withPhoto()), "unavailable");
    zalo_.nextCode(-100);
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_EQ(zalo_.asked(kUploadImage), 2);
    Delivery other = withPhoto();
    other.idempotency_key = "key-2";
    zalo_.next(kCs, HttpResponse{.body = R"({"error":0,"data":{"message_id":"x"}})"});
    zalo_.nextCode(-100);
    EXPECT_EQ(outcome(other), "unavailable") << "it was fresh: later again";
}

TEST_F(MessengerTest, AFileThatIsNeverTakenDoesNotSpoilTheAnswer) {
    zalo_.nextCode(-201, kUploadImage);
    EXPECT_EQ(outcome(withPhoto()), "sent");
    EXPECT_THAT(zalo_.messages(), SizeIs(2));
    EXPECT_EQ(services_.counted("reply_files_lost"), 1);
}

TEST_F(MessengerTest, SentAndNoAnswerIsNotKnown) {
    zalo_.next(kCs, Error{.code = Errc::kUnknownOutcome, .message = "no", .problem = "http.timeout"});
    EXPECT_EQ(outcome(answer()), "unknown_outcome");
    EXPECT_EQ(connector_->messenger.reconcile(answer(), {}).error().code, Errc::kUnknownOutcome);
    EXPECT_EQ(outcome(answer()), "sent") << "when a person says so";
    for (const int status : {500, 502, 504, 408}) {
        Delivery delivery = answer();
        delivery.idempotency_key = std::to_string(status);
        zalo_.next(kCs, HttpResponse{.status = status});
        EXPECT_EQ(outcome(delivery), "unknown_outcome") << status;
    }
}

TEST_F(MessengerTest, ACrashIsReconciledByWhatIsWrittenDown) {
    // Died before anything was sent: nothing is in doubt.
    EXPECT_TRUE(connector_->messenger.reconcile(answer(), {}));
    EXPECT_THAT(zalo_.messages(), SizeIs(1));
    // Died after all was sent.
    EXPECT_TRUE(connector_->messenger.reconcile(answer(), {}));
    EXPECT_THAT(zalo_.messages(), SizeIs(1));
    // Died while one was on its way.
    const auto dies_at = [this](const std::string& path) {
        zalo_.before = [path](const HttpRequest& request) {
            if (request.url.find(path) != std::string::npos) throw std::runtime_error{"dead"};
        };
    };
    Delivery photo = withPhoto();
    photo.idempotency_key = "key-2";
    dies_at(kCs);
    EXPECT_THROW(static_cast<void>(send(photo).ok()), std::runtime_error);
    zalo_.before = {};
    restart();
    const Result<Receipt> in_doubt = connector_->messenger.reconcile(photo, {});
    ASSERT_FALSE(in_doubt);
    EXPECT_EQ(in_doubt.error().code, Errc::kUnknownOutcome);
    // Died while a file was uploaded: nobody sees an upload, so the rest is sent.
    photo.idempotency_key = "key-3";
    const std::size_t before = zalo_.messages().size();
    dies_at(kUploadImage);
    EXPECT_THROW(static_cast<void>(send(photo).ok()), std::runtime_error);
    EXPECT_EQ(zalo_.messages().size(), before + 1);
    zalo_.before = {};
    restart();
    EXPECT_TRUE(connector_->messenger.reconcile(photo, {}));
    EXPECT_EQ(zalo_.messages().size(), before + 3) << "the words are not repeated";
}

TEST_F(MessengerTest, WhatCouldNotBeNotedIsInDoubtUntilAPersonWantsItSent) {
    zalo_.before = [this](const HttpRequest& request) {
        services_.away = services_.away || request.url.find(kCs) != std::string::npos;
    };
    Delivery photo = withPhoto();
    EXPECT_EQ(outcome(photo), "unavailable") << "the words went out, and the store is away";
    EXPECT_THAT(zalo_.messages(), SizeIs(1));
    zalo_.before = {};
    services_.away = false;
    restart();
    photo.attempt = 2;
    EXPECT_EQ(outcome(photo), "unknown_outcome");
    EXPECT_THAT(zalo_.messages(), SizeIs(1)) << "nothing is sent twice by itself";
    photo.attempt = 1;
    EXPECT_EQ(outcome(photo), "sent");
    EXPECT_THAT(zalo_.messages(), SizeIs(4));

    Delivery by_template = answer("template_phone");
    zalo_.next(kPhoneTemplate, Error{.code = Errc::kUnavailable, .message = "no"});
    zalo_.before = [this](const HttpRequest&) { services_.away = true; };
    EXPECT_EQ(outcome(by_template), "unavailable");
    services_.away = false;
    zalo_.before = {};
    by_template.attempt = 2;
    EXPECT_EQ(outcome(by_template), "unknown_outcome");
}

TEST_F(MessengerTest, HttpAnswersHaveARemedy) {
    const std::pair<int, const char*> answers[] = {{400, "rejected"},    {403, "unauthenticated"}, {404, "rejected"},
                                                   {301, "rejected"},    {425, "unavailable"},     {429, "unavailable"},
                                                   {503, "unavailable"}, {413, "rejected"}};
    for (const auto& [status, expected] : answers) {
        Delivery delivery = answer();
        delivery.idempotency_key = std::to_string(status);
        zalo_.next(kCs, HttpResponse{.status = status, .headers = {{"retry-after", "7"}}});
        EXPECT_EQ(outcome(delivery), expected) << status;
    }
    for (const char* body : {"", "{}", "<html>", "[]", R"({"error":"x"})"}) {
        Delivery delivery = answer();
        delivery.idempotency_key = std::string{"body"} + body;
        zalo_.next(kCs, HttpResponse{.body = body});
        const std::string got = outcome(delivery);
        EXPECT_TRUE(got == "unknown_outcome" || got == "unavailable") << body << ' ' << got;
    }
}

TEST_F(MessengerTest, ATokenThatIsNoLongerTakenIsReplacedAndTheMessageSentOnce) {
    for (const int code : {-216, -220}) {
        Delivery delivery = answer();
        delivery.idempotency_key = std::to_string(code);
        zalo_.nextCode(code);
        EXPECT_EQ(outcome(delivery), "sent") << code;
    }
    zalo_.next(kCs, HttpResponse{.status = 401});
    Delivery delivery = answer();
    delivery.idempotency_key = "401";
    EXPECT_EQ(outcome(delivery), "sent");
    EXPECT_EQ(zalo_.refreshes, 4);
    EXPECT_THAT(zalo_.messages(), SizeIs(3));
    zalo_.next(kCs, HttpResponse{.status = 401});
    zalo_.next(kCs, HttpResponse{.status = 401});
    delivery.idempotency_key = "twice";
    EXPECT_EQ(outcome(delivery), "unauthenticated") << "once";
    zalo_.nextCode(-124, kPhoneTemplate);
    EXPECT_EQ(outcome(answer("template_phone")), "sent");
}

TEST_F(MessengerTest, WithoutAConsentNothingIsSent) {
    zalo_.refresh = "gone";
    EXPECT_EQ(outcome(answer()), "unauthenticated");
    EXPECT_EQ(zalo_.asked(kCs), 0);
}

TEST_F(MessengerTest, EachClassOfErrorIsHandedOn) {
    const std::pair<int, const char*> codes[] = {{-230, "fallback"},       {-213, "fallback"}, {-32, "unavailable"},
                                                 {-211, "deferred"},       {-234, "deferred"}, {-201, "rejected"},
                                                 {-221, "unauthenticated"}};
    for (const auto& [code, expected] : codes) {
        Delivery delivery = answer();
        delivery.idempotency_key = std::to_string(code);
        zalo_.nextCode(code);
        EXPECT_EQ(outcome(delivery), expected) << code;
    }
    zalo_.nextCode(-234);
    Delivery delivery = answer();
    delivery.idempotency_key = "night";
    const Result<Receipt> night = send(delivery);
    EXPECT_EQ(night.error().not_before, nextMorning(services_.now()));
}

TEST_F(MessengerTest, AnUnknownCodeIsTriedThreeTimesThenSomebodyLooks) {
    for (const char* expected : {"unavailable", "unavailable", "rejected"}) {
        zalo_.nextCode(-99999);
        EXPECT_EQ(outcome(answer()), expected);
    }
    EXPECT_EQ(services_.logged().back().level, LogLevel::kError);
    EXPECT_EQ(outcome(answer()), "sent") << "when a person says so";
}

TEST_F(MessengerTest, AQuotaInAnAnswerIsNoReasonToFail) {
    zalo_.next(
        kCs,
        HttpResponse{
            .body =
                R"({"error":0,"message":"Success","data":{"message_id":"m","quota":{"quota_type":"reply","remain":"0","total":"8"}}})"});
    EXPECT_EQ(outcome(answer()), "sent");
}

TEST_F(MessengerTest, TemplatesGoByUserAndByPhone) {
    ASSERT_TRUE(send(answer("template_user")));
    ASSERT_TRUE(send(answer("template_phone")));
    EXPECT_THAT(paths(), ElementsAre(kUserTemplate, kPhoneTemplate));
    EXPECT_EQ(zalo_.messages()[0].to, kUser);
    EXPECT_EQ(zalo_.messages()[1].to, "84912345678");
    EXPECT_THAT(zalo_.messages()[0].body, HasSubstr(R"("template_id":"U1")"));
    EXPECT_THAT(zalo_.messages()[1].body, HasSubstr(R"("template_id":"P1")"));
    EXPECT_THAT(zalo_.messages()[1].body, HasSubstr(trackingIdOf("key-1")));
    EXPECT_THAT(zalo_.messages()[1].body, HasSubstr(R"("code":"060326001")"));
    Slots messages{services_.state(), "message", kMessageSlots};
    EXPECT_EQ(readSentMessage(messages.find(trackingIdOf("key-1"))->value_or("")).delivery, "d-1");
    ASSERT_TRUE(send(answer("template_phone")));
    EXPECT_THAT(zalo_.messages(), SizeIs(2)) << "once";
}

TEST_F(MessengerTest, WhatLeadsToNobodyIsForTheNextWay) {
    Delivery delivery = answer();
    delivery.reply_address.clear();
    EXPECT_EQ(outcome(delivery), "fallback");
    delivery.way = "template_user";
    EXPECT_EQ(outcome(delivery), "fallback");
    delivery.reply_address = "người@example.org";
    EXPECT_EQ(outcome(delivery), "fallback") << "of another channel";
    delivery.way = "template_phone";
    EXPECT_EQ(outcome(delivery), "sent") << "a number is enough";
    delivery = answer("template_phone");
    delivery.idempotency_key = "key-2";
    delivery.recipient.phone.clear();
    EXPECT_EQ(outcome(delivery), "fallback");
    delivery = answer("template_user");
    delivery.kind = "notice";
    EXPECT_EQ(outcome(delivery), "fallback") << "no template is set for notices";
}

TEST_F(MessengerTest, CallsProveTheAppWhereItIsWanted) {
    start({{"appsecret_proof", "true"}});
    ASSERT_TRUE(send(answer()));
    const HttpRequest request = services_.peer.requests().back();
    EXPECT_EQ(request.headers.at("appsecret_proof"), appSecretProof("APP_SECRET_DEMO", zalo_.access));
    EXPECT_EQ(request.headers.count("authorization"), 0U);
}

TEST_F(MessengerTest, NothingPersonalOrSecretIsTold) {
    for (const int code : {-230, -201, -99999, -221}) {
        Delivery delivery = answer();
        delivery.result_text = "canary-result";
        zalo_.next(kCs, HttpResponse{.body = "{\"error\":" + std::to_string(code) + R"(,"message":"canary-message"})"});
        const Result<Receipt> sent = send(delivery);
        ASSERT_FALSE(sent);
        for (const char* canary : {"canary", kUser, "AT1", "RT", "+84912345678"})
            EXPECT_THAT(sent.error().message, Not(HasSubstr(canary)));
    }
    for (const auto& line : services_.logged())
        for (const char* canary : {"canary", kUser, "AT1", "RT0"}) EXPECT_THAT(line.text, Not(HasSubstr(canary)));
}

}  // namespace
}  // namespace pakn::in_zalo
