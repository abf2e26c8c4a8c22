#include "options.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace pakn::in_email {

namespace {

constexpr std::array<std::string_view, 3> kSecurities{"tls", "starttls", "none"};

std::optional<Security> securityOf(std::string_view word) {
    const auto found = std::find(kSecurities.begin(), kSecurities.end(), word);
    if (found == kSecurities.end()) return std::nullopt;
    return static_cast<Security>(found - kSecurities.begin());
}

bool isLoopback(std::string_view host) { return host == "localhost" || host.starts_with("127.") || host == "::1"; }

Server serverOf(const Settings& settings, const std::string& prefix) {
    return {.host = settings.text(prefix + "_host"),
            .port = static_cast<int>(settings.integer(prefix + "_port")),
            .security = securityOf(settings.text(prefix + "_security")).value_or(Security::kTls),
            .user = settings.text(prefix + "_user"),
            .password = settings.text(prefix + "_password"),
            .ca_file = settings.text("ca_file"),
            .timeout = settings.duration("timeout")};
}

/// In an option table "\n" is written as it is in YAML.
std::string withLines(std::string text) {
    for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at))
        text.replace(at, 2, "\n");
    return text;
}

void checkServer(const Settings& settings, const std::string& prefix, std::vector<SettingsMistake>& mistakes) {
    const std::string host = settings.text(prefix + "_host");
    const std::optional<Security> security = securityOf(settings.text(prefix + "_security"));
    if (!security)
        mistakes.push_back(
            {.option = prefix + "_security", .message = "no such protection", .hint = "write tls, starttls or none"});
    else if (*security == Security::kNone && !host.empty() && !isLoopback(host))
        mistakes.push_back({.option = prefix + "_security",
                            .message = "passwords and petitions would cross the network in clear",
                            .hint = "write tls or starttls; none is for a server on this machine (127.0.0.1)"});
    const std::int64_t port = settings.integer(prefix + "_port");
    if (port < 1 || port > 65535)
        mistakes.push_back({.option = prefix + "_port", .message = "a port is a number from 1 to 65535"});
}

}  // namespace

std::string folderName(const MailboxSettings& settings) {
    const std::string name = folded(settings.mailbox) == "inbox" ? "INBOX" : settings.mailbox;  // RFC 3501, 5.1.
    return folded(settings.server.host) + '\n' + settings.server.user + '\n' + name;
}

MailboxSettings mailboxSettings(const Settings& settings) {
    return {.server = serverOf(settings, "imap"),
            .mailbox = settings.text("mailbox"),
            .move_to = settings.text("move_to"),
            .idle = settings.flag("idle"),
            .idle_for = std::min<std::chrono::milliseconds>(settings.duration("idle_for"), std::chrono::seconds{30}),
            .max_mail = static_cast<std::uint64_t>(settings.size("max_mail"))};
}

IntakeSettings intakeSettings(const Settings& settings) {
    IntakeSettings read{.category = settings.text("category"),
                        .authserv_id = folded(settings.text("authserv_id")),
                        .keep_automatic = settings.flag("keep_automatic"),
                        .consent = settings.flag("consent")};
    for (const std::string& address : settings.list("own_addresses")) read.own_addresses.push_back(folded(address));
    for (const char* option : {"from", "bounces_to", "imap_user", "smtp_user"})
        if (const auto named = namedAddress(settings.text(option)))
            read.own_addresses.push_back(folded(named->address));
    return read;
}

OutgoingSettings outgoingSettings(const Settings& settings) {
    OutgoingSettings read{
        .server = serverOf(settings, "smtp"),
        .from = namedAddress(settings.text("from")).value_or(NamedAddress{}),
        .bounces_to = settings.text("bounces_to"),
        .result_subject = settings.text("result_subject"),
        .result_text = withLines(settings.text("result_text")),
        .max_size = settings.size("max_size"),
        .acks_per_day = static_cast<int>(settings.integer("acks_per_day")),
        .bad_for_days = static_cast<int>(
            std::chrono::duration_cast<std::chrono::hours>(settings.duration("bad_for")).count() / 24)};
    if (read.bounces_to.empty()) read.bounces_to = read.from.address;
    return read;
}

std::vector<SettingsMistake> mistakesIn(const Settings& settings) {
    std::vector<SettingsMistake> mistakes;
    checkServer(settings, "imap", mistakes);
    checkServer(settings, "smtp", mistakes);
    if (!namedAddress(settings.text("from")))
        mistakes.push_back({.option = "from",
                            .message = "not a mail address",
                            .hint = "write paht@mau.example, or \"Trung tâm <paht@mau.example>\""});
    if (settings.has("bounces_to") && !plainAddress(settings.text("bounces_to")))
        mistakes.push_back({.option = "bounces_to", .message = "not a mail address"});
    if (settings.has("smtp_user") != settings.has("smtp_password"))
        mistakes.push_back({.option = settings.has("smtp_user") ? "smtp_user" : "smtp_password",
                            .message = "smtp_user and smtp_password belong together"});
    return mistakes;
}

}  // namespace pakn::in_email
