/// @file
/// From messages to petitions: confirmed, left alone, thrown away, added to what is there.

#include "desk_fixture.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(DeskTest, ADraftGrowsAndIsSentByAWord) {
    say("Đèn đường hỏng");
    EXPECT_THAT(zalo_.messages(), SizeIs(1)) << "what there is and how to send it, once";
    say("ở trước số 12");
    EXPECT_THAT(zalo_.messages(), SizeIs(1));
    EXPECT_THAT(petitions(), IsEmpty());
    say("GUI");
    ASSERT_THAT(petitions(), SizeIs(1));
    const IncomingPetition petition = petitions()[0];
    EXPECT_EQ(petition.text, "Đèn đường hỏng\nở trước số 12");
    EXPECT_EQ(petition.category, "other");
    EXPECT_FALSE(petition.anonymous);
    EXPECT_EQ(petition.attributes.at(std::string{kReplyAddress}), kUser);
    EXPECT_FALSE(petition.external_id.empty());
    EXPECT_THAT(zalo_.messages(), SizeIs(2));
    EXPECT_EQ(zalo_.said("T1"), 1) << "the code";
    EXPECT_THAT(conversations(), IsEmpty());
    poll();
    EXPECT_THAT(zalo_.messages(), SizeIs(2));
}

TEST_F(DeskTest, TheOriginalIsTheEventsAsTheyCame) {
    const std::string first = user_.text("Đèn đường hỏng");
    arrive(first);
    const std::string second = user_.text("gửi");
    arrive(second);
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    ASSERT_THAT(petitions()[0].attachments, SizeIs(1));
    const Attachment original = petitions()[0].attachments[0];
    EXPECT_EQ(original.content_type, kOriginalType);
    EXPECT_EQ(*original.content.bytes(1U << 20U), first + '\n' + second + '\n');
}

TEST_F(DeskTest, ADraftThatIsLeftAloneIsSentAsItIs) {
    say("Đèn đường hỏng");
    advance(5min);
    say("ở trước số 12");
    advance(10min - 1s);
    poll();
    EXPECT_THAT(petitions(), IsEmpty()) << "the window begins anew with each message";
    advance(1s);
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, CancelThrowsTheDraftAway) {
    say("Đèn đường hỏng");
    say("Huỷ");
    EXPECT_THAT(zalo_.messages(), SizeIs(2));
    advance(1h);
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
    say("Hố ga mất nắp");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_EQ(petitions()[0].text, "Hố ga mất nắp");
}

TEST_F(DeskTest, WordsAloneAreNoPetition) {
    for (const char* word : {"gửi", "hủy"}) {
        say(word);
        EXPECT_THAT(petitions(), IsEmpty());
        EXPECT_EQ(inbox_.calls(), 0);
    }
    EXPECT_THAT(zalo_.messages(), SizeIs(2)) << "each is answered";
    advance(10min);
    poll();
    EXPECT_THAT(conversations(), IsEmpty());
    EXPECT_THAT(zalo_.messages(), SizeIs(2));
}

TEST_F(DeskTest, AStickerIsNoPetition) {
    arrive(user_.message(
        "user_send_sticker",
        R"("attachments":[{"type":"sticker","payload":{"id":"1","url":"https://s.example-zdn.vn/x.png"}}])"));
    poll();
    advance(1h);
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, UnconfirmedDraftsAreDroppedAfterAReminderWhereTheProvinceWantsThat) {
    start({{"unconfirmed", "drop"}, {"drop_after", "2h"}});
    say("Đèn đường hỏng");
    advance(10min);
    poll();
    EXPECT_THAT(zalo_.messages(), SizeIs(2)) << "a reminder";
    advance(10min);
    poll();
    EXPECT_THAT(zalo_.messages(), SizeIs(2)) << "one";
    advance(100min);
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
    EXPECT_THAT(zalo_.messages(), SizeIs(3));

    say("Hố ga mất nắp");
    advance(10min);
    poll();
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(1)) << "reminded, confirmed";
}

TEST_F(DeskTest, APlaceIsWhereItHappened) {
    arrive(user_.text("Ngập nước"));
    arrive(user_.place("Chợ An Cựu"));
    arrive(user_.place("Chợ Phú Bài"));
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    const IncomingPetition petition = petitions()[0];
    EXPECT_EQ(petition.location.address, "Chợ Phú Bài");
    EXPECT_DOUBLE_EQ(petition.location.latitude.value_or(0), 16.4001);
    EXPECT_DOUBLE_EQ(petition.location.longitude.value_or(0), 107.6902);
    EXPECT_THAT(petition.text, HasSubstr("Chợ An Cựu"));
    EXPECT_THAT(petition.text, HasSubstr("Chợ Phú Bài"));
}

TEST_F(DeskTest, WhoSomebodyIsFillsThePetitioner) {
    start({{"ask_identity", "true"}, {"card_image", "https://hub.example/logo.png"}});
    say("Đèn đường hỏng");
    ASSERT_THAT(zalo_.messages(), SizeIs(2));
    EXPECT_THAT(zalo_.messages()[1].body, HasSubstr("request_user_info"));
    arrive(user_.event(
        "user_submit_info",
        R"("info":{"name":"Nguyễn Văn A","phone":"84912345678","full_address":{"user_city":"Thành phố Huế","user_ward":"Phường Vỹ Dạ","user_address":"12 Đường X"}})"));
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_EQ(petitions()[0].petitioner.name, "Nguyễn Văn A");
    EXPECT_EQ(petitions()[0].petitioner.phone, "84912345678");
    EXPECT_EQ(petitions()[0].petitioner.address, "12 Đường X, Phường Vỹ Dạ, Thành phố Huế");
    EXPECT_FALSE(petitions()[0].consent.process_personal_data) << "none is assumed";
    EXPECT_FALSE(petitions()[0].consent.use_identity_in_handling);
    EXPECT_EQ(petitions()[0].text, "Đèn đường hỏng");
    EXPECT_EQ(zalo_.asked("/v3.0/oa/message/cs"), 3) << "one card";
}

TEST_F(DeskTest, TheProvinceMaySayThatWhoeverWritesAgrees) {
    start({{"consent", "true"}});
    say("Đèn đường hỏng");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_TRUE(petitions()[0].consent.process_personal_data);
    EXPECT_TRUE(petitions()[0].consent.use_identity_in_handling);
    EXPECT_FALSE(petitions()[0].consent.publish_identity);
}

TEST_F(DeskTest, WhoSomebodyIsAloneIsNoPetition) {
    arrive(user_.event("user_submit_info", R"("info":{"name":"Nguyễn Văn A","phone":"84912345678"})"));
    advance(1h);
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, TwoUsersHaveTwoPetitions) {
    Writer other{kOther};
    arrive(user_.text("Đèn đường hỏng"));
    arrive(other.text("Hố ga mất nắp"));
    arrive(user_.text("gửi"));
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_EQ(petitions()[0].text, "Đèn đường hỏng");
    arrive(other.text("gửi"));
    poll();
    ASSERT_THAT(petitions(), SizeIs(2));
    EXPECT_NE(petitions()[0].external_id, petitions()[1].external_id);
    for (const FakeZalo::Message& one : zalo_.messages())
        EXPECT_EQ(one.to, one.text.find("T2") != std::string::npos ? kOther : one.to);
}

TEST_F(DeskTest, AnonymousMessagesBecomeAPetitionThatNobodyIsAnsweredFor) {
    arrive(user_.message("anonymous_send_text", R"("text":"Đèn đường hỏng")"));
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    arrive(user_.message("anonymous_send_text", R"("text":"ở số 12")"));
    advance(10min);
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_TRUE(petitions()[0].anonymous);
    EXPECT_EQ(petitions()[0].attributes.count(std::string{kReplyAddress}), 0U);
    EXPECT_EQ(petitions()[0].text, "Đèn đường hỏng\nở số 12");
    EXPECT_THAT(zalo_.messages(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, MessagesAreReadInTheOrderInWhichTheyWereWritten) {
    const std::string first = user_.text("một");
    const std::string second = user_.text("hai");
    const std::string third = user_.text("ba");
    arrive(third);
    arrive(first);
    arrive(second);
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_EQ(petitions()[0].text, "một\nhai\nba");
}

TEST_F(DeskTest, AWordThatOvertookItsTextSendsIt) {
    const std::string text = user_.text("Đèn đường hỏng");
    arrive(user_.text("gửi"));
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    advance(30s);
    arrive(text);
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, WhatComesLateBelongsToThePetitionItWasWrittenFor) {
    const std::string late = user_.text("trước số 12");
    say("Đèn đường hỏng");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    advance(30s);
    arrive(late);
    poll();
    EXPECT_THAT(petitions(), SizeIs(1));
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kSupplement);
    EXPECT_EQ(inbox_.updates()[0].code, "T1");
    EXPECT_EQ(inbox_.updates()[0].text, "trước số 12");
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, ARepetitionHoursLaterMakesNoSecondPetition) {
    const std::string text = user_.text("Đèn đường hỏng");
    const std::string word = user_.text("gửi");
    arrive(text);
    arrive(word);
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    for (const auto wait : {30s, 300s, 900s, 1800s, 3600s}) {
        advance(wait);
        arrive(text);
        arrive(word);
        poll();
    }
    advance(12h);
    poll();
    EXPECT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(inbox_.updates(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, SupplementIsAWord) {
    say("Đèn đường hỏng");
    say("gửi");
    advance(1h);
    say("bổ sung");
    say("Cột đèn số 7");
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(1));
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].code, "T1");
    EXPECT_EQ(inbox_.updates()[0].text, "Cột đèn số 7");

    say("bổ sung ảnh hố ga mất nắp");  // A sentence is no command.
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(2));
    say("bổ sung t1");
    say("cột số 7, không phải 8");
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(2));
    ASSERT_THAT(inbox_.updates(), SizeIs(2));
    EXPECT_EQ(inbox_.updates()[1].code, "T1");
    say("bổ sung 999999");
    say("Rác trước nhà");
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(3)) << "somebody else's code, or nobody's";
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, WhatAnOfficerAsksIsAnsweredByTheNextDraft) {
    say("Đèn đường hỏng");
    say("gửi");
    record("T1", "", {{"question", "Cột số mấy?"}});
    advance(1h);
    say("Cột số 7");
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(1));
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].text, "Cột số 7");
    say("Rác trước nhà");
    say("Phản ánh mới");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(2));
    EXPECT_EQ(petitions()[1].text, "Rác trước nhà");
}

TEST_F(DeskTest, AQuotationOfOurMessageBelongsToItsPetition) {
    say("Đèn đường hỏng");
    say("gửi");
    say("Hố ga mất nắp");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(2));
    Slots messages{services_.state(), "message", kMessageSlots};
    ASSERT_TRUE(messages.put("m-out-1", written(SentMessage{.delivery = "d-1", .code = "T1"})));
    arrive(user_.message("user_send_text", R"("text":"Vẫn chưa sáng","quote_msg_id":"m-out-1")"));
    say("gửi");
    EXPECT_THAT(petitions(), SizeIs(2));
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].code, "T1") << "the quoted one, not the last one";
}

TEST_F(DeskTest, AnAdditionThatIsNotTakenIsAPetition) {
    say("Đèn đường hỏng");
    say("gửi");
    inbox_.answerUpdates(testing::FakeInbox::refused("update.not_found"));
    say("bổ sung");
    say("Cột số 7");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(2)) << "nothing that was written gets lost";
    EXPECT_EQ(petitions()[1].text, "Cột số 7");
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, ALongConversationFits) {
    for (int i = 0; i < 30; ++i) arrive(user_.text(std::string(1000, 'x') + " " + std::to_string(i)));
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    const IncomingPetition petition = petitions()[0];
    EXPECT_LE(codePoints(petition.text), 20000U);
    ASSERT_THAT(petition.attachments, SizeIs(2));
    EXPECT_EQ(petition.attachments[0].content_type, "text/plain");
    EXPECT_THAT(*petition.attachments[0].content.bytes(1U << 20U), HasSubstr(" 29"));
}

TEST_F(DeskTest, AFloodIsHandedInBeforeTheConversationIsFull) {
    for (int i = 0; i < 420; ++i) arrive(user_.text("tin " + std::to_string(i)));
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(petitions()[0].text, HasSubstr("tin 419"));
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, AFullConversationIsHandedInWithoutMarks) {
    arrive(user_.text("Đèn đường hỏng"));
    arrive(user_.text("gửi"));
    inbox_.failKeep(Error{.code = Errc::kTooLarge, .message = "no", .problem = "kept.too_many"});
    poll();
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_EQ(zalo_.said("T1"), 1);
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, TheHubsRefusalEndsADraft) {
    testing::FakeInbox refusing{
        [](const IncomingPetition&) { return testing::FakeInbox::refused("identity.missing"); }};
    for (const std::string& body : {user_.text("Đèn đường hỏng"), user_.text("gửi")})
        ASSERT_TRUE(connector_->webhook.handle(signedRequest(body), refusing));
    EXPECT_TRUE(connector_->desk.poll(refusing, {}));
    EXPECT_EQ(refusing.calls(), 1);
    EXPECT_THAT(*refusing.quiet(services_.now() + 1h, 10), IsEmpty());
    EXPECT_THAT(zalo_.messages(), SizeIs(1)) << "the user is told";
    EXPECT_TRUE(connector_->desk.poll(refusing, {}));
    EXPECT_EQ(refusing.calls(), 1);
}

TEST_F(DeskTest, WhileZaloIsAwayPetitionsAreTakenInAndConfirmedLater) {
    zalo_.before = [&](const HttpRequest&) {};
    services_.peer.fail({.code = Errc::kUnavailable, .message = "no"});
    say("Đèn đường hỏng");
    arrive(user_.text("gửi"));
    poll();
    EXPECT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(conversations(), Contains(kUser));
    FakeZalo back{services_.peer};
    advance(1min);
    poll();
    poll();
    EXPECT_EQ(back.said("T1"), 1);
    EXPECT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, AConfirmationThatCannotBeSentIsGivenUp) {
    services_.peer.fail({.code = Errc::kUnavailable, .message = "no"});
    arrive(user_.text("Đèn đường hỏng"));
    arrive(user_.text("gửi"));
    for (int i = 0; i < 40; ++i) {
        poll();
        advance(30s);
    }
    EXPECT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, AUserWhoCannotBeToldHoldsUpNothing) {
    arrive(user_.text("Đèn đường hỏng"));
    arrive(user_.text("gửi"));
    zalo_.nextCode(-213);
    poll();
    EXPECT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, WithoutAConsentTheConnectorSaysSoAndTakesInAllTheSame) {
    zalo_.refresh = "gone";
    arrive(user_.text("Đèn đường hỏng"));
    arrive(user_.text("gửi"));
    const Status done = connector_->desk.poll(inbox_, {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::kUnauthenticated);
    EXPECT_THAT(petitions(), SizeIs(1));
}

TEST_F(DeskTest, AnItemThatKillsIsPutAside) {
    const std::string body = user_.text("canary-text");
    arrive(body);
    const std::string in_hand = [&] {
        static_cast<void>(connector_->desk.poll(inbox_, {}).ok());
        return inbox_.inHand().back();
    }();
    EXPECT_EQ(in_hand.find(kUser), std::string::npos) << "a name for logs";
    inbox_.setAside(in_hand);
    poll();
    ASSERT_THAT(inbox_.unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.unacceptable()[0].raw, body + '\n');
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, NothingPersonalIsInTheLog) {
    say("canary-text");
    zalo_.nextCode(-230);
    say("gửi");
    arrive(user_.image("https://evil.example/canary-url"));
    poll();
    for (const auto& line : services_.logged())
        for (const char* canary : {"canary", kUser, "AT1"})
            EXPECT_EQ(line.text.find(canary), std::string::npos) << line.text;
}

}  // namespace
}  // namespace pakn::in_zalo
