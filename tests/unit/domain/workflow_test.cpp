#include <gtest/gtest.h>

#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::domain {
namespace {

std::vector<std::string> elements(const Workflow& workflow) {
    std::vector<std::string> names;
    for (const WorkflowDefect& defect : checkWorkflow(workflow)) names.push_back(defect.element);
    return names;
}

Action& actionOf(Workflow& workflow, std::string_view id) {
    return *std::find_if(workflow.actions.begin(), workflow.actions.end(),
                         [&](const Action& one) { return one.id == id; });
}

using Names = std::vector<std::string>;

TEST(Workflow, TheShippedShapeIsSound) { EXPECT_EQ(elements(sample::officerFirst()), Names{}); }

TEST(Workflow, UnknownStepsAreNamed) {
    Workflow workflow = sample::officerFirst();
    workflow.start = "nowhere";
    actionOf(workflow, "accept").to = "nirvana";
    actionOf(workflow, "submit").from = {"limbo"};
    EXPECT_EQ(elements(workflow), (Names{"start", "actions.accept", "actions.submit"}));
}

TEST(Workflow, AStepNobodyReachesIsADefect) {
    Workflow workflow = sample::officerFirst();
    workflow.steps.push_back({.id = "island", .final = true});
    EXPECT_EQ(elements(workflow), Names{"steps.island"});
}

TEST(Workflow, AStepWithoutAWayOutIsADefect) {
    Workflow workflow = sample::officerFirst();
    workflow.steps.push_back({.id = "trap"});
    workflow.actions.push_back(
        {.id = "fall", .from = {"working"}, .to = "trap", .role = Role::kOfficer, .effect = Effect::kNote});
    EXPECT_EQ(elements(workflow), Names{"steps.trap"});
}

TEST(Workflow, AResultThatCouldLeaveUnapprovedIsADefect) {
    Workflow workflow = sample::officerFirst();
    workflow.actions.push_back(
        {.id = "shortcut", .from = {"working"}, .to = "centre", .role = Role::kOfficer, .effect = Effect::kSubmit});
    EXPECT_EQ(elements(workflow), Names{"actions.release"});
}

TEST(Workflow, ReworkAfterApprovalMakesItUnapprovedAgain) {
    Workflow workflow = sample::officerFirst();
    workflow.actions.push_back(
        {.id = "redraft", .from = {"centre"}, .to = "", .role = Role::kDispatcher, .effect = Effect::kDraft});
    EXPECT_EQ(elements(workflow), Names{"actions.release"});
}

TEST(Workflow, NothingIsAnsweredWithoutARelease) {
    // Past everybody, from the start.
    Workflow workflow = sample::officerFirst();
    workflow.actions.push_back(
        {.id = "done", .from = {"triage"}, .to = "answered", .role = Role::kDispatcher, .effect = Effect::kNote});
    EXPECT_EQ(elements(workflow), Names{"steps.answered"});

    // With approval, but nothing goes out.
    workflow = sample::officerFirst();
    workflow.actions.push_back(
        {.id = "done", .from = {"centre"}, .to = "answered", .role = Role::kDispatcher, .effect = Effect::kClose});
    EXPECT_EQ(elements(workflow), Names{"steps.answered"});

    // Answered once, then written anew.
    workflow = sample::officerFirst();
    workflow.steps[7].final = false;
    workflow.steps.push_back({.id = "closed", .status = Status::kClosed, .final = true});
    workflow.actions.push_back(
        {.id = "close", .from = {"answered"}, .to = "closed", .role = Role::kDispatcher, .effect = Effect::kClose});
    EXPECT_EQ(elements(workflow), Names{});
    workflow.actions.push_back(
        {.id = "rewrite", .from = {"answered"}, .to = "", .role = Role::kDispatcher, .effect = Effect::kDraft});
    EXPECT_EQ(elements(workflow), Names{"steps.answered"});

    // From the beginning.
    workflow = sample::officerFirst();
    workflow.steps.front().status = Status::kAnswered;
    EXPECT_EQ(elements(workflow), Names{"steps.triage"});
}

TEST(Workflow, OnlyTheRightRolesApproveAndRelease) {
    Workflow workflow = sample::officerFirst();
    actionOf(workflow, "approve").role = Role::kOfficer;
    actionOf(workflow, "release").role = Role::kLeader;
    EXPECT_EQ(elements(workflow), (Names{"actions.approve", "actions.release"}));
}

TEST(Workflow, RolesThatHaveNoPartInItAreDefects) {
    for (const Role role : {Role::kCitizen, Role::kIntegrator, Role::kAdmin, Role::kAuditor, Role::kSystem}) {
        Workflow workflow = sample::officerFirst();
        workflow.steps.front().role = role;
        actionOf(workflow, "accept").role = role;
        EXPECT_EQ(elements(workflow), (Names{"steps.triage", "actions.accept"})) << nameOf(role);
    }
}

TEST(Workflow, TheCentreCannotActAtAStepOfTheUnit) {
    for (const Role role : {Role::kDispatcher, Role::kOperator}) {
        Workflow workflow = sample::officerFirst();
        workflow.steps[2].role = role;
        actionOf(workflow, "start").role = role;
        EXPECT_EQ(elements(workflow), (Names{"steps.unit", "actions.start"})) << nameOf(role);
    }
}

TEST(Workflow, AUnitCannotActAtAStepOfTheCentre) {
    for (const Role role : {Role::kOfficer, Role::kLeader, Role::kUnitAdmin}) {
        Workflow workflow = sample::officerFirst();
        workflow.steps.front().role = role;
        actionOf(workflow, "accept").role = role;
        EXPECT_EQ(elements(workflow), (Names{"steps.triage", "actions.accept"})) << nameOf(role);
    }
}

TEST(Workflow, EveryStepAnActionStartsAtHasToFitItsRole) {
    Workflow workflow = sample::officerFirst();
    actionOf(workflow, "return").from = {"unit", "centre"};
    EXPECT_EQ(elements(workflow), Names{"actions.return"});
}

TEST(Workflow, AFollowerMayActAtBothAndAFinalStepIsNobodys) {
    Workflow workflow = sample::officerFirst();
    actionOf(workflow, "accept").role = Role::kFollower;
    actionOf(workflow, "unclaim").role = Role::kFollower;
    workflow.steps.back().at_centre = false;
    EXPECT_EQ(elements(workflow), Names{});
}

TEST(Codes, CountPerDayAndGrowPastTheWidth) {
    const CodePattern pattern;
    const Date day = sample::day(2026, 3, 6);
    EXPECT_EQ(makeCode(pattern, day, 1), "060326001");                      // AX-08
    EXPECT_EQ(makeCode(pattern, sample::day(2026, 3, 2), 9), "020326009");  // AX-08
    EXPECT_EQ(makeCode(pattern, day, 999), "060326999");
    EXPECT_EQ(makeCode(pattern, day, 1000), "0603261000");  // AX-09
    EXPECT_EQ(makeCode({"PA-{yyMMdd}-{serial:4}"}, day, 7), "PA-260306-0007");
}

TEST(Codes, PatternsThatCouldRepeatAreRefused) {
    EXPECT_EQ(codePatternDefect("{ddMMyy}{serial:3}"), "");
    for (const char* bad : {"", "{serial:3}", "{ddMMyy}", "{ddMMyy}{serial:0}", "{ddMMyy}{serial:3",
                            "{ddMMyy}{serial:3}/", "{ddMMyy}{ddMMyy}{serial:3}", "{ddMM}{serial:3}"})
        EXPECT_NE(codePatternDefect(bad), "") << bad;
}

}  // namespace
}  // namespace pakn::domain
