/// @file
/// The form, and what everybody may see.

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

TEST(MobilePublic, TheFormHasWhatIsDrawn) {
    App app{
        {{"consent_version", "2026-03"}, {"notice", "Giờ hành chính"}, {"anonymous", "false"}, {"max_file", "1MB"}}};
    app.services.shown.category_names = {{"ha-tang", "Hạ tầng"}};
    app.services.shown.area_names = {{"31318", "Phường 1"}};
    const Heard form = app.get("/form");
    EXPECT_EQ(form.status(), 200);
    EXPECT_STREQ(form.at("categories")[0]["name"].GetString(), "Hạ tầng");
    EXPECT_STREQ(form.at("areas")[0]["id"].GetString(), "31318");
    EXPECT_EQ(form.at("required").Size(), 5U);
    EXPECT_FALSE(form.at("anonymous").GetBool());
    EXPECT_TRUE(form.at("sign_in_required").GetBool());
    EXPECT_EQ(form.at("limits")["file_bytes"].GetInt64(), 1 << 20);
    EXPECT_EQ(form.at("limits")["part_bytes"].GetInt64(), kPartSize);
    EXPECT_STREQ(form.at("consent")["version"].GetString(), "2026-03");
    EXPECT_FALSE(form.at("consent")["declared_true"].IsNull());
    EXPECT_STREQ(form.at("emergency_contacts")[0]["number"].GetString(), "113");
    EXPECT_STREQ(form.at("notice").GetString(), "Giờ hành chính");
}

TEST(MobilePublic, PetitionsAreFoundByTheirMarks) {
    App app;
    const Instant now = app.services.now();
    app.services.shown.published = {
        {.code = "1", .status = "answered", .category = "a", .received_at = now, .finished_at = now},
        {.code = "2", .status = "in_progress", .category = "b", .received_at = now}};
    const auto codes = [&](const std::string& query) {
        std::string all;
        const Heard heard = app.get("/public" + query);
        EXPECT_EQ(heard.status(), 200) << heard.response.body;
        for (const auto& item : heard.at("items").GetArray()) all += item["code"].GetString();
        return all;
    };
    EXPECT_EQ(codes(""), "12");
    EXPECT_EQ(codes("?category=b"), "2");
    EXPECT_EQ(codes("?finished=true"), "1");
    EXPECT_EQ(codes("?finished=false"), "2");
    EXPECT_EQ(codes("?from=2027-01-01T00:00:00Z"), "");
    EXPECT_EQ(codes("?to=2027-01-01T00:00:00Z&from=2026-01-01T00:00:00Z"), "12");
    for (const char* query : {"?finished=maybe", "?from=x", "?to=2026-03-06", "?limit=0"})
        EXPECT_EQ(app.get(std::string{"/public"} + query).status(), 400) << query;
    EXPECT_EQ(app.get("/public?" + std::string(3000, '&')).status(), 200);
}

TEST(MobilePublic, OneWithItsAnswerAndFiles) {
    App app;
    app.services.shown.published = {
        {.code = "1",
         .status = "answered",
         .attachments = {{.sha256 = sha256Of("own"), .name = "own.jpg"}},
         .answer =
             PublicAnswer{.text = "Xong",
                          .files = {{.sha256 = sha256Of("a"), .name = "a.pdf", .content_type = "application/pdf"}}}},
        {.code = "2", .status = "in_progress"}};
    app.services.shown.files[sha256Of("a")] = "a";
    app.services.shown.files[sha256Of("own")] = "own";
    EXPECT_STREQ(app.get("/public/1").at("answer")["text"].GetString(), "Xong");
    EXPECT_TRUE(app.get("/public/2").at("answer").IsNull());
    EXPECT_EQ(app.get("/public/3").status(), 404);
    EXPECT_EQ(*app.get("/public/1/files/" + sha256Of("a")).response.file->bytes(10), "a");
    EXPECT_EQ(app.get("/public/1/files/" + sha256Of("own")).status(), 404) << "only those of the answer";
    EXPECT_EQ(app.get("/public/2/files/" + sha256Of("a")).status(), 404);
    EXPECT_EQ(app.get("/public/3/files/" + sha256Of("a")).status(), 404);
}

}  // namespace
}  // namespace pakn::in_mobile
