/// @file
/// Mails on their way into the hub: in order, once, and never forgotten.

#include "taker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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
    Result<std::vector<std::uint32_t>> arrivedSince(Instant then) override {
        std::vector<std::uint32_t> uids;
        for (const auto& [uid, raw] : mails)
            if (const auto at = arrived.find(uid); at == arrived.end() || at->second >= then) uids.push_back(uid);
        return uids;
    }
    Result<FetchedMail> fetch(std::uint32_t uid, std::uint64_t most) override {
        if (gives_nothing || kept_back.contains(uid))
            return Error{.code = Errc::kRejected, .message = "[SERVERBUG] sorry", .problem = "email.imap_no"};
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
    std::map<std::uint32_t, Instant> arrived = {};  ///< What is not there came just now.
    bool gives_nothing = false;
    std::set<std::uint32_t> kept_back = {};
    std::optional<Error> done_fault = {};
    int opened = 0;
};

/// A hub that stumbles over every petition, and whose list of refused items cannot be written either.
class BrokenInbox final : public Inbox {
public:
    Result<Accepted> accept(IncomingPetition) override { return FakeInbox::failed(Errc::kInternal); }
    Result<Accepted> refuse(Unacceptable) override { return FakeInbox::failed(Errc::kUnavailable); }
    Result<Accepted> update(Update) override { return FakeInbox::failed(Errc::kInternal); }
    Result<std::vector<KeptEvent>> keep(KeptEvent) override { return std::vector<KeptEvent>{}; }
    Result<std::vector<KeptEvent>> kept(std::string_view) override { return std::vector<KeptEvent>{}; }
    Status drop(std::string_view, std::int64_t) override { return Done{}; }
    Result<std::vector<std::string>> quiet(Instant, int) override { return std::vector<std::string>{}; }
};

std::size_t codePoints(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string repeated(std::string_view piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += piece;
    return text;
}

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
            decoded.parts.push_back({.name = "own.txt", .content_type = std::string{kOwnPart}, .content = raw});
            return decoded;
        });
    }
    Status take(Inbox& inbox, std::stop_token stop = {}) {
        Memory memory{services_, folder_};
        Taker taker{IntakeSettings{.own_addresses = {"paht@mau.example"}}, 1 << 20, memory, services_};
        return taker.takeNew(mailbox_, inbox, kIds, stop);
    }
    /// As after a first look at an empty folder.
    void beginEmpty() {
        FakeInbox nobody;
        ASSERT_TRUE(take(nobody));
    }
    /// Takes one report in that a mail could not be delivered; whether anything is known to be bad of an address then.
    bool isBadAfter(Attributes report, const std::string& address) {
        report.emplace("report_type", "delivery-status");
        report.emplace("dsn_action", "failed");
        services_.setDecoder([&](std::string_view, const Content&) -> Result<Decoded> {
            return Decoded{.content_type = "message/rfc822", .attributes = report};
        });
        ++mailbox_.validity;
        mailbox_.mails = {{1, "bounce"}};
        mailbox_.seen.clear();
        EXPECT_TRUE(take(inbox_));
        return *Memory{services_, folder_}.isBad(kIds.hashOf(address), 30);
    }
    /// What the hub is told when the sender answers our mail with these words.
    Update supplement(const std::string& text, const std::string& own, std::vector<Attachment> files = {}) {
        services_.setDecoder([&](std::string_view, const Content&) -> Result<Decoded> {
            Decoded decoded{.content_type = "message/rfc822", .text = text, .parts = files};
            decoded.attributes["from"] = "lan@nguoi-dan.example";
            decoded.attributes["in_reply_to"] = kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example");
            decoded.parts.push_back({.name = "own.txt", .content_type = std::string{kOwnPart}, .content = own});
            return decoded;
        });
        beginEmpty();
        mailbox_.mails = {{1, "answer"}};
        EXPECT_TRUE(take(inbox_));
        const std::vector<Update> updates = inbox_.updates();
        return updates.empty() ? Update{} : updates.front();
    }
    std::vector<std::string> texts(const FakeInbox& inbox) {
        std::vector<std::string> all;
        for (const IncomingPetition& one : inbox.stored()) all.push_back(one.text);
        return all;
    }
    using Texts = std::vector<std::string>;

    std::string folder_ = "mail.mau.example";
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

TEST_F(TakerTest, ANewValidityLeavesAloneWhatWasOldAndReadAtTheFirstLook) {
    const Instant first_look = services_.clock.now();
    const Instant before = first_look - std::chrono::hours{24 * 365};
    mailbox_.mails = {{1, "old"}, {2, "unread"}};
    mailbox_.seen = {1};
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), Texts{"unread"});
    for (const std::uint32_t validity : {8U, 9U}) {
        SCOPED_TRACE(validity);
        services_.clock.advance(std::chrono::hours{24 * 30});
        mailbox_.validity = validity;
        mailbox_.mails = {{1, "old"}, {2, "unread"}, {3, "missed"}, {4, "old, never opened"}};
        mailbox_.seen = {1, 2, 3};
        mailbox_.arrived = {{1, before}, {2, before}, {3, first_look}, {4, before}};
        FakeInbox down{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
            if (petition.text == "old, never opened") return FakeInbox::failed(Errc::kUnavailable);
            return std::nullopt;
        }};
        EXPECT_FALSE(take(down)) << "it breaks off in the middle";
        EXPECT_EQ(texts(down), Texts{"missed"});
        FakeInbox up;
        mailbox_.mails[5] = "new";
        mailbox_.seen.insert(5);
        ASSERT_TRUE(take(up));
        EXPECT_EQ(texts(up), (Texts{"old, never opened", "new"}));
    }
}

TEST_F(TakerTest, AnotherFolderIsReadFromItsOwnBeginning) {
    beginEmpty();
    mailbox_.mails = {{1, "a"}, {9, "b"}};
    ASSERT_TRUE(take(inbox_));
    const auto first = mailbox_.mails;
    folder_ = "other.mau.example";  // Of the same UIDVALIDITY.
    mailbox_.mails = {{1, "old"}, {2, "unread"}};
    mailbox_.seen = {1};
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"a", "b", "unread"}));
    folder_ = "mail.mau.example";
    mailbox_.mails = first;
    mailbox_.mails[10] = "c";
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"a", "b", "unread", "c"})) << "what was done there is known";
    EXPECT_EQ(inbox_.calls(), 4);
}

TEST_F(TakerTest, WhileTheServerGivesNoMailEverythingWaits) {
    beginEmpty();
    mailbox_.mails = {{1, "a"}, {2, "b"}};
    mailbox_.gives_nothing = true;
    for (int i = 0; i < 5; ++i) {
        const Status taken = take(inbox_);
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().code, Errc::kUnavailable);
    }
    EXPECT_EQ(services_.counted("left_behind"), 0);
    mailbox_.gives_nothing = false;
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"a", "b"}));
}

TEST_F(TakerTest, AMailThatAloneIsNotGivenIsPassedOverAndKeptAsRefused) {
    beginEmpty();
    mailbox_.mails = {{1, "broken"}, {2, "broken, too"}, {3, "good"}};
    mailbox_.kept_back = {1, 2};
    for (int i = 0; i < 2; ++i) {
        const Status taken = take(inbox_);
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().code, Errc::kRejected);
        EXPECT_TRUE(inbox_.unacceptable().empty());
    }
    EXPECT_FALSE(take(inbox_)) << "the first is passed over, the second is tried";
    EXPECT_FALSE(take(inbox_));
    EXPECT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), Texts{"good"});
    const auto kept = inbox_.unacceptable();
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].external_id, "uid 7/1");
    EXPECT_EQ(kept[1].external_id, "uid 7/2");
    EXPECT_EQ(kept[0].problem.problem, "email.left_behind");
    EXPECT_NE(kept[0].problem.message.find("[SERVERBUG] sorry"), std::string::npos) << "the server's words";
    EXPECT_EQ(services_.counted("left_behind"), 2);
    EXPECT_EQ(mailbox_.seen, std::set<std::uint32_t>{3});
}

TEST_F(TakerTest, TheOnlyMailIsNotPassedOverBeforeAnotherIsGiven) {
    beginEmpty();
    mailbox_.mails = {{1, "busy"}};
    mailbox_.kept_back = {1};
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(take(inbox_));
    EXPECT_TRUE(inbox_.unacceptable().empty());
    mailbox_.mails[2] = "good";
    EXPECT_FALSE(take(inbox_));
    EXPECT_FALSE(take(inbox_));
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(inbox_.unacceptable().size(), 1U);
    EXPECT_EQ(texts(inbox_), Texts{"good"});
}

TEST_F(TakerTest, NoMailIsPassedOverBeforeItIsKeptAsRefused) {
    beginEmpty();
    mailbox_.mails = {{1, "poison"}, {2, "good"}};
    BrokenInbox broken;
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(take(broken));
    EXPECT_EQ(services_.counted("left_behind"), 0);
    ASSERT_TRUE(take(inbox_));
    EXPECT_EQ(texts(inbox_), (Texts{"poison", "good"}));
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
    ASSERT_EQ(inbox.unacceptable().size(), 1U);
    EXPECT_EQ(inbox.unacceptable()[0].problem.problem, "email.left_behind");
    EXPECT_EQ(inbox.unacceptable()[0].raw, "poison");
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
    EXPECT_TRUE(inbox_.updates()[0].attachments.empty()) << "the text is all there is";
}

TEST_F(TakerTest, WhatStandsAmongQuotedLinesIsInAFile) {
    const std::string text = "Trả lời bên dưới.\n> Ở đâu?\nSố 12.\n> Khi nào?\nHôm qua.";
    const Update told = supplement(text, "Trả lời bên dưới.");
    EXPECT_EQ(told.text, "Trả lời bên dưới.");
    ASSERT_EQ(told.attachments.size(), 1U);
    EXPECT_EQ(told.attachments[0].name, "noi-dung-thu.txt");
    EXPECT_EQ(told.attachments[0].content_type, "text/plain");
    EXPECT_EQ(*told.attachments[0].content.bytes(1000), text);
}

TEST_F(TakerTest, ALongAnswerIsCutToWhatTheHubTakesAndIsWholeInAFile) {
    const std::string text = repeated("ở ", 2501);  // 5002 characters.
    const Update told = supplement(text, text);
    EXPECT_LE(codePoints(told.text), 5000U - 110U);
    EXPECT_TRUE(told.text.ends_with("…"));
    ASSERT_EQ(told.attachments.size(), 1U);
    EXPECT_EQ(*told.attachments[0].content.bytes(100000), text);
}

TEST_F(TakerTest, AnAnswerAsLongAsTheHubTakesStaysWhole) {
    const std::string text = repeated("ở", 5000);
    const Update told = supplement(text, text);
    EXPECT_EQ(told.text, text);
    EXPECT_TRUE(told.attachments.empty());
}

TEST_F(TakerTest, ALongAnswerLeavesRoomForTheNamesOfFilesThatTheHubDoesNotTake) {
    const std::vector<Attachment> files(12, Attachment{.name = "khac.zip", .content_type = "application/zip"});
    const std::string text = repeated("ở", 4900);
    const Update told = supplement(text, text, files);
    EXPECT_EQ(told.attachments.size(), 10U) << "as many as an update may have";
    EXPECT_EQ(told.attachments.back().name, "noi-dung-thu.txt");
    const std::string note = "\n[" + repeated("x", 60) + ": attachment.type_not_accepted]";
    EXPECT_LE(codePoints(told.text) + told.attachments.size() * codePoints(note), 5000U);
}

TEST_F(TakerTest, FilesThatOneUpdateHasNoRoomForComeInTheNext) {
    std::vector<Attachment> files;
    for (int i = 1; i <= 20; ++i) files.push_back({.name = std::to_string(i), .content_type = "image/jpeg"});
    supplement("Ảnh đây.", "Ảnh đây.", files);
    const std::vector<Update> told = inbox_.updates();
    ASSERT_EQ(told.size(), 3U);
    std::vector<std::string> names;
    std::set<std::string> ids;
    for (const Update& one : told) {
        EXPECT_EQ(one.kind, Update::Kind::kSupplement);
        EXPECT_EQ(one.code, "060326001");
        EXPECT_EQ(one.attributes.at(std::string{kLeaveOutFiles}), "true");
        EXPECT_LE(one.attachments.size(), 10U) << "as many as an update may have";
        EXPECT_FALSE(one.text.empty());
        ids.insert(one.id);
        for (const Attachment& file : one.attachments) names.push_back(file.name);
    }
    EXPECT_EQ(ids.size(), 3U) << "none counts as another's repetition";
    ASSERT_EQ(names.size(), 20U);
    for (int i = 1; i <= 20; ++i) EXPECT_EQ(names[static_cast<std::size_t>(i - 1)], std::to_string(i));
}

TEST_F(TakerTest, AnAnswerOfWhichPartsAreMissingSaysSo) {
    const std::string text = repeated("ở", 6000);
    const auto first = [&](const Attributes& attributes, bool whole) {
        const Decoded decoded{.text = text, .attributes = attributes};
        return supplementsOf(decoded, {.raw = Content{"raw"}, .whole = whole}).front();
    };
    const Supplement all = first({}, true);
    const std::vector<Supplement> missing{first({{"notes", "cut_parts"}}, true), first({{"text_cut", "true"}}, true),
                                          first({}, false)};
    for (const Supplement& one : missing) {
        EXPECT_TRUE(one.text.ends_with("]"));
        EXPECT_LE(codePoints(one.text), 5000U);
    }
    EXPECT_TRUE(all.text.ends_with("…"));
}

TEST_F(TakerTest, AnAnswerToAPetitionThatIsGoneIsAPetition) {
    beginEmpty();
    mailbox_.mails = {{1, "answer " + kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example")}};
    inbox_.answerUpdates(FakeInbox::refused("update.not_found"));
    ASSERT_TRUE(take(inbox_));
    ASSERT_EQ(inbox_.stored().size(), 1U);
    EXPECT_EQ(inbox_.stored()[0].attributes.at("mentions"), "060326001") << "whoever reads it sees where it belongs";
    EXPECT_EQ(inbox_.stored()[0].attributes.at("to_check"), "mentions");
}

TEST_F(TakerTest, ABounceTellsTheDeliveryAndTheAddress) {
    const std::string id = kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example");
    EXPECT_TRUE(isBadAfter(
        {{"dsn_final_recipient", "Lan@nguoi-dan.example"}, {"dsn_status", "5.1.1"}, {"dsn_original_message_id", id}},
        "lan@nguoi-dan.example"));
    ASSERT_EQ(inbox_.updates().size(), 1U);
    EXPECT_EQ(inbox_.updates()[0].kind, Update::Kind::kFailed);
    EXPECT_EQ(inbox_.updates()[0].delivery, "d-1");
    Memory memory{services_, folder_};
    services_.clock.advance(std::chrono::hours{24 * 31});
    EXPECT_FALSE(*memory.isBad(kIds.hashOf("lan@nguoi-dan.example"), 30));
}

TEST_F(TakerTest, ABounceOfAForwardedMailIsKnownByWhomTheMailWasAddressedTo) {
    const Attributes report{{"dsn_final_recipient", "lan@noi-khac.example"},
                            {"dsn_original_recipient", "Lan@nguoi-dan.example"},
                            {"dsn_status", "5.2.1"},
                            {"dsn_original_message_id", kIds.idFor("060326001", "d-1", "lan@nguoi-dan.example")}};
    EXPECT_TRUE(isBadAfter(report, "lan@nguoi-dan.example"));
    EXPECT_FALSE(isBadAfter(report, "lan@noi-khac.example")) << "no mail of ours went there";
}

TEST_F(TakerTest, AStrangersReportMakesNoAddressBad) {
    const std::string lan = "lan@nguoi-dan.example";
    const ThreadIds strangers{"fedcba9876543210", "mau.example"};
    EXPECT_FALSE(isBadAfter({{"dsn_final_recipient", lan},
                             {"dsn_original_recipient", lan},
                             {"dsn_status", "5.1.1"},
                             {"dsn_original_message_id", strangers.idFor("060326001", "d-1", lan)}},
                            lan))
        << "an id that is none of ours";
    EXPECT_FALSE(isBadAfter({{"dsn_final_recipient", lan},
                             {"dsn_status", "5.1.1"},
                             {"dsn_original_message_id", kIds.idFor("060326001", "d-1", "stranger@nguoi-dan.example")}},
                            lan))
        << "an id of a mail that the stranger got";
}

TEST_F(TakerTest, OnlyAnAddressThatWillNeverTakeAMailIsBad) {
    const std::string lan = "lan@nguoi-dan.example";
    Attributes report{{"dsn_final_recipient", lan}, {"dsn_original_message_id", kIds.idFor("060326001", "d-1", lan)}};
    for (const char* status : {"4.2.2", "4.4.7", "2.0.0"}) {
        report["dsn_status"] = status;
        EXPECT_FALSE(isBadAfter(report, lan)) << status;
    }
    report.erase("dsn_status");
    EXPECT_FALSE(isBadAfter(report, lan));
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
    Memory memory{services, "mail.mau.example"};
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
