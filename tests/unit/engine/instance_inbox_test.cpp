/// @file
/// What a connector brings goes into the hub once, and what the hub will never take is kept with its reason.

#include "core/engine/instance_inbox.hpp"

#include <gtest/gtest.h>

#include "pakn/sdk/source_revision.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using domain::DeliveryState;
using test::Bench;
using Outcome = Accepted::Outcome;

class InstanceInboxTest : public ::testing::Test {
protected:
    /// A petition of channel "web" whose answer is queued for the connector "webhook"; its delivery's id.
    std::string release() {
        petition_ = hub_.submit({.petition = Bench::petition(), .channel = "web", .caller = "web"})->id;
        const auto act = [&](std::string action, const domain::Actor& actor, domain::Act input = {}) {
            input.action = std::move(action);
            ASSERT_TRUE(hub_.execute(petition_, input, actor)) << input.action;
        };
        act("accept", domain::sample::dispatcher());
        act("distribute", domain::sample::dispatcher(), {.units = {"so-xay-dung"}});
        act("start", domain::sample::officer());
        act("draft", domain::sample::officer(), {.result = "Đã lắp nắp mới."});
        act("submit", domain::sample::officer());
        act("approve", domain::sample::leader());
        act("release", domain::sample::dispatcher());
        return state().deliveries.at(0).id;
    }
    [[nodiscard]] domain::Petition state() const { return *bench_.real->petition(petition_).value(); }
    Outcome outcome(const Update& update) { return inbox_.update(update)->outcome; }

    Bench bench_;
    Hub hub_{bench_.hubParts()};
    config::Connector settings_{.id = "webhook", .plugin = "scripted"};
    Condition condition_{"webhook", "scripted"};
    InstanceInbox inbox_{hub_, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
    std::string petition_;
};

TEST_F(InstanceInboxTest, APetitionIsStoredThenKnownThenRefusedWhenItCannotBe) {
    IncomingPetition petition = Bench::petition();
    petition.external_id = "7";
    const auto first = inbox_.accept(petition);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->outcome, Outcome::kStored);
    EXPECT_EQ(inbox_.accept(petition)->code, first->code);
    const auto refused = inbox_.accept({.external_id = "8"});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->outcome, Outcome::kRefused);
    EXPECT_EQ(refused->problem->problem, "petition.content_missing");
    ASSERT_EQ(bench_.real->refused({}, {})->items.size(), 1U);
    EXPECT_EQ(readRefused(bench_.real->refused({}, {})->items.at(0).content).external_id, "8");
}

TEST_F(InstanceInboxTest, WhatCannotBeAPetitionIsKeptOnceWithAllThatFindsItAgain) {
    const Unacceptable item{
        .external_id = "Ngô Văn Thử",
        .raw = std::string{"{\"id\": 9\0}", 11},
        .problem = {.code = Errc::kInvalid, .message = "no date", .problem = "portal.date", .field = "/occurred_at"}};
    for (int i = 0; i < 3; ++i) {
        const auto refused = inbox_.refuse(item);
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->outcome, Outcome::kRefused);
        EXPECT_EQ(refused->problem->field, "/occurred_at");
    }
    Unacceptable mended = item;
    mended.problem.problem = "portal.code";
    ASSERT_TRUE(inbox_.refuse(mended));
    const auto kept = bench_.real->refused({}, {})->items;
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept.at(1).problem, "portal.date");
    EXPECT_EQ(kept.at(1).external_id.find("Ng"), std::string::npos) << "an id may name a person";
    EXPECT_EQ(readRefused(kept.at(1).content),
              (RefusedContent{
                  .external_id = item.external_id, .field = "/occurred_at", .detail = "no date", .raw = item.raw}));
}

/// Larger than the burst of what a connector may write: it has its turn all the same, and what is cut off says so.
TEST_F(InstanceInboxTest, TheLargestThatIsRefusedIsKept) {
    constexpr std::size_t kMost = 64U << 20U;
    const auto refused = inbox_.refuse({.external_id = "9",
                                        .raw = std::string(kMost + 5, 'x'),
                                        .problem = {.code = Errc::kInvalid, .problem = "portal.items"}});
    ASSERT_TRUE(refused) << refused.error().message;
    const RefusedContent kept = readRefused(bench_.real->refused({}, {})->items.at(0).content);
    EXPECT_EQ(kept.raw.size(), kMost);
    EXPECT_NE(kept.detail.find(std::to_string(kMost + 5)), std::string::npos) << kept.detail;
}

TEST_F(InstanceInboxTest, ARefusedPetitionIsKeptAsAWhole) {
    IncomingPetition petition = Bench::petition();
    petition.external_id = "8";
    petition.title = std::string(301, 'x');
    petition.petitioner = {.name = "Người Thử", .phone = "0900000001", .address = "1 Lê \"Lợi\""};
    petition.location.area = "19753";
    petition.attributes = {{"so_phieu", "P-8"}};
    petition.attachments = {{.name = "bien-nhan.txt", .content = "biên nhận"}, {.name = "a.exe", .content = "MZ\1"}};
    ASSERT_EQ(inbox_.accept(petition)->outcome, Outcome::kRefused);
    const RefusedContent kept = readRefused(bench_.real->refused({}, {})->items.at(0).content);
    for (const std::string& part : {petition.title, petition.text, petition.petitioner.name, petition.petitioner.phone,
                                    std::string{"19753"}, std::string{R"("address":"1 Lê \"Lợi\"")"},
                                    std::string{R"("so_phieu":"P-8")"}, std::string{R"("name":"a.exe")"},
                                    std::string{R"("sha256":")"} + security::toHex(security::sha256("biên nhận"))})
        EXPECT_NE(kept.raw.find(part), std::string::npos) << part;
}

TEST_F(InstanceInboxTest, AnItemIsTheSameAsItsSourceSays) {
    IncomingPetition petition = Bench::petition();
    petition.external_id = "9";
    petition.attributes = {{std::string{kSourceRevision}, "r1"}, {"attachments_missing", "1"}};
    const auto first = inbox_.accept(petition);
    ASSERT_EQ(first->outcome, Outcome::kStored);
    const auto person = bench_.real->person(first->id);
    ASSERT_TRUE(person && *person);
    EXPECT_EQ((*person)->attributes.count(kSourceRevision), 0U) << "nobody needs to see it";
    petition.attributes = {{std::string{kSourceRevision}, "r1"}};
    petition.attachments = {{.name = "a.txt", .content = "it came later"}};
    EXPECT_EQ(inbox_.accept(petition)->outcome, Outcome::kDuplicate) << "its file came late: nothing else is new";
    petition.attributes = {{std::string{kSourceRevision}, "r2"}};
    EXPECT_EQ(inbox_.accept(petition)->outcome, Outcome::kRefused) << "the source says that it changed";
}

TEST_F(InstanceInboxTest, WhatIsNoFrameIsTheItemAlone) {
    for (const char* text : {"", "refused 1\n", "refused 1\n5:ab", "refused 1\nx:", "refused 1\n1:a1:b", "other"})
        EXPECT_EQ(readRefused(text), RefusedContent{.raw = text}) << text;
}

TEST_F(InstanceInboxTest, AnIdInAnotherFormOfUnicodeIsTheSame) {
    IncomingPetition petition = Bench::petition();
    petition.external_id = "phiếu 7";
    petition_ = inbox_.accept(petition)->id;
    const std::string decomposed = "phie\xCC\x82\xCC\x81u 7";
    petition.external_id = decomposed;
    EXPECT_EQ(inbox_.accept(petition)->outcome, Outcome::kDuplicate);
    EXPECT_EQ(outcome({.id = "e-1", .external_id = decomposed, .text = "a"}), Outcome::kStored);
}

TEST_F(InstanceInboxTest, KeepsAConversationUntilItIsDropped) {
    ASSERT_TRUE(inbox_.keep({.conversation = "u1", .id = "m1", .data = "Hố ga"}));
    const auto all = inbox_.keep({.conversation = "u1", .id = "m2", .data = "mất nắp"});
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ(all->at(0).at, bench_.now.load());
    EXPECT_EQ(inbox_.quiet(bench_.now.load() + std::chrono::minutes{1}, 10)->size(), 1U);
    ASSERT_TRUE(inbox_.drop("u1", all->back().sequence));
    EXPECT_TRUE(inbox_.kept("u1")->empty());
    EXPECT_EQ(inbox_.keep({.conversation = "", .id = "m"}).error().code, Errc::kInvalid);
    EXPECT_EQ(inbox_.keep({.conversation = "u", .id = "m", .data = std::string(2U << 20U, 'x')}).error().code,
              Errc::kTooLarge);
}

TEST_F(InstanceInboxTest, NewsBecomesAnEventOnce) {
    const std::string delivery = release();
    const int version = state().version;
    const Update read{.kind = Update::Kind::kRead,
                      .id = "e-1",
                      .delivery = delivery,
                      .text = "đã xem",
                      .attachments = {{.name = "bien-nhan.txt", .content = "biên nhận"}}};
    EXPECT_EQ(outcome(read), Outcome::kStored);
    EXPECT_EQ(outcome(read), Outcome::kDuplicate);
    EXPECT_EQ(state().version, version + 1);
    const auto history = bench_.real->history(petition_);
    const auto& noted = std::get<domain::Noted>(history->back().data);
    EXPECT_EQ(history->back().actor, "webhook");
    EXPECT_EQ(noted.action, "update_read");
    EXPECT_EQ(noted.comment, "đã xem");
    EXPECT_EQ(noted.files.size(), 1U);
    EXPECT_EQ(state().status, domain::Status::kAnswered) << "news moves nothing";
}

TEST_F(InstanceInboxTest, ADeliveryThatArrivedAfterAllIsSettledAndOneThatBouncedIsDead) {
    const std::string delivery = release();
    EXPECT_EQ(outcome({.kind = Update::Kind::kArrived, .id = "e-1", .delivery = delivery}), Outcome::kStored);
    EXPECT_EQ(state().deliveries.at(0).state, DeliveryState::kSent);
    EXPECT_EQ(outcome({.kind = Update::Kind::kFailed, .id = "e-2", .delivery = delivery}), Outcome::kStored);
    EXPECT_EQ(state().deliveries.at(0).state, DeliveryState::kDead);
}

TEST_F(InstanceInboxTest, ThePetitionIsFoundByCodeOrTheChannelsOwnId) {
    IncomingPetition petition = Bench::petition();
    petition.external_id = "7";
    const auto stored = inbox_.accept(petition);
    petition_ = stored->id;
    EXPECT_EQ(outcome({.id = "e-1", .code = stored->code, .text = "a"}), Outcome::kStored);
    EXPECT_EQ(outcome({.id = "e-2", .external_id = "7", .text = "b"}), Outcome::kStored);
    EXPECT_EQ(state().heard.size(), 2U);
}

TEST_F(InstanceInboxTest, NewsAboutAnothersPetitionIsRefusedAndKept) {
    release();
    const std::string other = hub_.submit({.petition = Bench::petition("Cây đổ"), .channel = "web"})->code;
    for (const Update& update : {Update{.id = "e-1", .code = other}, Update{.id = "e-2", .delivery = "none"},
                                 Update{.id = "e-3"}, Update{.id = "", .code = other}}) {
        const auto answer = inbox_.update(update);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->outcome, Outcome::kRefused);
    }
    EXPECT_EQ(bench_.real->refused({}, {})->items.size(), 4U);
}

TEST_F(InstanceInboxTest, AStoreThatIsAwayIsAnErrorAndNothingIsLost) {
    bench_.faulty->failNext(3, {.code = Errc::kUnavailable, .message = "disk full"});
    IncomingPetition petition = Bench::petition();
    petition.external_id = "7";
    EXPECT_EQ(inbox_.accept(petition).error().code, Errc::kUnavailable);
    EXPECT_TRUE(bench_.real->refused({}, {})->items.empty());
}

/// Petitions go through the committer, which takes many at a time; everything else waits for the disk by itself.
TEST_F(InstanceInboxTest, WhoHasWrittenTooMuchWaitsButForPetitions) {
    const auto nothing = [] { return Status{Done{}}; };
    ASSERT_TRUE(condition_.writes().run(hub_.now(), 999 * WriteLimit::kPiece, nothing));
    for (const Status& told : {Status{inbox_.drop("u1", 1)}, Status{inbox_.keep({"u1", "m1", "x"}).error()},
                               Status{inbox_.refuse({.external_id = "1", .raw = "x"}).error()},
                               Status{inbox_.accept({.external_id = "2"}).error()}}) {
        ASSERT_FALSE(told);
        EXPECT_EQ(told.error().code, Errc::kUnavailable);
        EXPECT_EQ(told.error().problem, "connector.busy");
        EXPECT_TRUE(told.error().retry_after);
    }
    EXPECT_TRUE(inbox_.accept(Bench::petition()));
    EXPECT_TRUE(inbox_.setAside("POST /", "x", "connector.quarantined")) << "the hub itself keeps it";
    bench_.now = bench_.now.load() + std::chrono::seconds{5};
    EXPECT_EQ(inbox_.accept({.external_id = "2"})->outcome, Outcome::kRefused);
    EXPECT_TRUE(inbox_.keep({"u1", "m1", "x"}));
    EXPECT_TRUE(inbox_.drop("u1", 1));
}

TEST_F(InstanceInboxTest, AConversationHasAnEnd) {
    const std::string data(1U << 20U, 'x');
    const auto keep = [&](int number) {
        bench_.now = bench_.now.load() + std::chrono::seconds{1};
        return inbox_.keep({.conversation = "u1", .id = std::to_string(number), .data = data});
    };
    for (int i = 0; i < 16; ++i) ASSERT_TRUE(keep(i)) << i;
    EXPECT_EQ(keep(16).error().problem, "kept.too_many");
}

}  // namespace
}  // namespace pakn::engine
