/// @file
/// Uploads of others, parts that are none, more than may be.

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

constexpr std::size_t kPart = kPartSize;

TEST(MobileUploadHostile, AnothersUploadIsNobodys) {
    App app;
    app.signIn("0912345678");
    const std::string bytes = bytesOf(2 * kPart);
    const std::string id = app.begin(bytes).text("id");
    app.signIn("0987654321");
    for (const char* method : {"GET", "DELETE"}) {
        const Heard heard = app.call(method, "/uploads/" + id);
        EXPECT_EQ(heard.status(), 404) << method;
        EXPECT_EQ(heard.code(), "mobile.upload_unknown");
    }
    EXPECT_EQ(app.put(id, 0, App::partOf(bytes, 0)).status(), 404);
    EXPECT_EQ(app.post("/petitions", petitionJson(R"(,"uploads":[")" + id + "\"]"), kKey).status(), 404);
    EXPECT_NE(app.begin(bytes).text("id"), id) << "the same file of somebody else is theirs";
    EXPECT_TRUE(app.inbox.stored().empty());
}

TEST(MobileUploadHostile, WithoutAnAccountWhoeverKnowsItGoesOn) {
    App app{{{"sign_in", "optional"}}};
    const std::string bytes = bytesOf(2 * kPart);
    const std::string id = app.begin(bytes).text("id");
    EXPECT_NE(app.begin(bytes).text("id"), id) << "nobody finds another's by offering the same";
    app.client = "198.51.100.7";
    EXPECT_EQ(app.put(id, 0, App::partOf(bytes, 0)).status(), 200) << "a telephone's address changes on its way";
    std::string guessed = id;
    guessed.back() = guessed.back() == '0' ? '1' : '0';
    EXPECT_EQ(app.get("/uploads/" + guessed).status(), 404);
    app.signIn("0912345678");
    EXPECT_EQ(app.put(id, 1, App::partOf(bytes, 1)).status(), 200) << "who signs in meanwhile takes it along";
}

TEST(MobileUploadHostile, AnAccountsUploadIsNobodysWithoutIt) {
    App app{{{"sign_in", "optional"}}};
    app.signIn("0912345678");
    const std::string id = app.begin("x").text("id");
    app.token.clear();
    EXPECT_EQ(app.get("/uploads/" + id).status(), 404);
}

TEST(MobileUploadHostile, HalfACharacterIsNone) {
    App app;
    app.signIn("0912345678");
    const auto offered = [&](const std::string& name) {
        return app.post("/uploads", R"({"name":")" + name + R"(","size":1,"sha256":")" + sha256Of("x") + "\"}")
            .status();
    };
    EXPECT_EQ(offered("\\udc00"), 400);
    EXPECT_EQ(offered("a\\\\\\udfff"), 400);
    EXPECT_EQ(offered("\\ud83d\\ude00 \\\\udc00"), 201) << "a pair, and a backslash before five letters";
}

TEST(MobileUploadHostile, WhatIsNoIdIsNone) {
    App app;
    app.signIn("0912345678");
    const std::string id = app.begin("x").text("id");
    std::string other_slot = id;
    other_slot[27] = '9';
    for (const std::string& wrong :
         {std::string{"x"}, id + "0", id.substr(1), other_slot, std::string(60, 'a'), std::string(60, '-'),
          std::string{"..%2f..%2fetc"}, std::string{"%00"}, std::string(199, 'z')})
        EXPECT_EQ(app.get("/uploads/" + wrong).status(), 404) << wrong;
}

TEST(MobileUploadHostile, APartThatIsNoneIsRefused) {
    App app;
    app.signIn("0912345678");
    const std::string bytes = bytesOf(2 * kPart + 5);
    const std::string id = app.begin(bytes).text("id");
    for (const char* part : {"3", "-1", "99999999999999999999", "0x1", "1.0", "a", "%20", "4294967296"}) {
        const Heard heard = app.call("PUT", "/uploads/" + id + "/parts/" + part, "x");
        EXPECT_EQ(heard.code(), "mobile.part_unknown") << part;
        EXPECT_EQ(heard.status(), 422);
    }
    EXPECT_EQ(app.put(id, 0, "").code(), "mobile.part_length");
    EXPECT_EQ(app.put(id, 0, std::string(kPart - 1, 'x')).code(), "mobile.part_length");
    EXPECT_EQ(app.put(id, 0, std::string(kPart + 1, 'x')).code(), "mobile.part_length");
    EXPECT_EQ(app.put(id, 2, std::string(kPart, 'x')).code(), "mobile.part_length");
    EXPECT_EQ(app.put(id, 2, App::partOf(bytes, 2)).status(), 200);
    EXPECT_EQ(app.get("/uploads/" + id).at("parts").Size(), 1U);
}

TEST(MobileUploadHostile, OtherBytesAtTheSamePlaceAreAConflict) {
    App app;
    app.signIn("0912345678");
    const std::string bytes = bytesOf(2 * kPart);
    const std::string id = app.begin(bytes).text("id");
    app.put(id, 0, App::partOf(bytes, 0));
    const Heard differs = app.put(id, 0, std::string(kPart, 'x'));
    EXPECT_EQ(differs.status(), 409);
    EXPECT_EQ(differs.code(), "mobile.part_differs");
    EXPECT_TRUE(app.put(id, 1, App::partOf(bytes, 1)).at("whole").GetBool()) << "what was there is what it was";
}

TEST(MobileUploadHostile, NoMoreAtATimeThanMayBe) {
    App app{{{"open_uploads", "3"}}};
    app.signIn("0912345678");
    std::vector<std::string> ids;
    for (unsigned i = 0; i < 3; ++i) ids.push_back(app.begin(bytesOf(10, i)).text("id"));
    const Heard more = app.begin(bytesOf(10, 9));
    EXPECT_EQ(more.status(), 409);
    EXPECT_EQ(more.code(), "mobile.uploads_too_many");
    EXPECT_EQ(app.begin(bytesOf(10, 1)).text("id"), ids[1]) << "one that is there is found";
    app.call("DELETE", "/uploads/" + ids[1]);
    EXPECT_EQ(app.begin(bytesOf(10, 9)).status(), 201);
    app.signIn("0987654321");
    EXPECT_EQ(app.begin(bytesOf(10, 9)).status(), 201) << "another account has its own";
}

TEST(MobileUploadHostile, WithoutAnAccountAnAddressHasSoMany) {
    App app{{{"sign_in", "optional"}, {"open_uploads", "2"}}};
    const auto statusOf = [&](const std::string& client) {
        app.client = client;
        return app.begin("x").status();
    };
    EXPECT_EQ(statusOf("2001:db8:1:2::1"), 201);
    EXPECT_EQ(statusOf("2001:db8:1:2:ffff::9"), 201);
    EXPECT_EQ(statusOf("2001:db8:1:2:a::3"), 409) << "a network of IPv6 is one";
    EXPECT_EQ(statusOf("2001:db8:1:3::1"), 201);
    EXPECT_EQ(statusOf("203.0.113.1"), 201);
    EXPECT_EQ(statusOf("203.0.113.2"), 201);
}

TEST(MobileUploadHostile, AnOfferThatIsNoneIsRefused) {
    App app{{{"max_file", "1MB"}}};
    app.signIn("0912345678");
    const auto heard = [&](const std::string& name, const std::string& size, const std::string& sha) {
        return app.post("/uploads", R"({"name":")" + name + R"(","size":)" + size + R"(,"sha256":")" + sha + "\"}");
    };
    const std::string sha = sha256Of("x");
    EXPECT_EQ(heard("a", "1048576", sha).status(), 201);
    EXPECT_EQ(heard("a", "1048577", sha).status(), 413);
    EXPECT_EQ(heard("a", "0", sha).code(), "attachment.empty");
    EXPECT_EQ(heard("a", "-5", sha).code(), "attachment.empty");
    EXPECT_EQ(heard("a", "1.5", sha).code(), "request.field_type");
    EXPECT_EQ(heard("a", "1e30", sha).code(), "request.field_type");
    EXPECT_EQ(heard("a", "\"1\"", sha).code(), "request.field_type");
    EXPECT_EQ(heard("", "1", sha).code(), "request.field_missing");
    EXPECT_EQ(heard(std::string(301, 'a'), "1", sha).code(), "petition.field_too_long");
    EXPECT_EQ(heard("a", "1", sha.substr(1)).code(), "request.field_type");
    EXPECT_EQ(heard("a", "1", std::string(64, 'G')).code(), "request.field_type");
    EXPECT_EQ(heard("a", "1", std::string(64, 'A')).code(), "request.field_type");
}

TEST(MobileUploadHostile, WhatIsKeptAndIsNoneOfOursIsNoUpload) {
    App app;
    app.signIn("0912345678");
    const std::string id = app.begin("x").text("id");
    const std::string slot = "slot/" + id.substr(0, 25) + "/00";
    const std::int64_t last = app.inbox.kept(slot)->back().sequence;
    ASSERT_TRUE(app.inbox.drop(slot, last));
    ASSERT_TRUE(app.inbox.keep({.conversation = slot, .id = "part/0000", .data = "rubbish"}));
    EXPECT_EQ(app.get("/uploads/" + id).status(), 404);
    EXPECT_EQ(app.begin("x").status(), 201) << "the slot is free";
    EXPECT_EQ(app.get("/uploads/" + id).status(), 200);
}

}  // namespace
}  // namespace pakn::in_mobile
