/// @file
/// The doctor's checks of what the rules need: days, people, plugins, peers, and whether the hub keeps up.

#include <algorithm>
#include <map>
#include <set>

#include "core/app/doctor.hpp"
#include "core/domain/civil_time.hpp"
#include "core/engine/connector_test.hpp"

namespace pakn::app {

namespace {

using domain::Role;

/// Units that petitions are sent to by a route or a category.
std::set<std::string> unitsInUse(const domain::Rules& rules) {
    std::set<std::string> units;
    for (const domain::Route& route : rules.routes) units.insert(route.unit);
    for (const auto& [id, category] : rules.categories) units.insert(category.unit);
    units.erase("");
    return units;
}

std::string addPerson(const std::string& role, const std::string& unit) {
    return "paknhub user add --role " + role + (unit.empty() ? "" : " --unit " + unit) + " --login … --name …";
}

/// Open accounts with this role in the unit; empty: everywhere.
std::ptrdiff_t howMany(const std::vector<security::Account>& accounts, Role role, const std::string& unit) {
    return std::count_if(accounts.begin(), accounts.end(), [&](const security::Account& one) {
        return !one.locked && one.actor().has(role) && (unit.empty() || one.unit == unit);
    });
}

bool anybody(const std::vector<security::Account>& accounts, Role role, const std::string& unit) {
    return howMany(accounts, role, unit) > 0;
}

}  // namespace

void checkCalendar(const config::Configuration& configuration, Instant now, Findings& findings) {
    const domain::Rules& rules = *configuration.rules;
    const domain::Date today = domain::localDate(now);
    bool well = true;
    for (const auto& [id, calendar] : rules.calendars) {
        if (!domain::endsSoon(calendar, today)) continue;
        well = false;
        const domain::Date end = *calendar.knownUntil(today);
        findings.warn("calendar", "calendar \"" + id + "\" knows no days off after " + domain::formatDate(end),
                      "enter the official days off and make-up days of the next year, Tết among them, under "
                      "calendar.holidays");
    }
    if (well) findings.ok("calendar", "has the days off of the next 60 days' years");
}

bool checkUnits(const domain::Rules& rules, const std::vector<security::Account>& accounts, Findings& findings) {
    bool well = true;
    for (const std::string& id : unitsInUse(rules)) {
        const domain::Unit* unit = rules.unit(id);
        const domain::Workflow* workflow =
            unit ? rules.workflow(unit->workflow.empty() ? rules.default_workflow : unit->workflow) : nullptr;
        if (!workflow || unit->external) continue;
        const std::ptrdiff_t leaders = howMany(accounts, Role::kLeader, id);
        if (rules.most_approvers > 0 && leaders > rules.most_approvers) {
            well = false;
            findings.warn("accounts",
                          "unit \"" + id + "\" has " + std::to_string(leaders) +
                              " leaders, and workflow.approvers is " + std::to_string(rules.most_approvers),
                          "lock the accounts of those who no longer approve (user lock)");
        }
        for (const Role role : domain::unitRoles(*workflow)) {
            if (anybody(accounts, role, id)) continue;
            const std::string name{domain::nameOf(role)};
            well = false;
            findings.warn("accounts",
                          "unit \"" + id + "\" has no " + name +
                              ": petitions that would go there by themselves stay at the Centre, others wait",
                          addPerson(name, id));
        }
    }
    return well;
}

void checkStaff(const config::Configuration& configuration, store::Store& store, Findings& findings) {
    const Result<std::vector<security::Account>> accounts = store.accounts();
    if (!accounts) return findings.fail("accounts", accounts.error().message, "see the store's findings");
    bool well = true;
    for (const auto& [role, name] : {std::pair{Role::kAdmin, "admin"}, std::pair{Role::kDispatcher, "dispatcher"}}) {
        if (anybody(*accounts, role, {})) continue;
        well = false;
        findings.warn("accounts", "nobody is " + std::string{name}, addPerson(name, {}));
    }
    well = checkUnits(*configuration.rules, *accounts, findings) && well;
    if (well) findings.ok("accounts", "every unit that gets petitions has the people of its workflow");
}

void checkRoster(const config::Configuration& configuration, store::Store& store, Instant now, Findings& findings) {
    const domain::Rules& rules = *configuration.rules;
    if (!rules.emergency_roster) return;
    constexpr std::chrono::hours kAhead{24 * 7};
    constexpr int kMostShifts = 5000;
    const auto shifts = store.duties().shifts(std::nullopt, now, now + kAhead, kMostShifts);
    if (!shifts) return findings.fail("roster", shifts.error().message, "see the store's findings");
    // The Centre's is always looked at, a unit's while it keeps one.
    std::map<std::string, std::vector<security::Shift>> rosters{{"", {}}};
    for (const security::Shift& one : *shifts) rosters[one.unit].push_back(one);
    bool well = true;
    for (const auto& [unit, own] : rosters) {
        const std::string whose = unit.empty() ? "the Centre" : "unit \"" + unit + "\"";
        for (const security::RosterDefect& defect : security::rosterDefects(own, now, now + kAhead)) {
            well = false;
            findings.warn("roster",
                          whose + (defect.gap ? ": nobody is on duty from " : ": two shifts at once from ") +
                              domain::formatInstant(defect.from) + " to " + domain::formatInstant(defect.to),
                          "PUT /api/v1/roster; meanwhile an emergency calls leaders and dispatchers");
        }
    }
    if (well) findings.ok("roster", "somebody is on duty for the next 7 days");
}

void checkBacklog(store::Store& store, Instant now, bool running, Findings& findings) {
    const Result<store::Counts> counts = store.counts();
    if (!counts) return findings.fail("deliveries", counts.error().message, "see the store's findings");
    const auto count = [&](domain::DeliveryState state) {
        const auto found = counts->deliveries.find(state);
        return found == counts->deliveries.end() ? std::int64_t{0} : found->second;
    };
    bool well = true;
    for (const auto state : {domain::DeliveryState::kDead, domain::DeliveryState::kUnknown}) {
        if (count(state) == 0) continue;
        well = false;
        const std::string name{domain::nameOf(state)};
        findings.warn("deliveries", std::to_string(count(state)) + " " + name,
                      "paknhub deliveries list --state " + name + ", then deliveries replay or discard");
    }
    if (well)
        findings.ok("deliveries",
                    std::to_string(count(domain::DeliveryState::kQueued)) + " queued, none dead or in doubt");
    const Result<std::vector<store::DueTimer>> behind = store.dueTimers(now - std::chrono::minutes{1}, 1);
    if (behind && behind->empty()) return findings.ok("timers", "none is behind");
    if (running)
        findings.fail("timers", "limits and reminders are acted on more than a minute late",
                      "look for TIMER_FAILED and STORE_UNAVAILABLE in the log");
    else
        findings.warn("timers", "limits and reminders wait for the hub", "start the hub");
}

void checkPlugins(const config::Configuration& configuration, const plugin_host::PluginHost& plugins,
                  Findings& findings) {
    for (const plugin_host::Refusal& refusal : plugins.refusals()) {
        const std::string name = refusal.file.stem().string();
        const bool wanted = std::any_of(configuration.connectors.begin(), configuration.connectors.end(),
                                        [&](const config::Connector& one) { return one.plugin == name; });
        findings.add(wanted ? Grade::kFail : Grade::kWarn, "plugins",
                     refusal.file.filename().string() + ": " + refusal.error.message,
                     "install the plugin built for this hub, or mend the file's owner and mode");
    }
    if (plugins.refusals().empty())
        findings.ok("plugins", std::to_string(plugins.all().size()) + " loaded, none refused");
}

void checkPeers(const config::Configuration& configuration, const plugin_host::PluginHost& plugins, bool network,
                Findings& findings) {
    for (const config::Connector& connector : configuration.connectors)
        for (const engine::TestStep& step :
             engine::testConnector(connector, plugins, network, configuration.outgoing)) {
            if (step.step == "plugin") continue;  // checkPlugins() has them.
            const Grade grade = !step.ok ? Grade::kFail : step.soon ? Grade::kWarn : Grade::kOk;
            findings.add(grade, "connector." + connector.id, step.step + ": " + step.text, step.fix);
        }
}

bool checkNodes(store::Store& store, const config::Configuration& configuration, Findings& findings) {
    const Result<std::vector<LiveNode>> nodes = askNodes(store);
    if (!nodes) {
        findings.fail("hub", nodes.error().message, "see the store's findings");
        return false;
    }
    bool running = false;
    for (const LiveNode& node : *nodes) {
        const std::string name = node.record.node + " (" + node.record.url + ")";
        if (!node.reachable) {
            findings.warn("hub", name + " was started and does not answer: " + node.problem,
                          "look at its log; after a crash start it again");
            continue;
        }
        running = true;
        if (!node.ready)
            findings.fail("hub", name + " takes no petitions now", "see the store's findings and STORE_UNAVAILABLE");
        else
            findings.ok("hub", name + " is ready");
        if (node.configuration != configuration.hash)
            findings.warn("hub.configuration", name + " runs another configuration than is on disk",
                          "paknhub reload, or restart it");
        for (const LiveConnector& one : node.connectors)
            if (one.state != "running")
                findings.warn("connector." + one.id, "is " + one.state,
                              one.state == "paused"
                                  ? "paknhub connector resume " + one.id
                                  : "read CONNECTOR_FAILING in the log; paknhub connector test " + one.id);
    }
    if (nodes->empty()) findings.ok("hub", "none runs on this store");
    return running;
}

}  // namespace pakn::app
