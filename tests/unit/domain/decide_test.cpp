#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "core/domain/projection.hpp"
#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::domain {
namespace {

using sample::at;
using sample::Case;
using sample::dispatcher;
using sample::leader;
using sample::officer;
using testing::ElementsAre;
using testing::IsEmpty;
using Names = std::vector<std::string>;

std::vector<EventKind> kinds(const std::vector<Event>& journal) {
    std::vector<EventKind> found;
    for (const Event& event : journal) found.push_back(event.kind());
    return found;
}

TEST(Decide, TheWholeWayOffersExactlyTheLegalActions) {
    Case one;
    ASSERT_TRUE(one.submit({.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"}));
    EXPECT_THAT(one.legal(dispatcher()), ElementsAre("accept", "refuse"));
    EXPECT_THAT(one.legal(officer()), IsEmpty());
    ASSERT_TRUE(one.act("accept", dispatcher()));
    EXPECT_THAT(one.legal(dispatcher()), ElementsAre("distribute", "refuse"));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    EXPECT_THAT(one.legal(dispatcher()), IsEmpty());
    EXPECT_THAT(one.legal(officer()), ElementsAre("start", "return"));
    EXPECT_THAT(one.legal(officer("chieu-sang")), IsEmpty()) << "another unit's";
    ASSERT_TRUE(one.act("start", officer()));
    EXPECT_THAT(one.legal(officer()), ElementsAre("unclaim", "draft", "return")) << "nothing to submit yet";
    EXPECT_THAT(one.legal(officer("so-xay-dung", "o2")), IsEmpty()) << "in a colleague's hands";
    ASSERT_TRUE(one.act("draft", officer(), {.result = "Đã lắp nắp."}));
    EXPECT_THAT(one.legal(officer()), ElementsAre("unclaim", "draft", "submit", "return"));
    ASSERT_TRUE(one.act("submit", officer()));
    EXPECT_THAT(one.legal(leader()), ElementsAre("approve", "send_back"));
    ASSERT_TRUE(one.act("send_back", leader(), {.comment = "Bổ sung ảnh"}));
    ASSERT_TRUE(one.act("submit", officer()));
    ASSERT_TRUE(one.act("approve", leader()));
    EXPECT_EQ(one.petition.status, Status::kAtCentre);
    EXPECT_THAT(one.legal(leader()), IsEmpty());
    EXPECT_THAT(one.legal(dispatcher()), ElementsAre("send_back_to_unit", "release"));
    ASSERT_TRUE(one.act("release", dispatcher()));
    EXPECT_EQ(one.petition.status, Status::kAnswered);
    ASSERT_TRUE(one.petition.released);
    EXPECT_EQ(one.petition.released->text, "Đã lắp nắp.");
    for (const Actor& actor : {dispatcher(), officer(), leader()}) EXPECT_THAT(one.legal(actor), IsEmpty());
}

TEST(Decide, RefusalsNameTheRemedy) {
    Case one;
    one.toWorking();
    const auto code = [](const Result<Decision>& decision) { return decision.error().code; };
    EXPECT_EQ(code(one.act("approve", officer())), Errc::kForbidden);
    EXPECT_EQ(code(one.act("approve", leader())), Errc::kConflict);
    EXPECT_EQ(code(one.act("draft", officer("chieu-sang"), {.result = "x"})), Errc::kForbidden);
    EXPECT_EQ(code(one.act("draft", officer(), {.result = "  "})), Errc::kInvalid);
    EXPECT_EQ(code(one.act("submit", officer())), Errc::kConflict) << "no draft yet";
    EXPECT_EQ(code(one.act("return", officer())), Errc::kInvalid) << "a reason is needed";
    EXPECT_EQ(code(one.act("dance", officer())), Errc::kNotFound);
    EXPECT_EQ(code(one.act("start", officer(), {.files = {FileRef{}}})), Errc::kConflict);
    EXPECT_EQ(code(one.act("draft", officer(), {.result = "x", .expected_version = 1})), Errc::kStale);
    EXPECT_EQ(one.petition.status, Status::kInProgress) << "refusals change nothing";
}

TEST(Decide, DistributionNeedsOneKnownUnitThatIsNotComplainedAbout) {
    Case one;
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac", .complained_unit = "chieu-sang"}));
    static_cast<void>(one.act("accept", dispatcher()));
    const auto problem = [&](std::vector<std::string> units) {
        return one.act("distribute", dispatcher(), {.units = std::move(units)}).error().problem;
    };
    EXPECT_EQ(problem({}), "action.unit_missing");
    EXPECT_EQ(problem({"ubnd", "so-xay-dung"}), "action.unit_missing");
    EXPECT_EQ(problem({"mars"}), "action.unit_unknown");
    EXPECT_EQ(problem({"chieu-sang"}), "action.unit_complained");
    EXPECT_FALSE(maySee(one.petition, officer("chieu-sang"), one.rules));
    EXPECT_TRUE(maySee(one.petition, officer("so-xay-dung"), one.rules));
}

TEST(Decide, AnAutomaticRouteDistributesAtOnceInTheHubsName) {
    Case one;
    ASSERT_TRUE(one.submit({.title = "Đèn", .text = "đèn đường tắt", .category = "ha-tang"}));
    EXPECT_EQ(kinds(one.journal),
              (std::vector{EventKind::kReceived, EventKind::kRouted, EventKind::kAccepted, EventKind::kDistributed}));
    EXPECT_EQ(one.journal.back().actor, "system");
    EXPECT_EQ(one.petition.unit, "chieu-sang");
    EXPECT_THAT(one.legal(officer("chieu-sang")), ElementsAre("start", "return"));
}

TEST(Limits, TwoClocksRunByTheirOwnRules) {
    Case one;
    one.now = at(2026, 3, 2, 9);
    ASSERT_TRUE(one.submit({.title = "Hố ga", .text = "x", .category = "ha-tang"}));
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 3, 9, 30)) << "8 working hours";
    EXPECT_EQ(one.petition.due.at(Clock::kTotal), at(2026, 3, 23, 23, 59, 59));
    one.now = at(2026, 3, 5, 10);
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    EXPECT_FALSE(one.petition.due.contains(Clock::kTriage));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 16, 23, 59, 59)) << "AX-04: from distribution";
    EXPECT_EQ(one.petition.currentDue(), at(2026, 3, 16, 23, 59, 59));
    EXPECT_THAT(one.petition.reminders, ElementsAre(at(2026, 3, 13, 17, 0)))
        << "24 h before is a Sunday night: Friday's close";
}

TEST(Limits, AX06_AReturnAfterItsWindowIsMarkedLate) {
    for (const auto& [when, late] : {std::pair{at(2026, 3, 9, 23, 59, 59), false}, {at(2026, 3, 10, 0, 0, 0), true}}) {
        Case one;  // AX-07: distributed on Friday 06/03/2026
        one.toWorking();
        one.now = when;
        ASSERT_TRUE(one.act("return", officer(), {.comment = "Không đúng thẩm quyền"}));
        EXPECT_EQ(std::get<Returned>(one.journal.back().data).late, late);
        EXPECT_EQ(one.petition.unit, "");
        EXPECT_FALSE(one.petition.due.contains(Clock::kHandle));
        EXPECT_TRUE(one.petition.due.contains(Clock::kTriage));
        EXPECT_THAT(one.legal(dispatcher()), ElementsAre("distribute", "refuse"));
    }
}

TEST(Limits, ANewUnitGetsAFreshBudget) {
    Case one;
    one.toWorking();
    one.now = at(2026, 3, 9, 9);
    ASSERT_TRUE(one.act("return", officer(), {.comment = "x"}));
    one.now = at(2026, 3, 10, 9);
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"ubnd"}}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 19, 23, 59, 59));
    EXPECT_EQ(one.petition.officer, "");
}

TEST(Limits, ApprovalStopsTheUnitsClockAndSendingBackLetsTheRestRun) {
    Case one;
    one.toWorking();  // Friday 6 March, due 17 March
    static_cast<void>(one.act("draft", officer(), {.result = "x"}));
    static_cast<void>(one.act("submit", officer()));
    one.now = at(2026, 3, 10, 10);
    ASSERT_TRUE(one.act("approve", leader()));
    EXPECT_FALSE(one.petition.due.contains(Clock::kHandle));
    EXPECT_EQ(one.petition.due.at(Clock::kRelease), at(2026, 3, 11, 23, 59, 59));
    one.now = at(2026, 3, 12, 10);  // one whole working day lies between, the 11th
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "Chưa rõ"}));
    EXPECT_FALSE(one.petition.approved);
    EXPECT_FALSE(one.petition.due.contains(Clock::kRelease));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 18, 23, 59, 59));
    EXPECT_THAT(one.petition.reminders, ElementsAre(at(2026, 3, 17, 17, 0))) << "armed again";
}

TEST(Limits, APauseWithoutAWholeDayMovesNothing) {
    Case one;
    one.toCentre();
    one.now += std::chrono::minutes{1};
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "x"}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 17, 23, 59, 59));
}

TEST(Limits, WhatWasOverdueStaysOverdueWhenSentBack) {
    Case one;
    one.toWorking();
    static_cast<void>(one.act("draft", officer(), {.result = "x"}));
    static_cast<void>(one.act("submit", officer()));
    one.now = at(2026, 3, 18, 8);
    ASSERT_TRUE(one.run(Fire{.what = Fire::What::kDeadline, .clock = Clock::kHandle}, Actor::system()));
    one.now = at(2026, 3, 19, 8);
    ASSERT_TRUE(one.act("approve", leader()));
    one.now = at(2026, 3, 23, 8);
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "x"}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 17, 23, 59, 59));
    EXPECT_TRUE(one.petition.missed.contains(Clock::kHandle));
    EXPECT_EQ(progressOf(one.petition, one.now), Progress::kOverdue);
}

TEST(Timers, AMissIsRecordedOnceAndNeverEarly) {
    Case one;
    one.toWorking();
    const Fire fire{.what = Fire::What::kDeadline, .clock = Clock::kHandle};
    one.now = at(2026, 3, 17, 23, 59, 58);
    EXPECT_EQ(one.run(fire, Actor::system()).error().code, Errc::kConflict);
    one.now = at(2026, 3, 20, 9);
    ASSERT_TRUE(one.run(fire, Actor::system()));
    EXPECT_EQ(one.petition.missed.at(Clock::kHandle), at(2026, 3, 17, 23, 59, 59)) << "the limit's own instant";
    EXPECT_EQ(one.run(fire, Actor::system()).error().code, Errc::kConflict);
    EXPECT_EQ(progressOf(one.petition, one.now), Progress::kOverdue);
    const Fire remind{.what = Fire::What::kReminder, .clock = Clock::kHandle};
    ASSERT_TRUE(one.run(remind, Actor::system()));
    EXPECT_EQ(one.run(remind, Actor::system()).error().code, Errc::kConflict);
}

TEST(Timers, AX03_FinishingOnTheLastDayIsOnTime) {
    Case one;
    one.now = at(2026, 3, 6, 0);
    one.rules.sla.at("thuong").total = Duration{7, Duration::Unit::kWorkingDays};
    one.toCentre();
    Case late = one;
    one.now = at(2026, 3, 17, 10);
    ASSERT_TRUE(one.act("release", dispatcher()));
    EXPECT_EQ(progressOf(one.petition, one.now), Progress::kOnTime);
    late.now = at(2026, 3, 18, 0, 0, 1);
    ASSERT_TRUE(late.act("release", dispatcher()));
    EXPECT_EQ(progressOf(late.petition, late.now), Progress::kLate);
}

TEST(Projection, FollowsTheHolder) {
    Case one;
    one.toWorking();
    Projection rows = project(one.petition);
    ASSERT_EQ(rows.tasks.size(), 1U);
    EXPECT_EQ(rows.tasks[0], (TaskRow{"working", Role::kOfficer, "so-xay-dung", "o1", at(2026, 3, 17, 23, 59, 59)}));
    EXPECT_EQ(rows.timers.size(), 3U) << "handle, total, reminder";
    static_cast<void>(one.act("draft", officer(), {.result = "x"}));
    static_cast<void>(one.act("submit", officer()));
    EXPECT_EQ(project(one.petition).tasks.at(0).officer, "") << "any leader of the unit";
    static_cast<void>(one.act("approve", leader()));
    static_cast<void>(one.act("release", dispatcher()));
    rows = project(one.petition);
    EXPECT_TRUE(rows.tasks.empty());
    EXPECT_TRUE(rows.timers.empty());
}

TEST(Identity, IsRevealedOnlyToThoseWhoHandleItAndWithAReason) {
    Case one;
    one.toWorking();
    EXPECT_EQ(one.run(Reveal{.reason = "hẹn gặp"}, officer()).error().problem, "reveal.no_consent");
    one.petition.identity_usable = true;
    one.petition.anonymous = true;
    EXPECT_EQ(one.run(Reveal{.reason = "hẹn gặp"}, officer()).error().problem, "reveal.anonymous");
    one.petition.anonymous = false;
    EXPECT_EQ(one.run(Reveal{.reason = " "}, officer()).error().code, Errc::kInvalid);
    EXPECT_EQ(one.run(Reveal{.reason = "hẹn gặp"}, officer("chieu-sang")).error().code, Errc::kForbidden);
    EXPECT_EQ(one.run(Reveal{.reason = "hẹn gặp"}, sample::integrator()).error().code, Errc::kForbidden);
    ASSERT_TRUE(one.run(Reveal{.reason = "hẹn gặp"}, officer()));
    EXPECT_EQ(one.journal.back().kind(), EventKind::kIdentityRevealed);

    // Whoever audits may hear the call that it came by, and no more.
    const Actor auditor{.id = "a1", .roles = {Role::kAuditor}, .unit = {}};
    EXPECT_EQ(one.run(Reveal{.reason = "kiểm tra"}, auditor).error().code, Errc::kForbidden);
    ASSERT_TRUE(one.run(Reveal{.reason = "kiểm tra", .recording = true}, auditor));
    EXPECT_EQ(one.journal.back().role, Role::kAuditor);
    EXPECT_EQ(one.run(Reveal{.reason = "kiểm tra", .recording = true}, officer("chieu-sang")).error().code,
              Errc::kForbidden);
    one.petition.identity_usable = false;
    EXPECT_EQ(one.run(Reveal{.reason = "kiểm tra", .recording = true}, auditor).error().problem, "reveal.no_consent");
}

/// Mostly an action that leads onwards, sometimes anything at all, legal or not.
const Action& chosen(const Workflow& workflow, const Names& legal, std::mt19937& random) {
    constexpr std::array kOnwards{"accept", "distribute", "start", "draft", "submit", "approve", "release"};
    Names onwards;
    for (const std::string& id : legal)
        if (std::find(kOnwards.begin(), kOnwards.end(), id) != kOnwards.end()) onwards.push_back(id);
    if (onwards.empty() || random() % 10 == 0) return workflow.actions[random() % workflow.actions.size()];
    return *workflow.action(onwards[random() % onwards.size()]);
}

/// Random walks: whatever the actors do, the invariants hold and the journal alone gives the same state.
TEST(Property, RandomWalksKeepTheInvariants) {
    std::mt19937 random{20260306};
    const std::vector<Actor> actors{dispatcher(),          officer(), officer("so-xay-dung", "o2"),
                                    officer("chieu-sang"), leader(),  leader("chieu-sang")};
    int released = 0;
    for (int walk = 0; walk < 500; ++walk) {
        Case one;
        static_cast<void>(one.submit({.title = "t", .text = walk % 2 ? "đèn đường" : "khác", .category = "ha-tang"}));
        for (int i = 0; i < 60; ++i) {
            one.now += std::chrono::minutes{random() % 3000};
            const Actor& actor = actors[random() % actors.size()];
            const Workflow& workflow = one.rules.workflows.at("officer-first");
            const Names legal = one.legal(actor);
            const Action& action = chosen(workflow, legal, random);
            const bool offered = std::find(legal.begin(), legal.end(), action.id) != legal.end();
            const bool done = one.act(action.id, actor, {.comment = "c", .result = "r", .units = {"so-xay-dung"}}).ok();
            ASSERT_EQ(done, offered) << action.id << " at " << one.petition.step;
        }
        bool approved = false;
        Petition replayed;
        for (const Event& event : one.journal) {
            if (event.kind() == EventKind::kApproved) approved = true;
            if (event.kind() == EventKind::kSentBack || event.kind() == EventKind::kReturned) approved = false;
            if (const auto* queued = std::get_if<DeliveryQueued>(&event.data);
                queued && queued->delivery_kind == DeliveryKind::kResult) {
                ASSERT_EQ(replayed.status, Status::kAnswered);
            }
            if (event.kind() == EventKind::kReleased) {
                ASSERT_TRUE(approved);
                ++released;
            }
            ASSERT_EQ(event.version, replayed.version + 1);
            replayed = apply(std::move(replayed), event);
        }
        ASSERT_EQ(project(replayed).tasks, project(one.petition).tasks);
        ASSERT_EQ(replayed.step, one.petition.step);
    }
    EXPECT_GT(released, 20) << "the walks must get somewhere";
}

}  // namespace
}  // namespace pakn::domain
