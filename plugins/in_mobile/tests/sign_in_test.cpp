/// @file
/// Codes, sessions, and petitions whose token is lost.

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

TEST(MobileSignIn, ByTheCodeThatWasSent) {
    App app;
    const Heard sent = app.post("/codes", R"({"contact":"0912 345 678"})");
    EXPECT_EQ(sent.status(), 202);
    EXPECT_FALSE(sent.text("challenge").empty() || sent.text("until").empty());
    ASSERT_EQ(app.services.people.codes().size(), 1U);
    EXPECT_EQ(app.services.people.codes()[0].contact, "0912 345 678") << "as typed: the hub reads it";
    EXPECT_EQ(app.services.people.codes()[0].client, "203.0.113.9");

    const std::string typed = R"({"challenge":")" + sent.text("challenge") + R"(","code":"123456"})";
    const Heard session = app.post("/session", typed);
    EXPECT_EQ(session.status(), 201);
    EXPECT_STREQ(session.at("citizen")["phone"].GetString(), "0912 345 678");
    app.token = session.text("token");
    EXPECT_EQ(app.get("/me").status(), 200);
    EXPECT_STREQ(app.get("/me").at("citizen")["phone"].GetString(), "0912 345 678");
    EXPECT_TRUE(app.get("/me").at("citizen")["email"].IsNull());
    EXPECT_EQ(app.post("/session", typed).status(), 401) << "a code opens once";
}

TEST(MobileSignIn, AWrongCodeOpensNothing) {
    App app;
    const Heard sent = app.post("/codes", R"({"contact":"a@mail.example"})");
    const Heard wrong = app.post("/session", R"({"challenge":")" + sent.text("challenge") + R"(","code":"000000"})");
    EXPECT_EQ(wrong.status(), 401);
    EXPECT_EQ(wrong.code(), "code.wrong");
    EXPECT_TRUE(wrong.response.headers.contains("www-authenticate"));
    EXPECT_EQ(app.post("/session", R"({"challenge":"challenge-9","code":"123456"})").status(), 401);
}

TEST(MobileSignIn, WhatTheHubSaysOfACodeIsPassedOn) {
    App app;
    app.services.people.code_error = Error{.code = Errc::kUnavailable, .problem = "code.too_often", .retry_after = 30s};
    const Heard often = app.post("/codes", R"({"contact":"0912345678"})");
    EXPECT_EQ(often.status(), 429);
    EXPECT_EQ(often.response.headers.at("retry-after"), "30");
    app.services.people.code_error =
        Error{.code = Errc::kInvalid, .problem = "code.contact_invalid", .field = "/contact"};
    EXPECT_EQ(app.post("/codes", R"({"contact":"x"})").status(), 422);
    app.services.people.code_error = Error{.code = Errc::kMisconfigured, .problem = "code.no_way"};
    EXPECT_EQ(app.post("/codes", R"({"contact":"x"})").status(), 503);
    app.services.people.code_error = Error{.code = Errc::kUnavailable, .problem = "code.not_sent"};
    EXPECT_EQ(app.post("/codes", R"({"contact":"x"})").status(), 503);
}

TEST(MobileSignIn, OverIsOver) {
    App app;
    app.signIn("0912345678");
    EXPECT_EQ(app.call("DELETE", "/session").status(), 204);
    for (const char* path : {"/me", "/petitions", "/notifications"}) {
        EXPECT_EQ(app.get(path).status(), 401) << path;
        EXPECT_EQ(app.get(path).code(), "session.required");
    }
    EXPECT_EQ(app.call("DELETE", "/session").status(), 401);
}

TEST(MobileSignIn, OnlyABearerTokenIsOne) {
    App app;
    app.signIn("0912345678");
    const std::string token = std::exchange(app.token, {});
    const auto with = [&](const std::string& field) { return app.get("/me", {{"authorization", field}}).status(); };
    EXPECT_EQ(with("Bearer " + token), 200);
    EXPECT_EQ(with("bearer " + token), 200);
    for (const std::string& field :
         {token, "Basic " + token, std::string{"Bearer "}, "Bearer  " + token, "Bearer " + token + " x",
          "Bearer " + std::string(600, 'x'), std::string{"Bearer a\0b", 10}})
        EXPECT_EQ(with(field), 401) << field.substr(0, 40);
    EXPECT_EQ(app.get("/me?token=" + token).status(), 401) << "no token stands in an address";
}

TEST(MobileSignIn, APetitionIsOpenedByACodeToItsSender) {
    App app;
    app.services.people.secrets["060326001"] = "secret-1";
    app.services.people.secrets["060326002"] = "secret-2";
    const Heard sent = app.post("/petitions/060326001/codes", {});
    EXPECT_EQ(sent.status(), 202);
    EXPECT_EQ(app.services.people.codes()[0].petition, "060326001");
    EXPECT_TRUE(app.services.people.codes()[0].contact.empty());
    const std::string typed = R"({"challenge":")" + sent.text("challenge") + R"(","code":"123456"})";
    const Heard opened = app.post("/petitions/060326001/open", typed);
    EXPECT_EQ(opened.status(), 200);
    EXPECT_EQ(opened.text("tracking_token"), "secret-1");

    const Heard other = app.post("/petitions/060326001/codes", {});
    EXPECT_EQ(
        app.post("/petitions/060326002/open", R"({"challenge":")" + other.text("challenge") + R"(","code":"123456"})")
            .status(),
        401)
        << "the code of one petition opens no other";
}

TEST(MobileSignIn, AnUnknownPetitionIsAnsweredTheSame) {
    App app;
    const Heard sent = app.post("/petitions/999/codes", {});
    EXPECT_EQ(sent.status(), 202);
    EXPECT_EQ(
        app.post("/petitions/999/open", R"({"challenge":")" + sent.text("challenge") + R"(","code":"123456"})").code(),
        "code.wrong");
}

TEST(MobileSignIn, ACodeForAPetitionSignsNobodyIn) {
    App app;
    app.services.people.secrets["060326001"] = "secret-1";
    const Heard sent = app.post("/petitions/060326001/codes", {});
    EXPECT_EQ(app.post("/session", R"({"challenge":")" + sent.text("challenge") + R"(","code":"123456"})").status(),
              401);
}

TEST(MobileSignIn, WhatIsNoJsonIsRefused) {
    App app;
    const auto codeOf = [&](const std::string& body) { return app.post("/codes", body).code(); };
    EXPECT_EQ(codeOf("{"), "request.json_malformed");
    EXPECT_EQ(codeOf("[]"), "request.json_malformed");
    EXPECT_EQ(codeOf("\xff"), "request.json_malformed");
    EXPECT_EQ(codeOf("{\"contact\":\"\xff\"}"), "request.json_malformed");
    EXPECT_EQ(codeOf("{}"), "request.field_missing");
    EXPECT_EQ(codeOf(R"({"contact":null})"), "request.field_missing");
    EXPECT_EQ(codeOf(R"({"contact":912345678})"), "request.field_type");
    EXPECT_EQ(codeOf(R"({"contact":")" + std::string(70000, 'x') + "\"}"), "request.too_large");
    EXPECT_EQ(codeOf(std::string(30000, '[') + std::string(30000, ']')), "request.too_large");
    EXPECT_EQ(app.call("POST", "/codes", R"({"contact":"x"})", {{"content-type", "text/plain"}}).status(), 415);
    EXPECT_EQ(app.post("/codes", "{").status(), 400);
    EXPECT_TRUE(app.services.people.codes().empty());
}

TEST(MobileSignIn, WhatIsSaidOfAFieldNamesIt) {
    App app;
    const Heard heard = app.post("/session", R"({"challenge":"x","code":1})");
    EXPECT_EQ(heard.text("field"), "/code");
    EXPECT_EQ(heard.status(), 422);
}

}  // namespace
}  // namespace pakn::in_mobile
