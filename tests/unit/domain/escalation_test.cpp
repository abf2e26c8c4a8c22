// The ladder: own budget per level, never outside working time, one level however late the hub looks.

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
using sample::leader;
using sample::officer;
using testing::IsEmpty;
using testing::SizeIs;
using Unit_ = Duration::Unit;

/// 08:00-12:00 and 13:00-17:00, as the worked examples have it.
Rules officeHours() {
    Rules rules = sample::wholeRules();
    WorkingCalendar::Definition calendar{.id = "normal"};
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 5; ++weekday)
        calendar.hours[weekday] = {{minutes{480}, minutes{720}}, {minutes{780}, minutes{1020}}};
    rules.calendars.insert_or_assign("normal", WorkingCalendar::build(calendar).value());
    rules.sla.at("thuong").handle = Duration{8, Unit_::kWorkingHours};
    return rules;
}

/// Lets the clock run to `until`; every timer fires at its second, as the hub looks once a second.
std::vector<std::pair<EventKind, Instant>> runUntil(Case& one, Instant until) {
    std::vector<std::pair<EventKind, Instant>> happened;
    for (int guard = 0; guard < 100; ++guard) {
        std::optional<TimerRow> next;
        for (const TimerRow& row : project(one.petition).timers)
            if (row.due <= until && (!next || row.due < next->due)) next = row;
        if (!next) break;
        one.now = std::max(one.now, next->due);
        const std::size_t before = one.journal.size();
        if (!one.run(*fireOf(*next), Actor::system())) break;
        for (std::size_t i = before; i < one.journal.size(); ++i)
            happened.emplace_back(one.journal[i].kind(), one.journal[i].at);
    }
    one.now = until;
    return happened;
}

std::vector<Instant> escalationsIn(const std::vector<std::pair<EventKind, Instant>>& happened) {
    std::vector<Instant> found;
    for (const auto& [kind, when] : happened)
        if (kind == EventKind::kEscalated) found.push_back(when);
    return found;
}

TEST(Escalation, AX12_TwoLevelsEachWithItsOwnWorkingTime) {
    Case one{officeHours()};
    one.now = at(2021, 3, 27, 8, 22, 20);  // A Saturday.
    one.toWorking();
    const auto happened = runUntil(one, at(2021, 4, 2, 23));
    EXPECT_THAT(escalationsIn(happened), testing::ElementsAre(at(2021, 3, 29, 17), at(2021, 3, 30, 17)));
    ASSERT_THAT(one.petition.escalations, SizeIs(2));
    EXPECT_EQ(one.petition.escalations[0].unit, "so-xay-dung");
    EXPECT_EQ(one.petition.escalations[1].to, EscalationTarget::kOffice);
    EXPECT_EQ(one.petition.escalations[1].unit, "ubnd");
    EXPECT_TRUE(hasPart(one.petition, leader("ubnd"))) << "the office sees it from now on";
}

TEST(Escalation, ALimitThatEndsAtNightActsAtTheNextOpening) {
    Case one{officeHours()};
    one.rules.sla.at("thuong").handle = Duration{1, Unit_::kWorkingDays};
    one.now = at(2026, 3, 5, 9);
    one.toWorking();  // Due on Friday, 23:59:59.
    const auto happened = runUntil(one, at(2026, 3, 9, 7, 59));
    EXPECT_THAT(escalationsIn(happened), IsEmpty());
    EXPECT_TRUE(one.petition.missed.contains(Clock::kHandle)) << "the miss is recorded at its instant";
    EXPECT_THAT(escalationsIn(runUntil(one, at(2026, 3, 9, 12))), testing::ElementsAre(at(2026, 3, 9, 8)));
}

TEST(Escalation, AfterAnOutageOneLevelActsHoweverManyAreOver) {
    Case one{officeHours()};
    one.now = at(2026, 3, 2, 9);
    one.toWorking();
    one.now = at(2026, 3, 12, 10, 30);  // The hub was down for more than a week.
    ASSERT_TRUE(one.run(Fire{Fire::What::kDeadline, Clock::kHandle, {}}, Actor::system()));
    ASSERT_THAT(one.petition.escalations, SizeIs(1));
    EXPECT_EQ(one.petition.escalations[0].at, at(2026, 3, 12, 10, 30));
    EXPECT_EQ(one.petition.escalate_at, at(2026, 3, 13, 10, 30)) << "the next level's time runs from that act";
    EXPECT_FALSE(one.run(Fire{Fire::What::kEscalation, Clock::kHandle, {}}, Actor::system()));
}

TEST(Escalation, ATimerThatComesOutsideWorkingTimeWaits) {
    Case one{officeHours()};
    one.now = at(2026, 3, 2, 9);
    one.toWorking();
    one.now = at(2026, 3, 3, 9);
    ASSERT_TRUE(one.run(Fire{Fire::What::kDeadline, Clock::kHandle, {}}, Actor::system()));
    one.now = at(2026, 3, 7, 10);  // A Saturday, after an outage that began on Wednesday.
    const Result<Decision> early = one.run(Fire{Fire::What::kEscalation, Clock::kHandle, {}}, Actor::system());
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Errc::kDeferred);
    EXPECT_EQ(one.now + *early.error().retry_after, at(2026, 3, 9, 8));
}

TEST(Escalation, EmergenciesClimbAtOnceAtNight) {
    Case one{officeHours()};
    one.rules.calendars.emplace("24x7", WorkingCalendar::build({.id = "24x7", .always = true}).value());
    one.rules.sla.emplace("khan", SlaPolicy{.id = "khan",
                                            .calendar = "24x7",
                                            .handle = Duration{4, Unit_::kHours},
                                            .escalate = {{EscalationTarget::kUnitLeader, Duration{1, Unit_::kHours}},
                                                         {EscalationTarget::kOffice, std::nullopt}}});
    one.rules.default_sla = "khan";
    one.now = at(2026, 3, 8, 2);  // A Sunday night.
    one.toWorking();
    EXPECT_THAT(escalationsIn(runUntil(one, at(2026, 3, 8, 12))),
                testing::ElementsAre(at(2026, 3, 8, 6), at(2026, 3, 8, 7)));
}

TEST(Escalation, ApprovalEndsItAndSendingBackGoesOnWithTheNextLevel) {
    Case one{officeHours()};
    one.now = at(2026, 3, 2, 9);
    one.toWorking();
    ASSERT_TRUE(one.act("draft", officer(), {.result = "x"}));
    static_cast<void>(runUntil(one, at(2026, 3, 3, 9, 30)));
    ASSERT_THAT(one.petition.escalations, SizeIs(1));
    ASSERT_TRUE(one.act("submit", officer()));
    ASSERT_TRUE(one.act("approve", leader()));
    EXPECT_FALSE(one.petition.escalate_at);
    one.now = at(2026, 3, 5, 9, 30);
    ASSERT_TRUE(one.act("send_back_to_unit", dispatcher(), {.comment = "Bổ sung"}));
    EXPECT_EQ(one.petition.escalate_at, at(2026, 3, 6, 9, 30)) << "a whole budget for the level that has it";
}

TEST(Escalation, SendingBackBeforeAnyApprovalBuysNoTime) {
    Case one{officeHours()};
    one.now = at(2026, 3, 2, 9);
    one.toWorking();
    ASSERT_TRUE(one.act("draft", officer(), {.result = "x"}));
    static_cast<void>(runUntil(one, at(2026, 3, 3, 9, 30)));
    const std::optional<Instant> next = one.petition.escalate_at;
    ASSERT_TRUE(next);
    ASSERT_TRUE(one.act("submit", officer()));
    ASSERT_TRUE(one.act("send_back", leader(), {.comment = "Bổ sung"}));
    EXPECT_EQ(one.petition.escalate_at, next);
}

TEST(Escalation, TheUnitComplainedAboutIsNeverTold) {
    Case one{officeHours()};
    one.now = at(2026, 3, 2, 9);
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac", .complained_unit = "ubnd"}));
    static_cast<void>(one.act("accept", dispatcher()));
    static_cast<void>(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    static_cast<void>(runUntil(one, at(2026, 3, 9, 9)));
    ASSERT_THAT(one.petition.escalations, SizeIs(2));
    EXPECT_EQ(one.petition.escalations[1].unit, "") << "the Centre instead of the office";
}

TEST(Escalation, AUnitsOwnHoursDecide) {
    Case one{officeHours()};
    DatedHours saturdays;
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 6; ++weekday)
        saturdays.hours[weekday] = {{minutes{480}, minutes{720}}, {minutes{780}, minutes{1020}}};
    one.rules.unit_calendars["so-xay-dung"].emplace("normal",
                                                    one.rules.calendars.at("normal").withHours({saturdays}).value());
    one.now = at(2026, 3, 6, 16);
    one.toWorking();
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 7, 16)) << "this unit works on Saturdays";
    EXPECT_THAT(escalationsIn(runUntil(one, at(2026, 3, 7, 20))), testing::ElementsAre(at(2026, 3, 7, 16)));
}

TEST(Calendars, AChangedOneMovesOpenLimitsOnlyWhereTheirEndMoves) {
    Case one{officeHours()};
    one.rules.sla.at("thuong").handle = Duration{7, Unit_::kWorkingDays};
    one.now = at(2026, 3, 6, 9);
    one.toWorking();
    EXPECT_FALSE(one.run(Recompute{}, Actor::system())) << "nothing changed";
    one.rules.sla.at("thuong").handle = Duration{3, Unit_::kWorkingDays};
    EXPECT_FALSE(one.run(Recompute{}, Actor::system())) << "a petition keeps the limit it began with";
    WorkingCalendar::Definition calendar{.id = "normal"};
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 5; ++weekday)
        calendar.hours[weekday] = {{minutes{480}, minutes{720}}, {minutes{780}, minutes{1020}}};
    calendar.holidays = {sample::day(2026, 3, 11)};
    one.rules.calendars.insert_or_assign("normal", WorkingCalendar::build(calendar).value());
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 18, 23, 59, 59));
    EXPECT_EQ(one.petition.due.at(Clock::kTotal), at(2026, 3, 30, 23, 59, 59));
    EXPECT_EQ(one.journal.back().kind(), EventKind::kCalendarRecomputed);
    EXPECT_FALSE(one.run(Recompute{}, Actor::system())) << "once";
}

/// From 08:00 to 17:00 with a break, Monday to Friday, but for this day.
void closeOn(Case& one, Date off) {
    WorkingCalendar::Definition calendar{.id = "normal"};
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 5; ++weekday)
        calendar.hours[weekday] = {{minutes{480}, minutes{720}}, {minutes{780}, minutes{1020}}};
    calendar.holidays = {off};
    one.rules.calendars.insert_or_assign("normal", WorkingCalendar::build(calendar).value());
}

TEST(Calendars, AChangedOneMovesTheCentresLimitsToo) {
    Case one{officeHours()};
    closeOn(one, sample::day(2026, 1, 1));
    one.rules.sla.at("thuong").triage = Duration{8, Unit_::kWorkingHours};
    one.rules.sla.at("thuong").release = Duration{2, Unit_::kWorkingDays};
    one.now = at(2026, 3, 6, 9);
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac"}));
    ASSERT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 9, 9));
    one.rules.sla.at("thuong").triage = Duration{1, Unit_::kWorkingHours};
    closeOn(one, sample::day(2026, 3, 9));
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 10, 9)) << "with the length that it began with";
    EXPECT_FALSE(one.run(Recompute{}, Actor::system()));

    one.now = at(2026, 3, 6, 10);
    one.toWorking();
    static_cast<void>(one.act("draft", sample::officer(), {.result = "Xong."}));
    static_cast<void>(one.act("submit", sample::officer()));
    ASSERT_TRUE(one.act("approve", sample::leader()));
    ASSERT_EQ(one.petition.due.at(Clock::kRelease), at(2026, 3, 11, 23, 59, 59));
    closeOn(one, sample::day(2026, 3, 11));
    one.now = at(2026, 3, 10, 9);
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_EQ(one.petition.due.at(Clock::kRelease), at(2026, 3, 10, 23, 59, 59));
}

TEST(Calendars, AChangedOneMovesTheReturnWindowTheOfficersLimitAndParts) {
    Case one{officeHours()};
    closeOn(one, sample::day(2026, 1, 1));
    SlaPolicy& policy = one.rules.sla.at("thuong");
    policy.assign = Duration{8, Unit_::kWorkingHours};
    policy.give_back = Duration{1, Unit_::kWorkingDays};
    policy.coordinate = Duration{2, Unit_::kWorkingDays};
    one.now = at(2026, 3, 6, 9);
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac"}));
    static_cast<void>(one.act("accept", dispatcher()));
    ASSERT_TRUE(one.act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
    ASSERT_EQ(one.petition.due.at(Clock::kAssign), at(2026, 3, 9, 9));
    ASSERT_EQ(one.petition.return_until, at(2026, 3, 9, 23, 59, 59));
    closeOn(one, sample::day(2026, 3, 9));
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_EQ(one.petition.due.at(Clock::kAssign), at(2026, 3, 10, 9));
    EXPECT_EQ(one.petition.return_until, at(2026, 3, 10, 23, 59, 59));

    ASSERT_TRUE(one.act("start", sample::officer()));
    one.now = at(2026, 3, 10, 9);
    ASSERT_TRUE(one.act("coordinate", sample::officer(), {.comment = "Xin ý kiến", .units = {"chieu-sang"}}));
    ASSERT_EQ(one.petition.branches.front().due, at(2026, 3, 12, 23, 59, 59));
    closeOn(one, sample::day(2026, 3, 11));
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_EQ(one.petition.branches.front().due, at(2026, 3, 13, 23, 59, 59));
    Petition again;
    for (const Event& event : one.journal) again = apply(again, event);
    EXPECT_EQ(again, one.petition) << "the journal says the same";
}

TEST(Calendars, WhatIsOverStaysMissedAndWhatIsNotAnyMoreIsNot) {
    Case one{officeHours()};
    closeOn(one, sample::day(2026, 1, 1));
    one.rules.sla.at("thuong").triage = Duration{8, Unit_::kWorkingHours};
    one.now = at(2026, 3, 6, 9);
    static_cast<void>(one.submit({.title = "t", .text = "x", .category = "khac"}));
    static_cast<void>(runUntil(one, at(2026, 3, 9, 10)));
    ASSERT_TRUE(one.petition.missed.contains(Clock::kTriage));
    closeOn(one, sample::day(2026, 3, 9));
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_FALSE(one.petition.missed.contains(Clock::kTriage)) << "that day was none";
    one.now = at(2026, 3, 11, 10);
    static_cast<void>(runUntil(one, one.now));
    ASSERT_TRUE(one.petition.missed.contains(Clock::kTriage));
    closeOn(one, sample::day(2026, 1, 1));
    ASSERT_TRUE(one.run(Recompute{}, Actor::system()));
    EXPECT_TRUE(one.petition.missed.contains(Clock::kTriage));
    EXPECT_EQ(one.petition.due.at(Clock::kTriage), at(2026, 3, 9, 9));
}

TEST(Calendars, ALimitThatRunsOnAndIsNotOverAnyMoreBeginsItsLevelsAnew) {
    Case one{officeHours()};
    one.now = at(2026, 3, 9, 8);
    one.toWorking();
    ASSERT_THAT(escalationsIn(runUntil(one, at(2026, 3, 9, 18))), testing::ElementsAre(at(2026, 3, 9, 17)));
    ASSERT_TRUE(one.act("ask", officer(), {.comment = "Số nhà?"}));
    closeOn(one, sample::day(2026, 3, 9));
    one.now = at(2026, 3, 9, 19);
    ASSERT_TRUE(one.act("reply", Actor::citizen(), {.comment = "Số 5"}));
    EXPECT_EQ(one.petition.due.at(Clock::kHandle), at(2026, 3, 10, 17)) << "that day was none";
    EXPECT_THAT(one.petition.escalations, IsEmpty());
    EXPECT_THAT(escalationsIn(runUntil(one, at(2026, 3, 11, 8))), testing::ElementsAre(at(2026, 3, 10, 17)));
    EXPECT_EQ(one.petition.escalations.front().level, 1);
}

}  // namespace
}  // namespace pakn::domain
