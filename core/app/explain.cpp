/// @file
/// `paknhub route explain` and `paknhub sla due`: why a petition goes where it goes, and why a limit ends when it ends.
/// Both ask the code that decides in the running hub; nothing is counted a second time here.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"
#include "core/engine/intake.hpp"
#include "core/http/petition_text.hpp"

namespace pakn::app {

namespace {

using domain::Clock;
using domain::Date;

struct RouteOptions {
    std::string file = {};
    std::string channel = "web";
    std::string at = {};
};

struct SlaOptions {
    std::string policy = {};
    std::string duration = {};
    std::string clock = "handle";
    std::string from = {};
    std::string unit = {};
    std::string calendar = {};
};

// --- route explain

Result<IncomingPetition> readFile(const std::string& name) {
    constexpr std::size_t kMost = 64U << 20U;
    std::ifstream file{name, std::ios::binary};
    std::string json;
    for (char c; json.size() <= kMost && file.get(c);) json += c;
    if (!file.eof() || json.size() > kMost)
        return usage(name + ": cannot be read, or is larger than 64 MB; give a file with the JSON of a petition");
    Result<IncomingPetition> petition = http::petitionFromJson(std::move(json));
    if (!petition) return usage(name + ": " + http::describe(petition.error()));
    return petition;
}

std::string_view nameOf(domain::RouteMode mode) {
    return mode == domain::RouteMode::kAutomatic ? "automatic" : "suggest";
}

std::string dueOf(const engine::Placement& placement, Clock clock) {
    const auto found = placement.due.find(clock);
    return found == placement.due.end() ? std::string{} : domain::formatInstant(found->second);
}

void printTrace(JsonOutput& out, const std::vector<domain::RouteTrace>& rules) {
    out.key("trace");
    out.writer().StartArray();
    for (const domain::RouteTrace& rule : rules) {
        out.writer().StartObject();
        out.member("rule", rule.rule);
        out.member("matched", rule.matched);
        out.member("because", rule.because);
        out.key("conditions");
        out.writer().StartArray();
        for (const domain::RouteCondition& condition : rule.conditions) {
            out.writer().StartObject();
            out.member("name", condition.name);
            out.member("wants", condition.wants);
            out.member("has", condition.has);
            out.member("holds", condition.holds);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

void printJson(const engine::Placement& placement) {
    JsonOutput out;
    out.memberOrNull("unit", placement.route.unit);
    out.member("mode", nameOf(placement.route.mode));
    out.member("rule", placement.route.rule);
    out.memberOrNull("category", placement.route.category);
    out.memberOrNull("workflow", placement.route.workflow);
    out.memberOrNull("sla", placement.route.sla);
    out.memberOrNull("due_at", dueOf(placement, Clock::kTotal));
    printTrace(out, placement.why.rules);
    out.key("because");
    out.writer().StartObject();
    out.member("unit", placement.why.unit_from);
    out.member("workflow", placement.why.workflow_from);
    out.member("sla", placement.why.sla_from);
    out.writer().EndObject();
    out.key("limits");
    out.writer().StartObject();
    for (const auto& [clock, due] : placement.due) out.member(domain::nameOf(clock), domain::formatInstant(due));
    out.writer().EndObject();
    out.member("status", domain::nameOf(placement.status));
    out.key("tags");
    out.writer().StartArray();
    for (const std::string& tag : placement.route.tags) out.text(tag);
    out.writer().EndArray();
}

void printText(const engine::Placement& placement) {
    for (const domain::RouteTrace& rule : placement.why.rules)
        std::cout << (rule.matched ? "  yes  " : "  no   ") << rule.rule << ": " << rule.because << '\n';
    const auto or_nobody = [](const std::string& text) { return text.empty() ? std::string{"nobody"} : text; };
    std::cout << "unit      " << or_nobody(placement.route.unit) << " (" << placement.why.unit_from << ", "
              << nameOf(placement.route.mode) << ")\n"
              << "workflow  " << placement.route.workflow << " (" << placement.why.workflow_from << ")\n"
              << "sla       " << placement.route.sla << " (" << placement.why.sla_from << ")\n";
    for (const auto& [clock, due] : placement.due)
        std::cout << "due       " << domain::formatInstant(due) << " (" << domain::nameOf(clock) << ")\n";
}

int explainRoute(const Common& common, const RouteOptions& options) {
    return withConfiguration(common, [&](const config::Configuration& configuration) {
        const Result<Instant> at = options.at.empty() ? Result<Instant>{systemNow()} : instantOf("--at", options.at);
        if (!at) return complain(at.error());
        Result<IncomingPetition> petition = readFile(options.file);
        if (!petition) return complain(petition.error());
        const Result<engine::Placement> placement =
            engine::explainPlacement(std::move(*petition), options.channel, configuration, *at);
        if (!placement)
            return complain(
                {.code = placement.error().code, .message = options.file + ": " + http::describe(placement.error())});
        if (common.json)
            printJson(*placement);
        else
            printText(*placement);
        return static_cast<int>(kOk);
    });
}

// --- sla due

/// A limit with the calendar it is counted on, and where both come from.
struct Limit {
    domain::Duration duration = {};
    const domain::WorkingCalendar* calendar = nullptr;
    std::string calendar_from = "default";
};

Result<domain::Duration> budgetOf(const domain::SlaPolicy& policy, const std::string& clock) {
    const std::pair<std::string_view, const std::optional<domain::Duration>*> budgets[] = {
        {"triage", &policy.triage},
        {"handle", &policy.handle},
        {"release", &policy.release},
        {"return", &policy.give_back},
        {"total", &policy.total}};
    const auto* const found =
        std::find_if(std::begin(budgets), std::end(budgets), [&](const auto& one) { return one.first == clock; });
    if (found == std::end(budgets)) return usage("--clock is one of triage, handle, release, return, total");
    if (!*found->second) return usage("policy \"" + policy.id + "\" sets no limit \"" + clock + "\"");
    return **found->second;
}

Result<Limit> limitOf(const SlaOptions& options, const domain::Rules& rules) {
    if (options.policy.empty() == options.duration.empty()) return usage("give --policy NAME or --duration 7wd");
    Limit limit;
    if (!options.policy.empty()) {
        const domain::SlaPolicy* policy = rules.policy(options.policy);
        if (!policy)
            return usage("no policy \"" + options.policy + "\" in the configuration; there are: " + namesOf(rules.sla));
        const Result<domain::Duration> budget = budgetOf(*policy, options.clock);
        if (!budget) return budget.error();
        limit.duration = *budget;
        limit.calendar = &rules.calendarOf(*policy);
        if (!policy->calendar.empty()) limit.calendar_from = "policy " + policy->id;
    } else {
        const Result<domain::Duration> duration = domain::parseDuration(options.duration);
        if (!duration) return usage("--duration: " + duration.error().message);
        limit.duration = *duration;
        limit.calendar = &rules.calendarOf({});
    }
    if (!options.unit.empty() && !rules.unit(options.unit))
        return usage("no unit \"" + options.unit + "\" in the configuration; there are: " + namesOf(rules.units));
    if (!options.calendar.empty()) {
        const auto named = rules.calendars.find(options.calendar);
        if (named == rules.calendars.end())
            return usage("no calendar \"" + options.calendar + "\"; there are: " + namesOf(rules.calendars));
        limit.calendar = &named->second;
        limit.calendar_from = "--calendar";
    }
    return limit;
}

void printJson(const Limit& limit, const domain::DueExplanation& explanation) {
    JsonOutput out;
    out.member("due_at", domain::formatInstant(explanation.due));
    out.key("counted");
    out.writer().StartArray();
    for (const domain::CountedDay& one : explanation.counted) {
        out.writer().StartObject();
        out.member("day", domain::formatDate(one.day));
        out.member("working_minutes", std::int64_t{one.working.count()});
        if (one.kind == domain::DayKind::kMakeup) out.member("reason", "makeup_day");
        out.writer().EndObject();
    }
    out.writer().EndArray();
    out.key("skipped");
    out.writer().StartArray();
    for (const domain::SkippedDay& one : explanation.skipped) {
        out.writer().StartObject();
        out.member("day", domain::formatDate(one.day));
        out.member("reason", domain::nameOf(one.reason));
        out.writer().EndObject();
    }
    out.writer().EndArray();
    out.member("duration", domain::formatDuration(limit.duration));
    out.member("calendar", limit.calendar->id());
    out.member("calendar_from", limit.calendar_from);
}

std::string dayLine(Date day) {
    static constexpr const char* kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    return domain::formatDate(day) + ' ' + kNames[std::chrono::weekday{day}.iso_encoding() - 1] + "  ";
}

void printText(const Limit& limit, const domain::DueExplanation& explanation) {
    std::map<Date, std::string> lines;
    for (const domain::CountedDay& one : explanation.counted)
        lines[one.day] = "counted  " + std::to_string(one.working.count()) + " working minutes" +
                         (one.kind == domain::DayKind::kMakeup ? ", make-up day" : "");
    for (const domain::SkippedDay& one : explanation.skipped)
        lines[one.day] = "skipped  " + std::string{domain::nameOf(one.reason)};
    for (const auto& [day, text] : lines) std::cout << "  " << dayLine(day) << text << '\n';
    std::cout << "due " << domain::formatInstant(explanation.due) << "  (" << domain::formatDuration(limit.duration)
              << " on calendar " << limit.calendar->id() << ", " << limit.calendar_from << ")\n";
}

int slaDue(const Common& common, const SlaOptions& options) {
    return withConfiguration(common, [&](const config::Configuration& configuration) {
        const Result<Instant> from = instantOf("--from", options.from);
        if (!from) return complain(from.error());
        const Result<Limit> limit = limitOf(options, *configuration.rules);
        if (!limit) return complain(limit.error());
        const domain::DueExplanation explanation =
            domain::explainDue(*limit->calendar, *from, limit->duration, configuration.rules->deadline_end);
        if (common.json)
            printJson(*limit, explanation);
        else
            printText(*limit, explanation);
        return static_cast<int>(kOk);
    });
}

}  // namespace

void addExplaining(const Registry& registry) {
    registry.verb<RouteOptions>(
        registry.group("route", "Where petitions go"), "explain", "Where a petition would go, rule by rule, and why",
        [](CLI::App& verb, RouteOptions& options) {
            verb.add_option("FILE", options.file, "The petition in the JSON of POST /api/v1/petitions")->required();
            verb.add_option("--at", options.at, "Received at this instant instead of now");
            verb.add_option("--channel", options.channel, "Channel it comes by")->capture_default_str();
        },
        explainRoute);
    registry.verb<SlaOptions>(
        registry.group("sla", "Limits"), "due", "When a limit ends, day by day, and why",
        [](CLI::App& verb, SlaOptions& options) {
            verb.add_option("--policy", options.policy, "A policy of the configuration");
            verb.add_option("--duration", options.duration, "Instead of a policy: 30m, 8h, 5d, 8wh, 7wd");
            verb.add_option("--clock", options.clock, "Which limit of the policy")->capture_default_str();
            verb.add_option("--from", options.from, "Start, such as 2026-02-26T15:56:00+07:00")->required();
            verb.add_option("--unit", options.unit, "Unit; hours of its own do not count yet");
            verb.add_option("--calendar", options.calendar, "Calendar instead of the policy's");
        },
        slaDue);
}

}  // namespace pakn::app
