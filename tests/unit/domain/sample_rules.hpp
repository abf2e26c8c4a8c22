#pragma once
/// @file
/// A small province for the tests of the domain: three units, the workflow officer-first, two deliveries.

#include <gtest/gtest.h>

#include "core/domain/decide.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain::sample {

inline Workflow officerFirst() {
    Workflow workflow;
    workflow.id = "officer-first";
    workflow.start = "triage";
    const auto step = [&](std::string id, Status status, Role role, bool centre, bool last = false) {
        workflow.steps.push_back(
            {.id = std::move(id), .label = {}, .role = role, .status = status, .at_centre = centre, .final = last});
    };
    step("triage", Status::kReceived, Role::kDispatcher, true);
    step("intake", Status::kAccepted, Role::kDispatcher, true);
    step("unit", Status::kDistributed, Role::kOfficer, false);
    step("working", Status::kInProgress, Role::kOfficer, false);
    step("approval", Status::kAwaitingApproval, Role::kLeader, false);
    step("centre", Status::kAtCentre, Role::kDispatcher, true);
    step("returned", Status::kReturned, Role::kDispatcher, true);
    step("answered", Status::kAnswered, Role::kDispatcher, true, true);
    step("refused", Status::kRefused, Role::kDispatcher, true, true);
    const auto action = [&](std::string id, std::vector<std::string> from, std::string to, Role role, Effect effect,
                            Needs needs = {}) {
        workflow.actions.push_back({.id = std::move(id),
                                    .label = {},
                                    .from = std::move(from),
                                    .to = std::move(to),
                                    .role = role,
                                    .needs = needs,
                                    .effect = effect});
    };
    action("accept", {"triage"}, "intake", Role::kDispatcher, Effect::kAccept);
    action("distribute", {"intake", "returned"}, "unit", Role::kDispatcher, Effect::kDistribute, {.units = true});
    action("start", {"unit"}, "working", Role::kOfficer, Effect::kStart);
    action("unclaim", {"working"}, "unit", Role::kOfficer, Effect::kUnclaim);
    action("draft", {"working"}, "", Role::kOfficer, Effect::kDraft, {.result = true});
    action("submit", {"working"}, "approval", Role::kOfficer, Effect::kSubmit);
    action("approve", {"approval"}, "centre", Role::kLeader, Effect::kApprove);
    action("send_back", {"approval"}, "working", Role::kLeader, Effect::kSendBack, {.comment = true});
    action("send_back_to_unit", {"centre"}, "working", Role::kDispatcher, Effect::kSendBack, {.comment = true});
    action("return", {"unit", "working"}, "returned", Role::kOfficer, Effect::kReturn, {.comment = true});
    action("release", {"centre"}, "answered", Role::kDispatcher, Effect::kRelease);
    action("refuse", {"triage", "intake", "returned"}, "refused", Role::kDispatcher, Effect::kRefuse,
           {.comment = true});
    return workflow;
}

inline Date day(int year, unsigned month, unsigned number) {
    return Date{std::chrono::local_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(number)}};
}

/// A local instant.
inline Instant at(int year, unsigned month, unsigned number, int hour, int minute = 0, int second = 0) {
    return startOf(day(year, month, number)) + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

inline Rules rules() {
    Rules rules;
    rules.hash = "0123abcd";
    rules.default_calendar = "normal";
    rules.default_workflow = "officer-first";
    rules.default_sla = "thuong";
    WorkingCalendar::Definition calendar{.id = "normal"};
    using std::chrono::minutes;
    for (std::size_t weekday = 0; weekday < 5; ++weekday)
        calendar.hours[weekday] = {{minutes{450}, minutes{690}}, {minutes{810}, minutes{1020}}};
    rules.calendars.emplace("normal", WorkingCalendar::build(calendar).value());
    for (const char* id : {"ubnd", "so-xay-dung", "chieu-sang"})
        rules.units.emplace(id, Unit{.id = id, .name = id, .code = id});
    rules.categories.emplace("ha-tang", Category{.id = "ha-tang", .name = "Hạ tầng", .unit = "so-xay-dung"});
    rules.categories.emplace("khac", Category{.id = "khac", .name = "Khác"});
    using Unit_ = Duration::Unit;
    rules.sla.emplace("thuong", SlaPolicy{.id = "thuong",
                                          .triage = Duration{8, Unit_::kWorkingHours},
                                          .handle = Duration{7, Unit_::kWorkingDays},
                                          .release = Duration{1, Unit_::kWorkingDays},
                                          .total = Duration{15, Unit_::kWorkingDays},
                                          .give_back = Duration{1, Unit_::kWorkingDays},
                                          .reminders = {Duration{24, Unit_::kHours}}});
    rules.workflows.emplace("officer-first", officerFirst());
    Route lamps{.name = "Đèn đường", .when = {}, .unit = "chieu-sang", .mode = RouteMode::kAutomatic};
    lamps.when.category = {"ha-tang"};
    lamps.when.text_any = {"đèn đường", "cột đèn"};
    for (const std::string& phrase : lamps.when.text_any) lamps.when.text_any_folded.push_back(fold(phrase));
    rules.routes.push_back(lamps);
    rules.deliveries.push_back({.on = EventKind::kReleased, .to = "webhook", .kind = DeliveryKind::kResult});
    rules.deliveries.push_back(
        {.on = EventKind::kDistributed, .to = "webhook", .kind = DeliveryKind::kStatusUpdate, .channel = {"portal"}});
    return rules;
}

inline Actor dispatcher() { return {.id = "d1", .roles = {Role::kDispatcher}, .unit = {}}; }
inline Actor officer(std::string unit = "so-xay-dung", std::string id = "o1") {
    return {.id = std::move(id), .roles = {Role::kOfficer}, .unit = std::move(unit)};
}
inline Actor leader(std::string unit = "so-xay-dung") {
    return {.id = "l1", .roles = {Role::kLeader}, .unit = std::move(unit)};
}
inline Actor integrator() { return {.id = "i1", .roles = {Role::kIntegrator}, .unit = {}}; }

/// One petition driven by commands, with a clock set by hand.
class Case {
public:
    explicit Case(Rules given = sample::rules()) : rules{std::move(given)} { petition.id = "p"; }

    Result<Decision> run(const Command& command, const Actor& actor) {
        const Context context{rules, now, actor, [this] { return "id" + std::to_string(++ids_); }};
        Result<Decision> decision = decide(petition, command, context);
        if (!decision) return decision;
        for (const Event& event : decision->events) {
            petition = apply(std::move(petition), event);
            journal.push_back(event);
        }
        expectAfter(decision->after);
        return decision;
    }
    Result<Decision> act(std::string action, const Actor& actor, Act input = {}) {
        input.action = std::move(action);
        return run(input, actor);
    }
    Result<Decision> submit(IncomingPetition incoming, std::string channel = "web") {
        const RoutingFacts facts{.category = incoming.category,
                                 .channel = channel,
                                 .area = {},
                                 .petition_class = {},
                                 .complained_unit = incoming.complained_unit,
                                 .emergency = incoming.emergency,
                                 .folded_text = fold(incoming.title + ' ' + incoming.text)};
        return run(Submit{.petition = std::move(incoming),
                          .files = {},
                          .channel = std::move(channel),
                          .code = "060326001",
                          .tracking_token = "token",
                          .route = route(rules, facts)},
                   {.id = "web", .roles = {Role::kCitizen}, .unit = {}});
    }
    /// To the officer of so-xay-dung, who has started.
    void toWorking() {
        static_cast<void>(submit({.title = "Hố ga", .text = "Hố ga mất nắp", .category = "ha-tang"}));
        static_cast<void>(act("accept", dispatcher()));
        static_cast<void>(act("distribute", dispatcher(), {.units = {"so-xay-dung"}}));
        static_cast<void>(act("start", officer()));
    }
    void toCentre() {
        toWorking();
        static_cast<void>(act("draft", officer(), {.result = "Đã lắp nắp mới."}));
        static_cast<void>(act("submit", officer()));
        static_cast<void>(act("approve", leader()));
    }
    [[nodiscard]] std::vector<std::string> legal(const Actor& actor) const {
        std::vector<std::string> ids;
        for (const Action* action : legalActions(petition, rules, actor)) ids.push_back(action->id);
        return ids;
    }

    Rules rules;
    Petition petition;
    std::vector<Event> journal;
    Instant now = at(2026, 3, 6, 8);

private:
    /// The state that a decision carries is what its events say.
    void expectAfter(const Petition& after) const {
        EXPECT_EQ(after.id, petition.id);
        EXPECT_EQ(after.version, petition.version);
        EXPECT_EQ(after.status, petition.status);
        EXPECT_EQ(after.step, petition.step);
        EXPECT_EQ(after.unit, petition.unit);
        EXPECT_EQ(after.content, petition.content);
        EXPECT_TRUE(after.due == petition.due);
        EXPECT_TRUE(after.deliveries == petition.deliveries);
    }

    int ids_ = 0;
};

}  // namespace pakn::domain::sample
