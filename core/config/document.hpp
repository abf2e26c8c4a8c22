#pragma once
/// @file
/// The configuration as it is written, section by section: what tables.cpp reads into and compile.cpp turns into rules.
/// Things of the domain that are written as they are meant stand here as they are.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/config/codecs.hpp"
#include "core/config/configuration.hpp"
#include "core/config/secrets.hpp"

namespace pakn::config {

struct ListenAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
};

enum class TimeZone : std::uint8_t { kVietNam };

struct HubSection {
    std::string name = {};
    ListenAddress listen = {};
    std::string public_url = {};
    domain::Contact contact = {};
    std::filesystem::path key = {};
    TimeZone timezone = TimeZone::kVietNam;
};

struct StoreSection {
    std::string url = {};
    std::optional<Marked<SecretReference>> password = {};
    std::string blobs = {};
};

struct CodesSection {
    std::string pattern = domain::CodePattern{}.text;
};

struct HttpSection {
    std::vector<std::string> trusted_proxies = {};
    std::vector<std::string> metrics_readers = {"127.0.0.0/8", "::1"};
    std::size_t max_body = Configuration{}.max_body;
    std::chrono::milliseconds head_deadline = HttpLimits{}.head_deadline;
    std::chrono::milliseconds body_deadline = HttpLimits{}.body_deadline;
    int connections = HttpLimits{}.connections;
    int connections_per_client = HttpLimits{}.connections_per_client;
    Rate rate_per_client = HttpLimits{}.rate_per_client;
    int burst_per_client = HttpLimits{}.burst_per_client;
    int reserved = HttpLimits{}.reserved;
};

struct OutgoingSection {
    Marked<std::string> proxy = {};
    std::string user = {};
    std::optional<Marked<SecretReference>> password = {};
    std::vector<std::string> no_proxy = {};
};

struct ConnectorLimits {
    std::chrono::milliseconds call = Connector{}.call_limit;
    std::chrono::milliseconds retry_for = Connector{}.retry_for;
    int workers = Connector{}.workers;
    std::optional<Rate> rate = {};
    int credits = Connector{}.credits;
    std::size_t frame = Connector{}.frame;
};

struct Backoff {
    std::chrono::milliseconds first = Connector{}.backoff_first;
    std::chrono::milliseconds most = Connector{}.backoff_most;
};

struct Trip {
    int crashes = Restart{}.crashes;
    std::chrono::milliseconds within = Restart{}.within;
};

struct RestartSection {
    Backoff backoff = {Restart{}.first, Restart{}.most};
    Trip trip = {};
};

struct ConnectorSection {
    Marked<std::string> plugin = {};
    std::string sha256 = {};
    Isolation isolation = Isolation::kDefault;
    Sandbox sandbox = {};
    RestartSection restart = {};
    const Node* settings = nullptr;
    Marked<SignIn> sign_in = {};
    std::chrono::milliseconds interval = Connector{}.interval;
    ConnectorLimits limits = {};
    Backoff backoff = {};
};

using WeekHours = std::array<std::vector<domain::Interval>, 7>;
using MarkedDates = std::vector<Marked<domain::Date>>;

/// Absent parts of a named calendar are those of the main one.
struct CalendarSection {
    bool always = false;
    std::optional<WeekHours> hours = {};
    std::optional<MarkedDates> holidays = {};
    std::optional<MarkedDates> makeup_days = {};
};

/// Some day has working hours.
inline bool isOpen(const CalendarSection& calendar) {
    const auto has_hours = [](const std::vector<domain::Interval>& hours) { return !hours.empty(); };
    return calendar.always ||
           (calendar.hours && std::any_of(calendar.hours->begin(), calendar.hours->end(), has_hours));
}

struct DeadlineSection {
    domain::DeadlineEnd end = domain::DeadlineEnd::kEndOfDay;
    std::string default_sla = {};
};

struct AppointmentSection {
    std::optional<domain::Duration> more_than = domain::AppointmentRules{}.least_regulated;
    int most = domain::AppointmentRules{}.most;
    std::optional<domain::Duration> longest = domain::AppointmentRules{}.longest;
    domain::AppointmentEnd end = domain::AppointmentRules{}.end;
    std::optional<domain::Duration> remind_before = domain::AppointmentRules{}.remind_before;
};

struct IntakeSection {
    std::optional<domain::Duration> back_dated = domain::Rules{}.oldest_receipt;
    OutsideRule outside = IntakeRules{}.outside;
    FileLimits files = {};
    int max_pages = IntakeRules{}.max_pages;
    VirusScan virus_scan = {};
};

struct OneTimeCodesSection {
    Marked<std::string> phone = {};
    Marked<std::string> email = {};
    std::string text = OneTimeCodes{}.text;
    std::chrono::milliseconds valid = OneTimeCodes{}.valid;
    std::chrono::milliseconds session = OneTimeCodes{}.session;
};

/// Where areas lie.
struct PlacesSection {
    Marked<std::filesystem::path> polygons = {};
};

struct EmergencySection {
    std::vector<std::string> channels = {};
    std::string line = domain::Rules{}.emergency_line;
    bool roster = false;
    std::optional<domain::Duration> answer_within = domain::Rules{}.roster_wait;
};

/// First and last day; absent: without bound on that side.
struct ValiditySection {
    std::optional<domain::Date> from = {};
    std::optional<domain::Date> to = {};
};

struct UnitSection {
    domain::Unit unit = {};
    ValiditySection valid = {};
};

/// Limits from a day on, in the place of all that held before.
struct SlaChange {
    domain::SlaPolicy policy = {};
};

struct SlaSection {
    domain::SlaPolicy policy = {};
    std::vector<Marked<SlaChange>> changes = {};
};

struct RouteTarget {
    std::string unit = {};
    domain::RouteMode mode = domain::RouteMode::kSuggest;
    std::string workflow = {};
    std::string sla = {};
    std::vector<std::string> tags = {};
};

struct RouteSection {
    Marked<std::string> name = {};
    domain::Conditions when = {};
    RouteTarget then = {};
    bool sound = false;  ///< Read without a mistake, so worth comparing with others.
};

struct WorkflowSection {
    std::string use = {};
    int ping_pong = domain::Rules{}.ping_pong;
    std::optional<domain::Duration> reopen_within = domain::Rules{}.reopen_within;
    std::optional<domain::Duration> follow_until = {};
    int approvers = 0;
};

struct DeliveryFilter {
    std::vector<std::string> channel = {};
    std::vector<std::string> origin = {};
    bool needs_signature = false;
};

struct DeliverySection {
    domain::EventKind on = domain::EventKind::kReleased;
    Marked<std::string> to = {};
    std::optional<domain::DeliveryKind> kind = {};
    DeliveryFilter when = {};
};

/// One way to a sender.
struct ReplyWaySection {
    Marked<std::string> to = {};
    Marked<std::string> way = {};
    std::optional<domain::Duration> within = {};
    std::optional<domain::Duration> try_for = {};
};

struct ReplySection {
    std::vector<std::string> channel = {};
    std::vector<ReplyWaySection> by = {};
};

/// Which petitions a notice is about.
struct NoticeFilter {
    std::vector<std::string> channel = {};
};

struct NoticeRuleSection {
    std::vector<domain::EventKind> on = {};
    domain::Audience audience = domain::Audience::kNext;
    Marked<std::string> notice = {};
    std::vector<Marked<std::string>> to = {};
    NoticeFilter when = {};
    domain::NoticeSending sending = domain::NoticeSending::kUsually;
    domain::Language language = domain::Language::kVietnamese;
    Mark mark = {};
};

/// Files of texts.
struct TemplatesSection {
    Marked<std::filesystem::path> letter = {};
    std::vector<Marked<std::filesystem::path>> notices = {};
    std::vector<Marked<std::filesystem::path>> texts = {};
};

struct Document {
    HubSection hub = {};
    StoreSection store = {};
    CodesSection codes = {};
    HttpSection http = {};
    OutgoingSection outgoing = {};
    DecodeLimits decode = {};
    std::map<std::string, Marked<ConnectorSection>, std::less<>> connectors = {};
    Marked<CalendarSection> calendar = {};
    std::map<std::string, Marked<CalendarSection>, std::less<>> calendars = {};
    DeadlineSection deadline = {};
    AppointmentSection appointment = {};
    std::vector<std::string> channels = {};
    IntakeSection intake = {};
    OneTimeCodesSection one_time_codes = {};
    EmergencySection emergency = {};
    std::map<std::string, domain::IdentityRule, std::less<>> identity = {};
    domain::Retention retention = {};
    bool sandbox = false;
    std::vector<Marked<UnitSection>> units = {};
    std::vector<domain::Category> categories = {};
    std::vector<Marked<domain::Area>> areas = {};
    PlacesSection places = {};
    std::map<std::string, domain::Conditions, std::less<>> suspected = {};
    std::map<std::string, SlaSection, std::less<>> sla = {};
    std::vector<RouteSection> routes = {};
    WorkflowSection workflow = {};
    std::vector<DeliverySection> deliveries = {};
    std::vector<ReplySection> replies = {};
    std::vector<NoticeRuleSection> notices = {};
    TemplatesSection templates = {};
};

/// The top-level keys; the tables of all sections hang below it.
template <>
std::span<const Key<HubSection>> keysOf<HubSection>();
template <>
std::span<const Key<StoreSection>> keysOf<StoreSection>();
template <>
std::span<const Key<CodesSection>> keysOf<CodesSection>();
template <>
std::span<const Key<HttpSection>> keysOf<HttpSection>();
template <>
std::span<const Key<OutgoingSection>> keysOf<OutgoingSection>();
template <>
std::span<const Key<DecodeLimits>> keysOf<DecodeLimits>();
template <>
std::span<const Key<SignIn>> keysOf<SignIn>();
template <>
std::span<const Key<ConnectorSection>> keysOf<ConnectorSection>();
template <>
std::span<const Key<Document>> keysOf<Document>();

}  // namespace pakn::config
