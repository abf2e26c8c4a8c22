/// @file
/// Files in parts: over connections that drop, hubs that die, and two devices at once.

#include <functional>
#include <thread>

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPart = kPartSize;

/// "0-2 5-5": which parts an upload says are there.
std::string partsIn(const Heard& heard) {
    std::string all;
    for (const auto& range : heard.at("parts").GetArray())
        all += (all.empty() ? "" : " ") + std::to_string(range["from"].GetInt()) + '-' +
               std::to_string(range["to"].GetInt());
    return all;
}

class MobileUpload : public ::testing::Test {
protected:
    void SetUp() override { app.signIn("0912345678"); }
    App app;
};

TEST_F(MobileUpload, BeginsWithWhatIsToCome) {
    const std::string bytes = bytesOf(2 * kPart + 1);
    const Heard begun = app.begin(bytes);
    EXPECT_EQ(begun.status(), 201);
    EXPECT_EQ(begun.at("part_size").GetInt64(), kPartSize);
    EXPECT_EQ(begun.at("part_count").GetInt(), 3);
    EXPECT_EQ(begun.at("size").GetUint64(), bytes.size());
    EXPECT_FALSE(begun.at("whole").GetBool());
    EXPECT_EQ(partsIn(begun), "");
    EXPECT_EQ(begun.text("name"), "anh.jpg");
}

TEST_F(MobileUpload, PartsComeInAnyOrderAndMakeTheWhole) {
    const std::string bytes = bytesOf(6 * kPart + 123);
    const std::string id = app.begin(bytes).text("id");
    for (const int part : {6, 0, 5, 3, 1, 4}) {
        const Heard put = app.put(id, part, App::partOf(bytes, part));
        ASSERT_EQ(put.status(), 200) << put.response.body;
        EXPECT_FALSE(put.at("whole").GetBool());
    }
    EXPECT_EQ(partsIn(app.get("/uploads/" + id)), "0-1 3-6");
    const Heard last = app.put(id, 2, App::partOf(bytes, 2));
    EXPECT_TRUE(last.at("whole").GetBool());
    EXPECT_EQ(partsIn(last), "0-6");
}

TEST_F(MobileUpload, AnyNodeGoesOnWhereAnotherStopped) {
    const std::string bytes = bytesOf(5 * kPart);
    const std::string id = app.begin(bytes).text("id");
    app.put(id, 0, App::partOf(bytes, 0));
    app.restart();
    app.put(id, 1, App::partOf(bytes, 1));
    app.restart();
    EXPECT_EQ(partsIn(app.get("/uploads/" + id)), "0-1");
    EXPECT_EQ(app.begin(bytes).text("id"), id) << "the same offer is the same upload";
    for (const int part : {2, 3, 4}) app.put(id, part, App::partOf(bytes, part));
    EXPECT_TRUE(app.get("/uploads/" + id).at("whole").GetBool());
}

TEST_F(MobileUpload, APartWhoseAnswerWasLostIsSentAgain) {
    const std::string bytes = bytesOf(2 * kPart);
    const std::string id = app.begin(bytes).text("id");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(app.put(id, 0, App::partOf(bytes, 0)).status(), 200);
    EXPECT_EQ(partsIn(app.get("/uploads/" + id)), "0-0");
    const std::size_t before = app.conversations().size();
    app.put(id, 0, App::partOf(bytes, 0));
    EXPECT_EQ(app.conversations().size(), before);
}

TEST_F(MobileUpload, AHubThatDiesBetweenAPartAndItsMarkLosesNothing) {
    const std::string bytes = bytesOf(2 * kPart);
    const std::string id = app.begin(bytes).text("id");
    const int kept = app.inbox.keeps();
    app.put(id, 0, App::partOf(bytes, 0));
    ASSERT_EQ(app.inbox.keeps(), kept + 2) << "the part, then its mark";
    // What a hub leaves that died before the mark: the part alone.
    App other;
    other.signIn("0912345678");
    const std::string same = other.begin(bytes).text("id");
    ASSERT_EQ(same, id);
    ASSERT_TRUE(
        other.inbox.keep({.conversation = "part/" + id + "/0", .id = "part/0000", .data = App::partOf(bytes, 0)}));
    EXPECT_EQ(partsIn(other.get("/uploads/" + id)), "");
    EXPECT_EQ(other.put(id, 0, App::partOf(bytes, 0)).status(), 200);
    EXPECT_EQ(other.put(id, 1, App::partOf(bytes, 1)).at("whole").GetBool(), true);
}

TEST_F(MobileUpload, WhileTheStoreIsAwayTheAppIsToldToComeAgain) {
    const std::string bytes = bytesOf(kPart);
    const std::string id = app.begin(bytes).text("id");
    app.inbox.failKeep(Error{.code = Errc::kUnavailable, .message = "away", .retry_after = 30s});
    const Heard away = app.put(id, 0, bytes);
    EXPECT_EQ(away.status(), 503);
    EXPECT_EQ(away.response.headers.at("retry-after"), "30");
    app.inbox.failKeep(std::nullopt);
    EXPECT_TRUE(app.put(id, 0, bytes).at("whole").GetBool());
}

TEST_F(MobileUpload, TwoDevicesOfOneAccountShareAnUpload) {
    const std::string bytes = bytesOf(8 * kPart);
    const std::string id = app.begin(bytes).text("id");
    const auto uploadAll = [&](bool backwards) {
        for (int i = 0; i < 8; ++i) {
            const int part = backwards ? 7 - i : i;
            EXPECT_EQ(app.put(id, part, App::partOf(bytes, part)).status(), 200);
        }
    };
    std::thread tablet{[&] { uploadAll(true); }};
    uploadAll(false);
    tablet.join();
    EXPECT_TRUE(app.get("/uploads/" + id).at("whole").GetBool());
}

TEST_F(MobileUpload, TwoDevicesBeginAtOnceAndNeitherIsLost) {
    std::vector<std::string> ids(8);
    std::vector<std::thread> devices;
    for (std::size_t i = 0; i < ids.size(); ++i)
        devices.emplace_back([&, i] { ids[i] = app.begin(bytesOf(10, static_cast<unsigned>(i))).text("id"); });
    for (std::thread& device : devices) device.join();
    for (const std::string& id : ids) EXPECT_EQ(app.get("/uploads/" + id).status(), 200) << id;
}

/// Somebody else, on another node, does something between what this one reads and what it keeps.
class BetweenInbox final : public Inbox {
public:
    BetweenInbox(Inbox& inner, std::function<void()> between) : inner_{inner}, between_{std::move(between)} {}
    /// Looks through so many slots first.
    static constexpr int kSlots = 10;
    Result<Accepted> accept(IncomingPetition petition) override { return inner_.accept(std::move(petition)); }
    Result<std::vector<KeptEvent>> keep(KeptEvent event) override {
        if (between_) std::exchange(between_, {})();
        return inner_.keep(std::move(event));
    }
    Result<std::vector<KeptEvent>> kept(std::string_view conversation) override {
        if (++reads_ > kSlots && between_) std::exchange(between_, {})();
        return inner_.kept(conversation);
    }
    Status drop(std::string_view conversation, std::int64_t sequence) override {
        if (between_) std::exchange(between_, {})();
        return inner_.drop(conversation, sequence);
    }
    Result<std::vector<std::string>> quiet(Instant before, int most) override { return inner_.quiet(before, most); }
    Result<Accepted> update(Update update) override { return inner_.update(std::move(update)); }
    Result<Accepted> refuse(Unacceptable item) override { return inner_.refuse(std::move(item)); }

private:
    Inbox& inner_;
    std::function<void()> between_;
    int reads_ = 0;
};

TEST_F(MobileUpload, WhoIsSecondInASlotTakesAnother) {
    Uploads uploads{app.rules, app.services};
    const Owner owner = Owner::ofAccount(app.address());
    const Offer offer{.name = "a.jpg", .size = 1, .sha256 = sha256Of("a")};
    std::string first;
    BetweenInbox between{app.inbox, [&] { first = app.begin("b").text("id"); }};
    const Result<Upload> second = uploads.begin(owner, offer, {}, between);
    ASSERT_TRUE(second);
    EXPECT_EQ(first.substr(26, 2), "00");
    EXPECT_EQ(second->id.substr(26, 2), "01");
    EXPECT_EQ(app.get("/uploads/" + first).status(), 200);
    EXPECT_EQ(app.get("/uploads/" + second->id).status(), 200);
}

TEST_F(MobileUpload, WhatIsOverIsTakenAwayAndNothingThatCameSince) {
    app.begin("old");
    app.services.clock.advance(25h);
    app.inbox.clock.advance(25h);
    Uploads uploads{app.rules, app.services};
    std::string first;
    BetweenInbox between{app.inbox, [&] { first = app.begin("b").text("id"); }};
    const Result<Upload> second = uploads.begin(Owner::ofAccount(app.address()),
                                                {.name = "a.jpg", .size = 1, .sha256 = sha256Of("a")}, {}, between);
    ASSERT_TRUE(second);
    EXPECT_EQ(app.get("/uploads/" + first).status(), 200);
    EXPECT_EQ(app.get("/uploads/" + second->id).status(), 200);
    EXPECT_NE(first, second->id);
}

TEST_F(MobileUpload, WhatIsNotWhatWasSaidIsWantedAgain) {
    const std::string bytes = bytesOf(2 * kPart);
    const std::string other = bytesOf(2 * kPart, 2);
    const std::string id = app.begin(bytes).text("id");
    app.put(id, 0, App::partOf(bytes, 0));
    const Heard wrong = app.put(id, 1, App::partOf(other, 1));
    EXPECT_EQ(wrong.status(), 422);
    EXPECT_EQ(wrong.code(), "mobile.upload_hash_differs");
    EXPECT_EQ(partsIn(app.get("/uploads/" + id)), "") << "nobody knows which part it is";
    app.put(id, 0, App::partOf(bytes, 0));
    EXPECT_TRUE(app.put(id, 1, App::partOf(bytes, 1)).at("whole").GetBool());
}

TEST_F(MobileUpload, AnotherKeyIsAnotherUploadOfTheSameFile) {
    const std::string offer = R"({"name":"a.jpg","size":1,"sha256":")" + sha256Of("x") + "\"}";
    const std::string first = app.post("/uploads", offer, kKey).text("id");
    EXPECT_EQ(app.post("/uploads", offer, kKey).text("id"), first);
    EXPECT_NE(app.post("/uploads", offer, kOtherKey).text("id"), first);
    EXPECT_NE(app.post("/uploads", offer).text("id"), first);
    EXPECT_EQ(app.post("/uploads", offer, "short").status(), 400);
}

TEST_F(MobileUpload, CanBeThrownAway) {
    const std::string bytes = bytesOf(5 * kPart);
    const std::string id = app.upload(bytes);
    EXPECT_EQ(app.call("DELETE", "/uploads/" + id).status(), 204);
    EXPECT_EQ(app.get("/uploads/" + id).status(), 404);
    EXPECT_TRUE(app.conversations().empty());
}

TEST_F(MobileUpload, IsOverAfterADayAndSwept) {
    const std::string bytes = bytesOf(5 * kPart);
    const std::string id = app.begin(bytes).text("id");
    app.put(id, 0, App::partOf(bytes, 0));
    const auto forward = [&](std::chrono::milliseconds by) {
        app.services.clock.advance(by);
        app.inbox.clock.advance(by);
    };
    forward(23h);
    app.put(id, 4, App::partOf(bytes, 4));
    ASSERT_TRUE(app.api->poll(app.inbox, {}));
    EXPECT_EQ(partsIn(app.get("/uploads/" + id)), "0-0 4-4");
    forward(1h);
    EXPECT_EQ(app.get("/uploads/" + id).code(), "mobile.upload_unknown");
    EXPECT_EQ(app.put(id, 1, App::partOf(bytes, 1)).status(), 404);
    const std::string again = app.begin(bytes).text("id");
    EXPECT_EQ(partsIn(app.get("/uploads/" + again)), "") << "it begins anew";
    forward(25h);
    ASSERT_TRUE(app.api->poll(app.inbox, {}));
    EXPECT_TRUE(app.conversations().empty());
    EXPECT_GT(app.services.counted("swept"), 0);
}

TEST_F(MobileUpload, SweepingReturnsSoonWhenStopIsRequested) {
    for (unsigned i = 0; i < 5; ++i) app.begin(bytesOf(10, i));
    app.services.clock.advance(48h);
    std::stop_source stop;
    stop.request_stop();
    ASSERT_TRUE(app.api->poll(app.inbox, stop.get_token()));
    EXPECT_EQ(app.conversations().size(), 5U);
}

}  // namespace
}  // namespace pakn::in_mobile
