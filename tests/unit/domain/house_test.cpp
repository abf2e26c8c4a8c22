// What the Centre settles beside the workflow, and what must hold whoever acts late, takes over or helps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/projection.hpp"
#include "core/domain/replay.hpp"
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
using testing::SizeIs;
using Unit_ = Duration::Unit;

const std::string kUnit = "so-xay-dung";

std::string problemOf(const Result<Decision>& result) { return result ? std::string{"done"} : result.error().problem; }

std::vector<std::string_view> kinds(const Result<Decision>& result) {
    std::vector<std::string_view> all;
    for (const Event& event : result->events) all.push_back(nameOf(event.kind()));
    return all;
}

template <class E>
const E& last(const Case& one) {
    for (auto event = one.journal.rbegin(); event != one.journal.rend(); ++event)
        if (const E* data = std::get_if<E>(&event->data)) return *data;
    throw std::runtime_error{"no such event"};
}

/// Whose tasks of this step there are.
std::vector<std::string> having(const Case& one, std::string_view step) {
    std::vector<std::string> all;
    for (const TaskRow& task : project(one.petition).tasks)
        if (task.step == step) all.push_back(task.officer);
    return all;
}

/// Working from 08:00 to 17:00, Monday to Friday, but for this day.
WorkingCalendar closedOn(Date off) {
    WorkingCalendar::Definition calendar{.id = "normal"};
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 5; ++weekday)
        calendar.hours[weekday] = {{minutes{480}, minutes{720}}, {minutes{780}, minutes{1020}}};
    calendar.holidays = {off};
    return WorkingCalendar::build(calendar).value();
}

Case withCalendar() {
    Case one{sample::wholeRules()};
    one.rules.calendars.insert_or_assign("normal", closedOn(day(2026, 1, 1)));
    return one;
}

void workOnSaturdays(Case& one, const std::string& unit) {
    DatedHours hours;
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 6; ++weekday)
        hours.hours[weekday] = {{minutes{480}, minutes{720}}, {minutes{780}, minutes{1020}}};
    one.rules.unit_calendars[unit].emplace("normal", one.rules.calendars.at("normal").withHours({hours}).value());
}

// --- the unit complained about

Case against(std::string unit) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac", .complained_unit = std::move(unit)}));
    return one;
}

TEST(Complained, FreeTextIsSettledBeforeAnybodyGetsThePetition) {
    Case one = against("Sở Xây dựng thành phố");
    ASSERT_TRUE(one.act("accept", dispatcher()));
    EXPECT_EQ(problemOf(one.act("distribute", dispatcher(), {.units = {kUnit}})), "complaint.unnamed");
    EXPECT_EQ(problemOf(one.run(NameComplained{.unit = kUnit, .reason = "x"}, officer())), "action.not_yours");
    EXPECT_EQ(problemOf(one.run(NameComplained{.unit = kUnit, .reason = " "}, dispatcher())), "action.comment_missing");
    EXPECT_EQ(problemOf(one.run(NameComplained{.unit = "mars", .reason = "x"}, dispatcher())), "action.unit_unknown");
    ASSERT_TRUE(one.run(NameComplained{.unit = kUnit, .reason = "Theo nội dung đơn"}, dispatcher()));
    EXPECT_EQ(one.petition.complained_unit, kUnit);
    EXPECT_EQ(problemOf(one.act("distribute", dispatcher(), {.units = {kUnit}})), "action.unit_complained");
    EXPECT_FALSE(maySee(one.petition, officer(), one.rules));
    EXPECT_EQ(problemOf(one.run(NameComplained{.unit = kUnit, .reason = "x"}, dispatcher())), "complaint.unchanged");
    ASSERT_TRUE(one.run(NameComplained{.unit = {}, .reason = "Không phải cơ quan nào"}, dispatcher()));
    EXPECT_TRUE(one.act("distribute", dispatcher(), {.units = {kUnit}}));
}

TEST(Complained, AUnitThatHasItLosesItOnceItIsNamed) {
    Case one{sample::wholeRules()};
    one.toWorking();
    ASSERT_TRUE(one.act("coordinate", officer(), {.comment = "Xin ý kiến", .units = {"chieu-sang"}}));
    ASSERT_TRUE(one.run(NameComplained{.unit = kUnit, .reason = "Người gửi nói về chính Sở"}, dispatcher()));
    EXPECT_EQ(one.petition.unit, "");
    EXPECT_EQ(one.petition.step, "returned");
    EXPECT_THAT(one.petition.returned_by, IsEmpty()) << "the unit has not given it back";
    EXPECT_FALSE(maySee(one.petition, officer(), one.rules));
}

TEST(Complained, NobodyBelowNorWhoeverHasTakenItOverSeesIt) {
    Case one = against(kUnit);
    one.rules.units.emplace("phong", Unit{.id = "phong", .name = "Phòng", .parent = kUnit});
    one.rules.units.emplace("so-moi", Unit{.id = "so-moi", .name = "Sở mới"});
    one.rules.units.at(kUnit).successors = {"so-moi"};
    EXPECT_FALSE(maySee(one.petition, officer("phong"), one.rules));
    EXPECT_FALSE(maySee(one.petition, officer("so-moi"), one.rules));
    EXPECT_TRUE(maySee(one.petition, officer("ubnd"), one.rules));
    EXPECT_THAT(one.rules.hiddenFrom("phong"), testing::UnorderedElementsAre("phong", kUnit));
    EXPECT_EQ(problemOf(one.act("follow", dispatcher(), {.units = {"so-moi"}})), "action.unit_complained");
    EXPECT_EQ(problemOf(one.act("follow", dispatcher(), {.followers = {officer("phong")}})), "action.unit_complained");
}

TEST(Complained, ItIsMergedOnlyIntoOneThatComplainsAboutTheSame) {
    Case one = against(kUnit);
    OtherPetition other{.id = "q", .code = "060326002"};
    EXPECT_EQ(problemOf(one.act("merge", dispatcher(), {.into = other})), "merge.complained_unit");
    other.complained_unit = kUnit;
    EXPECT_TRUE(one.act("merge", dispatcher(), {.into = other}));
}

// --- emergencies

TEST(Emergency, TheCentreAcceptsWhatWasOnlyClaimed) {
    Case one = withCalendar();
    one.rules.emergency_roster = true;
    one.rules.calendars.emplace("24x7", WorkingCalendar::build({.id = "24x7", .always = true}).value());
    one.rules.sla.emplace("khan", SlaPolicy{.id = "khan",
                                            .calendar = "24x7",
                                            .triage = Duration{30, Unit_::kMinutes},
                                            .handle = Duration{4, Unit_::kHours},
                                            .total = Duration{8, Unit_::kHours}});
    Route urgent{.name = "Khẩn", .when = {}, .unit = {}, .mode = RouteMode::kSuggest};
    urgent.when.emergency = true;
    urgent.sla = "khan";
    one.rules.routes.insert(one.rules.routes.begin(), urgent);
    one.now = at(2026, 3, 7, 22);  // A Saturday night.
    static_cast<void>(one.submit({.title = "t", .text = "Cháy nhà", .category = "khac"}));
    EXPECT_EQ(problemOf(one.run(AcceptEmergency{.reason = "x"}, officer())), "action.not_yours");
    const Result<Decision> done = one.run(AcceptEmergency{.reason = "Đã gọi lại, đúng là cháy"}, dispatcher());
    ASSERT_TRUE(done);
    EXPECT_THAT(kinds(done), ElementsAre("emergency_accepted", "roster_called"));
    EXPECT_TRUE(one.petition.emergency);
    EXPECT_EQ(one.petition.sla, "khan");
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 7, 22, 30));
    EXPECT_EQ(one.petition.due.at(Clock::kTotal), at(2026, 3, 8, 6));
    EXPECT_EQ(problemOf(one.run(AcceptEmergency{.reason = "x"}, dispatcher())), "emergency.already");
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {kUnit}}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 8, 2));
}

// --- people who help, and who are kept informed

TEST(Assigning, ColleaguesWhoHelpHaveATaskAndMaySayWhatTheyKnow) {
    Case one{sample::wholeRules()};
    sample::addAction(one.rules.workflows["officer-first"], "note", {"working"}, "", Role::kOfficer, Effect::kNote,
                      {.comment = true});
    one.toWorking();
    const Actor helper = officer(kUnit, "o2");
    const Actor informed = officer("chieu-sang", "o3");
    ASSERT_TRUE(one.act("assign", leader(), {.officers = {officer(), helper}, .followers = {informed}}));
    EXPECT_THAT(having(one, kHelpTask), ElementsAre("o2"));
    EXPECT_THAT(having(one, kFollowTask), ElementsAre("o3"));
    EXPECT_THAT(one.legal(helper), ElementsAre("note"));
    ASSERT_TRUE(one.act("note", helper, {.comment = "Vật tư có sẵn"}));
    EXPECT_EQ(one.petition.officer, "o1") << "the case stays in one hand";
    EXPECT_THAT(one.legal(officer(kUnit, "o4")), IsEmpty());
    ASSERT_TRUE(one.act("return", officer(), {.comment = "Không thuộc"}));
    EXPECT_THAT(having(one, kHelpTask), IsEmpty());
}

// --- limits

TEST(Limits, WhatPassedUnnoticedIsMissedBeforeSomebodyActs) {
    Case one = withCalendar();
    one.rules.sla.at("thuong").handle = Duration{1, Unit_::kWorkingDays};
    one.now = at(2026, 3, 6, 9);
    one.toWorking();
    static_cast<void>(one.act("draft", officer(), {.result = "Xong."}));
    static_cast<void>(one.act("submit", officer()));
    one.now = at(2026, 3, 12, 9);  // The hub was off: no timer has acted.
    const Result<Decision> approved = one.act("approve", leader());
    ASSERT_TRUE(approved);
    EXPECT_EQ(approved->events.front().kind(), EventKind::kDeadlineMissed);
    EXPECT_EQ(last<DeadlineMissed>(one).due, at(2026, 3, 9, 23, 59, 59));
    EXPECT_TRUE(one.petition.missed.contains(Clock::kHandle));
}

TEST(Limits, AnAppointmentAfterTheEndIsTooLateWhateverTheTimersDid) {
    Case one = withCalendar();
    one.rules.appointment.least_regulated = std::nullopt;
    one.rules.sla.at("thuong").handle = Duration{1, Unit_::kWorkingDays};
    one.now = at(2026, 3, 6, 9);
    one.toWorking();
    one.now = at(2026, 3, 12, 9);
    EXPECT_EQ(problemOf(one.act("appoint", officer(), {.comment = "x", .amount = Duration{2, Unit_::kDays}})),
              "appointment.too_late");
    EXPECT_FALSE(one.petition.missed.contains(Clock::kHandle)) << "what is refused changes nothing";
}

TEST(Limits, AtTheVeryEndIsInTime) {
    Case one = withCalendar();
    one.rules.sla.at("thuong").handle = Duration{1, Unit_::kWorkingDays};
    one.now = at(2026, 3, 6, 9);
    one.toWorking();
    one.now = one.petition.due.at(Clock::kHandle);
    ASSERT_TRUE(one.act("draft", officer(), {.result = "Xong."}));
    EXPECT_THAT(one.petition.missed, IsEmpty());
}

TEST(Limits, ACalendarThatChangedWhileTheAnswerLayWithTheCentreCountsWhenItIsSentBack) {
    Case one = withCalendar();
    one.now = at(2026, 3, 6, 9);
    one.toCentre();
    const Instant before = *one.petition.stopped_handle_due;
    one.rules.calendars.insert_or_assign("normal", closedOn(day(2026, 3, 10)));
    static_cast<void>(one.run(Recompute{}, Actor::system()));
    one.now = at(2026, 3, 6, 10);
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "Bổ sung"}));
    EXPECT_EQ(before, at(2026, 3, 17, 23, 59, 59));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 18, 23, 59, 59));
}

TEST(Limits, OfTwoApprovalsTheFirstStopsTheUnitsClock) {
    Case one = withCalendar();
    Workflow& workflow = one.rules.workflows["officer-first"];
    sample::addStep(workflow, "second", Status::kAwaitingApproval, Role::kLeader, false);
    for (Action& action : workflow.actions)
        if (action.id == "approve") action.to = "second";
    sample::addAction(workflow, "approve_again", {"second"}, "centre", Role::kLeader, Effect::kApprove);
    one.rules.sla.at("thuong").handle = Duration{16, Unit_::kWorkingHours};
    one.now = at(2026, 3, 2, 8);
    one.toCentre();
    one.now = at(2026, 3, 4, 8);
    ASSERT_TRUE(one.act("approve_again", leader()));
    one.now = at(2026, 3, 4, 16);
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "Bổ sung"}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 6, 16)) << "all sixteen hours are left";
}

TEST(Limits, AUnitThatTakesOverKeepsTheEndAndTheHoursItWasCountedBy) {
    Case one = withCalendar();
    workOnSaturdays(one, "chieu-sang");
    one.rules.sla.at("thuong").handle = Duration{16, Unit_::kWorkingHours};
    one.now = at(2026, 3, 6, 8);
    one.toWorking();
    const Instant due = one.petition.due.at(Clock::kHandle);
    ASSERT_TRUE(one.run(Transfer{.unit = "chieu-sang", .reason = "Sáp nhập"}, Actor::system()));
    EXPECT_EQ(problemOf(one.run(Recompute{}, Actor::system())), "calendar.unchanged");
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), due);
}

TEST(Limits, EachCoordinatingUnitCountsByItsOwnHours) {
    Case one = withCalendar();
    workOnSaturdays(one, "chieu-sang");
    one.rules.sla.at("thuong").coordinate = Duration{8, Unit_::kWorkingHours};
    one.now = at(2026, 3, 6, 16);  // Friday.
    one.toWorking();
    ASSERT_TRUE(one.act("coordinate", officer(), {.comment = "Xin ý kiến", .units = {"chieu-sang", "ubnd"}}));
    ASSERT_THAT(one.petition.branches, SizeIs(2));
    EXPECT_EQ(one.petition.branches[0].due, at(2026, 3, 7, 16)) << "it works on Saturdays";
    EXPECT_EQ(one.petition.branches[1].due, at(2026, 3, 9, 16));
}

TEST(Limits, NoAppointmentWhileTheUnitsLimitStands) {
    Case one = withCalendar();
    for (Action& action : one.rules.workflows["officer-first"].actions)
        if (action.id == "appoint") action.from.emplace_back("waiting");
    one.rules.appointment.least_regulated = std::nullopt;
    one.toWorking();
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Ở đâu?"}));
    EXPECT_EQ(problemOf(one.act("appoint", officer(), {.comment = "x", .amount = Duration{2, Unit_::kDays}})),
              "appointment.clock_stands");
}

TEST(Escalation, OfAUnitThatIsNotOnTheSystemTheCentreIsTold) {
    Case one = withCalendar();
    one.rules.units.at("chieu-sang").external = true;
    one.rules.sla.at("thuong").handle = Duration{8, Unit_::kWorkingHours};
    one.now = at(2026, 3, 2, 8);
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac"}));
    static_cast<void>(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"chieu-sang"}}));
    one.now = at(2026, 3, 2, 17);
    ASSERT_TRUE(one.run(Fire{Fire::What::kDeadline, Clock::kHandle, {}}, Actor::system()));
    ASSERT_THAT(one.petition.escalations, SizeIs(1));
    EXPECT_EQ(one.petition.escalations[0].unit, "");
}

// --- going back, passing, ending

TEST(GoingBack, FromTheCentreAlsoToItsOwnStep) {
    Case one{sample::wholeRules()};
    Workflow& workflow = one.rules.workflows["officer-first"];
    sample::addStep(workflow, "desk", Status::kAwaitingApproval, Role::kDispatcher, true);
    for (Action& action : workflow.actions)
        if (action.id == "approve") action.to = "desk";
    sample::addAction(workflow, "pass_on", {"desk"}, "centre", Role::kDispatcher, Effect::kNote);
    one.toCentre();
    ASSERT_EQ(one.petition.step, "desk");
    ASSERT_TRUE(one.act("pass_on", dispatcher()));
    ASSERT_TRUE(one.act("back", dispatcher(), {.comment = "Xem lại", .step = "desk"}));
    EXPECT_EQ(one.petition.step, "desk");
}

TEST(Transfer, AnApprovedAnswerAtTheCentreIsNotThrownAway) {
    Case one{sample::wholeRules()};
    one.toCentre();
    EXPECT_EQ(problemOf(one.run(Transfer{.unit = {}, .reason = "Đã kết thúc"}, Actor::system())), "transfer.nothing");
    EXPECT_TRUE(one.petition.approved.has_value());
}

TEST(Transfer, EscalationsAndFollowersGoToWhoeverHasTakenOver) {
    Case one{sample::wholeRules()};
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac"}));
    ASSERT_TRUE(one.act("follow", dispatcher(), {.units = {kUnit}}));
    ASSERT_TRUE(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {kUnit}}));
    one.now = one.petition.due.at(Clock::kHandle) + std::chrono::hours{24 * 5};
    static_cast<void>(one.run(Fire{Fire::What::kDeadline, Clock::kHandle, {}}, Actor::system()));
    if (one.petition.escalations.empty()) {
        one.now = *one.petition.escalate_at;
        ASSERT_TRUE(one.run(Fire{Fire::What::kEscalation, Clock::kHandle, {}}, Actor::system()));
    }
    ASSERT_EQ(one.petition.escalations[0].unit, kUnit);
    ASSERT_TRUE(one.run(Transfer{.unit = "chieu-sang", .reason = "Sáp nhập"}, Actor::system()));
    EXPECT_EQ(one.petition.escalations[0].unit, "chieu-sang");
    EXPECT_EQ(one.petition.followers[0].unit, "chieu-sang");
}

}  // namespace
}  // namespace pakn::domain
