/// @file
/// Every key of the configuration but those of workflow files: one line each. Sections stand before what holds them.

#include <algorithm>

#include "core/config/document.hpp"
#include "core/config/values.hpp"
#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

constexpr std::array<std::string_view, 1> kTimeZones{"Asia/Ho_Chi_Minh"};
constexpr std::array<std::string_view, 3> kIsolations{"default", "in-process", "process"};
constexpr std::array<std::string_view, 2> kDeadlineEnds{"end_of_day", "close_of_work"};
constexpr std::array<std::string_view, 2> kRouteModes{"suggest", "automatic"};
constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// What can cause a delivery: everything that happens to a petition, but not what happens to deliveries themselves.
constexpr std::size_t kOccasionCount = static_cast<std::size_t>(domain::EventKind::kDeliveryQueued);
constexpr std::array<std::string_view, kOccasionCount> kOccasions = [] {
    std::array<std::string_view, kOccasionCount> names{};
    std::copy_n(domain::kEventKindNames.begin(), kOccasionCount, names.begin());
    return names;
}();
static_assert(kOccasions.back() == "closed");

/// "127.0.0.1:8080", "[::1]:8080", "paht.mau.example:80"; port 0 takes a free one.
struct Listen {
    static Shape shape() { return scalarShape("host:port"); }
    static void read(Reader& reader, const Node& node, ListenAddress& into) {
        const auto text = scalarText(reader, node, "an address to listen on");
        if (!text) return;
        const std::size_t colon = text->rfind(':');
        const auto port = colon == std::string::npos ? std::nullopt : parseInteger(text->substr(colon + 1));
        std::string host = text->substr(0, std::min(colon, text->size()));
        const bool bracketed = host.starts_with('[') && host.ends_with(']');
        if (bracketed) host = host.substr(1, host.size() - 2);
        const bool host_ok = bracketed ? isIpAddress(host) : isHostName(host);
        if (!host_ok || !port || *port < 0 || *port > 65535)
            reader.error(node.mark, inQuotes(*text) + " is no address to listen on", "write host:port, as 127.0.0.1:8080");
        else
            into = {std::move(host), static_cast<std::uint16_t>(*port)};
    }
    static bool isHostName(std::string_view host) {
        return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        });
    }
};

/// "07:30-11:30".
struct Hours {
    static Shape shape() { return scalarShape("hh:mm-hh:mm"); }
    static void read(Reader& reader, const Node& node, domain::Interval& into) {
        const auto text = scalarText(reader, node, "working hours");
        if (!text) return;
        const std::size_t dash = std::min(text->find('-'), text->size());
        const auto from = parseTimeOfDay(std::string_view{*text}.substr(0, dash));
        const auto to = parseTimeOfDay(std::string_view{*text}.substr(std::min(dash + 1, text->size())));
        if (!from || !to || *from >= *to)
            reader.error(node.mark, inQuotes(*text) + " are no working hours", "write from-to, as 07:30-11:30");
        else
            into = {*from, *to};
    }
};

void checkOrder(Reader& reader, const Node& node, const std::vector<domain::Interval>& hours) {
    for (std::size_t i = 1; i < hours.size(); ++i)
        if (hours[i].from < hours[i - 1].to)
            reader.error(node.items[i].mark, "these hours begin before the ones before them end", "order them, without overlap");
}

/// Hours by weekday or range of weekdays; where two cover a day, the narrower range holds: `mon-fri` and `fri`.
struct Week {
    using DayHours = Checked<List<Hours>, &checkOrder>;
    static Shape shape() { return {.form = Shape::Form::kMap, .word = "days: hours", .element = &DayHours::shape}; }

    static void read(Reader& reader, const Node& node, WeekHours& into) {
        if (!expectMap(reader, node)) return;
        std::array<std::size_t, 7> width{};  // Of the range that set each day; 0: none yet.
        for (const Entry& entry : node.entries) {
            const auto range = parseRange(entry.key);
            if (!range) {
                reader.error(entry.key_mark, inQuotes(entry.key) + " is neither a weekday nor a range of weekdays",
                             "write mon-fri, or sat: mon, tue, wed, thu, fri, sat, sun");
                continue;
            }
            std::vector<domain::Interval> hours;
            DayHours::read(reader, entry.value, hours);
            const std::size_t days = range->second - range->first + 1;
            for (std::size_t day = range->first; day <= range->second; ++day) {
                if (width[day] == days) {
                    reader.error(entry.key_mark, std::string{kWeekdays[day]} + " has hours twice", "remove one of them");
                    break;
                }
                if (width[day] != 0 && width[day] < days) continue;
                width[day] = days;
                into[day] = hours;
            }
        }
    }

    static std::optional<std::pair<std::size_t, std::size_t>> parseRange(std::string_view text) {
        const auto day = [](std::string_view name) {
            return static_cast<std::size_t>(std::find(kWeekdays.begin(), kWeekdays.end(), name) - kWeekdays.begin());
        };
        const std::size_t dash = text.find('-');
        const std::size_t first = day(text.substr(0, dash));
        const std::size_t last = dash == std::string_view::npos ? first : day(text.substr(dash + 1));
        if (first >= kWeekdays.size() || last >= kWeekdays.size() || first > last) return std::nullopt;
        return std::pair{first, last};
    }
};

/// `[1s, 15m]`.
struct BackoffRange {
    using Pause = Milliseconds<10, kDay>;
    static Shape shape() { return {.form = Shape::Form::kList, .word = "list", .element = &Pause::shape}; }
    static void read(Reader& reader, const Node& node, Backoff& into) {
        std::vector<std::chrono::milliseconds> pauses;
        const std::size_t errors = reader.diagnostics().errors();
        List<Pause>::read(reader, node, pauses);
        if (errors != reader.diagnostics().errors()) return;
        if (pauses.size() != 2 || pauses[0] > pauses[1])
            reader.error(node.mark, "the first and the longest pause are wanted here", "write [1s, 15m]");
        else
            into = {pauses[0], pauses[1]};
    }
};

/// A value that may be told from an absent one.
template <class Codec>
struct Maybe {
    static Shape shape() { return Codec::shape(); }
    template <class Value>
    static void read(Reader& reader, const Node& node, std::optional<Value>& into) {
        Codec::read(reader, node, into.emplace());
    }
};

void checkStoreUrl(Reader& reader, const Node& node, const std::string& url) {
    if (url.starts_with("sqlite:") && url.size() > 7) return;
    const bool other_scheme = url.find("://") != std::string::npos;  // May carry a password: not quoted.
    reader.error(node.mark, other_scheme ? "no store of this kind exists" : inQuotes(url) + " names no store",
                 "write sqlite:PATH");
}

void checkBlobsUrl(Reader& reader, const Node& node, const std::string& url) {
    if (url.starts_with("directory:") && url.size() > 10) return;
    reader.error(node.mark, inQuotes(url) + " names no place for files", "write directory:PATH");
}

void checkPattern(Reader& reader, const Node& node, const std::string& pattern) {
    const std::string defect = domain::codePatternDefect(pattern);
    if (!defect.empty()) reader.error(node.mark, "no code can be made of this: " + defect, "write {ddMMyy}{serial:3}");
}

void checkBody(Reader& reader, const Node& node, const std::size_t& bytes) {
    if (bytes < (1U << 10U) || bytes > (1U << 30U)) reader.error(node.mark, "a size from 1KB to 1GB is wanted here");
}

void checkDistinct(Reader& reader, const Node&, const MarkedDates& dates) {
    std::map<domain::Date, Mark> seen;
    for (const Marked<domain::Date>& date : dates)
        if (const auto [first, is_new] = seen.emplace(date.value, date.mark); !is_new)
            reader.error(date.mark,
                         domain::formatDate(date.value) + " stands twice, first at " +
                             reader.diagnostics().place(first->second),
                         "remove one of them");
}

void foldPhrases(Reader& reader, const Node& node, domain::Conditions& when) {
    for (const std::string& phrase : when.text_any) {
        when.text_any_folded.push_back(domain::fold(phrase));
        if (domain::trimmed(when.text_any_folded.back()).empty())
            reader.error(node.find("text_any")->value.mark, "the phrase " + inQuotes(phrase) + " has no letter or digit");
    }
}

void checkTarget(Reader& reader, const Node& node, const RouteTarget& then) {
    if (then.mode == domain::RouteMode::kAutomatic && then.unit.empty() && node.complete)
        reader.error(node.mark, "an automatic route must name a unit", "add unit: …, or let it suggest");
}

void checkDelivery(Reader& reader, const Node& node, const DeliverySection& delivery) {
    if (delivery.kind == domain::DeliveryKind::kResult && delivery.on != domain::EventKind::kReleased)
        reader.error(node.find("kind")->value.mark, "a result leaves only when it is released",
                     "write on: released, or another kind");
}

struct Remind {
    std::optional<domain::Duration> before_due = {};
};

}  // namespace

template <>
std::span<const Key<Remind>> keysOf<Remind>() {
    static constexpr Key<Remind> kKeys[] = {
        key<&Remind::before_due, Limit>("before_due", kRequired, "How long before the unit's limit ends."),
    };
    return kKeys;
}

namespace {

/// A list, because more reminders than one are to come; so far there is one.
struct Reminders {
    static Shape shape() { return List<Section<Remind>>::shape(); }
    static void read(Reader& reader, const Node& node, std::optional<domain::Duration>& into) {
        std::vector<Remind> reminders;
        List<Section<Remind>>::read(reader, node, reminders);
        if (reminders.size() > 1) reader.error(node.items[1].mark, "only one reminder is possible", "remove this one");
        if (!reminders.empty()) into = reminders.front().before_due;
    }
};

}  // namespace

template <>
std::span<const Key<HubSection>> keysOf<HubSection>() {
    static constexpr Key<HubSection> kKeys[] = {
        key<&HubSection::name, Text>("name", kRequired, "Name of the hub, as people see it."),
        key<&HubSection::listen, Listen>("listen", kOptional,
                                         "Address of the HTTP server; port 0 takes a free one. Default 127.0.0.1:8080."),
        key<&HubSection::public_url, Url>("public_url", kOptional, "Address under which citizens reach the hub."),
        key<&HubSection::key, Path>("key", kOptional,
                                    "File of the hub's key, which wraps all data keys. Default var/hub.key."),
        key<&HubSection::timezone, Choice<TimeZone, kTimeZones>>("timezone", kOptional,
                                                                 "Always Asia/Ho_Chi_Minh; said so that nobody wonders."),
    };
    return kKeys;
}

template <>
std::span<const Key<StoreSection>> keysOf<StoreSection>() {
    static constexpr Key<StoreSection> kKeys[] = {
        key<&StoreSection::url, Checked<Text, &checkStoreUrl>>("url", kRequired, "The database: sqlite:PATH."),
        key<&StoreSection::blobs, Checked<Text, &checkBlobsUrl>>("blobs", kRequired,
                                                                 "Where files are kept: directory:PATH."),
    };
    return kKeys;
}

template <>
std::span<const Key<CodesSection>> keysOf<CodesSection>() {
    static constexpr Key<CodesSection> kKeys[] = {
        key<&CodesSection::pattern, Checked<Text, &checkPattern>>(
            "pattern", kOptional,
            "How a petition's code is made: one of {ddMMyy}, {yyMMdd}, {ddMMyyyy} and one {serial:N}, which grows when "
            "N digits are not enough. Default {ddMMyy}{serial:3}."),
    };
    return kKeys;
}

template <>
std::span<const Key<HttpSection>> keysOf<HttpSection>() {
    static constexpr Key<HttpSection> kKeys[] = {
        key<&HttpSection::trusted_proxies, List<IpAddress>>(
            "trusted_proxies", kOptional, "Proxies whose X-Forwarded-For is believed. Default none."),
        key<&HttpSection::max_body, Checked<Size, &checkBody>>("max_body", kOptional,
                                                               "Largest request, files included. Default 25MB."),
    };
    return kKeys;
}

template <>
std::span<const Key<ConnectorLimits>> keysOf<ConnectorLimits>() {
    static constexpr Key<ConnectorLimits> kKeys[] = {
        key<&ConnectorLimits::call, Milliseconds<100, 10 * kMinute>>("call", kOptional,
                                                                     "How long one call may take. Default 10s."),
        key<&ConnectorLimits::retry_for, Milliseconds<kSecond, 365 * kDay>>(
            "retry_for", kOptional, "How long a delivery is tried before a person has to look. Default 7d."),
        key<&ConnectorLimits::workers, Integer<1, 64>>("workers", kOptional, "Calls at the same time. Default 1."),
    };
    return kKeys;
}

template <>
std::span<const Key<ConnectorSection>> keysOf<ConnectorSection>() {
    static constexpr Key<ConnectorSection> kKeys[] = {
        key<&ConnectorSection::plugin, WithMark<Text>>("plugin", kRequired, "Name of the plugin."),
        key<&ConnectorSection::isolation, Choice<Isolation, kIsolations>>(
            "isolation", kOptional, "Where the plugin's code runs. Default: what the plugin declares."),
        key<&ConnectorSection::settings, Unread>("settings", kOptional,
                                                 "The plugin's own options, see its README. Secrets are references."),
        key<&ConnectorSection::interval, Milliseconds<10, kDay>>("interval", kOptional,
                                                                 "Pause between two polls. Default 1s."),
        key<&ConnectorSection::limits, Section<ConnectorLimits>>("limits", kOptional, "Bounds of its work."),
        key<&ConnectorSection::backoff, BackoffRange>(
            "backoff", kOptional, "First and longest pause between attempts of a delivery. Default [1s, 15m]."),
    };
    return kKeys;
}

template <>
std::span<const Key<CalendarSection>> keysOf<CalendarSection>() {
    using Dates = Maybe<Checked<List<WithMark<DateValue>>, &checkDistinct>>;
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
        key<&EmergencySection::channels, List<Name>>("channels", kOptional,
                                                     "Channels that may declare an emergency. Default none."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::Unit>> keysOf<domain::Unit>() {
    using domain::Unit;
    static constexpr Key<Unit> kKeys[] = {
        key<&Unit::id, OwnName<Kind::kUnit>>("id", kRequired, "Short name of the unit; never changed later."),
        key<&Unit::name, Text>("name", kRequired, "Full name."),
        key<&Unit::code, Text>("code", kOptional, "Identification code of the agency, as H99.15."),
        key<&Unit::parent, Reference<Kind::kUnit>>("parent", kOptional, "The unit above it."),
        key<&Unit::office, Flag>("office", kOptional, "The provincial office, last level of escalation. At most one."),
        key<&Unit::workflow, Reference<Kind::kWorkflow>>("workflow", kOptional,
                                                         "Workflow of petitions routed to it. Default workflow.use."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::Category>> keysOf<domain::Category>() {
    using domain::Category;
    static constexpr Key<Category> kKeys[] = {
        key<&Category::id, OwnName<Kind::kCategory>>("id", kRequired, "Short name of the category; never changed later."),
        key<&Category::name, Text>("name", kRequired, "As people read it."),
        key<&Category::unit, Reference<Kind::kUnit>>("unit", kOptional, "Suggested where no route matches."),
        key<&Category::sla, Reference<Kind::kSla>>("sla", kOptional, "Limits where the route names none."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::SlaPolicy>> keysOf<domain::SlaPolicy>() {
    using domain::SlaPolicy;
    static constexpr Key<SlaPolicy> kKeys[] = {
        key<&SlaPolicy::calendar, Reference<Kind::kCalendar>>(
            "calendar", kOptional, "One of calendars, or 24x7. Default the main calendar."),
        key<&SlaPolicy::triage, Limit>("triage", kOptional, "The Centre's limit from receipt to distribution."),
        key<&SlaPolicy::handle, Limit>("handle", kOptional, "The unit's limit from distribution to its approved result."),
        key<&SlaPolicy::release, Limit>("release", kOptional, "The Centre's limit from approval to release."),
        key<&SlaPolicy::total, Limit>("total", kOptional, "The citizen's limit from receipt to release."),
        key<&SlaPolicy::give_back, Limit>("return", kOptional, "How long a unit may return a petition without a mark."),
        key<&SlaPolicy::remind_before, Reminders>("remind", kOptional, "Reminder to the unit."),
    };
    return kKeys;
}

template <>
std::span<const Key<domain::Conditions>> keysOf<domain::Conditions>() {
    using domain::Conditions;
    static constexpr Key<Conditions> kKeys[] = {
        key<&Conditions::category, List<Reference<Kind::kCategory>>>("category", kOptional, "Any of these categories."),
        key<&Conditions::text_any, List<Text>>(
            "text_any", kOptional, "Any of these phrases as whole words; accents and upper case do not matter."),
        key<&Conditions::area, List<Text>>("area", kOptional, "Any of these codes of wards and communes."),
        key<&Conditions::channel, List<Name>>("channel", kOptional, "Any of these channels."),
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
        key<&RouteSection::when, Checked<Section<domain::Conditions>, &foldPhrases>>(
            "when", kOptional, "Every condition given must hold. Absent: always."),
        key<&RouteSection::then, Checked<Section<RouteTarget>, &checkTarget>>("then", kRequired, "What follows."),
    };
    return kKeys;
}

template <>
std::span<const Key<WorkflowSection>> keysOf<WorkflowSection>() {
    static constexpr Key<WorkflowSection> kKeys[] = {
        key<&WorkflowSection::use, Reference<Kind::kWorkflow>>(
            "use", kRequired, "Workflow of petitions whose route and unit name none; a file under workflows/."),
    };
    return kKeys;
}

template <>
std::span<const Key<DeliveryFilter>> keysOf<DeliveryFilter>() {
    static constexpr Key<DeliveryFilter> kKeys[] = {
        key<&DeliveryFilter::channel, List<Name>>("channel", kOptional, "Any of these channels."),
    };
    return kKeys;
}

template <>
std::span<const Key<DeliverySection>> keysOf<DeliverySection>() {
    static constexpr Key<DeliverySection> kKeys[] = {
        key<&DeliverySection::on, Choice<domain::EventKind, kOccasions>>("on", kRequired, "What has to happen."),
        key<&DeliverySection::to, WithMark<Reference<Kind::kConnector>>>("to", kRequired, "The connector it leaves by."),
        key<&DeliverySection::kind, Choice<domain::DeliveryKind, domain::kDeliveryKindNames>>(
            "kind", kOptional,
            "What leaves. Default result on released, else status_update; result is for released alone."),
        key<&DeliverySection::when, Section<DeliveryFilter>>("when", kOptional, "Only these petitions."),
    };
    return kKeys;
}

template <>
std::span<const Key<Document>> keysOf<Document>() {
    static constexpr Key<Document> kKeys[] = {
        key<&Document::hub, Section<HubSection>>("hub", kRequired, "The hub itself."),
        key<&Document::store, Section<StoreSection>>("store", kRequired, "Where everything is kept."),
        key<&Document::codes, Section<CodesSection>>("codes", kOptional, "Codes of petitions."),
        key<&Document::http, Section<HttpSection>>("http", kOptional, "The HTTP server."),
        key<&Document::connectors, Map<Kind::kConnector, WithMark<Section<ConnectorSection>>>>(
            "connectors", kOptional, "Channels and outputs, by name."),
        key<&Document::calendar, WithMark<Section<CalendarSection>>>("calendar", kRequired, "The main working calendar."),
        key<&Document::calendars, Map<Kind::kCalendar, WithMark<Section<CalendarSection>>>>(
            "calendars", kOptional,
            "Further calendars by name; what one does not say is as in the main one. 24x7 is built in."),
        key<&Document::deadline, Section<DeadlineSection>>("deadline", kOptional, "How limits end."),
        key<&Document::emergency, Section<EmergencySection>>("emergency", kOptional, "Emergencies."),
        key<&Document::units, List<WithMark<Section<domain::Unit>>>>("units", kRequired, "The responsible agencies."),
        key<&Document::categories, List<Section<domain::Category>>>("categories", kOptional, "Fields of petitions."),
        key<&Document::sla, Map<Kind::kSla, Section<domain::SlaPolicy>>>("sla", kOptional, "Sets of limits, by name."),
        key<&Document::routes, List<Section<RouteSection>>>("routes", kOptional,
                                                            "Where petitions go; the first that matches decides."),
        key<&Document::workflow, Section<WorkflowSection>>("workflow", kRequired, "The way of a petition."),
        key<&Document::deliveries, List<Checked<Section<DeliverySection>, &checkDelivery>>>(
            "deliveries", kOptional, "What leaves when something happens."),
    };
    return kKeys;
}

}  // namespace pakn::config
