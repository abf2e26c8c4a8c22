// Who acts in whose place, who is called to an emergency, units where nobody is, parts of units that end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/projection.hpp"
#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using sample::at;
using sample::Case;
using sample::day;
using sample::dispatcher;
using sample::leader;
using sample::officer;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const std::string kUnit = "so-xay-dung";

Colleague placeOf(const Actor& one) { return {.id = one.id, .roles = one.roles, .unit = one.unit}; }

/// `who` takes the place of these.
Actor instead(Actor who, const std::vector<Actor>& of) {
    for (const Actor& one : of) who.standing_for.push_back(placeOf(one));
    return who;
}

template <class E>
const E& last(const Case& one) {
    return std::get<E>(one.journal.back().data);
}

std::string problemOf(const Result<Decision>& result) { return result ? std::string{"done"} : result.error().problem; }

// --- substitutes

TEST(Substitute, ACaseInAColleaguesHandsStaysTheirsAndBothNamesStandInTheJournal) {
    Case one{sample::wholeRules()};
    one.toWorking();
    const Actor colleague = instead(officer(kUnit, "o2"), {officer()});
    EXPECT_THAT(one.legal(officer(kUnit, "o2")), Not(Contains("draft")));
    EXPECT_THAT(one.legal(colleague), Contains("draft"));
    ASSERT_TRUE(one.act("draft", colleague, {.result = "Đã lắp nắp."}));
    EXPECT_EQ(one.journal.back().actor, "o2");
    EXPECT_EQ(last<ResultDrafted>(one).standing_for, "o1");
    EXPECT_EQ(one.petition.draft->by, "o2");
    EXPECT_EQ(one.petition.draft->inNameOf(), "o1");
    EXPECT_EQ(one.petition.officer, "o1");
}

TEST(Substitute, FromAnotherUnitTheyActOnlyInTheColleaguesPlace) {
    Case one{sample::wholeRules()};
    one.toWorking();
    ASSERT_TRUE(one.act("unclaim", officer()));
    const Actor stranger = officer("ubnd", "o9");
    EXPECT_FALSE(hasPart(one.petition, stranger));
    const Actor substitute = instead(stranger, {officer()});
    EXPECT_TRUE(hasPart(one.petition, substitute));
    ASSERT_TRUE(one.act("start", substitute));
    EXPECT_EQ(one.petition.officer, "o1") << "the case stays when the time is over";
    EXPECT_THAT(one.legal(stranger), IsEmpty());
    EXPECT_THAT(one.legal(officer()), Contains("draft"));
}

TEST(Substitute, InTheirOwnRightFirst) {
    Case one{sample::wholeRules()};
    one.toWorking();
    ASSERT_TRUE(one.act("unclaim", officer()));
    ASSERT_TRUE(one.act("start", instead(officer(kUnit, "o2"), {officer()})));
    EXPECT_EQ(last<Started>(one).standing_for, "");
    EXPECT_EQ(one.petition.officer, "o2");
}

TEST(Substitute, NoChain) {
    Actor far = officer("ubnd", "o9");
    far = instead(far, {instead(officer("chieu-sang", "o8"), {officer()})});
    Case one{sample::wholeRules()};
    one.toWorking();
    EXPECT_THAT(one.legal(far), IsEmpty());
}

TEST(Substitute, WhatSomebodyWroteIsNotApprovedByThemInTheLeadersPlace) {
    Case one{sample::wholeRules()};
    one.toWorking();
    ASSERT_TRUE(one.act("draft", officer(), {.result = "Đã lắp nắp."}));
    ASSERT_TRUE(one.act("submit", officer()));
    const Actor both = instead(officer(), {leader()});
    EXPECT_THAT(one.legal(both), Not(Contains("approve")));
    EXPECT_THAT(one.legal(both), Contains("send_back"));
    EXPECT_EQ(problemOf(one.act("approve", both)), "action.own_work");
    ASSERT_TRUE(one.act("approve", instead(officer(kUnit, "o2"), {leader()})));
    EXPECT_EQ(last<Approved>(one).standing_for, "l1");
}

TEST(Substitute, NorByALeaderWhoWroteItInAnOfficersPlace) {
    Case one{sample::wholeRules()};
    one.toWorking();
    const Actor both = instead(leader(), {officer()});
    ASSERT_TRUE(one.act("draft", both, {.result = "Đã lắp nắp."}));
    ASSERT_TRUE(one.act("submit", both));
    EXPECT_EQ(problemOf(one.act("approve", both)), "action.own_work");
    EXPECT_EQ(problemOf(one.act("approve", instead(officer(kUnit, "o2"), {leader()}))), "done");
}

TEST(Substitute, TheCentresPlaceIsTakenWholly) {
    Case one{sample::wholeRules()};
    one.toWorking();
    const Actor clerk{.id = "c9", .roles = {Role::kOperator}};
    const Actor substitute = instead(clerk, {dispatcher()});
    EXPECT_EQ(problemOf(one.run(Transfer{.unit = "ubnd", .reason = "Chuyển"}, clerk)), "action.not_yours");
    ASSERT_TRUE(one.run(Transfer{.unit = "ubnd", .reason = "Chuyển"}, substitute));
    EXPECT_EQ(last<UnitTransferred>(one).standing_for, dispatcher().id);
    EXPECT_EQ(one.journal.back().role, Role::kDispatcher);
    EXPECT_EQ(problemOf(one.run(Relocate{.address = "Số 2", .reason = "Sai số nhà"}, clerk)), "action.not_yours");
    ASSERT_TRUE(one.run(Relocate{.address = "Số 2", .reason = "Sai số nhà"}, substitute));
    EXPECT_EQ(last<Relocated>(one).standing_for, dispatcher().id);
}

TEST(Substitute, NorReleasedByThemAtTheCentre) {
    Case one{sample::wholeRules()};
    one.toWorking();
    ASSERT_TRUE(one.act("draft", officer(), {.result = "Đã lắp nắp."}));
    ASSERT_TRUE(one.act("submit", officer()));
    const Actor both = instead(leader(), {dispatcher()});
    ASSERT_TRUE(one.act("approve", both));
    EXPECT_EQ(problemOf(one.act("release", both)), "action.own_work");
    EXPECT_EQ(problemOf(one.act("release", dispatcher())), "done");
}

/// AX-23: a unit of one person who is leader and officer is legal, and so is whoever takes that one's place.
TEST(Substitute, OfAUnitOfOnePersonDoesWhatThatOneDoes) {
    Actor alone = officer(kUnit, "x1");
    alone.roles.push_back(Role::kLeader);
    const Actor substitute = instead(officer("ubnd", "o9"), {alone});
    for (const Actor& who : {alone, substitute}) {
        Case one{sample::wholeRules()};
        one.toWorking();
        ASSERT_TRUE(one.act("unclaim", officer()));
        ASSERT_TRUE(one.act("start", who));
        ASSERT_TRUE(one.act("draft", who, {.result = "Đã lắp nắp."}));
        ASSERT_TRUE(one.act("submit", who));
        EXPECT_EQ(problemOf(one.act("approve", who)), "done") << who.id;
    }
}

TEST(Substitute, NobodyJudgesTheirOwnHouseInSomebodyElsesPlace) {
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit({.title = "t", .text = "x", .category = "khac", .complained_unit = "ubnd"}));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {kUnit}}));
    const Actor accused = instead(officer("ubnd", "o9"), {officer()});
    EXPECT_THAT(one.legal(accused), IsEmpty());
    EXPECT_EQ(problemOf(one.act("start", accused)), "action.not_yours");
    EXPECT_EQ(problemOf(one.act("start", instead(officer("chieu-sang", "o8"), {officer()}))), "done");
}

TEST(Substitute, DoesTheColleaguesPartOfACoordination) {
    Case one{sample::wholeRules()};
    one.toWorking();
    ASSERT_TRUE(one.act("coordinate", officer(), {.comment = "Cho ý kiến", .units = {"chieu-sang"}}));
    const Actor substitute = instead(officer("ubnd", "o9"), {officer("chieu-sang", "o2")});
    ASSERT_TRUE(one.act("co_start", substitute));
    EXPECT_EQ(one.petition.branches[0].officer, "o2");
    EXPECT_EQ(last<Started>(one).standing_for, "o2");
}

TEST(Substitute, SeesWhoThePetitionerIsUnderBothNames) {
    Case one{sample::wholeRules()};
    IncomingPetition incoming{.title = "t", .text = "x", .category = "ha-tang"};
    incoming.consent.use_identity_in_handling = true;
    ASSERT_TRUE(one.submit(incoming));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {kUnit}}));
    const Actor stranger = officer("ubnd", "o9");
    EXPECT_EQ(problemOf(one.run(Reveal{.reason = "Gọi lại"}, stranger)), "reveal.not_yours");
    ASSERT_TRUE(one.run(Reveal{.reason = "Gọi lại"}, instead(stranger, {officer()})));
    EXPECT_EQ(last<IdentityRevealed>(one).standing_for, "o1");
}

// --- the duty roster

class RosterTest : public testing::Test {
protected:
    RosterTest() { one.rules.emergency_roster = true; }
    Result<Decision> run(const Command& command, const Actor& actor) {
        const Context context{one.rules, one.now, actor, [] { return std::string{"id"}; }, duty};
        Result<Decision> decision = decide(one.petition, command, context);
        if (decision) one.petition = decision->after;
        return decision;
    }
    void begin() {
        ASSERT_TRUE(run(Submit{.petition = {.title = "Cháy", .text = "Cháy nhà", .emergency = true},
                               .channel = "hotline1022",
                               .code = "1",
                               .route = route(one.rules, {})},
                        Actor::citizen()));
    }
    Result<Decision> fire() { return run(Fire{Fire::What::kRoster, Clock::kTotal, {}}, Actor::system()); }

    Case one{sample::wholeRules()};
    std::vector<std::string> duty{"a1", "a2"};
};

TEST_F(RosterTest, TheShiftChangesAndTheNewOneIsCalledFirst) {
    begin();
    one.now += std::chrono::minutes{2};
    duty = {"b1", "b2"};
    ASSERT_TRUE(fire());
    EXPECT_EQ(one.petition.roster->account, "b1");
    one.now += std::chrono::minutes{2};
    ASSERT_TRUE(fire());
    one.now += std::chrono::minutes{2};
    ASSERT_TRUE(fire());
    EXPECT_EQ(one.petition.roster->account, "b1") << "all over again";
    EXPECT_THAT(one.petition.roster->called, ElementsAre("a1", "b1", "b2"));
    EXPECT_TRUE(hasPart(one.petition, officer("ubnd", "a1"))) << "who was called sees it";
    EXPECT_FALSE(hasPart(one.petition, officer("ubnd", "a2")));
    EXPECT_EQ(problemOf(run(Acknowledge{}, officer("ubnd", "a1"))), "done");
}

TEST_F(RosterTest, AnOutageMissesCallsAndCallsOnce) {
    begin();
    one.now += std::chrono::hours{9};
    ASSERT_TRUE(fire());
    EXPECT_EQ(one.petition.roster->calls, 2);
    EXPECT_EQ(one.petition.roster->next_at, one.now + std::chrono::minutes{2});
    EXPECT_EQ(problemOf(fire()), "timer.stale");
}

TEST_F(RosterTest, NobodyOnDutyIsLookedForAgain) {
    duty.clear();
    begin();
    EXPECT_EQ(one.petition.roster->account, "");
    EXPECT_THAT(project(one.petition).tasks, Not(Contains(testing::Field(&TaskRow::step, kEmergencyTask))));
    one.now += std::chrono::minutes{2};
    duty = {"a1"};
    ASSERT_TRUE(fire());
    EXPECT_EQ(one.petition.roster->account, "a1");
    EXPECT_THAT(project(one.petition).tasks, Contains(testing::Field(&TaskRow::officer, "a1")));
}

TEST_F(RosterTest, SomedayItIsGivenUp) {
    begin();
    int calls = 1;
    for (; one.petition.roster->next_at; ++calls) {
        one.now = *one.petition.roster->next_at;
        ASSERT_TRUE(fire());
        ASSERT_LT(calls, 1000);
    }
    EXPECT_EQ(calls, 21) << "ten rounds of two, and the first again";
}

// --- units where nobody is

Result<Decision> sent(Case& one, std::optional<std::vector<Role>> staff) {
    const RoutingFacts facts{.category = "ha-tang", .folded_text = fold("đèn đường tắt")};
    Context context{one.rules, one.now, Actor::citizen(), [] { return std::string{"id"}; }};
    context.staff = std::move(staff);
    return decide(one.petition,
                  Submit{.petition = {.title = "Đèn", .text = "đèn đường tắt", .category = "ha-tang"},
                         .channel = "web",
                         .code = "1",
                         .route = route(one.rules, facts)},
                  context);
}

/// AX-23, HUE-03, HUE-04.
TEST(Staff, WhatWouldGoByItselfToAUnitWithoutOfficerOrApproverStaysAtTheCentre) {
    Case one{sample::wholeRules()};
    ASSERT_EQ(sent(one, std::nullopt)->after.unit, "chieu-sang") << "the route is automatic";
    for (const std::vector<Role>& few : {std::vector<Role>{}, {Role::kOfficer}, {Role::kLeader}}) {
        const Result<Decision> decision = sent(one, few);
        ASSERT_TRUE(decision);
        EXPECT_EQ(decision->after.unit, "");
        EXPECT_TRUE(decision->after.at_centre);
        EXPECT_EQ(decision->after.suggested_unit, "chieu-sang") << "the suggestion stays";
        EXPECT_THAT(decision->after.tags, Contains("unit_unstaffed"));
    }
    const Result<Decision> whole = sent(one, std::vector{Role::kLeader, Role::kOfficer});
    EXPECT_EQ(whole->after.unit, "chieu-sang");
    EXPECT_THAT(whole->after.tags, IsEmpty());
}

TEST(Staff, WhoIsNeededSaysTheWorkflow) {
    EXPECT_THAT(unitRoles(sample::officerFirst()), ElementsAre(Role::kOfficer, Role::kLeader));
    Workflow alone = sample::officerFirst();
    std::erase_if(alone.steps, [](const Step& step) { return step.id == "approval"; });
    EXPECT_FALSE(lacksPeople(alone, {Role::kOfficer}));
    EXPECT_TRUE(lacksPeople(alone, {Role::kLeader}));
}

// --- a coordinating unit that ends

Case coordinated() {
    Case one{sample::wholeRules()};
    one.toWorking();
    EXPECT_TRUE(one.act("coordinate", officer(), {.comment = "Cho ý kiến", .units = {"chieu-sang"}}));
    EXPECT_TRUE(one.act("co_start", officer("chieu-sang", "o2")));
    EXPECT_TRUE(one.act("co_draft", officer("chieu-sang", "o2"), {.result = "Đèn đã sửa."}));
    return one;
}

TEST(Part, OfAUnitThatEndsIsItsSuccessors) {
    Case one = coordinated();
    const std::optional<Instant> due = one.petition.branches[0].due;
    ASSERT_TRUE(one.run(Transfer{.unit = "ubnd", .reason = "Sáp nhập", .branch = "chieu-sang"}, Actor::system()));
    EXPECT_EQ(one.petition.unit, kUnit);
    ASSERT_EQ(one.petition.branches.size(), 1U);
    EXPECT_EQ(one.petition.branches[0].unit, "ubnd");
    EXPECT_EQ(one.petition.branches[0].due, due);
    EXPECT_EQ(one.petition.branches[0].draft->text, "Đèn đã sửa.");
    EXPECT_THAT(one.legal(officer("chieu-sang", "o2")), IsEmpty());
    EXPECT_THAT(one.legal(officer("ubnd", "o9")), Contains("co_draft"));
    EXPECT_TRUE(hasPart(one.petition, officer("ubnd", "o9")));
    EXPECT_THAT(one.petition.deliveries, IsEmpty()) << "nothing is forwarded of a part";
}

TEST(Part, WithoutASuccessorItIsBackWithWhoAsked) {
    for (const std::string heir : {"", "so-xay-dung", "khong-co"}) {
        Case one = coordinated();
        ASSERT_TRUE(one.run(Transfer{.unit = heir, .reason = "Đã kết thúc", .branch = "chieu-sang"}, Actor::system()))
            << heir;
        EXPECT_EQ(one.petition.branches[0].state, BranchState::kDeclined);
        EXPECT_EQ(one.petition.branches[0].declined, "Đã kết thúc");
        EXPECT_EQ(problemOf(one.run(Transfer{.branch = "chieu-sang"}, Actor::system())), "transfer.nothing");
        ASSERT_TRUE(one.act("draft", officer(), {.result = "Đã lắp nắp."}));
        EXPECT_EQ(problemOf(one.act("submit", officer())), "done") << "nobody is waited for any more";
    }
}

TEST(Part, AnHeirThatIsAtWorkOnItAlreadyKeepsItsOwn) {
    Case one = coordinated();
    ASSERT_TRUE(one.act("coordinate", officer(), {.comment = "Cho ý kiến", .units = {"ubnd"}}));
    ASSERT_TRUE(one.run(Transfer{.unit = "ubnd", .reason = "Sáp nhập", .branch = "chieu-sang"}, Actor::system()));
    EXPECT_EQ(one.petition.openBranches(), 1);
    EXPECT_EQ(one.petition.branch("ubnd")->state, BranchState::kOpen);
}

}  // namespace
}  // namespace pakn::domain
