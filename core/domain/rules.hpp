#pragma once
/// @file
/// The rules a province sets: units, categories, routes, limits, workflows, deliveries. Compiled from the
/// configuration, immutable, shared by value of pointer; this is what decide() knows besides the petition itself.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/calendar.hpp"
#include "core/domain/contact.hpp"
#include "core/domain/deadline.hpp"
#include "core/domain/notice.hpp"
#include "core/domain/route_index.hpp"
#include "core/domain/text_pattern.hpp"
#include "core/domain/workflow.hpp"

namespace pakn::domain {

struct Unit {
    std::string id = {};
    std::string name = {};
    std::string code = {};
    Contact contact = {};  ///< Its focal point: who is told where no one person is meant.
    std::string parent = {};
    bool office = false;        ///< The provincial office, last level of escalation.
    std::string workflow = {};  ///< Overrides the default.
    std::optional<Date> valid_from = {};
    std::optional<Date> valid_to = {};         ///< Its last day.
    std::vector<std::string> areas = {};       ///< Codes of the wards it answers for; "*": all.
    std::vector<DatedHours> hours = {};        ///< Instead of the calendar's.
    std::vector<std::string> successors = {};  ///< Who has taken over; several share by `areas`.
    bool external = false;                     ///< Not on the system: the Centre writes down what it answers.
    std::string forward = {};  ///< Connector by which an external unit gets its petitions; empty: by hand.

    [[nodiscard]] bool existsOn(Date day) const {
        return (!valid_from || *valid_from <= day) && (!valid_to || day <= *valid_to);
    }
};

/// A ward or commune, or the province above it.
struct Area {
    std::string id = {};  ///< Official code, opaque.
    std::string name = {};
    std::string parent = {};  ///< Empty: the upper level.
};

struct Category {
    std::string id = {};
    std::string name = {};
    std::string unit = {};  ///< Default unit; may be empty.
    std::string sla = {};
    std::string workflow = {};  ///< Overrides the unit's.
};

/// One level of escalation: the first acts when `handle` ends, the next when this one's `budget` is used up.
struct EscalationLevel {
    EscalationTarget to = EscalationTarget::kUnitLeader;
    std::optional<Duration> budget = {};
};

/// Limits of one policy; absent: no limit.
struct SlaPolicy {
    std::string id = {};            ///< Of a later version with its first day: "thuong@2027-01-01".
    std::string basis = {};         ///< The regulation that says so, with its number.
    std::optional<Date> from = {};  ///< Its first day: petitions received from then on.
    std::string calendar = {};      ///< Empty: the default calendar.
    std::optional<Duration> triage = {};
    std::optional<Duration> handle = {};
    std::optional<Duration> release = {};
    std::optional<Duration> total = {};
    std::optional<Duration> give_back = {};   ///< `return`: how long a unit may return it without a mark.
    std::optional<Duration> assign = {};      ///< From distribution to an officer of the unit.
    std::optional<Duration> coordinate = {};  ///< Of a coordinating unit; absent: the unit's own limit.
    std::vector<Duration> reminders = {};     ///< How long before the unit's limit ends.
    std::vector<EscalationLevel> escalate = {};
};

/// "Hẹn xử lý": how a unit may name a later end of its limit.
struct AppointmentRules {
    /// Only where the regulated time is more than this; absent: always.
    std::optional<Duration> least_regulated = Duration{8, Duration::Unit::kWorkingHours};
    int most = 2;                                            ///< How often a unit may, for one petition.
    Duration longest = Duration{90, Duration::Unit::kDays};  ///< From now.
    AppointmentEnd end = AppointmentEnd::kSameTime;          ///< Of one in working days.
    Duration remind_before = Duration{24, Duration::Unit::kHours};
    friend bool operator==(const AppointmentRules&, const AppointmentRules&) = default;
};

/// What a channel wants to know of who writes.
enum class IdentityRule : std::uint8_t {
    kRequired,           ///< All that identifies them; nobody is anonymous.
    kAnonymousToPublic,  ///< Whoever handles it can know them; to everybody else they may be anonymous.
    kOptional,           ///< What they like to say.
    kAnonymous,          ///< Nothing: what is sent of them all the same is not kept.
};
inline constexpr std::array<std::string_view, 4> kIdentityRuleNames{"required", "anonymous_to_public", "optional",
                                                                    "anonymous"};

/// A span of the calendar: "10y", "12 months", "90d". Exactly one is set.
struct Period {
    int years = 0;
    int months = 0;
    int days = 0;
    friend bool operator==(const Period&, const Period&) = default;
};

/// How long personal data of petitions and the hub's logs are kept; absent: for good.
struct Retention {
    std::optional<Period> closed = {};
    std::optional<Period> logs = {};
};

/// What a route looks at. Every condition that is set must hold; within one, any value will do.
struct Conditions {
    std::vector<std::string> category = {};
    std::vector<std::string> text_any = {};         ///< Phrases as written.
    std::vector<std::string> text_any_folded = {};  ///< The same, by fold().
    std::vector<TextPattern> text_match = {};       ///< Patterns; any of them.
    std::vector<std::string> area = {};
    std::vector<std::string> channel = {};
    std::vector<std::string> petition_class = {};
    std::optional<bool> emergency = {};
};

enum class RouteMode : std::uint8_t { kSuggest, kAutomatic };

struct Route {
    std::string name = {};
    Conditions when = {};
    std::string unit = {};
    RouteMode mode = RouteMode::kSuggest;
    std::string workflow = {};
    std::string sla = {};
    std::vector<std::string> tags = {};
};

/// `to` of a delivery that goes back over the channel the petition came by.
inline constexpr std::string_view kReplyTarget = "reply";

/// One way to a petition's sender.
struct ReplyWay {
    std::string connector = {};
    std::string way = {};                  ///< Of the connector's own ways; empty: its usual one.
    std::optional<Duration> within = {};   ///< Only so long after the sender was last heard; absent: always.
    std::optional<Duration> try_for = {};  ///< Then the next way; absent: as long as the connector tries.
    friend bool operator==(const ReplyWay&, const ReplyWay&) = default;
};

/// The ways to senders of some channels, in the order in which they are tried.
struct ReplyRule {
    std::vector<std::string> channel = {};  ///< Empty: all.
    std::vector<ReplyWay> by = {};
};

/// What leaves when something happens.
struct DeliveryRule {
    EventKind on = EventKind::kReleased;
    std::string to = {};  ///< Connector id, or kReplyTarget.
    DeliveryKind kind = DeliveryKind::kResult;
    std::vector<std::string> channel = {};  ///< Only petitions of these channels; empty: all.
    std::vector<std::string> origin = {};   ///< Only petitions that these systems forwarded; empty: all.
    bool needs_signature = false;           ///< Only when the result has to be signed.
};

/// How codes look: "{ddMMyy}{serial:3}".
struct CodePattern {
    std::string text = "{ddMMyy}{serial:3}";
};

using Workflows = std::map<std::string, Workflow, std::less<>>;
/// Workflows of configurations that were in effect before, by their hash. Petitions keep what they started with.
using FormerWorkflows = std::map<std::string, std::shared_ptr<const Workflows>, std::less<>>;

struct Rules {
    std::string hash = {};  ///< Of the configuration these came from, hex SHA-256.
    CodePattern codes = {};
    DeadlineEnd deadline_end = DeadlineEnd::kEndOfDay;
    std::string default_calendar = {};
    std::string default_workflow = {};
    std::string default_sla = {};
    AppointmentRules appointment = {};
    std::optional<Duration> follow_until = {};  ///< Followers who have not looked by then are let off; absent: never.
    std::optional<Duration> reopen_within = Duration{30, Duration::Unit::kDays};  ///< After the answer; absent: always.
    int ping_pong = 2;  ///< So many returns of one petition alert the Centre.
    std::map<std::string, WorkingCalendar, std::less<>> calendars = {};
    /// Calendars of units with hours of their own: by unit, then by the calendar they stand in for.
    std::map<std::string, std::map<std::string, WorkingCalendar, std::less<>>, std::less<>> unit_calendars = {};
    std::map<std::string, Unit, std::less<>> units = {};
    std::map<std::string, Category, std::less<>> categories = {};
    std::map<std::string, Area, std::less<>> areas = {};  ///< Empty: any code will do.
    /// Texts that look like something with a procedure of its own (khiếu nại, tố cáo), by the name of that: a person
    /// decides.
    std::map<std::string, Conditions, std::less<>> suspected = {};
    std::map<std::string, SlaPolicy, std::less<>> sla = {};  ///< All versions, each by its own id.
    Workflows workflows = {};
    std::shared_ptr<const FormerWorkflows> former = {};  ///< May be null.
    std::vector<Route> routes = {};
    std::shared_ptr<const RouteIndex> route_index = {};  ///< Of `routes`; null: each is looked at.
    std::vector<DeliveryRule> deliveries = {};
    std::vector<ReplyRule> replies = {};      ///< The first that names the channel holds.
    std::vector<std::string> answering = {};  ///< Channels whose connector sends, too: the way back without a rule.
    std::vector<NoticeRule> notices = {};
    std::map<std::string, NoticeTemplate, std::less<>> notice_templates = {};
    std::map<std::string, PreparedText, std::less<>> prepared_texts = {};
    std::optional<TextTemplate> letter = {};                         ///< Pango markup; absent: the province words none.
    std::string hub_name = {};                                       ///< As templates call it.
    std::string public_url = {};                                     ///< Without '/' at its end; may be empty.
    Contact centre = {};                                             ///< Whom units ask.
    std::map<std::string, IdentityRule, std::less<>> identity = {};  ///< By channel; others: optional.
    /// How long a paper may have lain before it is written down: from that day on.
    Duration oldest_receipt{30, Duration::Unit::kDays};
    Retention retention = {};
    int most_approvers = 0;                                        ///< Leaders of a unit; 0: as many as there are.
    std::string emergency_line = "1022";                           ///< Whom to call in an emergency, for citizens.
    bool emergency_roster = false;                                 ///< An emergency calls whoever is on duty.
    Duration roster_wait = Duration{2, Duration::Unit::kMinutes};  ///< Then the next on the roster is called.

    [[nodiscard]] IdentityRule identityOf(std::string_view channel) const;
    /// The ways to senders of this channel; none when nothing leads back to them.
    [[nodiscard]] std::vector<ReplyWay> waysBackTo(std::string_view channel) const;
    [[nodiscard]] const Unit* unit(std::string_view id) const;
    [[nodiscard]] const Category* category(std::string_view id) const;
    /// Of a version that is not there any more, what its policy says first.
    [[nodiscard]] const SlaPolicy* policy(std::string_view id) const;
    /// The id of the version that holds for petitions received on that day; `id` where there is one only.
    [[nodiscard]] std::string policyOn(std::string_view id, Date day) const;
    [[nodiscard]] const Workflow* workflow(std::string_view id) const;
    /// As it was in the configuration `config_hash`; as it is now when that one is not known any more.
    [[nodiscard]] const Workflow* workflow(std::string_view id, std::string_view config_hash) const;
    /// The policy's own calendar, else the default one.
    [[nodiscard]] const WorkingCalendar& calendarOf(const SlaPolicy& policy) const;
    /// The same with the hours of a unit, where it has its own.
    [[nodiscard]] const WorkingCalendar& calendarOf(const SlaPolicy& policy, std::string_view unit_id) const;
    /// Everything that the end of a limit depends on beside the limit itself, in one canonical text.
    [[nodiscard]] std::string calendarText() const;
    /// Who has a unit's matters on that day: itself while it exists, else its successor, and the successor's. Of
    /// several the only one that answers for `area`; null when that is nobody or more than one.
    [[nodiscard]] const Unit* standingFor(std::string_view unit_id, std::string_view area, Date day) const;
    /// Does `unit` answer for this area? Where it names none or the area is not known: not by area.
    [[nodiscard]] bool answersFor(const Unit& unit, std::string_view area) const;
    /// Is `unit` the one complained about, below it, or of those that have taken it over? Its people must not judge
    /// their own house.
    [[nodiscard]] bool ofTheHouse(std::string_view unit_id, std::string_view complained) const;
    /// Of which units complaints stay hidden from the people of this one: those of whose house it is.
    [[nodiscard]] std::vector<std::string> hiddenFrom(std::string_view unit_id) const;
    /// The unit marked so; null when none is.
    [[nodiscard]] const Unit* office() const;
};

/// Nothing when a pattern is sound: literal letters, digits and dashes, exactly one {serial:N} (N 1-9) and a date part
/// {ddMMyy}, {yyMMdd} or {ddMMyyyy}, so that a serial that starts anew each day never repeats a code. Else what is
/// wrong.
std::string codePatternDefect(std::string_view pattern);
/// Code of the `serial`-th petition (from 1) of a local day; a serial past the pattern's width grows.
std::string makeCode(const CodePattern& pattern, Date day, int serial);

}  // namespace pakn::domain
