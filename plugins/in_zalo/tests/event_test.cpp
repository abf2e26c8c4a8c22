/// @file
/// Every payload of docs/contracts/zalo-oa.md, section 3, and the variants seen in the wild.

#include "event.hpp"

#include <gmock/gmock.h>

#include <set>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Event eventOf(const std::string& body) {
    Result<Event> event = readEvent(body);
    if (!event) ADD_FAILURE() << event.error().message;
    return event ? *std::move(event) : Event{};
}
/// A message with these members.
Event messageOf(const std::string& name, const std::string& members) {
    return eventOf(
        R"({"event_name":")" + name +
        R"(","sender":{"id":"5510000000000000001"},"recipient":{"id":"1646000000000000001"},"message":{"msg_id":"m-1",)" +
        members + R"(},"timestamp":"1764000001000"})");
}

TEST(Events, ATextIsOfItsSender) {
    const Event event = eventOf(std::string{kVectorBody});
    EXPECT_EQ(event.kind, EventKind::kMessage);
    EXPECT_EQ(event.user_id, kUser);
    EXPECT_EQ(event.oa_id, kOaId);
    EXPECT_EQ(event.text, "Đèn đường hỏng");
    EXPECT_THAT(event.msg_ids, ElementsAre("e2a641af6661713b2874"));
    ASSERT_TRUE(event.at);
    EXPECT_EQ(event.at->time_since_epoch().count(), 1764000000123);
}

TEST(Events, IdsAreTexts) {
    const Event event = eventOf(
        R"({"event_name":"user_send_text","sender":{"id":9007199254740993001},"recipient":{"id":"1"},"message":{"text":"a","msg_id":9007199254740993007},"timestamp":1764000000123})");
    EXPECT_EQ(event.user_id, "9007199254740993001") << "written as a number it loses no digit, either";
    EXPECT_THAT(event.msg_ids, ElementsAre("9007199254740993007"));
    EXPECT_EQ(event.timestamp, "1764000000123");
}

TEST(Events, AnImageHasItsText) {
    const Event event = messageOf(
        "user_send_image",
        R"("text":"Ổ gà trước số 12","attachments":[{"type":"image","payload":{"url":"https://f1.example-zdn.vn/a.jpg","thumbnail":"https://f1.example-zdn.vn/a_t.jpg"}},{"type":"image","payload":{"url":"https://f1.example-zdn.vn/b.jpg"}}])");
    EXPECT_EQ(event.text, "Ổ gà trước số 12");
    ASSERT_THAT(event.files, SizeIs(2));
    EXPECT_EQ(event.files[0].type, "image");
    EXPECT_EQ(event.files[1].url, "https://f1.example-zdn.vn/b.jpg");
}

TEST(Events, APlaceHasCoordinatesAsTexts) {
    const Event event = messageOf(
        "user_send_location",
        R"("text":"Chợ Phú Bài","attachments":[{"type":"location","payload":{"coordinates":{"latitude":"16.4001","longitude":"107.6902"}}}])");
    ASSERT_TRUE(event.place);
    EXPECT_DOUBLE_EQ(event.place->latitude, 16.4001);
    EXPECT_DOUBLE_EQ(event.place->longitude, 107.6902);
    EXPECT_EQ(event.text, "Chợ Phú Bài");
    for (const char* wrong : {"\"91\"", "\"x\"", "\"\"", "\"nan\"", "null", "{}"})
        EXPECT_FALSE(
            messageOf(
                "user_send_location",
                std::string{R"("text":"a","attachments":[{"type":"location","payload":{"coordinates":{"latitude":)"} +
                    wrong + R"(,"longitude":"107"}}}])")
                .place)
            << wrong;
}

TEST(Events, AFileHasAName) {
    const Event event = messageOf(
        "user_send_file",
        R"("attachments":[{"type":"file","payload":{"url":"https://f9.example-zdn.vn/don.pdf","size":"233947","name":"don.pdf","checksum":"db8f0000","type":"pdf"}}])");
    ASSERT_THAT(event.files, SizeIs(1));
    EXPECT_EQ(event.files[0].name, "don.pdf");
    EXPECT_EQ(event.files[0].type, "file");
}

TEST(Events, VoiceVideoAndGifAreFiles) {
    const std::pair<const char*, const char*> kinds[] = {
        {"audio", "audio"}, {"voice", "audio"}, {"video", "video"}, {"gif", "gif"}};
    for (const auto& [type, called] : kinds) {
        const Event event = messageOf(
            "user_send_audio",
            std::string{R"("attachments":[{"type":")"} + type +
                R"(","payload":{"url":"https://v.example-zdn.vn/x","thumbnail":"https://v.example-zdn.vn/t.jpg","description":""}}])");
        ASSERT_THAT(event.files, SizeIs(1)) << type;
        EXPECT_EQ(event.files[0].type, called);
    }
}

TEST(Events, AStickerIsNothingForAPetition) {
    const Event event = messageOf(
        "user_send_sticker",
        R"("attachments":[{"type":"sticker","payload":{"id":"21979","url":"https://s.example-zdn.vn/x.png"}}])");
    EXPECT_EQ(event.kind, EventKind::kMessage);
    EXPECT_FALSE(event.hasContent());
}

TEST(Events, ALinkIsAText) {
    const char* const attachment =
        R"("attachments":[{"type":"link","payload":{"url":"https://a.example/tin","thumbnail":"https://a.example/t.jpg","title":"Tin","description":"..."}}])";
    EXPECT_EQ(messageOf("user_send_link", std::string{R"("text":"https://a.example/tin",)"} + attachment).text,
              "https://a.example/tin");
    const Event bare = messageOf("user_send_link", attachment);
    EXPECT_EQ(bare.text, "https://a.example/tin");
    EXPECT_THAT(bare.files, IsEmpty()) << "what a link leads to is nobody's attachment";
}

TEST(Events, VariantsSeenInTheWild) {
    const Event photo = messageOf(
        "user_send_image", R"("attachments":[{"type":"photo","payload":{"url":"https://f1.example-zdn.vn/a.jpg"}}])");
    ASSERT_THAT(photo.files, SizeIs(1));
    EXPECT_EQ(photo.files[0].type, "image");

    const Event bare = messageOf("user_send_image", R"("photo_url":"https://f1.example-zdn.vn/a.jpg")");
    ASSERT_THAT(bare.files, SizeIs(1));
    EXPECT_EQ(bare.files[0].type, "image");

    const Event url = messageOf("user_send_file", R"("url":"https://f1.example-zdn.vn/a.pdf")");
    ASSERT_THAT(url.files, SizeIs(1));
    EXPECT_EQ(url.files[0].type, "file");

    const Event beside = eventOf(
        R"({"event_name":"user_send_image","sender":{"id":"1"},"recipient":{"id":"2"},"message":{"msg_id":"m"},"attachments":[{"type":"image","payload":{"url":"https://f1.example-zdn.vn/a.jpg"}}],"timestamp":"1764000001000"})");
    EXPECT_THAT(beside.files, SizeIs(1));
}

TEST(Events, FollowingNamesTheFollower) {
    const Event event = eventOf(
        R"({"event_name":"follow","oa_id":"1646000000000000001","follower":{"id":"5510000000000000001"},"user_id_by_app":"3611000000000000001","source":"oa_profile","app_id":"1234567890123456789","timestamp":"1764000002000"})");
    EXPECT_EQ(event.kind, EventKind::kRelation);
    EXPECT_EQ(event.user_id, kUser);
    EXPECT_EQ(event.oa_id, kOaId);
    EXPECT_EQ(keyOf(event, ""), std::string{kOaId} + "|follow|" + kUser + "|1764000002000");
}

TEST(Events, WhoSomebodyIsInBothShapes) {
    const char* const head =
        R"({"event_name":"user_submit_info","sender":{"id":"5510000000000000001"},"recipient":{"id":"1646000000000000001"},"app_id":"1234567890123456789","timestamp":"1764000003000","info":)";
    const Event now = eventOf(
        std::string{head} +
        R"({"name":"Nguyễn Văn A","phone":"84912345678","user_dob":"30/10/1990","gender":"Nam","full_address":{"user_city":"Thành phố Huế","user_ward":"Phường Vỹ Dạ","user_address":"12 Đường X"}}})");
    EXPECT_EQ(now.kind, EventKind::kSubmitInfo);
    ASSERT_TRUE(now.info);
    EXPECT_EQ(now.info->name, "Nguyễn Văn A");
    EXPECT_EQ(now.info->phone, "84912345678");
    EXPECT_EQ(now.info->address, "12 Đường X, Phường Vỹ Dạ, Thành phố Huế");
    const Event before = eventOf(
        std::string{head} +
        R"({"address":"12 Đường X","phone":84912345678,"city":"Huế","district":"Vỹ Dạ","name":"Nguyễn Văn A","ward":"Phường 1"}})");
    ASSERT_TRUE(before.info);
    EXPECT_EQ(before.info->phone, "84912345678");
    EXPECT_EQ(before.info->address, "12 Đường X, Phường 1, Vỹ Dạ, Huế");
}

TEST(Events, ReceiptsAreOfTheirReader) {
    const char* const parties =
        R"("sender":{"id":"1646000000000000001","admin_id":"7"},"recipient":{"id":"5510000000000000001"},"timestamp":"1764000004000")";
    const Event received = eventOf(std::string{R"({"event_name":"user_received_message",)"} + parties +
                                   R"(,"message":{"msg_id":"m-out-1"}})");
    EXPECT_EQ(received.kind, EventKind::kReceived);
    EXPECT_EQ(received.user_id, kUser);
    EXPECT_EQ(received.oa_id, kOaId);
    const Event seen = eventOf(std::string{R"({"event_name":"user_seen_message",)"} + parties +
                               R"(,"message":{"msg_ids":["m-out-1","m-out-2"]}})");
    EXPECT_EQ(seen.kind, EventKind::kSeen);
    EXPECT_THAT(seen.msg_ids, ElementsAre("m-out-1", "m-out-2"));
    EXPECT_NE(keyOf(received, ""), keyOf(seen, ""));
    const Event by_phone = eventOf(
        R"({"event_name":"user_received_message","sender":{"id":"1646000000000000001"},"recipient":{"id":"84912345678"},"app_id":"1","message":{"delivery_time":"1764000004555","msg_id":"15a0000000000001","tracking_id":"PAKN-060326001"},"timestamp":"1764000004600"})");
    EXPECT_EQ(by_phone.tracking_id, "PAKN-060326001");
    EXPECT_EQ(keyOf(by_phone, ""), std::string{kOaId} + "|user_received_message|15a0000000000001|1764000004555");
}

TEST(Events, EveryNameOfTheContractHasAKind) {
    const std::pair<const char*, EventKind> kinds[] = {{"user_send_text", EventKind::kMessage},
                                                       {"user_send_image", EventKind::kMessage},
                                                       {"user_send_link", EventKind::kMessage},
                                                       {"user_send_audio", EventKind::kMessage},
                                                       {"user_send_video", EventKind::kMessage},
                                                       {"user_send_sticker", EventKind::kMessage},
                                                       {"user_send_gif", EventKind::kMessage},
                                                       {"user_send_location", EventKind::kMessage},
                                                       {"user_send_business_card", EventKind::kMessage},
                                                       {"user_send_file", EventKind::kMessage},
                                                       {"anonymous_send_text", EventKind::kAnonymous},
                                                       {"oa_send_text", EventKind::kEcho},
                                                       {"oa_send_image", EventKind::kEcho},
                                                       {"oa_send_gif", EventKind::kEcho},
                                                       {"oa_send_list", EventKind::kEcho},
                                                       {"oa_send_file", EventKind::kEcho},
                                                       {"oa_send_sticker", EventKind::kEcho},
                                                       {"follow", EventKind::kRelation},
                                                       {"unfollow", EventKind::kRelation},
                                                       {"user_submit_info", EventKind::kSubmitInfo},
                                                       {"add_user_to_tag", EventKind::kRelation},
                                                       {"user_received_message", EventKind::kReceived},
                                                       {"user_seen_message", EventKind::kSeen},
                                                       {"user_click_button", EventKind::kOther},
                                                       {"user_send_group_text", EventKind::kOther}};
    for (const auto& [name, kind] : kinds) EXPECT_EQ(messageOf(name, R"("text":"a")").kind, kind) << name;
}

TEST(Events, KeysAreBoundedAndDiffer) {
    Event event{.name = "user_send_text", .oa_id = kOaId, .user_id = kUser, .msg_ids = {std::string(150, 'm')}};
    EXPECT_LE(keyOf(event, "").size(), 190U);
    event.msg_ids.clear();
    EXPECT_NE(keyOf(event, "a"), keyOf(event, "b")) << "neither id nor time: then it is the bytes";
    std::set<std::string> keys;
    for (const char* name : {"user_received_message", "user_seen_message"})
        for (const char* id : {"1", "2"}) {
            const Event one{.name = name, .oa_id = kOaId, .user_id = kUser, .msg_ids = {id}};
            keys.insert(keyOf(one, ""));
        }
    EXPECT_THAT(keys, SizeIs(4));
}

TEST(Events, WhatIsNoEventIsRefused) {
    for (const std::string& body :
         {std::string{}, std::string{"[]"}, std::string{"{}"}, std::string{"{\"event_name\":"}, std::string{"\xff\xfe"},
          std::string{R"({"event_name":"user_send_text","message":{"text":")"} + "\xff\"}}", std::string(100000, '['),
          R"({"event_name":")" + std::string(200, 'x') + "\"}",
          R"({"event_name":"a","x":[)" + std::string(40000, ',') + "]}"})
        EXPECT_EQ(readEvent(body).error().problem, "zalo.unreadable") << body.substr(0, 40);
}

TEST(Events, TextsAreCleaned) {
    EXPECT_EQ(messageOf("user_send_text", R"("text":" \u0110e\u0300n\r\nh\u1ecfng\u0000\u0007 ")").text, "Đèn\nhỏng");
}

TEST(UserIds, AreNamesOfConversations) {
    for (const char* good : {kUser, "84912345678", "+84912345678", "a1B2-c_d.e"}) EXPECT_TRUE(isUserId(good)) << good;
    for (const std::string& bad :
         {std::string{}, std::string{"a/b"}, std::string{"a b"}, std::string{"ngườ"}, std::string(81, '1')})
        EXPECT_FALSE(isUserId(bad)) << bad;
}

}  // namespace
}  // namespace pakn::in_zalo
