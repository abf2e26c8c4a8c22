// What time does by itself: steps whose time is over, the instant in which a limit ends, merges that are taken back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/projection.hpp"
#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;
using sample::at;
using sample::Case;
using sample::dispatcher;
using sample::officer;
using testing::IsEmpty;
using Unit_ = Duration::Unit;

/// Waiting for the sender lasts two working days; then the hub goes on.
Rules waitingEnds(std::string by = "go_on") {
    Rules rules = sample::wholeRules();
    Workflow& workflow = rules.workflows.at("officer-first");
    sample::addStep(workflow, "closed", Status::kClosed, Role::kDispatcher, true, true);
    sample::addAction(workflow, "close_unanswered", {"waiting"}, "closed", Role::kSystem, Effect::kClose);
    sample::addAction(workflow, "give_back", {"waiting"}, "unit", Role::kOfficer, Effect::kUnclaim);
    for (Step& step : workflow.steps)
        if (step.id == "waiting") {
            step.budget = Duration{2, Unit_::kWorkingDays};
            step.when_over = std::move(by);
        }
    return rules;
}

/// Its officer has asked the sender on Monday 9 March, 10:00.
void ask(Case& one) {
    one.toWorking();
    one.now = at(2026, 3, 9, 10);
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Số nhà bao nhiêu?"}));
    ASSERT_EQ(one.petition.step, "waiting");
}

Result<Decision> fire(Case& one, std::string_view kind) {
    for (const TimerRow& row : project(one.petition).timers)
        if (row.kind == kind && row.clock == Clock::kStep) return one.run(*fireOf(row), Actor::system());
    return Error{.code = Errc::kNotFound, .message = "no such timer"};
}

TEST(Waiting, EndsByItselfInWorkingTimeAndTheOfficerGoesOn) {
    Case one{waitingEnds()};
    ask(one);
    const Instant over = one.petition.due.at(Clock::kStep);
    EXPECT_EQ(over, at(2026, 3, 11, 23, 59, 59));
    one.now = over;
    ASSERT_TRUE(fire(one, "deadline"));
    EXPECT_EQ(one.petition.step, "waiting") << "nobody works at midnight";
    ASSERT_TRUE(one.petition.lapse_at);
    EXPECT_EQ(*one.petition.lapse_at, at(2026, 3, 12, 7, 30));
    EXPECT_FALSE(fire(one, "lapse")) << "too early";
    one.now = *one.petition.lapse_at;
    ASSERT_TRUE(fire(one, "lapse"));
    EXPECT_EQ(one.petition.step, "working");
    EXPECT_EQ(one.petition.officer, officer().id) << "it is theirs as before";
    EXPECT_FALSE(one.petition.waiting) << "the clocks run on";
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 19, 23, 59, 59)) << "two whole days of waiting";
    EXPECT_FALSE(one.petition.due.contains(Clock::kStep));
    EXPECT_FALSE(one.petition.lapse_at);
    const auto moved = std::find_if(one.journal.rbegin(), one.journal.rend(),
                                    [](const Event& event) { return event.kind() == EventKind::kNoted; });
    ASSERT_NE(moved, one.journal.rend());
    EXPECT_EQ(moved->actor, "system");
    EXPECT_EQ(moved->role, Role::kSystem);
    EXPECT_FALSE(std::get<Noted>(moved->data).comment.empty()) << "it says why";
}

TEST(Waiting, EndsAtOnceWhereItsTimeEndsInWorkingTime) {
    Case one{waitingEnds()};
    for (Step& step : one.rules.workflows.at("officer-first").steps)
        if (step.id == "waiting") step.budget = Duration{2, Unit_::kWorkingHours};
    ask(one);
    one.now = at(2026, 3, 9, 13, 59, 59);
    EXPECT_FALSE(fire(one, "deadline"));
    one.now = at(2026, 3, 9, 14);
    ASSERT_TRUE(fire(one, "deadline"));
    EXPECT_EQ(one.petition.step, "working");
}

TEST(Waiting, AfterAnOutageOneStepIsTakenInWorkingTime) {
    Case one{waitingEnds()};
    ask(one);
    one.now = at(2026, 3, 21, 9);  // A Saturday, ten days late.
    ASSERT_TRUE(fire(one, "deadline"));
    EXPECT_EQ(one.petition.step, "waiting");
    EXPECT_EQ(*one.petition.lapse_at, at(2026, 3, 23, 7, 30));
    one.now = at(2026, 3, 29, 9);  // And again, on a Sunday: the row has waited.
    const Result<Decision> early = fire(one, "lapse");
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Errc::kDeferred);
    EXPECT_EQ(one.now + *early.error().retry_after, at(2026, 3, 30, 7, 30));
    one.now = at(2026, 3, 30, 7, 30);
    ASSERT_TRUE(fire(one, "lapse"));
    EXPECT_EQ(one.petition.step, "working");
}

TEST(Waiting, AReplyInTimeEndsTheWaiting) {
    Case one{waitingEnds()};
    ask(one);
    one.now = at(2026, 3, 12, 7);
    ASSERT_TRUE(fire(one, "deadline"));
    ASSERT_TRUE(one.act("reply", Actor::citizen(), {.comment = "Số 15"}));
    EXPECT_FALSE(one.petition.lapse_at);
    EXPECT_FALSE(fire(one, "lapse"));
    EXPECT_EQ(one.petition.step, "working");
}

TEST(Waiting, MayCloseThePetitionWithAReasonOrGiveItBackToTheUnit) {
    Case one{waitingEnds("close_unanswered")};
    ask(one);
    EXPECT_THAT(one.legal(officer()), testing::Not(testing::Contains("close_unanswered"))) << "the hub's alone";
    EXPECT_FALSE(one.act("close_unanswered", officer(), {.comment = "x"}));
    one.now = at(2026, 3, 12, 8);
    ASSERT_TRUE(fire(one, "deadline"));
    EXPECT_EQ(one.petition.status, Status::kClosed);
    EXPECT_FALSE(one.petition.closing_reason.empty());
    EXPECT_EQ(one.petition.finished_at, one.now);
    EXPECT_THAT(project(one.petition).timers, IsEmpty());
    Case other{waitingEnds("give_back")};
    ask(other);
    other.now = at(2026, 3, 12, 8);
    ASSERT_TRUE(fire(other, "deadline"));
    EXPECT_EQ(other.petition.step, "unit");
    EXPECT_EQ(other.petition.officer, "");
}

TEST(Workflow, WhatTheHubDoesByItselfIsSound) {
    const auto defects = [](std::string by, const std::function<void(Workflow&)>& change) {
        Workflow workflow = waitingEnds(std::move(by)).workflows.at("officer-first");
        change(workflow);
        std::vector<std::string> elements;
        for (const WorkflowDefect& one : checkWorkflow(workflow)) elements.push_back(one.element);
        return elements;
    };
    const auto as_it_is = [](Workflow&) {};
    const auto stepOf = [](Workflow& workflow) -> Step& {
        return *std::find_if(workflow.steps.begin(), workflow.steps.end(),
                             [](const Step& one) { return one.id == "waiting"; });
    };
    using testing::Contains;
    EXPECT_THAT(defects("close_unanswered", as_it_is), IsEmpty());
    EXPECT_THAT(defects("nothing", as_it_is), Contains("steps.waiting"));
    EXPECT_THAT(defects("draft", as_it_is), Contains("steps.waiting")) << "does not start there";
    EXPECT_THAT(defects("reply", as_it_is), Contains("steps.waiting")) << "the sender's";
    EXPECT_THAT(defects("close_unanswered", [&](Workflow& one) { stepOf(one).budget.reset(); }),
                Contains("steps.waiting"));
    EXPECT_THAT(defects("go_on", as_it_is), Contains("actions.close_unanswered")) << "nobody could ever do it";
}

TEST(Limits, WhatIsStillOpenWhenALimitEndsHasMissedIt) {
    Case one;
    one.toWorking();
    const Instant due = one.petition.due.at(Clock::kHandle);
    EXPECT_EQ(progressOf(one.petition, due - 1ms), Progress::kDueSoon);
    one.now = due - 1ms;
    EXPECT_FALSE(one.run(Fire{.what = Fire::What::kDeadline, .clock = Clock::kHandle}, Actor::system()));
    EXPECT_EQ(progressOf(one.petition, due), Progress::kOverdue) << "shown as it is recorded";
    one.now = due;
    EXPECT_TRUE(one.run(Fire{.what = Fire::What::kDeadline, .clock = Clock::kHandle}, Actor::system()));
    Case done;
    done.toCentre();
    done.now = done.petition.due.at(Clock::kTotal);
    ASSERT_TRUE(done.act("release", dispatcher()));
    EXPECT_EQ(progressOf(done.petition, done.now), Progress::kOnTime) << "done at its end is done in time";
}

// Merges

void merge(Case& one) {
    const Act into{.into = OtherPetition{.id = "other", .code = "060326999", .merged_into = {}, .finished = false}};
    ASSERT_TRUE(one.act("merge", dispatcher(), into));
}

TEST(Merging, WhatWasLeftOfTheCentresTimeIsLeftWhenItIsTakenOut) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "Hố ga", .text = "Hố ga", .category = "khac"}));
    const Instant total = one.petition.due.at(Clock::kTotal);
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 9, 8, 30));
    one.now = at(2026, 3, 6, 9);
    merge(one);
    one.now = at(2026, 3, 13, 15);
    ASSERT_TRUE(one.act("unmerge", dispatcher()));
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 16, 14, 30)) << "7 of 8 working hours were left";
    EXPECT_EQ(one.petition.due.at(Clock::kTotal), total) << "its sender has waited all the time";
    EXPECT_FALSE(one.petition.missed.contains(Clock::kTriage));
}

TEST(Merging, WhatWasOverBeforeStaysOver) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "Hố ga", .text = "Hố ga", .category = "khac"}));
    one.now = at(2026, 3, 10, 8);
    ASSERT_TRUE(one.run(Fire{.what = Fire::What::kDeadline, .clock = Clock::kTriage}, Actor::system()));
    merge(one);
    one.now = at(2026, 3, 13, 15);
    ASSERT_TRUE(one.act("unmerge", dispatcher()));
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 9, 8, 30));
    EXPECT_TRUE(one.petition.missed.contains(Clock::kTriage));
}

TEST(Merging, TheUnitsTimeStandsMeanwhile) {
    Rules rules = sample::wholeRules();
    for (Action& action : rules.workflows.at("officer-first").actions)
        if (action.id == "merge") action.from.emplace_back("working");
    Case one{rules};
    one.toWorking();  // Its limit ends on 17 March.
    one.now = at(2026, 3, 9, 8);
    const auto act = [&](const char* id) {
        Act input{.action = id};
        input.into = OtherPetition{.id = "other", .code = "060326999", .merged_into = {}, .finished = false};
        return one.run(input, {.id = "d1", .roles = {Role::kDispatcher}, .unit = "so-xay-dung"});
    };
    ASSERT_TRUE(act("merge"));
    one.now = at(2026, 3, 12, 8);
    ASSERT_TRUE(act("unmerge"));
    EXPECT_EQ(one.petition.step, "working");
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 19, 23, 59, 59)) << "two whole working days";
    ASSERT_EQ(one.petition.standstills.size(), 1U);
    EXPECT_EQ(one.petition.reminders, std::vector{at(2026, 3, 18, 17)});
    // As recomputed when a calendar changes: the same.
    EXPECT_EQ(one.run(Recompute{}, Actor::system()).error().problem, "calendar.unchanged");
}

TEST(Merging, AJournalOfBeforeKeepsItsLimits) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "Hố ga", .text = "Hố ga", .category = "khac"}));
    const Instant triage = one.petition.due.at(Clock::kTriage);
    merge(one);
    Unmerged data;
    data.step = "triage";
    data.holder = Role::kDispatcher;
    const Petition after = apply(
        one.petition,
        {.id = "e", .petition_id = "p", .version = one.petition.version + 1, .at = at(2026, 3, 13, 15), .data = data});
    EXPECT_EQ(after.due.at(Clock::kTriage), triage);
}

}  // namespace
}  // namespace pakn::domain
