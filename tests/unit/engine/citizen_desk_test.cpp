/// @file
/// Citizens who come back: codes that are sent and typed back, what they open and for how long, whose petitions are
/// whose, and how the secret of a petition speaks for its sender.

#include <gtest/gtest.h>

#include <future>

#include "core/engine/citizen_desk.hpp"
#include "core/engine/instance_inbox.hpp"
#include "core/engine/public_view.hpp"
#include "core/reporting/follower.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;
using namespace std::chrono_literals;

class CitizenDeskTest : public ::testing::Test {
protected:
    static std::shared_ptr<const config::Configuration> sample(const config::Configuration& from) {
        auto made = std::make_shared<config::Configuration>(from);
        made->one_time_codes.phone = "sms";
        made->one_time_codes.text = "ma {code} trong {minutes}";
        return made;
    }
    Hub::Parts parts() {
        bench_.configuration = sample(*bench_.configuration);
        return bench_.hubParts();
    }
    /// The code in the last message.
    [[nodiscard]] std::string code() const { return sent_.empty() ? std::string{} : sent_.back().message.substr(3, 6); }
    [[nodiscard]] std::string wrongCode() const { return code() == "000000" ? "000001" : "000000"; }
    IntakeAnswer take(const std::string& address, const std::string& phone = "0912345678", bool is_public = false) {
        IncomingPetition made = Bench::petition();
        made.petitioner = {.name = "Người Thử", .phone = phone};
        made.is_public = is_public;
        if (!address.empty()) made.attributes = {{std::string{kReplyAddress}, address}};
        const auto answer =
            hub_.submit({.petition = std::move(made), .channel = "app", .caller = "app", .by_connector = true});
        EXPECT_TRUE(answer);
        return answer ? *answer : IntakeAnswer{};
    }
    void follow() { EXPECT_TRUE(reporting::follow(*bench_.real, 1000)); }
    void pass(std::chrono::milliseconds time) { bench_.now = bench_.now.load() + time; }

    Bench bench_;
    Hub hub_{parts()};
    std::vector<Delivery> sent_;
    std::vector<std::string> over_;
    Result<Receipt> outcome_ = Receipt{};
    CitizenDesk desk_{hub_, *bench_.faulty, [this](const std::string& connector, const Delivery& one) {
                          over_.push_back(connector);
                          sent_.push_back(one);
                          return outcome_;
                      }};
};

TEST_F(CitizenDeskTest, WhoeverTypesTheCodeThatCameToTheirPhoneIsSignedIn) {
    const auto sent = desk_.sendCode({.contact = "0912 345 678", .client = "192.0.2.1"});
    ASSERT_TRUE(sent) << sent.error().message;
    ASSERT_EQ(sent_.size(), 1U);
    EXPECT_EQ(over_[0], "sms");
    EXPECT_EQ(sent_[0].recipient.phone, "+84912345678");
    EXPECT_EQ(sent_[0].message.substr(9), " trong 5");
    const auto signed_in = desk_.signIn("app", sent->challenge, code());
    ASSERT_TRUE(signed_in) << signed_in.error().message;
    EXPECT_EQ(signed_in->citizen.phone, "+84912345678");
    EXPECT_EQ(desk_.citizen(signed_in->token)->subject, "+84912345678");
    EXPECT_EQ(desk_.signIn("app", sent->challenge, code()).error().problem, "code.wrong") << "used up";
    ASSERT_TRUE(desk_.signOut(signed_in->token));
    EXPECT_EQ(desk_.citizen(signed_in->token).error().code, Errc::kUnauthenticated);
    EXPECT_TRUE(desk_.signOut("nonsense"));
}

TEST_F(CitizenDeskTest, ASessionLastsAsLongAsIsConfigured) {
    const auto sent = desk_.sendCode({.contact = "0912345678"});
    const auto signed_in = desk_.signIn("app", sent->challenge, code());
    ASSERT_TRUE(signed_in);
    pass(24h * 29);
    EXPECT_TRUE(desk_.citizen(signed_in->token));
    pass(24h * 2);
    EXPECT_FALSE(desk_.citizen(signed_in->token));
}

TEST_F(CitizenDeskTest, FiveWrongCodesEndAChallenge) {
    const auto sent = desk_.sendCode({.contact = "0912345678"});
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(desk_.signIn("app", sent->challenge, wrongCode()).error().problem, "code.wrong");
    EXPECT_TRUE(desk_.signIn("app", sent->challenge, code())) << "the fifth try";
    const auto again = desk_.sendCode({.contact = "0912345678"});
    ASSERT_TRUE(again);
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(desk_.signIn("app", again->challenge, wrongCode()));
    EXPECT_EQ(desk_.signIn("app", again->challenge, code()).error().problem, "code.wrong");
}

TEST_F(CitizenDeskTest, ACodeIsOverAfterItsTime) {
    const auto sent = desk_.sendCode({.contact = "0912345678"});
    pass(5min);
    EXPECT_EQ(desk_.signIn("app", sent->challenge, code()).error().problem, "code.wrong");
}

TEST_F(CitizenDeskTest, ACodeForOnePurposeServesNoOther) {
    const IntakeAnswer petition = take("user-1");
    const auto for_petition = desk_.sendCode({.petition = petition.code});
    EXPECT_FALSE(desk_.signIn("app", for_petition->challenge, code()));
    const auto for_contact = desk_.sendCode({.contact = "0912345678"});
    EXPECT_FALSE(desk_.openPetition(for_contact->challenge, code()));
}

TEST_F(CitizenDeskTest, CodesAreAskedForOnlySoOften) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(desk_.sendCode({.contact = "0912345678", .client = "192.0.2.1"}));
    const auto more = desk_.sendCode({.contact = "+84 912 345 678", .client = "192.0.2.2"});
    ASSERT_FALSE(more) << "the same number, however written";
    EXPECT_EQ(more.error().problem, "code.too_often");
    EXPECT_TRUE(more.error().retry_after);
    pass(11min);
    EXPECT_TRUE(desk_.sendCode({.contact = "0912345678", .client = "192.0.2.1"}));
    for (int i = 0; i < 26; ++i)
        EXPECT_TRUE(desk_.sendCode({.contact = "09123456" + std::to_string(10 + i), .client = "192.0.2.1"})) << i;
    EXPECT_EQ(desk_.sendCode({.contact = "0987654321", .client = "192.0.2.1"}).error().problem, "code.too_often");
    EXPECT_TRUE(desk_.sendCode({.contact = "0987654321", .client = "192.0.2.3"}));
    for (int i = 0; i < 30; ++i)
        EXPECT_TRUE(desk_.sendCode(
            {.contact = "09123457" + std::to_string(10 + i), .client = "2001:db8::" + std::to_string(i)}));
    EXPECT_FALSE(desk_.sendCode({.contact = "0912345799", .client = "2001:db8::ffff"})) << "of one network";
    EXPECT_TRUE(desk_.sendCode({.contact = "0912345799", .client = "2001:db8:0:1::1"}));
}

TEST_F(CitizenDeskTest, WhoIsImpatientWaitsNoLongerForIt) {
    const auto ask = [&] { return desk_.sendCode({.contact = "0912345678", .client = "192.0.2.1"}).ok(); };
    for (int i = 0; i < 50; ++i) EXPECT_EQ(ask(), i < 3);
    pass(11min);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(ask(), i < 3) << "what was refused counts nowhere";
    pass(11min);
    EXPECT_FALSE(ask()) << "six in a day";
    EXPECT_TRUE(desk_.sendCode({.contact = "0912345678", .client = "192.0.2.2"})) << "that is not everybody's";
    EXPECT_TRUE(desk_.sendCode({.contact = "0912345679", .client = "192.0.2.1"}));
}

TEST_F(CitizenDeskTest, NobodyIsSentMoreThanTenInADayHoweverTheyAreNamed) {
    std::vector<std::string> petitions;
    for (int i = 0; i < 6; ++i) petitions.push_back(take("user-1").code);
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(desk_.sendCode({.petition = petitions[static_cast<std::size_t>(i)]}));
    EXPECT_EQ(sent_.size(), 3U) << "three within ten minutes, and nobody is told";
    const auto keepAsking = [&](const std::string& client) {
        for (int i = 0; i < 20; ++i) {
            pass(11min);
            EXPECT_TRUE(desk_.sendCode({.petition = petitions[static_cast<std::size_t>(i) % 6], .client = client}));
        }
    };
    keepAsking("192.0.2.1");
    EXPECT_EQ(sent_.size(), 9U) << "six by one network: another one's is left to whoever it belongs to";
    keepAsking("192.0.2.2");
    EXPECT_EQ(sent_.size(), 10U);
    EXPECT_EQ(desk_.sendCode({.contact = "0912345678"}).error().problem, "code.too_often");
    pass(24h);
    EXPECT_TRUE(desk_.sendCode({.contact = "0912345678"}));
}

TEST_F(CitizenDeskTest, WhoAskedToStayUnknownIsNotWrittenTo) {
    IncomingPetition made = Bench::petition();
    made.petitioner = {.name = "Người Thử", .phone = "0912345678"};
    made.anonymous = true;
    const auto answer =
        hub_.submit({.petition = std::move(made), .channel = "app", .caller = "app", .by_connector = true});
    ASSERT_TRUE(answer);
    EXPECT_TRUE(desk_.sendCode({.petition = answer->code}));
    EXPECT_TRUE(sent_.empty());
}

TEST_F(CitizenDeskTest, AMailboxIsTheSameWhateverTheCaseOfItsAddress) {
    auto with_mail = std::make_shared<config::Configuration>(*bench_.configuration);
    with_mail->one_time_codes.email = "email";
    bench_.configuration = with_mail;
    Hub hub{bench_.hubParts()};
    CitizenDesk desk{hub, *bench_.faulty, [this](const std::string&, const Delivery& one) {
                         sent_.push_back(one);
                         return Result<Receipt>{Receipt{}};
                     }};
    const auto subjectOf = [&](const std::string& contact) {
        const auto sent = desk.sendCode({.contact = contact});
        EXPECT_EQ(sent_.back().recipient.email, contact) << "sent as typed";
        return desk.signIn("app", sent->challenge, code())->citizen.subject;
    };
    EXPECT_EQ(subjectOf("Lan@mau.example"), subjectOf("lan@MAU.example"));
}

TEST_F(CitizenDeskTest, AGatewayThatHangsHoldsTwoAndNoMore) {
    std::promise<void> go;
    const std::shared_future<void> gone = go.get_future().share();
    std::atomic<int> inside{0};
    CitizenDesk desk{hub_, *bench_.faulty, [&](const std::string&, const Delivery&) {
                         ++inside;
                         gone.wait();
                         return Result<Receipt>{Receipt{}};
                     }};
    std::vector<std::future<Result<CodeSent>>> held;
    for (const char* contact : {"0912345678", "0912345679"})
        held.push_back(std::async(std::launch::async, [&, contact] { return desk.sendCode({.contact = contact}); }));
    while (inside < 2) std::this_thread::yield();
    EXPECT_EQ(desk.sendCode({.contact = "0912345680"}).error().problem, "code.busy");
    go.set_value();
    for (auto& one : held) EXPECT_TRUE(one.get());
    EXPECT_TRUE(desk.sendCode({.contact = "0912345681"}));
}

TEST_F(CitizenDeskTest, OnlyMobileNumbersOfThisCountryAndAddressesGetCodes) {
    for (const char* contact : {"02343822222", "+12025550123", "1022", "abc", "x@", "a@b@c.vn", "<a@b.vn>"})
        EXPECT_EQ(desk_.sendCode({.contact = contact}).error().problem, "code.contact_invalid") << contact;
    EXPECT_EQ(desk_.sendCode({.contact = "an@mau.example"}).error().problem, "code.no_way") << "no connector for it";
    EXPECT_EQ(desk_.sendCode({}).error().problem, "code.contact_invalid");
    EXPECT_EQ(desk_.sendCode({.contact = "0912345678", .petition = "1"}).error().problem, "code.contact_invalid");
    EXPECT_TRUE(sent_.empty());
}

TEST_F(CitizenDeskTest, WhatCannotBeSentIsSaidAndAnUnknownOutcomeIsNotHeldAgainstTheCode) {
    outcome_ = Error{.code = Errc::kUnavailable, .message = "down", .retry_after = 30s};
    EXPECT_EQ(desk_.sendCode({.contact = "0912345678"}).error().problem, "code.not_sent");
    outcome_ = Error{.code = Errc::kUnknownOutcome, .message = "who knows"};
    const auto sent = desk_.sendCode({.contact = "0912345678"});
    ASSERT_TRUE(sent);
    EXPECT_TRUE(desk_.signIn("app", sent->challenge, code()));
}

TEST_F(CitizenDeskTest, TheSecretOfAPetitionIsGivenToWhoeverHasThePhoneOnRecord) {
    const IntakeAnswer petition = take("user-1");
    const auto sent = desk_.sendCode({.petition = petition.code});
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent_.back().recipient.phone, "+84912345678");
    const auto opened = desk_.openPetition(sent->challenge, code());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->code, petition.code);
    EXPECT_EQ(opened->secret, petition.tracking_token);
}

TEST_F(CitizenDeskTest, NobodyLearnsWhetherThereIsAPetitionOrAPhone) {
    const IntakeAnswer silent = take("user-1", "");
    for (const std::string& code : {std::string{"990101999"}, silent.code}) {
        const auto sent = desk_.sendCode({.petition = code});
        ASSERT_TRUE(sent);
        EXPECT_FALSE(sent->challenge.empty());
        EXPECT_EQ(sent->until, bench_.now.load() + 5min);
        EXPECT_EQ(desk_.openPetition(sent->challenge, "000000").error().problem, "code.wrong");
    }
    EXPECT_TRUE(sent_.empty());
}

TEST_F(CitizenDeskTest, EachSeesTheirOwnPetitionsAndNoOthers) {
    const IntakeAnswer first = take("user-1");
    pass(1s);
    const IntakeAnswer second = take("user-1");
    take("user-2");
    take("");
    const auto own = desk_.petitions("app", {.reply_address = "user-1"});
    ASSERT_TRUE(own);
    ASSERT_EQ(own->items.size(), 2U);
    EXPECT_EQ(own->items[0].petition.code, second.code);
    EXPECT_EQ(own->items[1].secret, first.tracking_token);
    EXPECT_TRUE(own->items[0].petition.steps.empty());
    EXPECT_FALSE(desk_.petitions("app", {.reply_address = "user-1", .steps = true})->items[0].petition.steps.empty());
    EXPECT_TRUE(desk_.petitions("chat", {.reply_address = "user-1"})->items.empty());
    EXPECT_TRUE(desk_.petitions("app", {})->items.empty());
}

TEST_F(CitizenDeskTest, OneOfThemIsFoundByItsCode) {
    const IntakeAnswer mine = take("user-1");
    take("user-1");
    const IntakeAnswer another = take("user-2");
    const auto codes = [&](std::vector<std::string> wanted) {
        const auto found = desk_.petitions("app", {.reply_address = "user-1", .codes = std::move(wanted)});
        std::vector<std::string> seen;
        if (found)
            for (const OwnPetition& one : found->items) seen.push_back(one.petition.code);
        return seen;
    };
    EXPECT_EQ(codes({mine.code, another.code, "990101999"}), std::vector{mine.code});
    EXPECT_EQ(codes({another.code}), std::vector<std::string>{});
    EXPECT_EQ(codes({"990101999"}), std::vector<std::string>{});
    EXPECT_EQ(desk_.petitions("app", {.reply_address = "user-1", .codes = std::vector<std::string>(1001, "1")})
                  .error()
                  .problem,
              "search.too_much");
}

TEST_F(CitizenDeskTest, SigningOutForgetsTheDevicesThatWereToldWithThatSession) {
    const auto session = [&] {
        const auto sent = desk_.sendCode({.contact = "0912345678"});
        return desk_.signIn("app", sent->challenge, code())->token;
    };
    const std::string phone = session();
    const std::string tablet = session();
    const auto keep = [&](const char* token, const std::string& with) {
        return desk_.keepDevice(
            {.owner = "user-1", .channel = "app", .platform = "fcm", .token = token, .session = with});
    };
    ASSERT_TRUE(keep("phone", phone));
    ASSERT_TRUE(keep("tablet", tablet));
    ASSERT_TRUE(desk_.signOut(phone));
    const auto left = desk_.devices("app", "user-1");
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ(left->front().token, "tablet");
}

TEST_F(CitizenDeskTest, OwnPetitionsAreFoundByWhenTheyChanged) {
    const Instant begun = bench_.now.load();
    take("user-1");
    follow();
    const auto within = [&](Instant from, Instant to) {
        return desk_.petitions("app", {.reply_address = "user-1", .changed_from = from, .changed_to = to})
            ->items.size();
    };
    EXPECT_EQ(within(begun, begun), 1U) << "both ends are within";
    EXPECT_EQ(within(begun + 1ms, begun + 1h), 0U);
    EXPECT_EQ(within(begun - 1h, begun - 1ms), 0U);
}

TEST_F(CitizenDeskTest, EverybodySeesPublicOnesWithoutTextsUntilTheAnswerIsOut) {
    const IntakeAnswer hidden = take("user-1");
    const IntakeAnswer shown = take("user-2", "0912345678", true);
    follow();
    const auto found = hub_.records().search({});
    ASSERT_TRUE(found);
    ASSERT_EQ(found->items.size(), 1U);
    EXPECT_EQ(found->items[0].code, shown.code);
    EXPECT_EQ(found->items[0].title, "");
    EXPECT_EQ(found->items[0].content, "");
    EXPECT_EQ(found->items[0].address, "");
    EXPECT_FALSE(found->items[0].answer);
    EXPECT_FALSE(found->items[0].attributes.at(std::string{kChangedAt}).empty());
    EXPECT_TRUE(hub_.records().search({.answered_only = true})->items.empty());
    EXPECT_TRUE(hub_.records().search({.codes = {hidden.code}})->items.empty());
    EXPECT_EQ(hub_.records().search({.codes = {hidden.code, shown.code}, .steps = true})->items.at(0).steps.size(), 1U);
    EXPECT_TRUE(hub_.records().search({.finished = true})->items.empty());
    EXPECT_EQ(hub_.records().search({.categories = {"ha-tang", "khac"}})->items.size(), 1U);
    EXPECT_TRUE(hub_.records().search({.categories = {"khac"}})->items.empty());
    EXPECT_EQ(hub_.records().search({.after = "nonsense"}).error().code, Errc::kInvalid);
    EXPECT_EQ(hub_.records().search({.codes = std::vector<std::string>(1001, "1")}).error().problem, "search.too_much");
}

TEST_F(CitizenDeskTest, PagesOfTheSearchAreFull) {
    std::vector<std::string> codes;
    for (int i = 0; i < 5; ++i) {
        codes.push_back(take("", "0912345678", true).code);
        take("", "0912345678", false);
        pass(1s);
    }
    follow();
    std::vector<std::string> seen;
    std::string after;
    do {
        const auto page = hub_.records().search({.after = after, .limit = 2});
        ASSERT_TRUE(page);
        after = page->next;
        EXPECT_TRUE(after.empty() || page->items.size() == 2U);
        for (const PublicPetition& one : page->items) seen.push_back(one.code);
    } while (!after.empty());
    std::reverse(codes.begin(), codes.end());
    EXPECT_EQ(seen, codes);
}

TEST_F(CitizenDeskTest, DevicesAreTakenWhereTheyAreSound) {
    InstanceCitizens app{desk_, "app"};
    EXPECT_TRUE(app.keepDevice({.owner = "user-1", .channel = "forged", .platform = "apns", .token = "t"}));
    EXPECT_EQ(app.devices("app", "user-1")->size(), 1U) << "a connector keeps devices of its own citizens";
    EXPECT_TRUE(app.devices("forged", "user-1")->empty());
    EXPECT_EQ(app.keepDevice({.owner = "user-1", .platform = "fax", .token = "t"}).error().problem, "device.invalid");
    EXPECT_EQ(app.keepDevice({.owner = "", .platform = "fcm", .token = "t"}).error().problem, "device.invalid");
    EXPECT_EQ(app.keepDevice({.owner = "u", .platform = "fcm", .token = std::string(4097, 't')}).error().problem,
              "device.invalid");
    pass(24h * 280);
    EXPECT_TRUE(app.keepDevice({.owner = "user-2", .platform = "fcm", .token = "u"}));
    EXPECT_TRUE(app.devices("app", "user-1")->empty()) << "not heard of for so long";
}

class SecretWordTest : public CitizenDeskTest {
protected:
    Result<Accepted> say(Update::Kind kind, const std::string& code, const std::string& secret, std::string id = "1") {
        return inbox_.update({.kind = kind,
                              .id = std::move(id),
                              .code = code,
                              .text = "thêm",
                              .attachments = {{.name = "a.txt", .content = "tệp"}},
                              .attributes = {{std::string{kSenderSecret}, secret}}});
    }
    config::Connector settings_{.id = "web", .plugin = "scripted"};
    Condition condition_{"web", "scripted"};
    InstanceInbox inbox_{hub_, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
};

TEST_F(SecretWordTest, TheSecretSpeaksForASenderOfWhateverChannel) {
    const IntakeAnswer petition = take("user-1");
    const auto said = say(Update::Kind::kSupplement, petition.code, petition.tracking_token);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->outcome, Accepted::Outcome::kStored);
    EXPECT_EQ(say(Update::Kind::kSupplement, petition.code, petition.tracking_token)->outcome,
              Accepted::Outcome::kDuplicate);
    for (const domain::Event& event : *bench_.real->history(petition.id))
        EXPECT_EQ(event.config_hash.find(petition.tracking_token), std::string::npos);
}

TEST_F(SecretWordTest, WithoutTheRightSecretNothingIsSaidNorKept) {
    const IntakeAnswer petition = take("user-1");
    const auto version = (*bench_.real->petition(petition.id))->version;
    for (const std::string& code : {petition.code, std::string{"990101999"}}) {
        const auto said = say(Update::Kind::kSupplement, code, "wrong");
        ASSERT_TRUE(said);
        EXPECT_EQ(said->outcome, Accepted::Outcome::kRefused);
        EXPECT_EQ(said->problem->code, Errc::kNotFound);
    }
    const auto note = say(Update::Kind::kNote, petition.code, petition.tracking_token);
    EXPECT_EQ(note->outcome, Accepted::Outcome::kRefused) << "news of a peer are not the sender's word";
    EXPECT_EQ((*bench_.real->petition(petition.id))->version, version);
    EXPECT_TRUE(bench_.real->refused({}, {})->items.empty());
}

TEST_F(SecretWordTest, AFormThatIsRefusedIsOnlyAnswered) {
    IncomingPetition form = Bench::petition("");
    const auto kept = inbox_.accept(form);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->outcome, Accepted::Outcome::kRefused);
    EXPECT_EQ(bench_.real->refused({}, {})->items.size(), 1U);
    form.attributes[std::string{kOnlyAnswered}] = "true";
    const auto answered = inbox_.accept(form);
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->outcome, Accepted::Outcome::kRefused);
    EXPECT_EQ(answered->problem->problem, "petition.content_missing");
    EXPECT_EQ(bench_.real->refused({}, {})->items.size(), 1U);
    form.text = "Hố ga mất nắp";
    const auto stored = inbox_.accept(form);
    ASSERT_TRUE(stored);
    EXPECT_EQ(bench_.real->person(stored->id).value()->attributes.count(kOnlyAnswered), 0U);
}

TEST_F(SecretWordTest, WhatIsNotPossibleNowIsAnsweredNotKept) {
    const IntakeAnswer petition = take("user-1");
    const auto said = say(Update::Kind::kReopen, petition.code, petition.tracking_token);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->outcome, Accepted::Outcome::kRefused);
    EXPECT_TRUE(bench_.real->refused({}, {})->items.empty());
}

}  // namespace
}  // namespace pakn::engine
