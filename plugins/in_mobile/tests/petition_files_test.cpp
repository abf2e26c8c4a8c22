/// @file
/// Files that go with a petition: whole, once, and found again when the petition is sent again.

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPart = kPartSize;

class MobilePetitionFiles : public ::testing::Test {
protected:
    void SetUp() override { app.signIn("0912345678"); }
    Heard submit(const std::vector<std::string>& uploads, const std::string& key = kKey, const std::string& more = {}) {
        std::string ids;
        for (const std::string& id : uploads) ids += (ids.empty() ? "\"" : ",\"") + id + '"';
        return app.post("/petitions", petitionJson(",\"uploads\":[" + ids + "]" + more), key);
    }
    App app;
};

TEST_F(MobilePetitionFiles, ArriveAsTheyWereSent) {
    const std::string photo = bytesOf(5 * kPart + 77);
    const std::string film = bytesOf(1000, 7);
    const Heard heard = submit({app.upload(photo, "ảnh.jpg"), app.upload(film, "phim.mp4")}, kKey,
                               R"(,"attachments":[{"name":"nho.txt","content_type":"text/plain","data":"eGlu"}])");
    EXPECT_EQ(heard.status(), 201) << heard.response.body;
    const std::vector<Attachment> files = app.inbox.stored().back().attachments;
    ASSERT_EQ(files.size(), 3U);
    EXPECT_EQ(files[0].name, "nho.txt");
    EXPECT_EQ(*files[0].content.bytes(100), "xin");
    EXPECT_EQ(files[1].name, "ảnh.jpg");
    EXPECT_EQ(files[1].content_type, "image/jpeg");
    EXPECT_EQ(*files[1].content.bytes(photo.size()), photo);
    EXPECT_EQ(*files[2].content.bytes(film.size()), film);
}

TEST_F(MobilePetitionFiles, AreNotKeptTwice) {
    const std::string id = app.upload(bytesOf(5 * kPart));
    ASSERT_EQ(submit({id}).status(), 201);
    for (const std::string& conversation : app.conversations())
        EXPECT_FALSE(conversation.starts_with("part/")) << conversation;
    EXPECT_EQ(app.get("/uploads/" + id).code(), "mobile.upload_used");
    EXPECT_EQ(app.put(id, 0, std::string(kPart, 'x')).code(), "mobile.upload_used");
}

TEST_F(MobilePetitionFiles, APetitionWhoseAnswerWasLostFindsThemAgain) {
    const std::string id = app.upload(bytesOf(kPart));
    const Heard first = submit({id});
    app.restart();
    const Heard again = submit({id});
    EXPECT_EQ(again.status(), 200) << again.response.body;
    EXPECT_EQ(again.code(), first.code());
    EXPECT_EQ(app.inbox.stored().size(), 1U);
}

TEST_F(MobilePetitionFiles, AHubThatDiesBeforeItMarksThemStoresOnePetition) {
    const std::string id = app.upload(bytesOf(kPart));
    // The petition is stored; nothing can be kept any more, as if the hub had died then.
    testing::FakeInbox* const inbox = &app.inbox;
    inbox->failKeep(Error{.code = Errc::kUnavailable, .message = "dead"});
    EXPECT_EQ(submit({id}).status(), 201) << "stored is stored";
    EXPECT_FALSE(app.services.logged().empty());
    inbox->failKeep(std::nullopt);
    app.restart();
    const Heard again = submit({id});
    EXPECT_EQ(again.status(), 200);
    EXPECT_EQ(inbox->stored().size(), 1U);
    EXPECT_EQ(app.get("/uploads/" + id).code(), "mobile.upload_used");
}

TEST_F(MobilePetitionFiles, GoWithOnePetitionAlone) {
    const std::string id = app.upload(bytesOf(10));
    submit({id});
    const Heard second = submit({id}, kOtherKey);
    EXPECT_EQ(second.status(), 409);
    EXPECT_EQ(second.code(), "mobile.upload_used");
    EXPECT_EQ(second.text("field"), "/uploads/0");
    EXPECT_EQ(app.inbox.stored().size(), 1U);
    const std::string fresh = app.upload(bytesOf(10));
    EXPECT_NE(fresh, id) << "the same file may come again";
    EXPECT_EQ(submit({fresh}, kOtherKey).status(), 201);
}

TEST_F(MobilePetitionFiles, ThatAreNotWholeAreWaitedFor) {
    const std::string bytes = bytesOf(2 * kPart);
    const std::string whole = app.upload(bytesOf(10));
    const std::string id = app.begin(bytes).text("id");
    app.put(id, 0, App::partOf(bytes, 0));
    const Heard early = submit({whole, id});
    EXPECT_EQ(early.status(), 409);
    EXPECT_EQ(early.code(), "mobile.upload_incomplete");
    EXPECT_EQ(early.text("field"), "/uploads/1");
    app.put(id, 1, App::partOf(bytes, 1));
    EXPECT_EQ(submit({whole, id}).status(), 201);
}

TEST_F(MobilePetitionFiles, WhosePartsAreGoneAreWantedAgain) {
    const std::string bytes = bytesOf(2 * kPart);
    const std::string id = app.upload(bytes);
    const std::string parts = "part/" + id + "/0";
    ASSERT_TRUE(app.inbox.drop(parts, app.inbox.kept(parts)->back().sequence));
    EXPECT_EQ(submit({id}).code(), "mobile.upload_incomplete");
    EXPECT_EQ(app.get("/uploads/" + id).at("parts").Size(), 0U);
    for (const int part : {0, 1}) app.put(id, part, App::partOf(bytes, part));
    EXPECT_EQ(submit({id}).status(), 201);
}

TEST_F(MobilePetitionFiles, AreNotLargerTogetherThanMayBe) {
    App small{{{"max_files", "1MB"}, {"max_file", "1MB"}}};
    small.signIn("0912345678");
    const std::string one = small.upload(bytesOf(600 << 10, 1));
    const std::string two = small.upload(bytesOf(600 << 10, 2));
    const Heard heard = small.post("/petitions", petitionJson(",\"uploads\":[\"" + one + "\",\"" + two + "\"]"), kKey);
    EXPECT_EQ(heard.status(), 413);
    EXPECT_EQ(heard.code(), "mobile.files_too_large");
    EXPECT_EQ(small.post("/petitions", petitionJson(",\"uploads\":[\"" + one + "\"]"), kKey).status(), 201);
}

TEST_F(MobilePetitionFiles, NoMoreThanTenInAll) {
    std::vector<std::string> ids;
    for (unsigned i = 0; i < 10; ++i) ids.push_back(app.upload(bytesOf(10, i)));
    EXPECT_EQ(submit(ids, kKey, R"(,"attachments":[{"name":"a","data":"eA=="}])").code(),
              "petition.too_many_attachments");
    EXPECT_EQ(submit(ids).status(), 201);
}

TEST_F(MobilePetitionFiles, OfMorePetitionsThanThereAreSlots) {
    for (int i = 0; i < 25; ++i) {
        const std::string id = app.upload(bytesOf(10, static_cast<unsigned>(i)));
        ASSERT_EQ(submit({id}, std::string{kKey} + std::to_string(i)).status(), 201) << i;
    }
    EXPECT_EQ(app.inbox.stored().size(), 25U);
}

TEST_F(MobilePetitionFiles, ARefusedPetitionLeavesThemWhereTheyAre) {
    const std::string id = app.upload(bytesOf(10));
    testing::FakeInbox refusing{
        [](const IncomingPetition&) { return std::optional{testing::FakeInbox::refused("petition.text_invalid")}; }};
    EXPECT_EQ(app.post("/petitions", R"({"content":"x","uploads":[")" + id + "\"]}", kKey).status(), 422);
    EXPECT_TRUE(app.get("/uploads/" + id).at("whole").GetBool());
    EXPECT_EQ(submit({id}).status(), 201);
}

TEST_F(MobilePetitionFiles, AreFoundForADayAfterTheyWent) {
    const std::string id = app.upload(bytesOf(10));
    submit({id});
    app.services.clock.advance(25h);
    app.inbox.clock.advance(25h);
    EXPECT_EQ(submit({id}).code(), "mobile.upload_unknown");
    // The app uploads it once more; the same content under the same key is the petition that there is.
    const std::string again = app.upload(bytesOf(10));
    EXPECT_EQ(again, id);
    EXPECT_EQ(submit({again}).status(), 200);
    EXPECT_EQ(app.inbox.stored().size(), 1U);
}

}  // namespace
}  // namespace pakn::in_mobile
