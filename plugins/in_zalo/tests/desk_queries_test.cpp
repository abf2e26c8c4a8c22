/// @file
/// What users ask and how they rate, and what receipts say of deliveries.

#include "desk_fixture.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class QueriesTest : public DeskTest {
protected:
    QueriesTest() : DeskTest{{{"tracking_url", "https://paht.example/{code}?t={token}"}}} {
        say("Đèn đường hỏng");
        say("gửi");
        before_ = zalo_.messages().size();
    }
    /// What the chat said since, as one text.
    std::string answers() const {
        std::string all;
        const auto texts = zalo_.texts();
        for (std::size_t i = before_; i < texts.size(); ++i) all += texts[i] + '\n';
        return all;
    }
    std::size_t before_ = 0;
};

TEST_F(QueriesTest, ConfirmationsHaveALink) { EXPECT_EQ(zalo_.said("https://paht.example/T1?t="), 1); }

TEST_F(QueriesTest, OnesOwnPetitionsAreShown) {
    record("T1", "");
    for (const char* words : {"tra cứu", "TRA CUU", "t1", "T1", "tra cứu t1"}) {
        before_ = zalo_.messages().size();
        say(words);
        EXPECT_THAT(answers(), HasSubstr("T1")) << words;
        EXPECT_THAT(answers(), HasSubstr("Đang xử lý")) << words;
        EXPECT_EQ(zalo_.messages().size(), before_ + 1) << words;
    }
    advance(10min);
    poll();
    EXPECT_THAT(petitions(), SizeIs(1)) << "a question is no petition";
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(QueriesTest, NobodyElsesPetitionIsShown) {
    record("T1", "");
    Writer other{kOther};
    arrive(other.text("tra cứu T1"));
    poll();
    EXPECT_THAT(answers(), Not(HasSubstr("Đang xử lý")));
    arrive(other.text("T1"));
    poll();
    EXPECT_THAT(answers(), Not(HasSubstr("Đang xử lý"))) << "to them it is a text";
}

TEST_F(QueriesTest, ADraftIsNotDisturbedByAQuestion) {
    record("T1", "");
    say("Rác trước nhà");
    say("tra cứu");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(2));
    EXPECT_EQ(petitions()[1].text, "Rác trước nhà");
}

TEST_F(QueriesTest, AnAnswerIsRated) {
    const std::pair<const char*, const char*> words[] = {
        {"Hài lòng", "satisfied"}, {"bình thường", "neutral"}, {"không hài lòng", "dissatisfied"}};
    record("T1", "Đã thay bóng đèn.");
    for (const auto& [word, rating] : words) {
        say(word);
        ASSERT_FALSE(inbox_.updates().empty());
        const Update update = inbox_.updates().back();
        EXPECT_EQ(update.kind, Update::Kind::kRated);
        EXPECT_EQ(update.code, "T1");
        EXPECT_EQ(update.attributes.at("rating"), rating);
    }
    EXPECT_THAT(inbox_.updates(), SizeIs(3));
    EXPECT_THAT(petitions(), SizeIs(1));
    EXPECT_EQ(zalo_.messages().size(), before_ + 3);
}

TEST_F(QueriesTest, WithoutAnAnswerTheWordsAreWords) {
    record("T1", "");
    say("không hài lòng");
    say("gửi");
    EXPECT_THAT(inbox_.updates(), IsEmpty());
    ASSERT_THAT(petitions(), SizeIs(2));
    EXPECT_EQ(petitions()[1].text, "không hài lòng");
}

TEST_F(QueriesTest, InADraftTheWordsAreWords) {
    record("T1", "Đã thay bóng đèn.");
    say("Thái độ phục vụ");
    say("không hài lòng");
    say("gửi");
    EXPECT_THAT(inbox_.updates(), IsEmpty());
    ASSERT_THAT(petitions(), SizeIs(2));
    EXPECT_EQ(petitions()[1].text, "Thái độ phục vụ\nkhông hài lòng");
}

TEST_F(QueriesTest, ARatingThatIsNotTakenIsAnswered) {
    record("T1", "Đã thay bóng đèn.");
    inbox_.answerUpdates(testing::FakeInbox::refused("sender.not_now"));
    say("hài lòng");
    EXPECT_EQ(zalo_.messages().size(), before_ + 1);
    EXPECT_THAT(answers(), HasSubstr("T1"));
}

/// Of whom nothing is remembered here (any more): the hub is asked.
class ForgottenTest : public DeskTest {
protected:
    ForgottenTest() : DeskTest{{{"tracking_url", "https://paht.example/{code}?t={token}"}}} {}
    void isOfTheUser(const std::string& code, const std::string& answer, Attributes attributes = {}) {
        PublicPetition petition{.code = code, .status_label = {.vi = "Đang xử lý"}, .received_at = services_.now()};
        if (!answer.empty()) petition.answer = PublicAnswer{.text = answer};
        petition.attributes = std::move(attributes);
        auto& own = services_.people.own[kUser];
        own.insert(own.begin(), {.petition = petition, .secret = "secret " + code});
        services_.shown.tracked.insert_or_assign({code, "secret " + code}, petition);
    }
};

TEST_F(ForgottenTest, TheirPetitionsAreShown) {
    isOfTheUser("T7", "");
    isOfTheUser("T8", "");
    say("tình trạng");
    EXPECT_EQ(zalo_.said("T7"), 1);
    EXPECT_EQ(zalo_.said("T8"), 1);
    EXPECT_EQ(zalo_.said("https://paht.example/T8?t=secret%20T8"), 1);
    say("tra cứu T7");
    EXPECT_EQ(zalo_.said("T7"), 2);
    EXPECT_THAT(petitions(), IsEmpty());
    Writer other{kOther};
    arrive(other.text("tra cứu T7"));
    poll();
    EXPECT_EQ(zalo_.said("Đang xử lý"), 2) << "nobody else's";
}

TEST_F(ForgottenTest, TheirRatingsAreTaken) {
    isOfTheUser("T7", "Đã thay bóng đèn.");
    say("hài lòng");
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kRated);
    EXPECT_EQ(inbox_.updates()[0].code, "T7");
}

TEST_F(ForgottenTest, TheirAdditionsAreAdded) {
    isOfTheUser("T7", "");
    say("bổ sung");
    say("Ở số 12");
    say("gửi");
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kSupplement);
    EXPECT_EQ(inbox_.updates()[0].code, "T7");
    EXPECT_THAT(petitions(), IsEmpty());
}

TEST_F(ForgottenTest, AQuestionOfAnOfficerIsAnswered) {
    isOfTheUser("T7", "", {{"question", "Số nhà nào?"}});
    say("Số 12");
    say("gửi");
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].code, "T7");
}

TEST_F(ForgottenTest, ANewPetitionDoesNotHideTheOldOnes) {
    isOfTheUser("T7", "");
    say("Đèn đường hỏng");
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1)) << "what is written is no straggler of an old one";
    services_.people.own.clear();  // What is known now is remembered here.
    record("T1", "");
    say("tra cứu");
    EXPECT_EQ(zalo_.said("Đang xử lý"), 1);
    EXPECT_EQ(zalo_.said("T7"), 1);
}

TEST_F(ForgottenTest, WhoIsNewIsAskedAboutOnceInAWhile) {
    say("Đèn đường hỏng");
    isOfTheUser("T7", "");
    say("tra cứu");
    EXPECT_EQ(zalo_.said("Đang xử lý"), 0);
    advance(11min);
    say("tra cứu");
    EXPECT_EQ(zalo_.said("Đang xử lý"), 1);
}

TEST_F(ForgottenTest, WhileTheHubCannotTellNothingIsDone) {
    AwayServices away{services_};
    connector_ = std::make_unique<Connector>(away, settings_);
    arrive(user_.text("tra cứu"));
    const Status polled = connector_->desk.poll(inbox_, {});
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().code, Errc::kUnavailable);
    EXPECT_THAT(zalo_.messages(), IsEmpty());
    EXPECT_THAT(conversations(), SizeIs(1));
    isOfTheUser("T7", "");
    restart();
    poll();
    EXPECT_EQ(zalo_.said("T7"), 1);
}

class ReceiptsTest : public DeskTest {
protected:
    ReceiptsTest() {
        Slots messages{services_.state(), "message", kMessageSlots};
        static_cast<void>(messages.put("m-out-1", written(SentMessage{.delivery = "d-1", .code = "T1"})).ok());
        static_cast<void>(messages.put("m-out-2", written(SentMessage{.delivery = "d-1", .code = "T1"})).ok());
        static_cast<void>(messages.put("PAKN-1", written(SentMessage{.delivery = "d-2", .code = "T1"})).ok());
        static_cast<void>(messages.put("m-chat", written(SentMessage{.delivery = "", .code = "T1"})).ok());
    }
    static std::string receipt(const std::string& name, const std::string& message, int time = 0) {
        return R"({"event_name":")" + name +
               R"(","sender":{"id":"1646000000000000001"},"recipient":{"id":"5510000000000000001"},"message":{)" +
               message + R"(},"timestamp":"17640000040)" + (time < 10 ? "0" : "") + std::to_string(time) + "\"}";
    }
};

TEST_F(ReceiptsTest, AreNewsOfTheirDelivery) {
    arrive(receipt("user_received_message", R"("msg_id":"m-out-1")"));
    arrive(receipt("user_received_message", R"("msg_id":"m-out-2")", 1));
    arrive(receipt("user_seen_message", R"("msg_ids":["m-out-1","m-out-2"])", 2));
    poll();
    ASSERT_THAT(inbox_.updates(), SizeIs(2)) << "once each, of however many messages";
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kArrived);
    EXPECT_EQ(inbox_.updates()[0].delivery, "d-1");
    EXPECT_EQ(inbox_.updates()[1].kind, Update::Kind::kRead);
    EXPECT_THAT(conversations(), IsEmpty());
    EXPECT_THAT(petitions(), IsEmpty());
}

TEST_F(ReceiptsTest, OfTemplatesFindBackByTheirTrackingId) {
    arrive(
        R"({"event_name":"user_received_message","sender":{"id":"1646000000000000001"},"recipient":{"id":"84912345678"},"app_id":"1","message":{"delivery_time":"1764000004555","msg_id":"15a0","tracking_id":"PAKN-1"},"timestamp":"1764000004600"})");
    poll();
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].delivery, "d-2");
}

TEST_F(ReceiptsTest, OfWhatTheChatSaidAreNoNews) {
    arrive(receipt("user_seen_message", R"("msg_id":"m-chat")"));
    poll();
    EXPECT_THAT(inbox_.updates(), IsEmpty());
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(ReceiptsTest, OneThatOvertookTheNoteOfItsMessageWaits) {
    arrive(receipt("user_received_message", R"("msg_id":"m-out-3")"));
    poll();
    EXPECT_THAT(conversations(), SizeIs(1));
    Slots messages{services_.state(), "message", kMessageSlots};
    ASSERT_TRUE(messages.put("m-out-3", written(SentMessage{.delivery = "d-3", .code = "T1"})));
    poll();
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_EQ(inbox_.updates()[0].delivery, "d-3");
    arrive(receipt("user_received_message", R"("msg_id":"nobody knows")"));
    advance(31s);
    poll();
    EXPECT_THAT(conversations(), IsEmpty()) << "not for ever";
}

}  // namespace
}  // namespace pakn::in_zalo
