// The workflow engine beyond the straight way: coordination, waiting, appointments, going back, merging, the sender.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/disclosure.hpp"
#include "core/domain/projection.hpp"
#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using namespace std::chrono_literals;
using sample::at;
using sample::Case;
using sample::dispatcher;
using sample::leader;
using sample::officer;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string problemOf(const Result<Decision>& decision) { return decision ? std::string{} : decision.error().problem; }

const Actor kLamps = officer("chieu-sang", "o7");
const Actor kLampsLeader = leader("chieu-sang");

Case working() {
    Case one{sample::wholeRules()};
    one.toWorking();
    return one;
}

/// With chieu-sang and ubnd asked to coordinate.
Case coordinated() {
    Case one = working();
    EXPECT_TRUE(one.act("coordinate", officer(), {.comment = "Cho ý kiến", .units = {"chieu-sang", "ubnd"}}));
    EXPECT_TRUE(one.act("draft", officer(), {.result = "Đã lắp nắp."}));
    return one;
}

void walkPart(Case& one, const std::string& unit, const std::string& text) {
    ASSERT_TRUE(one.act("co_start", officer(unit, "o-" + unit)));
    ASSERT_TRUE(one.act("co_draft", officer(unit, "o-" + unit), {.result = text}));
    ASSERT_TRUE(one.act("co_submit", officer(unit, "o-" + unit)));
    ASSERT_TRUE(one.act("co_approve", leader(unit)));
}

TEST(Workflow, TheWholeOneIsSound) {
    for (const WorkflowDefect& defect : checkWorkflow(sample::wholeWorkflow()))
        ADD_FAILURE() << defect.element << ": " << defect.message;
}

TEST(Coordination, EachUnitWalksItsOwnWayAndTheOfficerWaitsForAll) {
    Case one = coordinated();
    EXPECT_EQ(one.petition.step, "working") << "the petition itself stays";
    EXPECT_EQ(problemOf(one.act("submit", officer(), {.comment = "xong"})), "action.coordination_open");
    EXPECT_THAT(one.legal(kLamps), ElementsAre("co_start", "co_return"));
    EXPECT_THAT(one.legal(officer()), Not(Contains("co_start"))) << "that is the other units' part";
    walkPart(one, "chieu-sang", "Đèn đã sửa.");
    EXPECT_EQ(problemOf(one.act("submit", officer(), {.comment = "xong"})), "action.coordination_open")
        << "one of two is not all";
    walkPart(one, "ubnd", "Đồng ý.");
    ASSERT_TRUE(one.act("submit", officer()));
    ASSERT_THAT(one.petition.branches, SizeIs(2));
    EXPECT_EQ(one.petition.branches[0].result->text, "Đèn đã sửa.");
    EXPECT_EQ(one.petition.branches[1].result->text, "Đồng ý.");
    EXPECT_FALSE(one.petition.approved) << "approving a part approves no answer";
}

TEST(Coordination, AX22_OneOfTwoIsLateAndTheOfficerGoesOnWithAReason) {
    Case one = coordinated();
    walkPart(one, "chieu-sang", "Đèn đã sửa.");
    one.now = at(2026, 3, 18, 8);
    EXPECT_EQ(problemOf(one.act("submit", officer())), "action.comment_missing");
    ASSERT_TRUE(one.act("submit", officer(), {.comment = "UBND chưa trả lời"}));
    EXPECT_EQ(one.petition.openBranches(), 1);
    walkPart(one, "ubnd", "Muộn.");
    EXPECT_TRUE(std::get<CoordinatingDone>(one.journal.back().data).late);
    EXPECT_EQ(one.petition.branches[1].result->text, "Muộn.") << "both results stay attached";
}

TEST(Coordination, AUnitMayDeclineItsPart) {
    Case one = coordinated();
    EXPECT_EQ(problemOf(one.act("co_return", kLamps)), "action.comment_missing");
    ASSERT_TRUE(one.act("co_return", kLamps, {.comment = "Không phải đèn của chúng tôi"}));
    EXPECT_EQ(one.petition.branches[0].state, BranchState::kDeclined);
    EXPECT_EQ(one.petition.unit, "so-xay-dung") << "the petition is not returned with it";
    EXPECT_THAT(one.petition.returned_by, IsEmpty());
    EXPECT_THAT(one.legal(kLamps), IsEmpty());
    ASSERT_TRUE(one.act("coordinate", officer(), {.comment = "Xem lại", .units = {"chieu-sang"}})) << "asked again";
    EXPECT_THAT(one.legal(kLamps), ElementsAre("co_start", "co_return"));
}

TEST(Coordination, NoUnitIsAskedTwiceNorTheOneComplainedAbout) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac", .complained_unit = "chieu-sang"}));
    static_cast<void>(one.act("accept", dispatcher()));
    static_cast<void>(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    static_cast<void>(one.act("start", officer()));
    const auto ask = [&](std::vector<std::string> units) {
        return problemOf(one.act("coordinate", officer(), {.units = std::move(units)}));
    };
    EXPECT_EQ(ask({}), "action.unit_missing");
    EXPECT_EQ(ask({"chieu-sang"}), "action.unit_complained");
    EXPECT_EQ(ask({"so-xay-dung"}), "action.unit_at_work");
    EXPECT_EQ(ask({"ubnd", "ubnd"}), "action.unit_twice");
    EXPECT_EQ(ask({"ubnd"}), "");
    EXPECT_EQ(ask({"ubnd"}), "action.unit_at_work");
}

TEST(Coordination, PartsHaveTasksAndLimitsOfTheirOwn) {
    Case one = coordinated();
    const Projection rows = project(one.petition);
    std::vector<std::string> units;
    for (const TaskRow& task : rows.tasks) units.push_back(task.unit);
    EXPECT_THAT(units, ElementsAre("so-xay-dung", "chieu-sang", "ubnd"));
    one.now = at(2026, 3, 18, 0, 0, 1);
    ASSERT_TRUE(one.run(Fire{Fire::What::kDeadline, Clock::kCoordinate, "ubnd"}, Actor::system()));
    EXPECT_TRUE(one.petition.branches[1].missed);
    EXPECT_FALSE(one.petition.branches[0].missed);
    EXPECT_FALSE(one.petition.missed.contains(Clock::kCoordinate));
    EXPECT_EQ(problemOf(one.run(Fire{Fire::What::kDeadline, Clock::kCoordinate, "ubnd"}, Actor::system())),
              "timer.stale");
}

TEST(Waiting, TheClocksStandWhileTheSenderIsAsked) {
    Case one = working();
    const Instant due = one.petition.due.at(Clock::kHandle);
    EXPECT_EQ(due, at(2026, 3, 17, 23, 59, 59));
    one.now = at(2026, 3, 9, 8);
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Xin cho biết số nhà"}));
    EXPECT_FALSE(one.petition.due.contains(Clock::kHandle));
    EXPECT_FALSE(one.petition.due.contains(Clock::kTotal));
    EXPECT_THAT(project(one.petition).timers, IsEmpty());
    EXPECT_EQ(sendersView(one.petition, one.journal, one.rules).attributes.at("question"), "Xin cho biết số nhà");
    EXPECT_EQ(sendersView(one.petition, one.journal, one.rules).attributes.at("question_at"),
              std::to_string(one.now.time_since_epoch().count()));
    EXPECT_TRUE(std::any_of(one.journal.begin(), one.journal.end(), [&](const Event& event) {
        return event.at == one.now && event.kind() == EventKind::kNoted && changesSendersView(event);
    }));
    one.now = at(2026, 3, 12, 8);  // Tuesday and Wednesday lie whole in the pause.
    ASSERT_TRUE(one.act("reply", Actor::citizen(), {.comment = "Số 5"}));
    EXPECT_EQ(one.petition.step, "working");
    EXPECT_EQ(one.petition.supplements.at(0).text, "Số 5");
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 19, 23, 59, 59));
    EXPECT_EQ(one.journal[one.journal.size() - 2].kind(), EventKind::kResumed) << "before it leaves the step";
}

TEST(Appointments, AX11_TheNewEndIsExactAndTheReminderComesADayBefore) {
    Case one{sample::wholeRules()};
    one.rules.sla.at("thuong").handle = Duration{16, Duration::Unit::kWorkingHours};
    one.now = at(2021, 5, 17, 8);
    one.toWorking();
    const Instant first = one.petition.due.at(Clock::kHandle);
    one.now = at(2021, 5, 17, 9);
    Act input{.comment = "Chờ vật tư"};
    input.amount = Duration{10, Duration::Unit::kDays};
    input.remind_after = Duration{9, Duration::Unit::kDays};
    ASSERT_TRUE(one.act("appoint", officer(), input));
    EXPECT_EQ(one.petition.status, Status::kAppointed);
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2021, 5, 27, 9));
    EXPECT_THAT(one.petition.reminders, ElementsAre(at(2021, 5, 26, 9)));
    EXPECT_EQ(one.petition.first_handle_due, first) << "the first limit stays on record";
    input.amount = Duration{10, Duration::Unit::kWorkingDays};
    input.remind_after.reset();
    one.now = at(2021, 5, 17, 9);
    ASSERT_TRUE(one.act("appoint", officer(), input));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2021, 5, 31, 9)) << "in working days";
    EXPECT_THAT(one.petition.reminders, ElementsAre(at(2021, 5, 30, 9))) << "24 h before, exact, though a Sunday";
    EXPECT_EQ(problemOf(one.act("appoint", officer(), input)), "appointment.too_many");
}

TEST(Appointments, AX10_AShortRegulatedTimeTakesNone) {
    for (const auto& [limit, problem] : {std::pair{Duration{4, Duration::Unit::kWorkingHours}, "appointment.too_short"},
                                         {Duration{8, Duration::Unit::kWorkingHours}, "appointment.too_short"},
                                         {Duration{9, Duration::Unit::kWorkingHours}, ""}}) {
        Case one{sample::wholeRules()};
        one.rules.sla.at("thuong").handle = limit;
        one.toWorking();
        Act input{.comment = "Chờ vật tư"};
        input.amount = Duration{3, Duration::Unit::kDays};
        EXPECT_EQ(problemOf(one.act("appoint", officer(), input)), problem);
    }
}

TEST(Appointments, OneThatIsOverStaysOverWhenItsClockHasStood) {
    Case one = working();
    Act input{.comment = "Chờ vật tư"};
    input.amount = Duration{1, Duration::Unit::kDays};
    ASSERT_TRUE(one.act("appoint", officer(), input));
    const Instant until = one.petition.due.at(Clock::kHandle);
    one.now = until + 1h;
    ASSERT_TRUE(one.run(Fire{Fire::What::kDeadline, Clock::kHandle, {}}, Actor::system()));
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Số nhà?"}));
    one.now += 24h;
    ASSERT_TRUE(one.act("reply", Actor::citizen(), {.comment = "Số 5"}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), until);
    EXPECT_TRUE(one.petition.missed.contains(Clock::kHandle));
    EXPECT_TRUE(one.petition.escalate_at) << "whoever is above still hears of it";
}

TEST(Back, TheCentreSendsBackToAnyStepOfTheUnit) {
    Case one{sample::wholeRules()};
    one.toCentre();
    std::vector<std::string> steps;
    for (const Visit* visit : previousSteps(one.petition)) steps.push_back(visit->step);
    EXPECT_THAT(steps, ElementsAre("approval", "working", "unit"));
    Act input{.comment = "Bổ sung ảnh"};
    EXPECT_EQ(problemOf(one.act("back", dispatcher(), input)), "action.step_unknown");
    input.step = "triage";
    EXPECT_EQ(problemOf(one.act("back", dispatcher(), input)), "action.step_unknown") << "not the unit's";
    input.step = "working";
    ASSERT_TRUE(one.act("back", dispatcher(), input));
    EXPECT_EQ(one.petition.step, "working");
    EXPECT_EQ(one.petition.officer, "o1") << "whose it was";
    EXPECT_FALSE(one.petition.approved);
    EXPECT_TRUE(one.petition.due.contains(Clock::kHandle));
}

TEST(Back, AX29_TheSecondReturnAlertsTheCentre) {
    Case one = working();
    ASSERT_TRUE(one.act("return", officer(), {.comment = "Không đúng thẩm quyền"}));
    EXPECT_FALSE(one.petition.ping_pong);
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"chieu-sang"}}));
    ASSERT_TRUE(one.act("return", kLamps, {.comment = "Cũng không"}));
    EXPECT_TRUE(one.petition.ping_pong);
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    ASSERT_TRUE(one.act("return", officer(), {.comment = "Vẫn không"}));
    EXPECT_THAT(one.petition.returned_by, ElementsAre("so-xay-dung", "chieu-sang", "so-xay-dung"));
}

TEST(Assigning, TheLeaderNamesPeopleOfTheUnit) {
    Case one = working();
    Act input;
    EXPECT_EQ(problemOf(one.act("assign", leader(), input)), "action.officer_missing");
    input.officers = {kLamps};
    EXPECT_EQ(problemOf(one.act("assign", leader(), input)), "action.officer_unit");
    input.officers = {leader()};
    EXPECT_EQ(problemOf(one.act("assign", leader(), input)), "action.officer_role");
    input.officers = {officer("so-xay-dung", "o2"), officer("so-xay-dung", "o3")};
    input.product = "poem";
    EXPECT_EQ(problemOf(one.act("assign", leader(), input)), "action.product_unknown");
    input.product = "letter";
    input.withheld = true;
    ASSERT_TRUE(one.act("assign", leader(), input));
    EXPECT_EQ(one.petition.officer, "o2");
    EXPECT_THAT(one.petition.coordinators, ElementsAre("o3"));
    EXPECT_EQ(one.petition.product, "letter");
    EXPECT_THAT(one.legal(officer()), IsEmpty()) << "not theirs any more";
}

TEST(Assigning, WhatALeaderWithholdsIsNotPublished) {
    for (const bool withheld : {false, true}) {
        Case one{sample::wholeRules()};
        static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac", .is_public = true}));
        static_cast<void>(one.act("accept", dispatcher()));
        static_cast<void>(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
        Act input;
        input.officers = {officer()};
        input.withheld = withheld;
        ASSERT_TRUE(one.act("assign", leader(), input));
        ASSERT_TRUE(one.act("draft", officer(), {.result = "Đã lắp nắp."}));
        ASSERT_TRUE(one.act("submit", officer()));
        ASSERT_TRUE(one.act("approve", leader()));
        ASSERT_TRUE(one.act("release", dispatcher()));
        EXPECT_EQ(isPublished(one.petition), !withheld);
    }
}

TEST(Following, FollowersSeeItAndAreLetOffByPolicy) {
    Case one{sample::wholeRules()};
    one.rules.follow_until = Duration{5, Duration::Unit::kDays};
    ASSERT_TRUE(one.submit({.title = "t", .text = "x", .category = "khac"}));
    Act input{.comment = "Để biết"};
    EXPECT_EQ(problemOf(one.act("follow", dispatcher(), input)), "action.follower_missing");
    input.followers = {officer("ubnd", "o9")};
    input.units = {"chieu-sang"};
    ASSERT_TRUE(one.act("follow", dispatcher(), input));
    EXPECT_TRUE(hasPart(one.petition, kLamps));
    EXPECT_FALSE(hasPart(one.petition, officer("so-xay-dung", "o4")));
    ASSERT_TRUE(one.run(Seen{}, kLamps));
    EXPECT_EQ(problemOf(one.run(Seen{}, kLamps)), "follow.nothing");
    EXPECT_THAT(project(one.petition).tasks, SizeIs(2)) << "triage, and the one who has not looked";
    one.now += 6 * 24h;
    ASSERT_TRUE(one.run(Fire{Fire::What::kFollow, Clock::kTotal, {}}, Actor::system()));
    EXPECT_THAT(project(one.petition).tasks, SizeIs(1));
    EXPECT_EQ(one.journal.back().role, Role::kSystem);
}

TEST(Answers, TheCentreAnswersAtOnce) {
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit({.title = "Hỏi", .text = "Giờ làm việc?", .category = "khac"}));
    EXPECT_EQ(problemOf(one.act("answer", dispatcher())), "action.result_missing");
    ASSERT_TRUE(one.act("answer", dispatcher(), {.result = "Từ 7 giờ 30."}));
    EXPECT_EQ(one.petition.status, Status::kAnswered);
    EXPECT_EQ(one.petition.released->text, "Từ 7 giờ 30.");
    EXPECT_THAT(one.petition.deliveries, SizeIs(1)) << "a result leaves by the release";
}

OtherPetition other(const Case& one) {
    return {.id = one.petition.id,
            .code = one.petition.code,
            .merged_into = one.petition.merged_into,
            .finished = one.petition.finished_at.has_value()};
}

Case incident() {
    Case one{sample::wholeRules()};
    one.petition.id = "incident";
    return one;
}

TEST(Merging, OneAnswerReachesEverySender) {
    Case master = incident();
    master.toWorking();
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit({.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"}));
    Act input;
    EXPECT_EQ(problemOf(one.act("merge", dispatcher(), input)), "merge.into_missing");
    input.into = other(one);
    EXPECT_EQ(problemOf(one.act("merge", dispatcher(), input)), "merge.into_itself");
    input.into = other(master);
    ASSERT_TRUE(one.act("merge", dispatcher(), input));
    EXPECT_EQ(one.petition.status, Status::kMerged);
    EXPECT_THAT(project(one.petition).tasks, IsEmpty());
    EXPECT_THAT(project(one.petition).timers, IsEmpty()) << "merged petitions never escalate";
    const auto share = [&] {
        return one.run(Share{std::make_shared<const Petition>(master.petition)}, Actor::system());
    };
    EXPECT_EQ(problemOf(share()), "share.stale") << "not answered yet";
    ASSERT_TRUE(master.act("draft", officer(), {.result = "Đã lắp nắp."}));
    ASSERT_TRUE(master.act("submit", officer()));
    ASSERT_TRUE(master.act("approve", leader()));
    ASSERT_TRUE(master.act("release", dispatcher()));
    ASSERT_TRUE(share());
    EXPECT_EQ(one.petition.status, Status::kAnswered);
    EXPECT_EQ(one.petition.released->text, "Đã lắp nắp.");
    EXPECT_THAT(one.petition.deliveries, SizeIs(1)) << "this sender is told, too";
    EXPECT_EQ(problemOf(share()), "share.stale") << "once";
    Act rating;
    rating.rating = Satisfaction::kSatisfied;
    ASSERT_TRUE(one.act("rate", Actor::citizen(), rating));
    EXPECT_FALSE(master.petition.rating) << "rated apart";
}

TEST(Merging, AMatterOfItsOwnGoesOnWhereItWas) {
    Case master = incident();
    master.toWorking();
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit({.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"}));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    const std::map<Clock, Instant> due = one.petition.due;
    Act input;
    input.into = other(master);
    ASSERT_TRUE(one.act("merge", dispatcher(), input));
    EXPECT_THAT(one.legal(dispatcher()), ElementsAre("unmerge"));
    ASSERT_TRUE(one.act("unmerge", dispatcher()));
    EXPECT_EQ(one.petition.step, "intake");
    EXPECT_EQ(one.petition.status, Status::kAccepted);
    EXPECT_TRUE(one.petition.due == due);
    EXPECT_EQ(one.petition.merged_into, "");
}

TEST(Senders, RateOnceAndReopenInTime) {
    Case one{sample::wholeRules()};
    one.toCentre();
    Act rating;
    rating.rating = Satisfaction::kDissatisfied;
    rating.comment = "Chưa xong";
    EXPECT_EQ(problemOf(one.act("rate", Actor::citizen(), rating)), "action.not_legal_now");
    ASSERT_TRUE(one.act("release", dispatcher()));
    ASSERT_TRUE(one.act("rate", Actor::citizen(), rating));
    EXPECT_EQ(one.petition.rating->value, Satisfaction::kDissatisfied);
    EXPECT_EQ(problemOf(one.act("rate", Actor::citizen(), rating)), "rating.given");
    EXPECT_EQ(problemOf(one.act("rate", dispatcher(), rating)), "action.not_yours");
    const Instant answered = one.now;
    one.now = answered + 31 * 24h;
    EXPECT_EQ(problemOf(one.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"})), "reopen.too_late");
    one.now = answered + 2 * 24h;
    ASSERT_TRUE(one.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"}));
    EXPECT_FALSE(one.petition.finished_at);
    EXPECT_EQ(one.petition.unit, "");
    EXPECT_FALSE(one.petition.approved) << "the old approval releases nothing";
    EXPECT_TRUE(one.petition.due.contains(Clock::kTotal));
    EXPECT_FALSE(one.petition.released);
    EXPECT_THAT(one.petition.former_answers, SizeIs(1)) << "the first answer stays on record";
    EXPECT_TRUE(sendersView(one.petition, one.journal, one.rules).answer) << "and its sender still reads it";
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
}

TEST(Units, ATransferKeepsTheLimit) {
    Case one = working();
    const std::map<Clock, Instant> due = one.petition.due;
    ASSERT_TRUE(one.run(Transfer{"chieu-sang", "Sáp nhập"}, dispatcher()));
    EXPECT_EQ(one.petition.unit, "chieu-sang");
    EXPECT_TRUE(one.petition.due == due);
    EXPECT_THAT(one.petition.held_by, ElementsAre("so-xay-dung", "chieu-sang"));
    EXPECT_EQ(one.petition.officer, "") << "somebody there has to take it";
    EXPECT_TRUE(hasPart(one.petition, officer())) << "whoever had it may still read it";
    ASSERT_TRUE(one.run(Transfer{"", "Không rõ địa bàn"}, dispatcher()));
    EXPECT_EQ(one.petition.step, "returned");
    EXPECT_THAT(one.petition.returned_by, IsEmpty()) << "no unit gave it back";
}

TEST(Units, WhatIsTakenFromOneBeforeItsReleaseHasNoLimitForThat) {
    Case one{sample::wholeRules()};
    one.toCentre();
    ASSERT_TRUE(one.petition.due.contains(Clock::kRelease));
    ASSERT_TRUE(one.run(Transfer{"", "Không rõ địa bàn"}, dispatcher()));
    EXPECT_FALSE(one.petition.due.contains(Clock::kRelease)) << "its approval is void";
    EXPECT_TRUE(one.petition.due.contains(Clock::kTriage));
}

TEST(Units, AUnitsOwnWorkflowTakesThePetitionIn) {
    Case one{sample::wholeRules()};
    Workflow own = sample::wholeWorkflow();
    own.id = "leader-first";
    sample::addStep(own, "assignment", Status::kDistributed, Role::kLeader, false);
    for (Action& action : own.actions) {
        if (action.id == "distribute") action.to = "assignment";
        if (action.id == "assign") action.from = {"assignment"};
    }
    one.rules.workflows["leader-first"] = own;
    one.rules.units.at("chieu-sang").workflow = "leader-first";
    ASSERT_TRUE(one.submit({.title = "t", .text = "x", .category = "khac"}));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"chieu-sang"}}));
    EXPECT_EQ(one.petition.workflow, "leader-first");
    EXPECT_EQ(one.petition.step, "assignment");
    EXPECT_THAT(one.legal(kLampsLeader), Contains("assign"));
}

TEST(Workflow, PreviousInTheWrongPlaceIsADefectAndNoCrash) {
    for (const char* id : {"distribute", "merge", "answer"}) {
        Workflow workflow = sample::wholeWorkflow();
        for (Action& action : workflow.actions)
            if (action.id == id) action.to = std::string{kPreviousStep};
        EXPECT_FALSE(checkWorkflow(workflow).empty()) << id;
    }
    Workflow workflow = sample::wholeWorkflow();
    for (Action& action : workflow.coordination->actions)
        if (action.id == "co_send_back") action.to = std::string{kPreviousStep};
    EXPECT_FALSE(checkWorkflow(workflow).empty());
}

TEST(Waiting, TheSendersLimitComesBackHoweverThePetitionGoesOn) {
    Case one = working();
    const Instant total = one.petition.due.at(Clock::kTotal);
    one.now = at(2026, 3, 9, 8);
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Số nhà?"}));
    one.now = at(2026, 3, 11, 8);
    ASSERT_TRUE(one.run(Transfer{"", "Sáp nhập"}, dispatcher()));
    ASSERT_TRUE(one.petition.due.contains(Clock::kTotal));
    EXPECT_GT(one.petition.due.at(Clock::kTotal), total) << "with the time it stood";
    EXPECT_FALSE(one.petition.waiting);
}

TEST(Waiting, ACalendarThatChangesMeanwhileHolds) {
    Case one = working();
    one.now = at(2026, 3, 9, 8);
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Số nhà?"}));
    WorkingCalendar::Definition calendar{.id = "normal"};
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 5; ++weekday)
        calendar.hours[weekday] = {{minutes{450}, minutes{690}}, {minutes{810}, minutes{1020}}};
    calendar.holidays = {sample::day(2026, 3, 16)};
    one.rules.calendars.insert_or_assign("normal", WorkingCalendar::build(calendar).value());
    one.now = at(2026, 3, 9, 9);
    ASSERT_TRUE(one.act("reply", Actor::citizen(), {.comment = "Số 5"}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 18, 23, 59, 59));
}

TEST(Merging, WhoeverWasMergedIntoARefusedOneIsRefusedWhateverWasAnsweredBefore) {
    Case master = incident();
    master.toCentre();
    ASSERT_TRUE(master.act("release", dispatcher()));
    ASSERT_TRUE(master.act("reopen", Actor::citizen(), {.comment = "Vẫn hỏng"}));
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit({.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"}));
    Act input;
    input.into = other(master);
    ASSERT_TRUE(one.act("merge", dispatcher(), input));
    ASSERT_TRUE(master.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    ASSERT_TRUE(master.act("return", officer(), {.comment = "Không thuộc thẩm quyền"}));
    ASSERT_TRUE(master.act("refuse", dispatcher(), {.comment = "Ngoài địa bàn"}));
    ASSERT_TRUE(one.run(Share{std::make_shared<const Petition>(master.petition)}, Actor::system()));
    EXPECT_EQ(one.petition.status, Status::kRefused);
    EXPECT_EQ(one.petition.closing_reason, "Ngoài địa bàn");
    EXPECT_FALSE(one.petition.released);
}

TEST(Merging, AnAnswerThatIsNotPublicStaysSoWhereverItIsShared) {
    Case master = incident();  // Its sender never agreed to publication.
    master.toCentre();
    ASSERT_TRUE(master.act("release", dispatcher()));
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit({.title = "Hố ga", .text = "x", .category = "ha-tang", .is_public = true}));
    Act input;
    input.into = other(master);
    input.into->finished = false;
    ASSERT_TRUE(one.act("merge", dispatcher(), input));
    ASSERT_TRUE(one.run(Share{std::make_shared<const Petition>(master.petition)}, Actor::system()));
    EXPECT_TRUE(one.petition.released);
    EXPECT_FALSE(isPublished(one.petition));
}

}  // namespace
}  // namespace pakn::domain
