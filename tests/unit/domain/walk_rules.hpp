#pragma once
/// @file
/// The provinces in which petitions are walked about.

#include "tests/unit/domain/shipped.hpp"
#include "tests/unit/domain/walk.hpp"

namespace pakn::domain::walk {

/// By days, with marks of routes, wards and three levels above a unit.
inline Rules sample() {
    Rules rules = domain::sample::wholeRules();
    using Unit_ = Duration::Unit;
    SlaPolicy& policy = rules.sla.at("thuong");
    policy.escalate = {{EscalationTarget::kUnitLeader, Duration{8, Unit_::kWorkingHours}},
                       {EscalationTarget::kOffice, Duration{1, Unit_::kWorkingDays}},
                       {EscalationTarget::kCentre, std::nullopt}};
    rules.emergency_roster = true;
    rules.follow_until = Duration{5, Unit_::kDays};
    rules.areas = {{"19753", Area{.id = "19753", .name = "A"}}, {"19756", Area{.id = "19756", .name = "B"}}};
    rules.routes.push_back(
        {.name = "Hố ga", .when = {.category = {"ha-tang"}}, .unit = "so-xay-dung", .tags = {"ho-ga"}});
    for (Action& action : rules.workflows.at("officer-first").actions)
        if (action.id == "merge") action.from.insert(action.from.end(), {"working", "returned", "reopened"});
    return rules;
}

/// By hours, with a unit that has its own and a step that ends by itself. Its files are careless, as no check would
/// let pass: a way round the approval, and results sent when something else happens.
inline Rules sampleByHours() {
    Rules rules = sample();
    using Unit_ = Duration::Unit;
    SlaPolicy& policy = rules.sla.at("thuong");
    policy.handle = Duration{8, Unit_::kWorkingHours};
    policy.assign = Duration{4, Unit_::kWorkingHours};
    policy.release = Duration{90, Unit_::kWorkingMinutes};
    policy.coordinate = Duration{6, Unit_::kWorkingHours};
    policy.total = Duration{80, Unit_::kWorkingHours};
    rules.appointment.least_regulated.reset();
    Workflow& workflow = rules.workflows.at("officer-first");
    for (Step& step : workflow.steps) {
        if (step.id == "waiting") {
            step.budget = Duration{2, Unit_::kWorkingDays};
            step.when_over = "go_on";
        }
        if (step.id == "approval" || step.id == "intake") step.budget = Duration{5, Unit_::kWorkingHours};
    }
    domain::sample::addAction(workflow, "round", {"working"}, "centre", Role::kOfficer, Effect::kNote);
    for (const EventKind cause : {EventKind::kApproved, EventKind::kSubmitted, EventKind::kReopened})
        rules.deliveries.push_back({.on = cause, .to = "webhook", .kind = DeliveryKind::kResult});
    // Some answers go back to their sender, by one of three ways.
    rules.deliveries.push_back(
        {.on = EventKind::kReleased, .to = std::string{kReplyTarget}, .kind = DeliveryKind::kResult});
    rules.replies = {{.by = {{.connector = "sms"}, {.connector = "email"}, {.connector = "zalo"}}}};
    WeekHours late;
    for (std::size_t weekday = 0; weekday < 6; ++weekday)
        late[weekday] = {{std::chrono::hours{10}, std::chrono::hours{19}}};
    const WorkingCalendar& normal = rules.calendars.at("normal");
    rules.unit_calendars["chieu-sang"].emplace("normal", normal.withHours({{.hours = late}}).value());
    return rules;
}

}  // namespace pakn::domain::walk
