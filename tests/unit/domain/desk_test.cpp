// The Centre's desk: papers that are written down later, who a channel asks for, places that are corrected, answers out
// of the knowledge base.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/domain/identity.hpp"
#include "core/domain/projection.hpp"
#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using sample::at;
using sample::Case;
using sample::dispatcher;
using sample::leader;
using sample::officer;

std::string problemOf(const Result<Decision>& decision) { return decision ? "" : decision.error().problem; }

// Papers

Result<Decision> submitPaper(Case& one, std::optional<Instant> received, std::string channel = "paper") {
    const RoutingFacts facts{.channel = channel};
    return one.run(Submit{.petition = {.title = "Đơn", .text = "Đơn gửi bằng giấy"},
                          .channel = std::move(channel),
                          .code = "020326001",
                          .tracking_token = "t",
                          .route = route(one.rules, facts),
                          .received_at = received},
                   {.id = "paper", .roles = {Role::kCitizen}, .unit = {}});
}

TEST(Papers, GL41_ClocksBeginWhenItCameInAndBothInstantsStay) {
    Case one;
    one.now = at(2026, 3, 6, 9);
    ASSERT_TRUE(submitPaper(one, at(2026, 3, 2, 10)));
    EXPECT_EQ(one.petition.received_at, at(2026, 3, 2, 10));
    EXPECT_EQ(one.petition.recorded_at, at(2026, 3, 6, 9));
    EXPECT_EQ(one.journal.front().at, at(2026, 3, 6, 9)) << "the journal says when it was written down";
    EXPECT_EQ(one.petition.due.at(Clock::kTotal), at(2026, 3, 23, 23, 59, 59)) << "15 working days from 2 March";
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 3, 10, 30)) << "8 working hours from 2 March 10:00";
    EXPECT_EQ(one.petition.total_from, at(2026, 3, 2, 10));
    EXPECT_EQ(progressOf(one.petition, one.now), Progress::kOverdue) << "it lay on the Centre's desk";
}

TEST(Papers, GL41_OnlyPapersAreWrittenDownLaterAndNotInClosedTimes) {
    const auto problem = [](std::optional<Instant> received, std::string channel) {
        Case one;
        one.now = at(2026, 3, 31, 9);
        return problemOf(submitPaper(one, received, std::move(channel)));
    };
    EXPECT_EQ(problem(at(2026, 3, 31, 8), "counter"), "");
    EXPECT_EQ(problem(at(2026, 3, 31, 8), "web"), "received_at.channel");
    EXPECT_EQ(problem(std::nullopt, "web"), "");
    EXPECT_EQ(problem(at(2026, 3, 31, 9, 0, 1), "paper"), "received_at.future");
    EXPECT_EQ(problem(at(2026, 3, 31, 9), "paper"), "");
    EXPECT_EQ(problem(at(2026, 3, 1, 0), "paper"), "") << "30 days, the whole of the first one";
    EXPECT_EQ(problem(at(2026, 2, 28, 23, 59, 59), "paper"), "received_at.too_old");
}

// Senders

IncomingPetition whole() {
    IncomingPetition in;
    in.petitioner = {.kind = "individual",
                     .name = "Nguyễn Thử",
                     .phone = "+84912345678",
                     .email = {},
                     .citizen_id = "001099000111",
                     .address = "Tổ 1"};
    return in;
}

/// Problem and field.
using Missing = std::pair<std::string, std::string>;

Missing missing(IdentityRule rule, const IncomingPetition& in) {
    const pakn::Status known = checkIdentity(rule, in);
    return known ? Missing{} : Missing{known.error().problem, known.error().field};
}

TEST(Identity, ST43_DF10_EachChannelAsksForWhatItsRuleSays) {
    using enum IdentityRule;
    const Missing nothing;
    EXPECT_EQ(missing(kRequired, whole()), nothing);
    const auto without = [](std::string Petitioner::*field) {
        IncomingPetition in = whole();
        (in.petitioner.*field).clear();
        return in;
    };
    EXPECT_EQ(missing(kRequired, without(&Petitioner::name)), Missing("identity.name_missing", "/petitioner/name"));
    EXPECT_EQ(missing(kRequired, without(&Petitioner::phone)), Missing("identity.phone_missing", "/petitioner/phone"));
    EXPECT_EQ(missing(kRequired, without(&Petitioner::citizen_id)),
              Missing("identity.citizen_id_missing", "/petitioner/citizen_id"));
    EXPECT_EQ(missing(kRequired, without(&Petitioner::address)),
              Missing("identity.address_missing", "/petitioner/address"));
    IncomingPetition firm = without(&Petitioner::citizen_id);
    firm.petitioner.kind = "organisation";
    EXPECT_EQ(missing(kRequired, firm), nothing) << "an organisation has no citizen id";
    IncomingPetition hidden = whole();
    hidden.anonymous = true;
    EXPECT_EQ(missing(kRequired, hidden), Missing("identity.anonymous_not_taken", "/anonymous"));
    EXPECT_EQ(missing(kAnonymousToPublic, hidden), nothing);
    EXPECT_EQ(missing(kAnonymousToPublic, without(&Petitioner::address)), nothing);
    EXPECT_EQ(missing(kAnonymousToPublic, without(&Petitioner::phone)).first, "identity.phone_missing");
    EXPECT_EQ(missing(kOptional, IncomingPetition{}), nothing);
    EXPECT_EQ(missing(kAnonymous, IncomingPetition{}), nothing);
}

TEST(Identity, ST56_AChannelThatKeepsNothingForgetsWhoSent) {
    IncomingPetition in = whole();
    in.consent = {.process_personal_data = true, .use_identity_in_handling = true, .publish_identity = true};
    forgetSender(in);
    EXPECT_EQ(in.petitioner.name + in.petitioner.phone + in.petitioner.citizen_id + in.petitioner.address, "");
    EXPECT_TRUE(in.anonymous);
    EXPECT_FALSE(in.consent.use_identity_in_handling || in.consent.publish_identity);
    EXPECT_TRUE(in.consent.process_personal_data);
}

TEST(Identity, ST52_ST56_AnonymousToThePublicIsKnownToWhoHandlesIt) {
    Case one;
    one.rules.identity = {{"mobile", IdentityRule::kAnonymousToPublic}};
    IncomingPetition in{.title = "Hố ga", .text = "Hố ga", .is_public = true, .anonymous = true};
    in.consent.use_identity_in_handling = true;
    ASSERT_TRUE(one.submit(in, "mobile"));
    EXPECT_TRUE(one.petition.anonymous);
    EXPECT_FALSE(hidesSender(one.petition));
    EXPECT_FALSE(mayDiscloseText(one.petition)) << "nothing of it leaves";
    EXPECT_EQ(problemOf(one.run(Reveal{.reason = "Hỏi vị trí"}, dispatcher())), "");
    Case other;
    ASSERT_TRUE(other.submit(in, "mobile"));
    EXPECT_TRUE(hidesSender(other.petition));
    EXPECT_EQ(problemOf(other.run(Reveal{.reason = "Hỏi vị trí"}, dispatcher())), "reveal.anonymous");
}

// Places

Case withAreas() {
    Case one;
    one.rules.areas = {{"19753", {.id = "19753", .name = "A", .parent = {}}},
                       {"19756", {.id = "19756", .name = "B", .parent = {}}}};
    Route there{.name = "Phường B", .when = {}, .unit = "chieu-sang", .mode = RouteMode::kAutomatic};
    there.when.area = {"19756"};
    one.rules.routes.push_back(there);
    IncomingPetition in{.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"};
    in.location = {.address = "Số 12", .area = "19753", .latitude = 16.4, .longitude = 107.5};
    static_cast<void>(one.submit(in));
    return one;
}

TEST(Places, DF8_BothTextsStayAndNothingIsDiverted) {
    Case one = withAreas();
    EXPECT_EQ(one.petition.suggested_unit, "so-xay-dung");
    static_cast<void>(one.act("accept", dispatcher()));
    static_cast<void>(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    const std::size_t before = one.journal.size();
    ASSERT_TRUE(one.run(Relocate{.address = "Số 15", .area = "19756", .reason = "Người gửi nhầm"}, officer()));
    ASSERT_EQ(one.journal.size(), before + 1);
    const Event& event = one.journal.back();
    EXPECT_EQ(event.kind(), EventKind::kRelocated);
    EXPECT_EQ(event.actor, officer().id);
    EXPECT_EQ(event.role, Role::kOfficer);
    EXPECT_EQ(std::get<Relocated>(event.data).reason, "Người gửi nhầm");
    EXPECT_EQ(one.petition.location.address, "Số 15");
    EXPECT_EQ(one.petition.location.latitude, 16.4) << "what is not said stays";
    EXPECT_TRUE(one.petition.relocated);
    EXPECT_EQ(one.petition.location_as_sent.address, "Số 12");
    EXPECT_EQ(one.petition.suggested_unit, "chieu-sang");
    EXPECT_EQ(one.petition.unit, "so-xay-dung") << "an automatic route diverts nothing afterwards";
    EXPECT_EQ(one.petition.rule, "category") << "the route that placed it";
    ASSERT_TRUE(one.run(Relocate{.latitude = 16.5, .longitude = 107.6, .reason = "Theo ảnh"}, dispatcher()));
    EXPECT_EQ(one.petition.location.latitude, 16.5);
    EXPECT_EQ(one.petition.location_as_sent.address, "Số 12") << "as sent, not as corrected first";
}

TEST(Places, DF8_OnlyWhoeverHandlesItCorrectsItSoundlyAndSaysWhy) {
    Case one = withAreas();
    static_cast<void>(one.act("accept", dispatcher()));
    static_cast<void>(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    const auto problem = [&](Relocate what, const Actor& who) {
        Case copy = one;
        return problemOf(copy.run(what, who));
    };
    const Relocate sound{.address = "Số 15", .reason = "Nhầm"};
    EXPECT_EQ(problem(sound, officer("ubnd", "o9")), "action.not_yours");
    EXPECT_EQ(problem(sound, sample::integrator()), "action.not_yours");
    EXPECT_EQ(problem(sound, leader()), "");
    EXPECT_EQ(problem({.address = "Số 15"}, officer()), "action.comment_missing");
    EXPECT_EQ(problem({.address = "Số 12", .reason = "x"}, officer()), "location.unchanged");
    EXPECT_EQ(problem({.area = "99999", .reason = "x"}, officer()), "location.area_unknown");
    EXPECT_EQ(problem({.latitude = 16.0, .reason = "x"}, officer()), "petition.location_invalid");
    EXPECT_EQ(problem({.latitude = 91, .longitude = 0, .reason = "x"}, officer()), "petition.location_invalid");
    EXPECT_EQ(problem({.latitude = std::nan(""), .longitude = 0, .reason = "x"}, officer()),
              "petition.location_invalid");
    EXPECT_EQ(problem({.address = std::string(501, 'a'), .reason = "x"}, officer()), "petition.field_too_long");
    EXPECT_EQ(problem({.address = "Số 15", .reason = "x", .expected_version = 1}, officer()),
              "action.changed_meanwhile");
    static_cast<void>(one.act("return", officer(), {.comment = "x"}));
    static_cast<void>(one.act("refuse", dispatcher(), {.comment = "x"}));
    EXPECT_EQ(problem(sound, dispatcher()), "location.finished");
}

// Answers

TEST(Knowledge, GL10_AnAnswerNamesTheArticleItIsWrittenFrom) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "Hỏi", .text = "Làm căn cước ở đâu?", .category = "khac"}));
    const Act answer{.result = "Tại công an xã.", .article = ArticleRef{"cap-cccd", 3}};
    ASSERT_TRUE(one.act("answer", dispatcher(), answer));
    EXPECT_EQ(one.petition.draft->article, "cap-cccd");
    EXPECT_EQ(one.petition.draft->article_version, 3);
    EXPECT_EQ(one.petition.released->text, "Tại công an xã.");
    const auto written = std::find_if(one.journal.begin(), one.journal.end(),
                                      [](const Event& event) { return event.kind() == EventKind::kResultDrafted; });
    ASSERT_NE(written, one.journal.end());
    EXPECT_EQ(std::get<ResultDrafted>(written->data).article_version, 3);
    Case other{sample::wholeRules()};
    static_cast<void>(other.submit({.title = "Hỏi", .text = "x", .category = "khac"}));
    EXPECT_EQ(problemOf(other.act("refuse", dispatcher(), {.comment = "x", .article = ArticleRef{"cap-cccd", 3}})),
              "action.article_not_taken");
}

}  // namespace
}  // namespace pakn::domain
