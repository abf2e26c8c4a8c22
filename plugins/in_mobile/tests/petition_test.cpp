/// @file
/// Petitions: the fields of the guides, one per key, and who sends them.

#include <set>

#include "app.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"

namespace pakn::in_mobile {
namespace {

class MobilePetition : public ::testing::Test {
protected:
    void SetUp() override { app.signIn("0912345678"); }
    Heard submit(const std::string& json, const std::string& key = kKey) { return app.post("/petitions", json, key); }
    IncomingPetition last() { return app.inbox.stored().back(); }
    App app;
};

TEST_F(MobilePetition, AllFieldsOfTheGuidesArrive) {
    const Heard heard = submit(petitionJson(
        R"(,"public":true,"emergency":true,"class":"PAKN","complained_unit":"so-xay-dung","declared_true":true,)"
        R"("petitioner":{"kind":"organisation","name":"Công ty A","phone":"0987654321","email":"a@mail.example",)"
        R"("citizen_id":"0100109106","address":"1 đường B"},)"
        R"("consent":{"version":"2026-03","process_personal_data":true,"use_identity_in_handling":true})"));
    EXPECT_EQ(heard.status(), 201) << heard.response.body;
    EXPECT_EQ(heard.code(), "T1");
    ASSERT_EQ(app.inbox.stored().size(), 1U);
    const IncomingPetition in = last();
    EXPECT_EQ(in.title, "Hố ga mất nắp");
    EXPECT_EQ(in.text, "Hố ga mất nắp trước số 12");
    EXPECT_EQ(in.category, "ha-tang");
    EXPECT_EQ(in.petition_class, "PAKN");
    EXPECT_EQ(in.complained_unit, "so-xay-dung");
    EXPECT_TRUE(in.is_public && in.emergency && in.declared_true);
    EXPECT_FALSE(in.anonymous);
    EXPECT_EQ(in.petitioner.kind, "organisation");
    EXPECT_EQ(in.petitioner.name, "Công ty A");
    EXPECT_EQ(in.petitioner.phone, "0987654321") << "what is said holds";
    EXPECT_EQ(in.petitioner.citizen_id, "0100109106");
    EXPECT_TRUE(in.consent.process_personal_data && in.consent.use_identity_in_handling);
    EXPECT_FALSE(in.consent.publish_identity) << "none is ever assumed";
    EXPECT_EQ(in.location.address, "12 đường A");
    EXPECT_DOUBLE_EQ(*in.location.latitude, 9.6);
    EXPECT_DOUBLE_EQ(*in.location.longitude, 105.97);
    EXPECT_EQ(*in.occurred_at,
              (Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 5} + std::chrono::minutes{750}}));
    EXPECT_EQ(in.attributes.at(std::string{kReplyAddress}), app.address());
    EXPECT_EQ(in.attributes.at("consent_text"), "2026-03");
    EXPECT_EQ(in.attributes.at(std::string{kOnlyAnswered}), "true") << "whoever is there reads what is wrong";
}

TEST_F(MobilePetition, WhatIsNotSaidIsTakenFromTheSession) {
    submit(petitionJson());
    EXPECT_EQ(last().petitioner.phone, "0912345678");
    EXPECT_TRUE(last().petitioner.name.empty());
    EXPECT_FALSE(last().attributes.contains("consent_text"));
}

TEST_F(MobilePetition, AnonymousLeadsToNobody) {
    submit(petitionJson(R"(,"anonymous":true)"), kKey);
    submit(petitionJson(R"(,"anonymous":true)", "Rác trước chợ"), kOtherKey);
    const std::vector<IncomingPetition> stored = app.inbox.stored();
    ASSERT_EQ(stored.size(), 2U);
    std::set<std::string> seen;
    for (const IncomingPetition& in : stored) {
        EXPECT_TRUE(in.anonymous);
        EXPECT_TRUE(in.petitioner.phone.empty() && in.petitioner.email.empty() && in.petitioner.name.empty());
        // What an officer or another system sees has nothing that is the same twice, or that the account can be told
        // from.
        for (const auto& [name, value] : in.attributes)
            EXPECT_TRUE(name == kReplyAddress || name == kSourceRevision || name == kOnlyAnswered ||
                        seen.insert(value).second)
                << name;
        EXPECT_TRUE(seen.insert(in.external_id).second);
        EXPECT_EQ(in.external_id.find("0912345678"), std::string::npos);
        EXPECT_EQ(in.external_id.find(app.address().substr(5, 12)), std::string::npos);
    }
    EXPECT_EQ(stored[0].attributes.at(std::string{kReplyAddress}), app.address()) << "sealed, and by which they see it";
}

TEST_F(MobilePetition, WhoStaysUnknownMayStillSayWhoTheyAreToTheHub) {
    submit(petitionJson(R"(,"anonymous":true,"petitioner":{"name":"Nguyễn Văn A","phone":"0987654321"})"));
    EXPECT_EQ(last().petitioner.name, "Nguyễn Văn A") << "the channel's rule may ask for it: the hub decides";
}

TEST_F(MobilePetition, AnonymityThatIsNotOfferedIsRefused) {
    App closed{{{"anonymous", "false"}}};
    closed.signIn("0912345678");
    EXPECT_EQ(closed.post("/petitions", petitionJson(R"(,"anonymous":true)"), kKey).code(),
              "mobile.anonymous_not_offered");
    EXPECT_EQ(closed.post("/petitions", petitionJson(), kKey).status(), 201);
}

TEST_F(MobilePetition, TheSameAgainIsTheSamePetition) {
    const Heard first = submit(petitionJson());
    const Heard again = submit(petitionJson());
    EXPECT_EQ(first.status(), 201);
    EXPECT_EQ(again.status(), 200);
    EXPECT_EQ(again.code(), first.code());
    EXPECT_EQ(app.inbox.stored().size(), 1U);
    EXPECT_EQ(submit("  " + petitionJson() + "\n").status(), 200) << "how the JSON is laid out does not matter";
    EXPECT_EQ(submit(petitionJson(), kOtherKey).status(), 201);
}

TEST_F(MobilePetition, WhatDiffersIsToldToTheHub) {
    // By this the hub says of the same id whether the content is another one.
    const auto revisionOf = [&](const std::string& json) {
        App one;
        one.signIn("0912345678");
        EXPECT_EQ(one.post("/petitions", json, kKey).status(), 201) << json;
        return one.inbox.stored().back().attributes.at(std::string{kSourceRevision});
    };
    std::set<std::string> revisions;
    for (const std::string& json :
         {petitionJson(), petitionJson({}, "khác"), petitionJson(R"(,"public":true)"),
          petitionJson(R"(,"anonymous":true)"), petitionJson(R"(,"emergency":true)"),
          petitionJson(R"(,"petitioner":{"name":"A"})"), petitionJson(R"(,"petitioner":{"address":"A"})"),
          petitionJson(R"(,"consent":{"version":"1","process_personal_data":true})"),
          petitionJson(R"(,"consent":{"version":"2","process_personal_data":true})"),
          petitionJson(R"(,"attachments":[{"name":"a","data":"eA=="}])"),
          petitionJson(R"(,"attachments":[{"name":"a","data":"eQ=="}])")})
        EXPECT_TRUE(revisions.insert(revisionOf(json)).second) << json;
    EXPECT_EQ(revisionOf(petitionJson(R"(,"public":false,"petitioner":null)")), revisionOf(petitionJson()));
}

TEST_F(MobilePetition, AKeyIsTheAccountsOwn) {
    submit(petitionJson());
    const std::string first = last().external_id;
    app.signIn("0987654321");
    EXPECT_EQ(submit(petitionJson()).status(), 201);
    EXPECT_NE(last().external_id, first);
}

TEST_F(MobilePetition, WithoutAKeyNothingIsTaken) {
    EXPECT_EQ(submit(petitionJson(), "").code(), "mobile.key_missing");
    for (const std::string& key :
         {std::string{"123456789012345"}, std::string(201, 'x'), std::string{"0123456789abcdef 0"}})
        EXPECT_EQ(submit(petitionJson(), key).code(), "idempotency.key_invalid") << key;
    EXPECT_EQ(submit(petitionJson(), "").status(), 400);
    EXPECT_TRUE(app.inbox.stored().empty());
}

TEST_F(MobilePetition, WhatTheHubRefusesIsToldWithItsField) {
    App strict;
    strict.signIn("0912345678");
    testing::FakeInbox inbox{[](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        return Accepted{.outcome = Accepted::Outcome::kRefused,
                        .problem = Error{.code = Errc::kInvalid,
                                         .message = "x",
                                         .problem = "petition.phone_invalid",
                                         .field = "/petitioner/phone"}};
    }};
    HttpRequest request{.method = "POST",
                        .url = "/petitions",
                        .headers = {{"authorization", "Bearer " + strict.token}, {"idempotency-key", kKey}},
                        .body = petitionJson()};
    const HttpResponse refused = strict.api->handle(request, inbox);
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find(R"("code":"petition.phone_invalid")"), std::string::npos);
    EXPECT_NE(refused.body.find(R"("field":"/petitioner/phone")"), std::string::npos);

    testing::FakeInbox conflict{[](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        return Accepted{.outcome = Accepted::Outcome::kRefused,
                        .problem = Error{.code = Errc::kConflict, .message = "x", .problem = "idempotency.key_reused"}};
    }};
    EXPECT_EQ(strict.api->handle(request, conflict).status, 409) << "the same key with another content";
    testing::FakeInbox away{
        [](const IncomingPetition&) { return std::optional{testing::FakeInbox::failed(Errc::kUnavailable)}; }};
    EXPECT_EQ(strict.api->handle(request, away).status, 503);
}

TEST_F(MobilePetition, WhatTheGuidesAskForIsAskedFor) {
    for (
        const auto& [json, field] : std::vector<std::pair<std::string, std::string>>{
            {R"({})", "/content"},
            {R"({"content":""})", "/content"},
            {R"({"content":"x"})", "/title"},
            {R"({"content":"x","title":"t"})", "/category"},
            {R"({"content":"x","title":"t","category":"c"})", "/occurred_at"},
            {R"({"content":"x","title":"t","category":"c","occurred_at":"2026-03-05T19:30:00+07:00"})", "/location"},
            {R"({"content":"x","title":"t","category":"c","occurred_at":"2026-03-05T19:30:00+07:00","location":{"lat":1}})",
             "/location"}}) {
        const Heard heard = submit(json);
        EXPECT_EQ(heard.code(), "request.field_missing") << json;
        EXPECT_EQ(heard.text("field"), field) << json;
    }
    App free{{}, {{"required", {}}}};
    free.signIn("0912345678");
    EXPECT_EQ(free.post("/petitions", R"({"content":"x"})", kKey).status(), 201);
    int number = 0;
    for (const char* place : {R"({"address":"a"})", R"({"area":"31318"})", R"({"lat":9.6,"lon":105.9})"})
        EXPECT_EQ(
            submit(
                std::string{
                    R"({"content":"x","title":"t","category":"c","occurred_at":"2026-03-05T19:30:00+07:00","location":)"} +
                    place + "}",
                kKey + std::to_string(++number))
                .status(),
            201)
            << place;
}

TEST_F(MobilePetition, AConsentHasItsVersion) {
    for (const char* more : {R"(,"consent":{"process_personal_data":true})",
                             R"(,"consent":{"publish_identity":true,"version":""})", R"(,"declared_true":true)"})
        EXPECT_EQ(submit(petitionJson(more)).code(), "mobile.consent_version_missing") << more;
    EXPECT_EQ(submit(petitionJson(R"(,"consent":{"process_personal_data":false})")).status(), 201);
}

TEST_F(MobilePetition, EachFieldHasItsType) {
    for (const auto& [more, field] : std::vector<std::pair<std::string, std::string>>{
             {R"(,"public":"true")", "/public"},
             {R"(,"anonymous":1)", "/anonymous"},
             {R"(,"petitioner":[])", "/petitioner"},
             {R"(,"petitioner":{"name":7})", "/petitioner/name"},
             {R"(,"consent":{"publish_identity":"yes"})", "/consent/publish_identity"},
             {R"(,"uploads":"x")", "/uploads"},
             {R"(,"uploads":[1])", "/uploads"},
             {R"(,"uploads":["1","2","3","4","5","6","7","8","9","10","11"])", "/uploads"},
             {R"(,"attachments":{})", "/attachments"},
             {R"(,"attachments":["x"])", "/attachments"},
             {R"(,"attachments":[{"name":"a","data":"***"}])", "/attachments/0/data"},
             {R"(,"attachments":[{"data":"eA=="}])", "/attachments/0/name"}}) {
        const Heard heard = submit(petitionJson(more));
        EXPECT_EQ(heard.status(), 422) << more;
        EXPECT_EQ(heard.text("field"), field) << more;
    }
    EXPECT_EQ(submit(R"({"content":"x","occurred_at":"yesterday"})").text("field"), "/occurred_at");
    EXPECT_EQ(submit(R"({"content":"x","location":{"lat":"9.6"}})").text("field"), "/location/lat");
    EXPECT_EQ(submit(R"({"content":"x","location":{"lat":1e999}})").status(), 400);
    EXPECT_EQ(submit(R"({"content":"x","location":{"lat":0e202}})").text("field"), "/title") << "zero, however written";
    EXPECT_TRUE(app.inbox.stored().empty());
}

TEST_F(MobilePetition, HugeJsonIsNotRead) {
    EXPECT_EQ(submit(petitionJson({}, std::string(3 << 20, 'x'))).status(), 413);
    EXPECT_EQ(submit(std::string(1 << 20, '[')).status(), 413);
    std::string many = "[";
    for (int i = 0; i < 5000; ++i) many += "1,";
    EXPECT_EQ(submit(petitionJson(",\"x\":" + many + "1]")).status(), 413);
    EXPECT_TRUE(app.inbox.stored().empty());
}

TEST_F(MobilePetition, TextsInAnyNormalFormAreHandedOn) {
    // "Hố" as three code points; the hub composes it.
    const std::string decomposed = "Ho\xcc\x82\xcc\x81 ga";
    EXPECT_EQ(submit(petitionJson({}, decomposed)).status(), 201);
    EXPECT_EQ(last().text, decomposed);
}

TEST_F(MobilePetition, TheAnswerHasThePetitionAsItIs) {
    App one;
    one.signIn("0912345678");
    one.services.shown.tracked[{"T1", ""}] = {
        .code = "T1", .title = "Hố ga", .status = "received", .status_label = {"a", "b"}};
    const Heard heard = one.post("/petitions", petitionJson(), kKey);
    EXPECT_STREQ(heard.at("petition")["status"].GetString(), "received");
    EXPECT_TRUE(submit(petitionJson()).at("petition").IsNull())
        << "what cannot be read is no reason to say it is not stored";
}

TEST_F(MobilePetition, WithoutAnAccountWhereThatMayBe) {
    App open{{{"sign_in", "optional"}}};
    EXPECT_EQ(open.post("/petitions", petitionJson(), kKey).status(), 201);
    EXPECT_FALSE(open.inbox.stored().back().attributes.contains(std::string{kReplyAddress}));
    open.token = "nobody's";
    EXPECT_EQ(open.post("/petitions", petitionJson(), kOtherKey).status(), 401) << "a session that is over is told";
    app.token.clear();
    EXPECT_EQ(submit(petitionJson()).status(), 401);
}

}  // namespace
}  // namespace pakn::in_mobile
