/// @file
/// What a sound configuration becomes, the demonstration's among them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/text.hpp"
#include "support.hpp"
#include "test_paths.hpp"

namespace pakn::config {
namespace {

namespace fs = std::filesystem;
using domain::Duration;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

fs::path demo() { return fs::path{PAKN_SOURCE_DIR} / "config/provinces/demo"; }

/// Loads the smallest sound configuration with more said on top.
class RulesTest : public testing::Test {
protected:
    std::shared_ptr<const domain::Rules> rulesWith(const std::string& text) {
        folder_.write("top/hub.yaml", "include: [../good]\n" + text);
        const LoadResult result = loadFrom(folder_.path() / "top");
        EXPECT_TRUE(result.configuration) << wordsOf(result);
        return result.configuration ? result.configuration->rules : std::make_shared<const domain::Rules>();
    }
    void SetUp() override { folder_.copyGood(); }

    TemporaryFolder folder_;
};

TEST_F(RulesTest, EveryFurtherKeyArrives) {
    folder_.write("top/hub.yaml", R"(include: [../good]
http: { metrics_readers: [10.0.0.0/8, "::1"], rate_per_client: 1200/m, connections_per_client: 16 }
identity: { web: required, mobile: anonymous_to_public, national: optional, paper: anonymous }
intake: { back_dated: 10d }
channels: [national]
retention: { closed: 10y, logs: 12 months }
emergency: { channels: [web], roster: true }
sandbox: true
units:
  - id: ubnd
    valid: { from: 2025-07-01, to: 2030-06-30 }
    areas: ["*"]
    hours: [{ from: 2026-06-01, to: 2026-08-31, hours: { mon-fri: ["07:00-11:00"] } }]
sla:
  khan:
    handle: 4h
    assign: 1h
    remind: [{ before_due: 2h }, { before_due: 1h }]
    escalate: [{ to: unit.leader, budget: 8wh }, { to: office }]
deliveries:
  - { on: released, to: reply }
  - { on: released, to: webhook, when: { origin: national } }
  - { on: approved, to: webhook, kind: sign_request, when: { needs_signature: true, channel: web } }
)");
    const LoadResult result = loadFrom(folder_.path() / "top");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const Configuration& all = *result.configuration;
    EXPECT_TRUE(all.mayReadMetrics("10.255.0.1"));
    EXPECT_TRUE(all.mayReadMetrics("::ffff:10.1.2.3"));
    EXPECT_TRUE(all.mayReadMetrics("::1"));
    for (const std::string_view stranger : {"11.0.0.1", "::2", "", "10.0.0.0/8", "localhost"})
        EXPECT_FALSE(all.mayReadMetrics(stranger)) << stranger;
    EXPECT_EQ(all.http.rate_per_client, (Rate{1200, std::chrono::minutes{1}}));
    EXPECT_EQ(all.http.connections_per_client, 16);
    EXPECT_TRUE(all.sandbox);
    const domain::Rules& rules = *all.rules;
    EXPECT_EQ(rules.identityOf("mobile"), domain::IdentityRule::kAnonymousToPublic);
    EXPECT_EQ(rules.identityOf("paper"), domain::IdentityRule::kAnonymous);
    EXPECT_EQ(rules.identityOf("counter"), domain::IdentityRule::kOptional) << "where nothing is said";
    EXPECT_EQ(rules.oldest_receipt, (Duration{10, Duration::Unit::kDays}));
    EXPECT_EQ(rules.retention.closed, (domain::Period{.years = 10}));
    EXPECT_EQ(rules.retention.logs, (domain::Period{.months = 12}));
    EXPECT_TRUE(rules.emergency_roster);
    const domain::Unit& unit = *rules.unit("ubnd");
    EXPECT_EQ(unit.valid_from, domain::parseDate("2025-07-01"));
    EXPECT_EQ(unit.valid_to, domain::parseDate("2030-06-30"));
    EXPECT_THAT(unit.areas, ElementsAre("*"));
    ASSERT_EQ(unit.hours.size(), 1U);
    EXPECT_EQ(unit.hours[0].hours[4].size(), 1U);
    const domain::SlaPolicy& policy = *rules.policy("khan");
    EXPECT_EQ(policy.assign, (Duration{1, Duration::Unit::kHours}));
    EXPECT_EQ(policy.reminders.at(0), (Duration{2, Duration::Unit::kHours}));
    EXPECT_EQ(policy.reminders.size(), 2U);
    ASSERT_EQ(policy.escalate.size(), 2U);
    EXPECT_EQ(policy.escalate[0].to, domain::EscalationTarget::kUnitLeader);
    EXPECT_EQ(policy.escalate[1].to, domain::EscalationTarget::kOffice);
    ASSERT_GE(rules.deliveries.size(), 3U);
    const auto end = rules.deliveries.end();
    EXPECT_EQ((end - 3)->to, domain::kReplyTarget);
    EXPECT_THAT((end - 2)->origin, ElementsAre("national"));
    EXPECT_THAT((end - 1)->channel, ElementsAre("web"));
    EXPECT_TRUE((end - 1)->needs_signature);
    // Each key that nothing acts on yet is said, and nothing else is.
    for (const Diagnostic& one : result.diagnostics) EXPECT_EQ(one.severity, Diagnostic::Severity::kWarning);
    EXPECT_EQ(result.diagnostics.size(), 2U) << wordsOf(result);
}

TEST_F(RulesTest, LimitsCalendarsAndDefaults) {
    const auto rules = rulesWith(
        "deadline: { end: close_of_work, default_sla: khan }\n"
        "sla:\n  khan: { calendar: 24x7, triage: 30m, handle: 4h, release: 1h, total: 5d, return: 8wh, remind: [{ "
        "before_due: 1h }] }\n"
        "calendars:\n  saturday: { hours: { mon-sat: [\"08:00-12:00\"] } }\n");
    EXPECT_EQ(rules->deadline_end, domain::DeadlineEnd::kCloseOfWork);
    EXPECT_EQ(rules->default_sla, "khan");
    EXPECT_EQ(rules->default_workflow, "tiny");
    EXPECT_EQ(rules->codes.text, "{ddMMyy}{serial:3}");
    const domain::SlaPolicy& khan = *rules->policy("khan");
    EXPECT_EQ(khan.id, "khan");
    EXPECT_EQ(khan.triage, (Duration{30, Duration::Unit::kMinutes}));
    EXPECT_EQ(khan.total, (Duration{5, Duration::Unit::kDays}));
    EXPECT_EQ(khan.give_back, (Duration{8, Duration::Unit::kWorkingHours}));
    EXPECT_EQ(khan.reminders.at(0), (Duration{1, Duration::Unit::kHours}));
    EXPECT_TRUE(rules->calendarOf(khan).always());
    EXPECT_EQ(rules->calendarOf(*rules->policy("thuong")).id(), rules->default_calendar);
    EXPECT_EQ(rules->policy("thuong")->triage, std::nullopt);

    // A named calendar has the holidays of the main one.
    const domain::WorkingCalendar& saturday = rules->calendars.at("saturday");
    using namespace std::chrono;
    EXPECT_EQ(saturday.kindOf(local_days{2026y / 1 / 1}), domain::DayKind::kHoliday);
    EXPECT_EQ(saturday.workingMinutes(local_days{2026y / 1 / 3}), 240min);
}

TEST_F(RulesTest, TheNarrowerRangeOfWeekdaysHolds) {
    const auto rules =
        rulesWith("calendar: { hours: { fri: [\"07:30-11:30\"], thu-fri: [\"07:00-12:00\"], wed: [] } }\n");
    using namespace std::chrono;
    const domain::WorkingCalendar& calendar = rules->calendars.at("default");
    const local_days monday{2026y / 3 / 2};
    EXPECT_EQ(calendar.workingMinutes(monday), 450min);
    EXPECT_EQ(calendar.workingMinutes(monday + days{2}), 0min);
    EXPECT_EQ(calendar.workingMinutes(monday + days{3}), 300min);
    EXPECT_EQ(calendar.workingMinutes(monday + days{4}), 240min);
}

TEST_F(RulesTest, RoutesKeepPhrasesAsWrittenAndFolded) {
    const auto rules = rulesWith("");
    const domain::Route& route = rules->routes.at(0);
    EXPECT_EQ(route.mode, domain::RouteMode::kAutomatic);
    EXPECT_THAT(route.when.text_any, ElementsAre("đèn đường", "cột đèn"));
    EXPECT_THAT(route.when.text_any_folded, ElementsAre(domain::fold("đèn đường"), domain::fold("cột đèn")));
    EXPECT_EQ(route.unit, "so-xay-dung");
    EXPECT_THAT(route.tags, ElementsAre("den"));
    EXPECT_EQ(route.when.emergency, std::nullopt);
}

TEST_F(RulesTest, TextsAreBroughtToNfc) {
    const auto rules = rulesWith("units: [{ id: nfd, name: \"So\xCC\x9B\xCC\x89\" }]\n");
    EXPECT_EQ(rules->unit("nfd")->name, "Sở");
}

TEST_F(RulesTest, AReleaseDeliversTheResultAndAnythingElseAStatus) {
    const auto rules = rulesWith(
        "deliveries:\n  - { on: released, to: webhook }\n  - { on: accepted, to: webhook, when: { channel: [web] } }\n"
        "  - { on: released, to: webhook, kind: forward }\n");
    ASSERT_EQ(rules->deliveries.size(), 3U);
    EXPECT_EQ(rules->deliveries[0].kind, domain::DeliveryKind::kResult);
    EXPECT_EQ(rules->deliveries[1].kind, domain::DeliveryKind::kStatusUpdate);
    EXPECT_THAT(rules->deliveries[1].channel, ElementsAre("web"));
    EXPECT_EQ(rules->deliveries[2].kind, domain::DeliveryKind::kForward);
}

TEST_F(RulesTest, HubAndServer) {
    folder_.write(
        "top/hub.yaml",
        "include: [../good]\nhub: { listen: \"[::1]:0\", public_url: \"https://paht.mau.example/\", key: k }\n"
        "http: { trusted_proxies: [10.0.0.0/8, \"::1\"], max_body: 64KB, head_deadline: 2s, connections: 100, "
        "rate_per_client: 300/m }\nemergency: { channels: [counter] }\n");
    const LoadResult result = loadFrom(folder_.path() / "top");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_EQ(result.configuration->listen_host, "::1");
    EXPECT_EQ(result.configuration->listen_port, 0);
    EXPECT_EQ(result.configuration->public_url, "https://paht.mau.example");
    EXPECT_EQ(result.configuration->hub_key, fs::canonical(folder_.path()) / "top/k");
    EXPECT_EQ(result.configuration->directory, fs::canonical(folder_.path()) / "top");
    EXPECT_THAT(result.configuration->trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
    EXPECT_EQ(result.configuration->http.head_deadline, std::chrono::seconds{2});
    EXPECT_EQ(result.configuration->http.connections, 100);
    EXPECT_EQ(result.configuration->http.rate_per_client.count, 300);
    EXPECT_EQ(result.configuration->http.rate_per_client.per, std::chrono::minutes{1});
    EXPECT_EQ(result.configuration->max_body, 65536U);
    EXPECT_THAT(result.configuration->emergency_channels, ElementsAre("counter"));
}

TEST(Demo, HasNothingToComplainAbout) {
    const LoadResult result = loadFrom(demo());
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_TRUE(result.diagnostics.empty()) << wordsOf(result);
    EXPECT_EQ(result.configuration->listen_port, 8080);
    EXPECT_EQ(result.configuration->hub_key, fs::canonical(demo()) / "var/hub.key");
    const domain::Rules& rules = *result.configuration->rules;
    EXPECT_EQ(rules.routes.size(), 6U);
    EXPECT_EQ(std::count_if(rules.routes.begin(), rules.routes.end(),
                            [](const auto& one) { return one.mode == domain::RouteMode::kAutomatic; }),
              1);
    ASSERT_EQ(rules.deliveries.size(), 1U);
    EXPECT_EQ(rules.deliveries[0].kind, domain::DeliveryKind::kResult);
}

TEST(Demo, RunsWhereItsFoldersAndSecretAre) {
    TemporaryFolder folder;
    fs::copy(fs::path{PAKN_SOURCE_DIR} / "config/base", folder.path() / "base", fs::copy_options::recursive);
    for (const fs::directory_entry& entry : fs::directory_iterator{demo()})
        if (entry.is_regular_file()) folder.write("provinces/demo" / entry.path().filename(), readAll(entry.path()));
    fs::create_directories(folder.path() / "provinces/demo/var/spool/in");
    folder.write("provinces/demo/var/webhook.secret", "whsec_dGVzdA==\n");
    const LoadResult result = loadFrom(folder.path() / "provinces/demo", true);
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_EQ(result.configuration->connectors.at(1).settings.text("secret"), "whsec_dGVzdA==");
}

// Sums of working days that the calendar's sources give for these lists.
TEST(Demo, TheOfficialCalendarHasTheKnownNumberOfWorkingDays) {
    const LoadResult result = loadFrom(demo());
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    using namespace std::chrono;
    const domain::WorkingCalendar& calendar = result.configuration->rules->calendars.at("default");
    const std::map<int, int> kWorkingDays{{2024, 251}, {2025, 250}, {2026, 249}};
    for (const auto& [number, expected] : kWorkingDays) {
        int working = 0;
        for (local_days day{year{number} / 1 / 1}; day < local_days{year{number + 1} / 1 / 1}; day += days{1})
            working += calendar.isWorkingDay(day) ? 1 : 0;
        EXPECT_EQ(working, expected) << number;
    }
}

TEST(Demo, OfficerFirstHasExactlyItsActions) {
    const LoadResult result = loadFrom(demo());
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const domain::Workflow& workflow = *result.configuration->rules->workflow("officer-first");
    EXPECT_EQ(workflow.start, "triage");
    EXPECT_TRUE(domain::checkWorkflow(workflow).empty());
    const auto actions = [&](std::string_view step) {
        std::vector<std::string> ids;
        for (const domain::Action* action : workflow.actionsFrom(step)) ids.push_back(action->id);
        return ids;
    };
    using testing::IsSupersetOf;
    EXPECT_THAT(actions("triage"),
                UnorderedElementsAre("accept", "refuse", "centre_note", "follow", "answer", "merge", "supplement"));
    EXPECT_THAT(actions("unit"),
                UnorderedElementsAre("start", "return", "note", "assign", "leader_note", "unit_follow", "supplement"));
    EXPECT_THAT(actions("working"), IsSupersetOf({"unclaim", "ask", "appoint", "coordinate", "draft", "submit"}));
    EXPECT_THAT(actions("waiting"), UnorderedElementsAre("note", "leader_note", "go_on", "reply"));
    EXPECT_THAT(actions("approval"),
                UnorderedElementsAre("approve", "send_back", "leader_note", "unit_follow", "supplement"));
    EXPECT_THAT(actions("answered"), UnorderedElementsAre("rate", "reopen"));
    EXPECT_THAT(actions("merged"), UnorderedElementsAre("unmerge"));
    EXPECT_TRUE(actions("refused").empty());
    ASSERT_TRUE(workflow.coordination);
    for (const domain::Action& action : workflow.actions) EXPECT_FALSE(action.label.en.empty()) << action.id;
    EXPECT_FALSE(workflow.step("approval")->at_centre);
}

}  // namespace
}  // namespace pakn::config
