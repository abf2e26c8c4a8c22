/// @file
/// Mails on their way into the hub: in order, once, and never forgotten.

#include "taker.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "petition.hpp"

namespace pakn::in_email {
namespace {

using testing::FakeHostServices;
using testing::FakeInbox;

const ThreadIds kIds{"0123456789abcdef", "mau.example"};

/// A folder in memory, with the faults that a test wants.
class FakeMailbox final : public Mailbox {
public:
    Result<std::uint32_t> open() override {
        ++opened;
        return validity;
    }
    Result<std::vector<std::uint32_t>> since(std::uint32_t last, bool unseen) override {
        std::vector<std::uint32_t> uids;
        for (const auto& [uid, raw] : mails)
            if (uid > last && !(unseen && seen.contains(uid))) uids.push_back(uid);
        return uids;
    }
    Result<FetchedMail> fetch(std::uint32_t uid, std::uint64_t most) override {
        fetched.push_back(uid);
        const auto found = mails.find(uid);
        if (found == mails.end()) return Error{.code = Errc::kNotFound, .message = "gone"};
        return FetchedMail{.raw = found->second.substr(0, most), .whole = found->second.size() <= most};
    }
    Status done(std::uint32_t uid) override {
        if (done_fault) return *done_fault;
        seen.insert(uid);
        return Done{};
    }
    Result<bool> wait(std::chrono::milliseconds, const std::stop_token&, const std::function<void()>&) override {
        return false;
    }
    void close() override {}

    std::uint32_t validity = 7;
    std::map<std::uint32_t, std::string> mails = {};
    std::set<std::uint32_t> seen = {};
    std::vector<std::uint32_t> fetched = {};
    std::optional<Error> done_fault = {};
    int opened = 0;
};

class TakerTest : public ::testing::Test {
protected:
    TakerTest() {
        // The text is the subject, the attribute lines before a blank line are attributes.
        services_.setDecoder([](std::string_view kind, const Content& content) -> Result<Decoded> {
            EXPECT_EQ(kind, "mail");
            const std::string raw = *content.bytes(1 << 20);
            if (raw == "unreadable") return Error{.code = Errc::kRejected, .problem = "decode.not_a_mail"};
            if (raw == "hub busy") return Error{.code = Errc::kUnavailable};
            Decoded decoded{.content_type = "message/rfc822", .text = raw};
            decoded.attributes["from"] = "lan@nguoi-dan.example";
            decoded.attributes["message_id"] = raw + "@nguoi-dan.example";
            if (raw.starts_with("auto")) decoded.attributes["auto_submitted"] = "auto-replied";
            if (raw.starts_with("answer ")) decoded.attributes["in_reply_to"] = raw.substr(7);
            if (raw.starts_with("bounce ")) {
                decoded.attributes["report_type"] = "delivery-status";
                decoded.attributes["dsn_action"] = "failed";
                decoded.attributes["dsn_final_recipient"] = "Lan@nguoi-dan.example";
                decoded.attributes["dsn_original_message_id"] = raw.substr(7);
            }
            decoded.parts.push_back({.name = "own.txt", .content_type = std::string{kOwnPart}, .content = raw});
            return decoded;
        });
    }
    Status take(Inbox& inbox, std::stop_token stop = {}) {
        Memory memory{services_};
        Taker taker{IntakeSettings{.own_addresses = {"paht@mau.example"}}, 1 << 20, memory, services_};
        return taker.takeNew(mailbox_, inbox, kIds, stop);
    }
    /// As after a first look at an empty folder.
    void beginEmpty() {
        FakeInbox nobody;
        ASSERT_TRUE(take(nobody));
    }
    std::vector<std::string> texts(const FakeInbox& inbox) {
        std::vector<std::string> all;
        for (const IncomingPetition& one : inbox.stored()) all.push_back(one.text);
        return all;
    }
    using Texts = std::vector<std::string>;

    FakeHostServices services_;
    FakeMailbox mailbox_;
    FakeInbox inbox_;
};

TEST_F(TakerTest, TakesMailsInOrderAndMarksThemAfterwards) {
    beginEmpty();
    mailbox_.mails = {{3, "a"}, {5, "b"}};
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"a", "b"}));
    EXPECT_EQ(mailbox_.seen, (std::set<std::uint32_t>{3, 5}));
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(inbox_.calls(), 2) << "what is done is not fetched again";
    const IncomingPetition petition = inbox_.stored().front();
    EXPECT_EQ(petition.petitioner.email, "lan@nguoi-dan.example");
    EXPECT_EQ(petition.attributes.at("reply_address"), "lan@nguoi-dan.example a@nguoi-dan.example");
    EXPECT_FALSE(petition.consent.process_personal_data);
    ASSERT_EQ(petition.attachments.size(), 1U);
    EXPECT_EQ(petition.attachments[0].content_type, kOriginalType);
    EXPECT_EQ(*petition.attachments[0].content.bytes(100), "a");
}

TEST_F(TakerTest, AMailIsNotMarkedBeforeTheHubHasIt) {
    beginEmpty();
    mailbox_.mails = {{1, "a"}, {2, "b"}};
    FakeInbox down{[](const IncomingPetition&) { return FakeInbox::failed(Errc::kUnavailable); }};
    EXPECT_FALSE(take(down));
    EXPECT_TRUE(mailbox_.seen.empty());
    EXPECT_EQ(down.calls(), 1) << "with the hub down there is no use in trying every mail";
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"a", "b"}));
}

TEST_F(TakerTest, WhoDiesBetweenHubAndMarkFindsTheMailAgain) {
    beginEmpty();
    mailbox_.mails = {{1, "a"}};
    mailbox_.done_fault = Error{.code = Errc::kUnavailable, .message = "lost"};
    EXPECT_FALSE(take(inbox_));
    mailbox_.done_fault.reset();
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(inbox_.stored().size(), 1U);
    EXPECT_EQ(inbox_.calls(), 2) << "the hub knows it by its external id";
    EXPECT_TRUE(mailbox_.seen.contains(1));
}

TEST_F(TakerTest, AFolderThatMayNotBeMarkedIsReadAllTheSame) {
    beginEmpty();
    mailbox_.mails = {{1, "a"}, {2, "b"}};
    mailbox_.done_fault = Error{.code = Errc::kRejected, .message = "read-only"};
    ASSERT_TRUE(take(inbox_));
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(inbox_.calls(), 2);
    EXPECT_EQ(services_.counted("not_marked"), 2);
}

TEST_F(TakerTest, OfAnOldFolderOnlyWhatNobodyHasSeenIsTakenIn) {
    mailbox_.mails = {{1, "old"}, {2, "unread"}, {3, "old, too"}, {4, "unread, too"}};
    mailbox_.seen = {1, 3};
    FakeInbox down{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "unread, too") return FakeInbox::failed(Errc::kUnavailable);
        return std::nullopt;
    }};
    EXPECT_FALSE(take(down)) << "it breaks off in the middle of the first look";
    EXPECT_EQ(texts(down), Texts{"unread"});
    mailbox_.mails[5] = "new";
    mailbox_.seen.insert(5);  // Somebody has opened it: it is new all the same.
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"unread, too", "new"}));
}

TEST_F(TakerTest, ANewValidityMeansToReadEverythingAgain) {
    beginEmpty();
    mailbox_.mails = {{1, "a"}, {2, "b"}};
    ASSERT_TRUE(take(inbox_));
    mailbox_.validity = 8;
    mailbox_.mails = {{1, "b"}, {2, "c"}, {3, "a"}};
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"a", "b", "c"})) << "the hub knows the two again";
}

TEST_F(TakerTest, WhatCannotBeReadIsForAPersonToLookAt) {
    beginEmpty();
    mailbox_.mails = {{1, "unreadable"}, {2, "sound"}};
    ASSERT_TRUE(take(inbox_));
    const auto stored = inbox_.stored();
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].attributes.at("to_check"), "decode.not_a_mail");
    EXPECT_EQ(*stored[0].attachments.at(0).content.bytes(100), "unreadable");
    EXPECT_EQ(stored[0].attributes.count("reply_address"), 0U) << "who is not known gets no answer";
}

TEST_F(TakerTest, WhatKillsIsNotReadAgain) {
    beginEmpty();
    mailbox_.mails = {{4, "deadly"}, {5, "sound"}};
    inbox_.setAside("uid 4");
    int decoded = 0;
    services_.setDecoder([&](std::string_view, const Content&) -> Result<Decoded> {
        ++decoded;
        return Decoded{.text = "sound"};
    });
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(decoded, 1);
    ASSERT_EQ(inbox_.stored().size(), 2U);
    EXPECT_EQ(inbox_.stored()[0].attributes.at("to_check"), "connector.quarantined");
}

TEST_F(TakerTest, WhileTheDecodersHaveNoTimeEverythingWaits) {
    beginEmpty();
    mailbox_.mails = {{1, "hub busy"}};
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(take(inbox_));
    EXPECT_EQ(inbox_.calls(), 0);
    EXPECT_TRUE(mailbox_.seen.empty());
}

TEST_F(TakerTest, AMailOverWhichTheHubStumblesDoesNotStopTheOthersForEver) {
    beginEmpty();
    mailbox_.mails = {{1, "poison"}, {2, "good"}};
    FakeInbox inbox{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "poison") return FakeInbox::failed(Errc::kInternal);
        return std::nullopt;
    }};
    EXPECT_FALSE(take(inbox));
    EXPECT_FALSE(take(inbox));
    EXPECT_TRUE(take(inbox));
    EXPECT_EQ(texts(inbox), Texts{"good"});
    EXPECT_EQ(services_.counted("left_behind"), 1);
    EXPECT_EQ(mailbox_.seen, std::set<std::uint32_t>{2}) << "it stays unread in the folder";
}

TEST_F(TakerTest, AMachinesMailMakesNoPetitionAndIsKept) {
    beginEmpty();
    mailbox_.mails = {{1, "auto reply"}};
    ASSERT_TRUE(take(inbox_));
    EXPECT_TRUE(inbox_.stored().empty());
    ASSERT_EQ(inbox_.unacceptable().size(), 1U);
    EXPECT_EQ(inbox_.unacceptable()[0].raw, "auto reply");
    EXPECT_EQ(inbox_.unacceptable()[0].problem.problem, "email.automatic");
    EXPECT_TRUE(mailbox_.seen.contains(1));
}

TEST_F(TakerTest, AnAnswerOfTheSenderGoesToTheirPetition) {
    beginEmpty();
    mailbox_.mails = {{1, "answer " + kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example")}};
    ASSERT_TRUE(take(inbox_));
    EXPECT_TRUE(inbox_.stored().empty());
    ASSERT_EQ(inbox_.updates().size(), 1U);
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kSupplement);
    EXPECT_EQ(inbox_.updates()[0].code, "060326001");
}

TEST_F(TakerTest, AnAnswerToAPetitionThatIsGoneIsAPetition) {
    beginEmpty();
    mailbox_.mails = {{1, "answer " + kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example")}};
    inbox_.answerUpdates(FakeInbox::refused("update.not_found"));
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(inbox_.stored().size(), 1U);
}

TEST_F(TakerTest, ABounceTellsTheDeliveryAndTheAddress) {
    beginEmpty();
    const std::string id = kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example");
    mailbox_.mails = {{1, "bounce " + id}};
    ASSERT_TRUE(take(inbox_));
    ASSERT_EQ(inbox_.updates().size(), 1U);
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kFailed);
    EXPECT_EQ(inbox_.updates()[0].delivery, "d-1");
    Memory memory{services_};
    EXPECT_TRUE(*memory.isBad(kIds.hashOf("lan@nguoi-dan.example"), 30));
    services_.clock.advance(std::chrono::hours{24 * 31});
    EXPECT_FALSE(*memory.isBad(kIds.hashOf("lan@nguoi-dan.example"), 30));
}

TEST_F(TakerTest, StopsBetweenMails) {
    beginEmpty();
    for (std::uint32_t uid = 1; uid <= 5; ++uid) mailbox_.mails[uid] = std::to_string(uid);
    std::stop_source stop;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        stop.request_stop();
        return std::nullopt;
    }};
    EXPECT_TRUE(take(inbox, stop.get_token()));
    EXPECT_EQ(inbox.calls(), 1);
}

TEST_F(TakerTest, OfALargeMailTheBeginningIsKept) {
    beginEmpty();
    mailbox_.mails = {{1, std::string(2U << 20U, 'x')}};
    ASSERT_TRUE(take(inbox_));
    ASSERT_EQ(inbox_.stored().size(), 1U);
    EXPECT_NE(inbox_.stored()[0].attributes.at("to_check").find("cut"), std::string::npos);
}

TEST(Acknowledgements, OneAPetitionAndDayAndNotWithoutEnd) {
    FakeHostServices services;
    Memory memory{services};
    using Ack = Memory::Ack;
    EXPECT_EQ(*memory.noteAck("a", "d-1", "060326001", 2), Ack::kFirst);
    EXPECT_EQ(*memory.noteAck("a", "d-1", "060326001", 2), Ack::kFirst) << "another attempt at the same delivery";
    EXPECT_EQ(*memory.noteAck("a", "d-2", "060326001", 2), Ack::kSame);
    EXPECT_EQ(*memory.noteAck("a", "d-3", "060326002", 2), Ack::kFirst);
    EXPECT_EQ(*memory.noteAck("a", "d-4", "060326003", 2), Ack::kTooMany);
    EXPECT_EQ(*memory.noteAck("b", "d-5", "060326004", 2), Ack::kFirst);
    services.clock.advance(std::chrono::hours{25});
    EXPECT_EQ(*memory.noteAck("a", "d-6", "060326003", 2), Ack::kFirst);
}

}  // namespace
}  // namespace pakn::in_email
