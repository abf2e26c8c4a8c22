/// @file
/// One's own petitions: by the session or by the token, and nobody else's.

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

PublicPetition petition(const std::string& code) {
    const Instant at{std::chrono::sys_days{std::chrono::year{2026} / 3 / 6} + 1h};
    return {
        .code = code,
        .title = "Hố ga",
        .content = "Hố ga mất nắp",
        .status = "answered",
        .status_label = {"Đã trả lời", "Answered"},
        .category = "ha-tang",
        .category_name = "Hạ tầng",
        .area = "31318",
        .unit_name = "Sở Xây dựng",
        .address = "12 đường A",
        .latitude = 9.6,
        .longitude = 105.97,
        .received_at = at,
        .finished_at = at + 24h,
        .steps = {{.at = at, .status = "received", .label = {"Đã tiếp nhận", "Received"}}},
        .attachments = {{.sha256 = sha256Of("own"), .name = "ảnh \"1\".jpg", .content_type = "image/jpeg", .size = 3}},
        .answer = PublicAnswer{.text = "Đã thay nắp.",
                               .files = {{.sha256 = sha256Of("answer"),
                                          .name = "kq.pdf",
                                          .content_type = "application/pdf",
                                          .size = 6}},
                               .at = at + 24h},
        .attributes = {{"rating", "satisfied"}, {std::string{kChangedAt}, "1772845200000"}}};
}

class MobileOwn : public ::testing::Test {
protected:
    void SetUp() override {
        app.signIn("0912345678");
        for (const char* code : {"060326001", "060326002"}) {
            const std::string secret = std::string{"secret-"} + code;
            app.services.people.own[app.address()].push_back({.petition = petition(code), .secret = secret});
            app.services.shown.tracked[{code, secret}] = petition(code);
        }
        app.services.shown.files[sha256Of("own")] = "own";
        app.services.shown.files[sha256Of("answer")] = "answer";
    }
    App app;
};

TEST_F(MobileOwn, AreListed) {
    const Heard heard = app.get("/petitions?limit=2");
    EXPECT_EQ(heard.status(), 200);
    ASSERT_EQ(heard.at("items").Size(), 2U);
    const auto& item = heard.at("items")[0];
    EXPECT_STREQ(item["code"].GetString(), "060326001");
    EXPECT_STREQ(item["location"]["address"].GetString(), "12 đường A");
    EXPECT_STREQ(item["received_at"].GetString(), "2026-03-06T08:00:00+07:00");
    EXPECT_STREQ(item["changed_at"].GetString(), "2026-03-07T08:00:00+07:00");
    EXPECT_STREQ(item["rating"].GetString(), "satisfied");
    EXPECT_TRUE(item["answered"].GetBool());
    EXPECT_TRUE(item["due_at"].IsNull());
    EXPECT_FALSE(item.HasMember("answer"));
    EXPECT_TRUE(heard.at("next").IsNull());
    EXPECT_EQ(heard.response.body.find("secret-"), std::string::npos) << "no token is in a list";
}

TEST_F(MobileOwn, APageHasItsLimit) {
    for (const char* limit : {"0", "101", "-1", "x", "", "1e1", "99999999999999999999"}) {
        const Heard heard = app.get(std::string{"/petitions?limit="} + limit);
        EXPECT_EQ(heard.status(), 400) << limit;
        EXPECT_EQ(heard.text("field"), "limit");
    }
}

TEST_F(MobileOwn, OneIsShownWhole) {
    const Heard heard = app.get("/petitions/060326002");
    EXPECT_EQ(heard.status(), 200);
    EXPECT_EQ(heard.text("content"), "Hố ga mất nắp");
    EXPECT_EQ(heard.at("steps").Size(), 1U);
    EXPECT_STREQ(heard.at("answer")["text"].GetString(), "Đã thay nắp.");
    EXPECT_EQ(heard.response.body.find("secret-"), std::string::npos);
}

TEST_F(MobileOwn, ByItsTokenWithoutAnAccount) {
    app.token.clear();
    EXPECT_EQ(app.get("/petitions/060326001").status(), 401);
    EXPECT_EQ(app.get("/petitions/060326001", {{"x-tracking-token", "secret-060326001"}}).status(), 200);
    EXPECT_EQ(app.get("/petitions/060326001", {{"x-tracking-token", "secret-060326002"}}).status(), 404);
    EXPECT_EQ(app.get("/petitions/060326001?token=secret-060326001").status(), 401) << "no token stands in an address";
}

TEST_F(MobileOwn, AnothersIsNobodys) {
    app.signIn("0987654321");
    EXPECT_EQ(app.get("/petitions").at("items").Size(), 0U);
    const Heard heard = app.get("/petitions/060326001");
    EXPECT_EQ(heard.status(), 404);
    EXPECT_EQ(heard.code(), "petition.not_found");
    EXPECT_EQ(app.get("/petitions/999").code(), "petition.not_found") << "the same as one that is not there";
    EXPECT_EQ(app.get("/petitions/060326001/files/" + sha256Of("own")).status(), 404);
    EXPECT_EQ(app.post("/petitions/060326001/rating", R"({"rating":"satisfied"})", kKey).status(), 404);
    EXPECT_EQ(app.post("/petitions/060326001/supplements", R"({"text":"x"})", kKey).status(), 404);
    EXPECT_EQ(app.post("/petitions/060326001/reopen", R"({"reason":"x"})", kKey).status(), 404);
    EXPECT_TRUE(app.inbox.updates().empty());
}

TEST_F(MobileOwn, FilesOfItAndOfItsAnswer) {
    const Heard own = app.get("/petitions/060326001/files/" + sha256Of("own"));
    EXPECT_EQ(own.status(), 200);
    EXPECT_EQ(own.response.headers.at("content-type"), "image/jpeg");
    EXPECT_EQ(own.response.headers.at("content-disposition"), "attachment; filename*=UTF-8''%E1%BA%A3nh%20%221%22.jpg");
    EXPECT_EQ(*own.response.file->bytes(100), "own");
    EXPECT_EQ(*app.get("/petitions/060326001/files/" + sha256Of("answer")).response.file->bytes(100), "answer");
    EXPECT_EQ(app.get("/petitions/060326001/files/" + sha256Of("other")).code(), "file.not_found");
}

TEST_F(MobileOwn, WhatTheStoreSaysIsPassedOn) {
    app.services.shown.files.clear();
    EXPECT_EQ(app.get("/petitions/060326001/files/" + sha256Of("own")).status(), 404);
}

}  // namespace
}  // namespace pakn::in_mobile
