/// @file
/// Keys of what the province decides, and of the whole document: one line each. Sections stand before what holds them.

#include <algorithm>
#include <set>

#include "core/config/delivery_tables.hpp"
#include "core/config/intake_tables.hpp"
#include "core/config/special_codecs.hpp"
#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

constexpr std::array<std::string_view, 2> kDeadlineEnds{"end_of_day", "close_of_work"};
constexpr std::array<std::string_view, 2> kRouteModes{"suggest", "automatic"};
constexpr std::array<std::string_view, 2> kAppointmentEnds{"same_time", "next_opening"};

void checkDistinct(Reader& reader, const Node&, const MarkedDates& dates) {
    std::map<domain::Date, Mark> seen;
    for (const Marked<domain::Date>& date : dates)
        if (const auto [first, is_new] = seen.emplace(date.value, date.mark); !is_new)
            reader.error(
                date.mark,
                domain::formatDate(date.value) + " stands twice, first at " + reader.diagnostics().place(first->second),
                "remove one of them");
}

void checkDays(Reader& reader, const Node&, const CalendarSection& calendar) {
    std::set<domain::Date> holidays;
    for (const Marked<domain::Date>& day : calendar.holidays.value_or(MarkedDates{})) holidays.insert(day.value);
    for (const Marked<domain::Date>& day : calendar.makeup_days.value_or(MarkedDates{}))
        if (holidays.contains(day.value))
            reader.error(day.mark, domain::formatDate(day.value) + " is both a holiday and a make-up day",
                         "remove it from one of the lists");
}

void checkHours(Reader& reader, const Node& node, const CalendarSection& calendar) {
    if (calendar.hours && !isOpen(calendar))
        reader.error(node.find("hours")->value.mark, "no day of the calendar has working hours",
                     "give one weekday hours");
}

void checkMainCalendar(Reader& reader, const Node& node, const CalendarSection& calendar) {
    if (!calendar.hours && !calendar.always && node.complete && node.kind == Node::Kind::kMap)
        reader.error(node.mark, "the main calendar has no working hours", "add hours: { mon-fri: [07:30-11:30] }");
}

void markSound(Reader&, const Node& node, RouteSection& route) { route.sound = node.complete; }

void foldPhrases(Reader& reader, const Node& node, domain::Conditions& when) {
    for (const std::string& phrase : when.text_any) {
        when.text_any_folded.push_back(domain::fold(phrase));
        if (domain::trimmed(when.text_any_folded.back()).empty())
            reader.error(node.find("text_any")->value.mark,
                         "the phrase " + inQuotes(phrase) + " has no letter or digit");
    }
}

void checkTarget(Reader& reader, const Node& node, const RouteTarget& then) {
    if (then.mode == domain::RouteMode::kAutomatic && then.unit.empty() && node.complete)
        reader.error(node.mark, "an automatic route must name a unit", "add unit: …, or let it suggest");
}

void checkPeriod(Reader& reader, const Node& node, const ValiditySection& valid) {
    if (valid.from && valid.to && *valid.from > *valid.to)
        reader.error(node.mark, "the last day lies before the first one", "exchange them");
}

void checkOwnHours(Reader& reader, const Node& node, const domain::DatedHours& own) {
    if (own.from && own.to && *own.from > *own.to)
        reader.error(node.mark, "the last day lies before the first one", "exchange them");
}

template <class Section>
void checkEscalation(Reader& reader, const Node& node, const Section& section) {
    if (!section.policy.escalate.empty() && !section.policy.handle && node.complete)
        reader.error(node.find("escalate")->value.mark,
                     "the first level acts when `handle` ends, and there is no `handle`", "add handle: …");
}

void checkChanges(Reader& reader, const Node& node, const SlaSection& section) {
    checkEscalation(reader, node, section);
    std::optional<domain::Date> before = section.policy.from;
    for (const Marked<SlaChange>& change : section.changes) {
        const std::optional<domain::Date>& from = change.value.policy.from;
        if (from && before && *from <= *before)
            reader.error(change.mark, "its first day is not behind the one before", "put the changes in order");
        if (from) before = from;
    }
}

void noteOffice(Reader& reader, const Node& node, const domain::EscalationTarget& to) {
    if (to == domain::EscalationTarget::kOffice) reader.wantOffice(node.mark);
}

struct Remind {
    std::optional<domain::Duration> before_due = {};
};

}  // namespace

template <>
std::span<const Key<Remind>> keysOf<Remind>() {
    static constexpr Key<Remind> kKeys[] = {
        key<&Remind::before_due, CalendarLimit>("before_due", kRequired,
                                                "How long before the unit's limit ends, in calendar time."),
    };
    return kKeys;
}

namespace {

/// All are kept; so far the first one alone reminds.
struct Reminders {
    static Shape shape() { return List<Section<Remind>>::shape(); }
    static void read(Reader& reader, const Node& node, std::vector<domain::Duration>& into) {
        std::vector<Remind> reminders;
        List<Section<Remind>>::read(reader, node, reminders);
        for (const Remind& one : reminders)
            if (one.before_due) into.push_back(*one.before_due);
    }
};

/// `khieu-nai: { text_any: […] }`: conditions by a name that nothing refers to.
struct SuspectedTexts {
    using Texts = Also<Section<domain::Conditions>, &foldPhrases>;
    static Shape shape() { return {.form = Shape::Form::kMap, .word = "map", .element = &Texts::shape}; }
    static void read(Reader& reader, const Node& node, std::map<std::string, domain::Conditions, std::less<>>& into) {
        if (!expectMap(reader, node)) return;
        for (const Entry& entry : node.entries) {
            Node name;
            name.text = entry.key;
            name.mark = entry.key_mark;
            std::string id;
            Name::read(reader, name, id);
            Texts::read(reader, entry.value, into[entry.key]);
        }
    }
};

}  // namespace

template <>
std::span<const Key<CalendarSection>> keysOf<CalendarSection>() {
    using Dates = Maybe<Also<List<WithMark<DateValue>>, &checkDistinct>>;
    static constexpr Key<CalendarSection> kKeys[] = {
        key<&CalendarSection::always, Flag>("always", kOptional,
                                            "Every minute of every day is working time. Default false."),
        key<&CalendarSection::hours, Maybe<Week>>(
            "hours", kOptional, "Working hours by weekday or range of weekdays; the narrower range holds."),
        key<&CalendarSection::holidays, Dates>("holidays", kOptional, "Weekdays that are off."),
        key<&CalendarSection::makeup_days, Dates>("makeup_days", kOptional, "Days of rest that are worked."),
    };
    return kKeys;
}

template <>
std::span<const Key<DeadlineSection>> keysOf<DeadlineSection>() {
    static constexpr Key<DeadlineSection> kKeys[] = {
        key<&DeadlineSection::end, Choice<domain::DeadlineEnd, kDeadlineEnds>>(
            "end", kOptional, "When a limit in whole days ends on its last day. Default end_of_day (23:59:59)."),
        key<&DeadlineSection::default_sla, Reference<Kind::kSla>>(
            "default_sla", kOptional, "Limits where neither route nor category names any. Default none."),
    };
    return kKeys;
}

template <>
std::span<const Key<EmergencySection>> keysOf<EmergencySection>() {
    static constexpr Key<EmergencySection> kKeys[] = {
        key<&EmergencySection::channels, List<Reference<Kind::kChannel>>>(
            "channels", kOptional, "Channels that may declare an emergency. Default none."),
        key<&EmergencySection::line, PhoneNumber>(
            "line", kOptional, "What a citizen is told to call who claims an emergency elsewhere. Default 1022."),
        key<&EmergencySection::roster, Flag>("roster", kOptional,
                                             "An emergency calls whoever is on duty. Default false."),
        key<&EmergencySection::answer_within, CalendarLimit>("answer_within", kOptional,
                                                             "Then the next on the roster is called. Default 2m."),
    };
    return kKeys;
}

template <>
std::span<const Key<ValiditySection>> keysOf<ValiditySection>() {
    static constexpr Key<ValiditySection> kKeys[] = {
        key<&ValiditySection::from, Maybe<DateValue>>("from", kOptional, "First day."),
        key<&ValiditySection::to, Maybe<DateValue>>("to", kOptional, "Last day."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::DatedHours>> keysOf<domain::DatedHours>() {
    using domain::DatedHours;
    static constexpr Key<DatedHours> kKeys[] = {
        key<&DatedHours::from, Maybe<DateValue>>("from", kOptional, "First day. Default always."),
        key<&DatedHours::to, Maybe<DateValue>>("to", kOptional, "Last day. Default for good."),
        key<&DatedHours::hours, Week>("hours", kRequired, "Working hours by weekday or range of weekdays."),
    };
    return kKeys;
}

namespace {
/// A key of the unit itself, which the section holds.
template <auto Member, class Codec>
constexpr Key<UnitSection> unitKey(std::string_view name, Need need, std::string_view help) {
    return {name, need, help, &Codec::shape, [](Reader& reader, const Node& value, UnitSection& into) {
                Codec::read(reader, value, into.unit.*Member);
            }};
}
}  // namespace

template <>
std::span<const Key<UnitSection>> keysOf<UnitSection>() {
    using domain::Unit;
    static constexpr Key<UnitSection> kKeys[] = {
        unitKey<&Unit::id, OwnName<Kind::kUnit>>("id", kRequired, "Short name of the unit; never changed later."),
        unitKey<&Unit::name, Text>("name", kRequired, "Full name."),
        unitKey<&Unit::code, Text>("code", kOptional, "Identification code of the agency, as H99.15."),
        unitKey<&Unit::contact, Section<domain::Contact>>(
            "contact", kOptional, "Its focal point in office: notices go there where no one person is meant."),
        unitKey<&Unit::parent, Reference<Kind::kUnit>>("parent", kOptional, "The unit above it."),
        unitKey<&Unit::office, Flag>("office", kOptional,
                                     "The provincial office, last level of escalation. At most one."),
        unitKey<&Unit::workflow, Reference<Kind::kWorkflow>>(
            "workflow", kOptional, "Workflow of petitions routed to it. Default workflow.use."),
        key<&UnitSection::valid, Checked<Section<ValiditySection>, &checkPeriod>>(
            "valid", kOptional, "When the unit exists. Default always."),
        unitKey<&Unit::areas, List<Text>>(
            "areas", kOptional, "Codes of the areas it answers for; \"*\" means all. Chooses among successors."),
        unitKey<&Unit::successors, List<Reference<Kind::kUnit>>>(
            "successors", kOptional, "Who takes over after its last day; several share by their areas."),
        unitKey<&Unit::external, Flag>("external", kOptional,
                                       "Not on the system: the Centre writes down what it answers. Default false."),
        unitKey<&Unit::forward, Reference<Kind::kConnector>>(
            "forward", kOptional, "Connector by which an external unit gets its petitions. Default by hand."),
        unitKey<&Unit::hours, List<Checked<Section<domain::DatedHours>, &checkOwnHours>>>(
            "hours", kOptional, "Working hours of its own, with their dates. Default the calendar's."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::Category>> keysOf<domain::Category>() {
    using domain::Category;
    static constexpr Key<Category> kKeys[] = {
        key<&Category::id, OwnName<Kind::kCategory>>("id", kRequired,
                                                     "Short name of the category; never changed later."),
        key<&Category::name, Text>("name", kRequired, "As people read it."),
        key<&Category::unit, Reference<Kind::kUnit>>("unit", kOptional, "Suggested where no route matches."),
        key<&Category::sla, Reference<Kind::kSla>>("sla", kOptional, "Limits where the route names none."),
        key<&Category::workflow, Reference<Kind::kWorkflow>>(
            "workflow", kOptional, "Instead of the unit's workflow, where the route names none."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::Area>> keysOf<domain::Area>() {
    using domain::Area;
    static constexpr Key<Area> kKeys[] = {
        key<&Area::id, OwnName<Kind::kArea>>("id", kRequired, "Official code; never changed later."),
        key<&Area::name, Text>("name", kRequired, "As people read it."),
        key<&Area::parent, Reference<Kind::kArea>>("parent", kOptional, "The area above it. Default the upper level."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::EscalationLevel>> keysOf<domain::EscalationLevel>() {
    using domain::EscalationLevel;
    static constexpr Key<EscalationLevel> kKeys[] = {
        key<&EscalationLevel::to,
            Checked<Choice<domain::EscalationTarget, domain::kEscalationTargetNames>, &noteOffice>>(
            "to", kRequired, "Who. `office` is the unit marked so."),
        key<&EscalationLevel::budget, Limit>("budget", kOptional, "The time this level has before the next one acts."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::Retention>> keysOf<domain::Retention>() {
    using domain::Retention;
    static constexpr Key<Retention> kKeys[] = {
        key<&Retention::closed, PeriodValue>("closed", kOptional,
                                             "Personal data of a petition, after its end. Default for good."),
        key<&Retention::logs, PeriodValue>("logs", kOptional, "Logs that name people. Default for good."),
    };
    return kKeys;
}

namespace {

/// A key of the policy that a section holds.
template <class Section, auto Member, class Codec>
constexpr Key<Section> policyKey(std::string_view name, Need need, std::string_view help) {
    return {name, need, help, &Codec::shape,
            [](Reader& reader, const Node& value, Section& into) { Codec::read(reader, value, into.policy.*Member); }};
}

/// What a policy and its changes both say. A change says all of it anew.
template <class S>
constexpr std::array<Key<S>, 12> policyKeys(Need first_day, std::string_view help) {
    using domain::SlaPolicy;
    return {
        policyKey<S, &SlaPolicy::from, Maybe<DateValue>>("from", first_day, help),
        policyKey<S, &SlaPolicy::basis, Text>("basis", kOptional,
                                              "The regulation that says so: number, date, article. People who handle "
                                              "the petition read it."),
        policyKey<S, &SlaPolicy::calendar, Reference<Kind::kCalendar>>(
            "calendar", kOptional, "One of calendars, or 24x7. Default the main calendar."),
        policyKey<S, &SlaPolicy::triage, Limit>("triage", kOptional,
                                                "The Centre's limit from receipt to distribution."),
        policyKey<S, &SlaPolicy::handle, Limit>("handle", kOptional,
                                                "The unit's limit from distribution to its approved result."),
        policyKey<S, &SlaPolicy::release, Limit>("release", kOptional, "The Centre's limit from approval to release."),
        policyKey<S, &SlaPolicy::total, Limit>("total", kOptional, "The citizen's limit from receipt to release."),
        policyKey<S, &SlaPolicy::give_back, Limit>("return", kOptional,
                                                   "How long a unit may return a petition without a mark."),
        policyKey<S, &SlaPolicy::assign, Limit>("assign", kOptional,
                                                "The unit's limit from distribution to an officer who takes it."),
        policyKey<S, &SlaPolicy::coordinate, Limit>("coordinate", kOptional,
                                                    "A coordinating unit's limit. Default the end of the unit's own."),
        policyKey<S, &SlaPolicy::reminders, Reminders>("remind", kOptional, "Reminders to the unit."),
        policyKey<S, &SlaPolicy::escalate, List<Section<domain::EscalationLevel>>>(
            "escalate", kOptional, "Who takes over when `handle` has passed, level by level."),
    };
}

}  // namespace

template <>
std::span<const Key<SlaChange>> keysOf<SlaChange>() {
    static constexpr auto kKeys =
        policyKeys<SlaChange>(kRequired, "Its first day: it holds for petitions received from then on.");
    return kKeys;
}

template <>
std::span<const Key<SlaSection>> keysOf<SlaSection>() {
    static constexpr auto kOwn = policyKeys<SlaSection>(kOptional, "Since when it holds; for people.");
    static constexpr auto kKeys = [] {
        std::array<Key<SlaSection>, kOwn.size() + 1> keys{};
        std::copy(kOwn.begin(), kOwn.end(), keys.begin());
        keys.back() =
            key<&SlaSection::changes, List<WithMark<Checked<Section<SlaChange>, &checkEscalation<SlaChange>>>>>(
                "changes", kOptional, "What holds from later days on, in order; each says all limits anew.");
        return keys;
    }();
    return kKeys;
}

template <>
std::span<const Key<domain::Conditions>> keysOf<domain::Conditions>() {
    using domain::Conditions;
    static constexpr Key<Conditions> kKeys[] = {
        key<&Conditions::category, List<Reference<Kind::kCategory>>>("category", kOptional, "Any of these categories."),
        key<&Conditions::text_any, List<Text>>(
            "text_any", kOptional, "Any of these phrases as whole words; accents and upper case do not matter."),
        key<&Conditions::text_match, List<Pattern>>("text_match", kOptional,
                                                    "Any of these patterns (RE2) in the text without accents and upper "
                                                    "case, every run of other signs one space; "
                                                    "accents and upper case in the pattern do not matter."),
        key<&Conditions::area, List<Text>>("area", kOptional, "Any of these codes of wards and communes."),
        key<&Conditions::channel, List<Reference<Kind::kChannel>>>("channel", kOptional, "Any of these channels."),
        key<&Conditions::petition_class, List<Text>>("class", kOptional, "Any of these classes of petition."),
        key<&Conditions::emergency, Flag>("emergency", kOptional, "Only emergencies, or only others."),
    };
    return kKeys;
}

template <>
std::span<const Key<RouteTarget>> keysOf<RouteTarget>() {
    static constexpr Key<RouteTarget> kKeys[] = {
        key<&RouteTarget::unit, Reference<Kind::kUnit>>("unit", kOptional,
                                                        "Who handles it. Absent: the Centre decides."),
        key<&RouteTarget::mode, Choice<domain::RouteMode, kRouteModes>>(
            "mode", kOptional, "Suggest to the Centre, or distribute without it. Default suggest."),
        key<&RouteTarget::workflow, Reference<Kind::kWorkflow>>("workflow", kOptional,
                                                                "Instead of the unit's workflow."),
        key<&RouteTarget::sla, Reference<Kind::kSla>>("sla", kOptional, "Instead of the category's limits."),
        key<&RouteTarget::tags, List<Name>>("tags", kOptional, "Marks to find such petitions by."),
    };
    return kKeys;
}

template <>
std::span<const Key<RouteSection>> keysOf<RouteSection>() {
    static constexpr Key<RouteSection> kKeys[] = {
        key<&RouteSection::name, WithMark<Text>>("name", kRequired, "Name of the route, unique."),
        key<&RouteSection::when, Also<Section<domain::Conditions>, &foldPhrases>>(
            "when", kOptional, "Every condition given must hold. Absent: always."),
        key<&RouteSection::then, Checked<Section<RouteTarget>, &checkTarget>>("then", kRequired, "What follows."),
    };
    return kKeys;
}

template <>
std::span<const Key<WorkflowSection>> keysOf<WorkflowSection>() {
    static constexpr Key<WorkflowSection> kKeys[] = {
        key<&WorkflowSection::use, Reference<Kind::kWorkflow>>(
            "use", kRequired,
            "Workflow of petitions whose route, category and unit name none; a file under workflows/."),
        key<&WorkflowSection::ping_pong, Integer<1, 100>>(
            "ping_pong", kOptional, "So many returns of one petition alert the Centre. Default 2."),
        key<&WorkflowSection::reopen_within, Limit>(
            "reopen_within", kOptional, "How long after the answer its sender may ask to open it again. Default 30d."),
        key<&WorkflowSection::approvers, Integer<0, 100>>(
            "approvers", kOptional, "So many leaders a unit has at most; `doctor` names those with more. Default any."),
        key<&WorkflowSection::follow_until, Limit>("follow_until", kOptional,
                                                   "Followers who have not looked by then are let off. Default never."),
    };
    return kKeys;
}

template <>
std::span<const Key<AppointmentSection>> keysOf<AppointmentSection>() {
    static constexpr Key<AppointmentSection> kKeys[] = {
        key<&AppointmentSection::more_than, Limit>(
            "more_than", kOptional, "Only where the regulated time (`handle`) is more than this. Default 8wh."),
        key<&AppointmentSection::most, Integer<0, 100>>(
            "most", kOptional, "How often a unit may name a new end for one petition. Default 2."),
        key<&AppointmentSection::longest, Limit>("longest", kOptional, "How far from now at most. Default 90d."),
        key<&AppointmentSection::end, Choice<domain::AppointmentEnd, kAppointmentEnds>>(
            "end", kOptional,
            "When one in working days ends: at the same time of day, or at the next opening. Default same_time."),
        key<&AppointmentSection::remind_before, CalendarLimit>("remind_before", kOptional,
                                                               "Reminder before its end, exact. Default 24h."),
    };
    return kKeys;
}

template <>
std::span<const Key<Document>> keysOf<Document>() {
    using Calendar = Also<Checked<Section<CalendarSection>, &checkHours>, &checkDays>;
    static constexpr Key<Document> kKeys[] = {
        key<&Document::hub, Section<HubSection>>("hub", kRequired, "The hub itself."),
        key<&Document::store, Section<StoreSection>>("store", kRequired, "Where everything is kept."),
        key<&Document::codes, Section<CodesSection>>("codes", kOptional, "Codes of petitions."),
        key<&Document::http, Section<HttpSection>>("http", kOptional, "The HTTP server."),
        key<&Document::outgoing, Section<OutgoingSection>>("outgoing", kOptional,
                                                           "The way out for connectors' HTTP requests."),
        key<&Document::decode, Section<DecodeLimits>>("decode", kOptional,
                                                      "The child processes that read files from outside."),
        key<&Document::connectors, Map<Kind::kConnector, WithMark<Section<ConnectorSection>>>>(
            "connectors", kOptional, "Channels and outputs, by name."),
        key<&Document::calendar, WithMark<Also<Calendar, &checkMainCalendar>>>("calendar", kRequired,
                                                                               "The main working calendar."),
        key<&Document::calendars, Map<Kind::kCalendar, WithMark<Calendar>>>(
            "calendars", kOptional,
            "Further calendars by name; what one does not say is as in the main one. 24x7 is built in."),
        key<&Document::deadline, Section<DeadlineSection>>("deadline", kOptional, "How limits end."),
        key<&Document::appointment, Section<AppointmentSection>>(
            "appointment", kOptional, "How a unit may name a later end of its limit (hẹn xử lý)."),
        key<&Document::channels, List<OwnName<Kind::kChannel>>>(
            "channels", kOptional,
            "Further channels: the sources of API keys. Connectors that receive, web, mobile, hotline1022, counter and "
            "paper are known."),
        key<&Document::intake, Section<IntakeSection>>("intake", kOptional, "How petitions come in."),
        key<&Document::one_time_codes, Section<OneTimeCodesSection>>(
            "one_time_codes", kOptional, "Codes by which citizens sign in, or open a petition whose secret is lost."),
        key<&Document::emergency, Section<EmergencySection>>("emergency", kOptional, "Emergencies."),
        key<&Document::identity, NamedValues<Kind::kChannel, Choice<domain::IdentityRule, domain::kIdentityRuleNames>>>(
            "identity", kOptional,
            "What each channel wants to know of who writes. `required`: name, phone, address and citizen id, and "
            "nobody "
            "is anonymous; `anonymous_to_public`: name and phone, and whoever likes is anonymous to all but those who "
            "handle it; `anonymous`: nothing is kept. Default optional."),
        key<&Document::retention, Later<Section<domain::Retention>>>("retention", kOptional, "How long data is kept."),
        key<&Document::sandbox, Flag>("sandbox", kOptional,
                                      "Nothing leaves: deliveries end without their connector. Default false."),
        key<&Document::units, List<WithMark<Section<UnitSection>>>>("units", kRequired, "The responsible agencies."),
        key<&Document::areas, List<WithMark<Section<domain::Area>>>>("areas", kOptional,
                                                                     "Areas in two levels. Absent: any code is taken."),
        key<&Document::places, Section<PlacesSection>>("places", kOptional, "Where the areas lie."),
        key<&Document::suspected, SuspectedTexts>(
            "suspected", kOptional,
            "What looks like a case with a procedure of its own (khieu-nai, to-cao), by its name: marked, and a person "
            "decides."),
        key<&Document::categories, List<Section<domain::Category>>>("categories", kOptional, "Fields of petitions."),
        key<&Document::sla, Map<Kind::kSla, Also<Section<SlaSection>, &checkChanges>>>("sla", kOptional,
                                                                                       "Sets of limits, by name."),
        key<&Document::routes, List<Checked<Section<RouteSection>, &markSound>>>(
            "routes", kOptional, "Where petitions go; the first that matches decides."),
        key<&Document::workflow, Section<WorkflowSection>>("workflow", kRequired, "The way of a petition."),
        key<&Document::deliveries, List<Also<Section<DeliverySection>, &checkDelivery>>>(
            "deliveries", kOptional, "What leaves when something happens."),
        key<&Document::replies, List<Section<ReplySection>>>(
            "replies", kOptional,
            "The ways back to senders; the first that names the channel holds. Without one: the channel itself, where "
            "its "
            "connector can send."),
        key<&Document::notices, List<Also<Section<NoticeRuleSection>, &markRule>>>(
            "notices", kOptional, "Who is told when something happens."),
        key<&Document::templates, Section<TemplatesSection>>(
            "templates", kOptional, "Letters, notices and officers' texts in the province's own words."),
    };
    return kKeys;
}

}  // namespace pakn::config
