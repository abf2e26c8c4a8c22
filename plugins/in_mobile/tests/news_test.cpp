/// @file
/// What a sender says afterwards: a rating, something to add, that it is not over.

#include "app.hpp"
#include "pakn/sdk/reply_address.hpp"

namespace pakn::in_mobile {
namespace {

constexpr const char* kPetition = "/petitions/060326001";

class MobileNews : public ::testing::Test {
protected:
    void SetUp() override {
        app.signIn("0912345678");
        for (const char* code : {"060326001", "060326002"}) {
            app.services.people.own[app.address()].push_back({.petition = {.code = code}, .secret = "secret"});
            app.services.shown.tracked[{code, "secret"}] = {.code = code};
        }
    }
    App app;
};

TEST_F(MobileNews, ARating) {
    EXPECT_EQ(app.post(std::string{kPetition} + "/rating", R"({"rating":"neutral","comment":"Được"})", kKey).status(),
              204);
    ASSERT_EQ(app.inbox.updates().size(), 1U);
    const Update update = app.inbox.updates()[0];
    EXPECT_EQ(update.kind, Update::Kind::kRated);
    EXPECT_EQ(update.code, "060326001");
    EXPECT_EQ(update.text, "Được");
    EXPECT_EQ(update.attributes.at("rating"), "neutral");
    EXPECT_EQ(update.attributes.at(std::string{kSenderSecret}), "secret") << "by which the hub knows who speaks";
    EXPECT_TRUE(update.delivery.empty() && update.external_id.empty());
}

TEST_F(MobileNews, SomethingToAddWithFiles) {
    const std::string bytes = bytesOf(kPartSize + 1);
    const std::string id = app.upload(bytes);
    const std::string body =
        R"({"text":"Thêm ảnh","uploads":[")" + id + R"("],"attachments":[{"name":"a.txt","data":"eA=="}]})";
    EXPECT_EQ(app.post(std::string{kPetition} + "/supplements", body, kKey).status(), 201);
    const Update update = app.inbox.updates().at(0);
    EXPECT_EQ(update.kind, Update::Kind::kSupplement);
    EXPECT_EQ(update.text, "Thêm ảnh");
    ASSERT_EQ(update.attachments.size(), 2U);
    EXPECT_EQ(*update.attachments[1].content.bytes(bytes.size()), bytes);

    app.restart();
    EXPECT_EQ(app.post(std::string{kPetition} + "/supplements", body, kKey).status(), 201) << "its answer was lost";
    EXPECT_EQ(app.inbox.updates().size(), 1U);
    EXPECT_EQ(app.post(std::string{kPetition} + "/supplements", body, kOtherKey).code(), "mobile.upload_used");
}

TEST_F(MobileNews, ThatItIsNotOver) {
    EXPECT_EQ(app.post(std::string{kPetition} + "/reopen", R"({"reason":"Vẫn hỏng"})", kKey).status(), 201);
    EXPECT_EQ(app.inbox.updates().at(0).kind, Update::Kind::kReopen);
    EXPECT_EQ(app.inbox.updates().at(0).text, "Vẫn hỏng");
}

TEST_F(MobileNews, EachKeyOfEachPetitionOnce) {
    const auto say = [&](const std::string& code, const std::string& key) {
        return app.post("/petitions/" + code + "/supplements", R"({"text":"x"})", key).status();
    };
    EXPECT_EQ(say("060326001", kKey), 201);
    EXPECT_EQ(say("060326001", kKey), 201);
    EXPECT_EQ(app.inbox.updates().size(), 1U);
    EXPECT_EQ(say("060326002", kKey), 201);
    EXPECT_EQ(say("060326001", kOtherKey), 201);
    app.post("/petitions/060326001/reopen", R"({"reason":"x"})", kKey);
    EXPECT_EQ(app.inbox.updates().size(), 4U);
    for (const Update& update : app.inbox.updates()) EXPECT_LE(update.id.size(), 200U);
}

TEST_F(MobileNews, WithoutAKeyNothingIsSaid) {
    EXPECT_EQ(app.post(std::string{kPetition} + "/rating", R"({"rating":"neutral"})").code(), "mobile.key_missing");
    EXPECT_EQ(app.post(std::string{kPetition} + "/supplements", R"({"text":"x"})").code(), "mobile.key_missing");
    EXPECT_EQ(app.post(std::string{kPetition} + "/reopen", R"({"reason":"x"})").code(), "mobile.key_missing");
    EXPECT_TRUE(app.inbox.updates().empty());
}

TEST_F(MobileNews, WhatIsMissingIsNamed) {
    EXPECT_EQ(app.post(std::string{kPetition} + "/rating", "{}", kKey).text("field"), "/rating");
    EXPECT_EQ(app.post(std::string{kPetition} + "/supplements", "{}", kKey).text("field"), "/text");
    EXPECT_EQ(app.post(std::string{kPetition} + "/reopen", R"({"reason":""})", kKey).text("field"), "/reason");
}

TEST_F(MobileNews, ByTheTokenWithoutAnAccount) {
    app.token.clear();
    const auto rate = [&](const std::string& token) {
        return app
            .call("POST", std::string{kPetition} + "/rating", R"({"rating":"satisfied"})",
                  {{"x-tracking-token", token}, {"idempotency-key", kKey}})
            .status();
    };
    EXPECT_EQ(rate("wrong"), 404);
    EXPECT_TRUE(app.inbox.updates().empty());
    EXPECT_EQ(rate("secret"), 204);
}

TEST_F(MobileNews, WhatTheHubSaysIsPassedOn) {
    const auto rate = [&] { return app.post(std::string{kPetition} + "/rating", R"({"rating":"satisfied"})", kKey); };
    app.inbox.answerUpdates(testing::FakeInbox::refused("sender.not_now"));
    EXPECT_EQ(rate().status(), 409);
    app.inbox.answerUpdates(testing::FakeInbox::refused("rating.missing"));
    EXPECT_EQ(rate().status(), 422);
    app.inbox.answerUpdates(Result<Accepted>{Error{.code = Errc::kUnavailable, .message = "away"}});
    EXPECT_EQ(rate().status(), 503);
    app.inbox.answerUpdates(Result<Accepted>{Accepted{.outcome = Accepted::Outcome::kDuplicate}});
    EXPECT_EQ(rate().status(), 204);
}

TEST_F(MobileNews, TheSecretIsInNoLog) {
    app.inbox.answerUpdates(Result<Accepted>{Error{.code = Errc::kInternal, .message = "broken"}});
    EXPECT_EQ(app.post(std::string{kPetition} + "/rating", R"({"rating":"satisfied"})", kKey).status(), 500);
    ASSERT_FALSE(app.services.logged().empty());
    for (const auto& line : app.services.logged()) {
        EXPECT_EQ(line.text.find("secret"), std::string::npos);
        EXPECT_EQ(line.text.find("060326001"), std::string::npos);
    }
}

}  // namespace
}  // namespace pakn::in_mobile
