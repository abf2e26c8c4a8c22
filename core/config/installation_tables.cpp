/// @file
/// Keys of what an installation is made of: the hub, its store, its HTTP server, decoders, connectors. What the
/// province decides (calendars, units, limits, routes) stands in tables.cpp.

#include <algorithm>

#include "core/config/special_codecs.hpp"
#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kDay = std::int64_t{24} * 60 * kMinute;

constexpr std::array<std::string_view, 1> kTimeZones{"Asia/Ho_Chi_Minh"};
constexpr std::array<std::string_view, 3> kIsolations{"default", "in-process", "process"};

void checkStoreUrl(Reader& reader, const Node& node, const std::string& url) {
    constexpr std::string_view kPostgresql = "postgresql://";
    if (url.starts_with("sqlite:") && url.size() > 7) return;
    // Never quoted: an address of a database may carry a password.
    if (!url.starts_with(kPostgresql) || url.size() == kPostgresql.size())
        return reader.error(node.mark, "no store of this kind exists",
                            "write sqlite:PATH or postgresql://user@host/database");
    const std::string_view rest = std::string_view{url}.substr(kPostgresql.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    const std::size_t at = authority.rfind('@');
    const bool in_user = at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
    if (in_user || rest.find("password=") != std::string_view::npos)
        reader.error(node.mark, "a password must not stand in the configuration",
                     "write store.password: ${file:PATH} beside it");
}

void checkBlobsUrl(Reader& reader, const Node& node, const std::string& url) {
    if (url.starts_with("directory:") && url.size() > 10) return;
    reader.error(node.mark, "no place for files of this kind exists", "write directory:PATH");
}

void checkPattern(Reader& reader, const Node& node, const std::string& pattern) {
    const std::string defect = domain::codePatternDefect(pattern);
    if (!defect.empty()) reader.error(node.mark, "no code can be made of this: " + defect, "write {ddMMyy}{serial:3}");
}

void checkBody(Reader& reader, const Node& node, const std::size_t& bytes) {
    if (bytes < (1U << 10U) || bytes > (1U << 30U)) reader.error(node.mark, "a size from 1KB to 1GB is wanted here");
}

void checkFrame(Reader& reader, const Node& node, const std::size_t& bytes) {
    if (bytes < (64U << 10U) || bytes > (64U << 20U))
        reader.error(node.mark, "a size from 64KB to 64MB is wanted here");
}

void checkLabel(Reader& reader, const Node& node, const std::string& label) {
    if (label.empty() || domain::codePoints(label) > 60)
        reader.error(node.mark, "a text of 1-60 characters is wanted here");
}

void checkProxy(Reader& reader, const Node& node, const std::string& url) {
    constexpr std::string_view kScheme = "http://";
    std::string_view rest = url;
    if (!rest.starts_with(kScheme))
        return reader.error(node.mark, "a proxy is an http:// address", "write http://host:port");
    rest.remove_prefix(kScheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.find_first_of("/?#") != std::string_view::npos)
        reader.error(node.mark, "a proxy is a host and a port", "write http://host:port");
}

void checkDirectHost(Reader& reader, const Node& node, const std::string& host) {
    const bool plain = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
    });
    if (!plain || host.front() == '.')
        reader.error(node.mark, inQuotes(host) + " is no host",
                     "write a host, an address, or a domain without a dot before it, in lower case");
}

void checkMemory(Reader& reader, const Node& node, const std::size_t& bytes) {
    if (bytes < (32U << 20U) || bytes > (std::size_t{64} << 30U))
        reader.error(node.mark, "a size from 32MB to 64GB is wanted here");
}

void checkDecoderMemory(Reader& reader, const Node& node, const std::size_t& bytes) {
    if (bytes < (std::size_t{384} << 20U) || bytes > (std::size_t{64} << 30U))
        reader.error(node.mark, "a size from 384MB to 64GB is wanted here");
}

}  // namespace

template <>
std::span<const Key<domain::Contact>> keysOf<domain::Contact>() {
    using domain::Contact;
    static constexpr Key<Contact> kKeys[] = {
        key<&Contact::name, Text>("name", kOptional, "Who or which desk it is."),
        key<&Contact::phone, PhoneNumber>("phone", kOptional, "Telephone number of the office."),
        key<&Contact::email, MailAddress>("email", kOptional, "E-mail address of the office."),
    };
    return kKeys;
}

template <>
std::span<const Key<HubSection>> keysOf<HubSection>() {
    static constexpr Key<HubSection> kKeys[] = {
        key<&HubSection::name, Text>("name", kRequired, "Name of the hub, as people see it."),
        key<&HubSection::listen, Listen>(
            "listen", kOptional, "Address of the HTTP server; port 0 takes a free one. Default 127.0.0.1:8080."),
        key<&HubSection::public_url, Url>("public_url", kOptional, "Address under which citizens reach the hub."),
        key<&HubSection::contact, Section<domain::Contact>>(
            "contact", kOptional, "Whom units ask at the Centre; notices to its people go there."),
        key<&HubSection::key, Path>("key", kOptional,
                                    "File of the hub's key, which wraps all data keys. Default var/hub.key."),
        key<&HubSection::timezone, Choice<TimeZone, kTimeZones>>(
            "timezone", kOptional, "Always Asia/Ho_Chi_Minh; said so that nobody wonders."),
    };
    return kKeys;
}

template <>
std::span<const Key<StoreSection>> keysOf<StoreSection>() {
    static constexpr Key<StoreSection> kKeys[] = {
        key<&StoreSection::url, Checked<Text, &checkStoreUrl>>("url", kRequired,
                                                               "The database: sqlite:PATH, or"
                                                               " postgresql://user@host/database for several hubs."),
        key<&StoreSection::password, SecretText>("password", kOptional, "Password of the PostgreSQL user."),
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
        key<&HttpSection::trusted_proxies, List<IpRange>>(
            "trusted_proxies", kOptional,
            "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. What they ask on nobody's behalf counts "
            "against no limit per client. Default none."),
        key<&HttpSection::metrics_readers, List<IpRange>>(
            "metrics_readers", kOptional, "Clients that may read /metrics. Default this machine: 127.0.0.0/8 and ::1."),
        key<&HttpSection::max_body, Checked<Size, &checkBody>>("max_body", kOptional,
                                                               "Largest request, files included. Default 25MB."),
        key<&HttpSection::head_deadline, Milliseconds<kSecond / 10, 10 * kMinute>>(
            "head_deadline", kOptional, "Time for the whole head of a request, however it drips. Default 10s."),
        key<&HttpSection::body_deadline, Milliseconds<kSecond / 10, 60 * kMinute>>(
            "body_deadline", kOptional, "Time for a whole body. Default 120s."),
        key<&HttpSection::connections, Integer<8, 100000>>("connections", kOptional,
                                                           "Connections in all. Default 4096."),
        key<&HttpSection::connections_per_client, Integer<1, 100000>>(
            "connections_per_client", kOptional,
            "Connections of one address (IPv6: of one /64 network). Many phones share one address. Default 256."),
        key<&HttpSection::rate_per_client, RateValue>(
            "rate_per_client", kOptional,
            "Lasting rate of requests of one address without a valid session, token or key. Default 50/s."),
        key<&HttpSection::burst_per_client, Integer<1, 1000000>>(
            "burst_per_client", kOptional, "Requests that one address may send at once beyond that rate. Default 500."),
        key<&HttpSection::reserved, Integer<0, 90>>(
            "reserved", kOptional,
            "Percent of places in queues and of memory for bodies that only the hotline (API keys of "
            "emergency.channels) and the Centre's people (operators, dispatchers) may use. Default 20."),
    };
    return kKeys;
}

template <>
std::span<const Key<OutgoingSection>> keysOf<OutgoingSection>() {
    static constexpr Key<OutgoingSection> kKeys[] = {
        key<&OutgoingSection::proxy, WithMark<Checked<Url, &checkProxy>>>(
            "proxy", kOptional, "HTTP proxy that requests of connectors take: http://host:port. Default none."),
        key<&OutgoingSection::user, Text>("user", kOptional, "User at the proxy."),
        key<&OutgoingSection::password, SecretText>("password", kOptional, "Password of that user."),
        key<&OutgoingSection::no_proxy, List<Checked<Text, &checkDirectHost>>>(
            "no_proxy", kOptional, "Hosts and addresses reached without it, and domains with all below them."),
    };
    return kKeys;
}

template <>
std::span<const Key<DecodeLimits>> keysOf<DecodeLimits>() {
    static constexpr Key<DecodeLimits> kKeys[] = {
        key<&DecodeLimits::processes, Integer<1, 64>>("processes", kOptional, "So many at the same time. Default 2."),
        key<&DecodeLimits::time, Milliseconds<100, 10 * kMinute>>(
            "time", kOptional, "For one file; what takes longer twice is unreadable. Default 30s."),
        key<&DecodeLimits::memory, Checked<Size, &checkDecoderMemory>>("memory", kOptional,
                                                                       "Address space of one of them. Default 512MB."),
        key<&DecodeLimits::pixels, Integer<1000000, 1000000000>>(
            "pixels", kOptional, "The most that a picture may have; larger ones are unreadable. Default 64000000."),
    };
    return kKeys;
}

template <>
std::span<const Key<ConnectorLimits>> keysOf<ConnectorLimits>() {
    static constexpr Key<ConnectorLimits> kKeys[] = {
        key<&ConnectorLimits::call, Milliseconds<100, 10 * kMinute>>(
            "call", kOptional,
            "How long one call over the hub's HTTP client may take, and any call of an isolated connector. Default "
            "10s."),
        key<&ConnectorLimits::retry_for, Milliseconds<kSecond, 365 * kDay>>(
            "retry_for", kOptional, "How long a delivery is tried before a person has to look. Default 7d."),
        key<&ConnectorLimits::workers, Integer<1, 64>>("workers", kOptional, "Calls at the same time. Default 1."),
        key<&ConnectorLimits::rate, RateValue>("rate", kOptional,
                                               "Calls to its peer per second, minute or hour. Default no bound."),
        key<&ConnectorLimits::credits, Integer<1, 10000>>(
            "credits", kOptional,
            "What an isolated connector has the hub write at once: petitions, news, state. Default 8."),
        key<&ConnectorLimits::frame, Checked<Size, &checkFrame>>(
            "frame", kOptional, "Largest message between an isolated connector and the hub. Default 1MB."),
    };
    return kKeys;
}

template <>
std::span<const Key<Sandbox>> keysOf<Sandbox>() {
    static constexpr Key<Sandbox> kKeys[] = {
        key<&Sandbox::sockets, Flag>("sockets", kOptional, "May open connections of its own. Default true."),
        key<&Sandbox::memory, Checked<Size, &checkMemory>>("memory", kOptional, "Address space. Default 256MB."),
        key<&Sandbox::files, Integer<16, 65536>>("files", kOptional, "Open files at the same time. Default 64."),
    };
    return kKeys;
}

template <>
std::span<const Key<RestartSection>> keysOf<RestartSection>() {
    static constexpr Key<RestartSection> kKeys[] = {
        key<&RestartSection::backoff, BackoffRange>("backoff", kOptional,
                                                    "First and longest pause before a restart. Default [100ms, 30s]."),
        key<&RestartSection::trip, TripValue>(
            "trip", kOptional,
            "So many crashes within such a time, and it is tried only now and then. Default 5 in 5m."),
    };
    return kKeys;
}

template <>
std::span<const Key<SignIn>> keysOf<SignIn>() {
    static constexpr Key<SignIn> kKeys[] = {
        key<&SignIn::who, Choice<SignInFor, kSignInFor>>("who", kOptional, "Whom it signs in. Default officers."),
        key<&SignIn::label, Checked<Text, &checkLabel>>("label", kOptional,
                                                        "What its button says. Default what the plugin says it is."),
    };
    return kKeys;
}

template <>
std::span<const Key<ConnectorSection>> keysOf<ConnectorSection>() {
    static constexpr Key<ConnectorSection> kKeys[] = {
        key<&ConnectorSection::plugin, WithMark<Text>>("plugin", kRequired, "Name of the plugin."),
        key<&ConnectorSection::sha256, Sha256>(
            "sha256", kOptional, "The plugin's file must have this SHA-256. Default: any file of that name."),
        key<&ConnectorSection::isolation, Choice<Isolation, kIsolations>>(
            "isolation", kOptional,
            "Where the plugin's code runs. Default: in process if the plugin declares itself trusted, else a process."),
        key<&ConnectorSection::sandbox, Section<Sandbox>>("sandbox", kOptional,
                                                          "What the child process of an isolated connector may use."),
        key<&ConnectorSection::restart, Section<RestartSection>>(
            "restart", kOptional, "How the child process of an isolated connector comes back."),
        key<&ConnectorSection::settings, Unread>("settings", kOptional,
                                                 "The plugin's own options, see its README. Secrets are references."),
        key<&ConnectorSection::sign_in, WithMark<Section<SignIn>>>(
            "sign_in", kOptional, "Of a plugin that signs people in: whom, and how its button is called."),
        key<&ConnectorSection::interval, Milliseconds<10, kDay>>("interval", kOptional,
                                                                 "Pause between two polls. Default 1s."),
        key<&ConnectorSection::limits, Section<ConnectorLimits>>("limits", kOptional, "Bounds of its work."),
        key<&ConnectorSection::backoff, BackoffRange>(
            "backoff", kOptional, "First and longest pause between attempts of a delivery. Default [1s, 15m]."),
    };
    return kKeys;
}

}  // namespace pakn::config
