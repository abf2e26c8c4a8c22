#include "settings.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "fetcher.hpp"
#include "options.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::int64_t kMostAttachment = 15LL << 20U;  ///< What one conversation of the inbox holds.

/// "[a, "b"]" as the option table has it.
std::vector<std::string> flowList(std::string_view text) {
    std::vector<std::string> items;
    if (!text.empty() && text.front() == '[') text.remove_prefix(1);
    if (!text.empty() && text.back() == ']') text.remove_suffix(1);
    while (!text.empty()) {
        std::string_view item = trimmed(text.substr(0, text.find(',')));
        text.remove_prefix(std::min(text.size(), text.find(',')));
        if (!text.empty()) text.remove_prefix(1);
        if (item.size() > 1 && item.front() == '"' && item.back() == '"') item = item.substr(1, item.size() - 2);
        if (!item.empty()) items.emplace_back(item);
    }
    return items;
}

/// An empty list is the default: a chat without words could not be used.
std::vector<std::string> listOf(const Settings& settings, std::string_view name) {
    if (std::vector<std::string> list = settings.list(name); !list.empty()) return list;
    for (const Option& option : kOptions)
        if (option.name == name) return flowList(option.default_value);
    return {};
}

std::vector<std::string> wordsOf(const Settings& settings, std::string_view name) {
    std::vector<std::string> words;
    for (const std::string& word : listOf(settings, name))
        if (std::string plain = folded(word); !plain.empty()) words.push_back(std::move(plain));
    return words;
}

std::string shownOf(const Settings& settings, std::string_view name) {
    const std::vector<std::string> words = listOf(settings, name);
    return words.empty() ? std::string{} : cleaned(words.front());
}

/// In an option table a line end is written as it is in YAML.
std::string withLines(std::string text) {
    for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at))
        text.replace(at, 2, "\n");
    return text;
}

/// Without a slash at its end.
std::string hostOf(const Settings& settings, std::string_view name) {
    std::string url = settings.text(name);
    while (!url.empty() && url.back() == '/') url.pop_back();
    return url;
}

bool isLoopback(std::string_view origin) {
    for (const std::string_view host : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
        if (origin.substr(0, host.size()) != host) continue;
        if (origin.size() == host.size() || origin[host.size()] == ':') return true;
    }
    return false;
}

class Checker {
public:
    explicit Checker(const Settings& settings) : settings_{settings} {}

    std::vector<SettingsMistake> check() {
        oneOf("signature_first_term", {"app_id", "oa_id"});
        oneOf("unconfirmed", {"send", "drop"});
        oneOf("long_text", {"split", "link"});
        if (settings_.text("signature_first_term") == "oa_id" && settings_.text("oa_id").empty())
            add("oa_id", "signature_first_term is oa_id, and there is none", "write the Official Account's id");
        for (const char* name : {"oauth_url", "api_url", "template_url"}) clear(name);
        for (const char* name : {"oa_secret", "app_secret", "refresh_token"})
            if (settings_.text(name).empty()) add(name, "the secret is empty", "put it where the reference points");
        if (settings_.size("max_attachment") < 1 || settings_.size("max_attachment") > kMostAttachment)
            add("max_attachment", "a file that waits for its petition has 1 B to 15 MB", "write at most 15MB");
        if (settings_.flag("ask_identity") && settings_.text("card_image").empty())
            add("card_image", "the card that asks who somebody is needs a picture", "name a public https address");
        hosts();
        templates();
        trackingUrl();
        words();
        return std::move(mistakes_);
    }

private:
    void add(std::string option, std::string message, std::string hint = {}) {
        mistakes_.push_back({.option = std::move(option), .message = std::move(message), .hint = std::move(hint)});
    }

    void oneOf(const char* name, std::array<std::string_view, 2> known) {
        const std::string value = settings_.text(name);
        if (value != known[0] && value != known[1])
            add(name, "it is one of two words", "write " + std::string{known[0]} + " or " + std::string{known[1]});
    }

    /// Secrets go there.
    void clear(const char* name) {
        const std::string origin = originOf(hostOf(settings_, name));
        if (origin.empty())
            add(name, "no http or https address", "write https:// and the host");
        else if (origin.substr(0, 8) != "https://" && !isLoopback(origin))
            add(name, "secrets would cross the network in clear", "write https://");
    }

    void hosts() {
        for (const std::string& host : listOf(settings_, "attachment_hosts"))
            if (!isHostRule(host))
                add("attachment_hosts", "\"" + host + "\" is neither a host, nor *. and a domain, nor an origin",
                    "write files.example, *.zdn.vn or https://files.example");
    }

    void templates() {
        for (const char* name : {"result_template_data", "notice_template_data"})
            for (const std::string& field : listOf(settings_, name))
                if (const auto at = field.find('='); at == std::string::npos || at == 0)
                    add(name, "a field of a template has no name", "write name={code}");
    }

    void trackingUrl() {
        const std::string url = settings_.text("tracking_url");
        if (!url.empty() && url.find("{code}") == std::string::npos)
            add("tracking_url", "the address names no petition", "put {code} and {token} into it");
        else if (!url.empty() && originOf(url).empty())
            add("tracking_url", "no http or https address", "write https:// and the host");
    }

    /// One word with two meanings would do something else than people expect.
    void words() {
        constexpr std::array<const char*, 8> kLists{"send_words",       "cancel_words",      "track_words",
                                                    "supplement_words", "new_words",         "satisfied_words",
                                                    "neutral_words",    "dissatisfied_words"};
        std::vector<std::string> seen;
        for (const char* name : kLists)
            for (const std::string& word : wordsOf(settings_, name)) {
                if (std::find(seen.begin(), seen.end(), word) != seen.end())
                    add(name, "\"" + word + "\" has another meaning already", "take it out of one of the lists");
                seen.push_back(word);
            }
    }

    const Settings& settings_;
    std::vector<SettingsMistake> mistakes_;
};

WebhookRules webhookRules(const Settings& settings) {
    WebhookRules rules{.signature = {.first_term = settings.text(settings.text("signature_first_term")),
                                     .keys = {settings.text("oa_secret")}},
                       .oa_id = settings.text("oa_id"),
                       .max_age = settings.duration("max_age")};
    if (settings.has("previous_oa_secret")) rules.signature.keys.push_back(settings.text("previous_oa_secret"));
    return rules;
}

Words wordsOf(const Settings& settings) {
    return {.send = wordsOf(settings, "send_words"),
            .cancel = wordsOf(settings, "cancel_words"),
            .track = wordsOf(settings, "track_words"),
            .supplement = wordsOf(settings, "supplement_words"),
            .fresh = wordsOf(settings, "new_words"),
            .satisfied = wordsOf(settings, "satisfied_words"),
            .neutral = wordsOf(settings, "neutral_words"),
            .dissatisfied = wordsOf(settings, "dissatisfied_words"),
            .send_shown = shownOf(settings, "send_words"),
            .cancel_shown = shownOf(settings, "cancel_words"),
            .track_shown = shownOf(settings, "track_words"),
            .supplement_shown = shownOf(settings, "supplement_words"),
            .fresh_shown = shownOf(settings, "new_words")};
}

IntakeRules intakeRules(const Settings& settings) {
    return {.category = settings.text("category"),
            .window = settings.duration("window"),
            .drop_unconfirmed = settings.text("unconfirmed") == "drop",
            .drop_after = settings.duration("drop_after"),
            .tracking_url = settings.text("tracking_url"),
            .ask_identity = settings.flag("ask_identity"),
            .consent = settings.flag("consent"),
            .accepted_types = listOf(settings, "accepted_types"),
            .fetch_for = settings.duration("fetch_for"),
            .words = wordsOf(settings)};
}

TemplateRule templateRule(const Settings& settings, std::string_view id, std::string_view data) {
    return {.id = settings.text(id), .data = listOf(settings, data)};
}

ReplyRules replyRules(const Settings& settings) {
    return {.result_text = withLines(settings.text("result_text")),
            .status_text = withLines(settings.text("status_text")),
            .short_text = withLines(settings.text("short_text")),
            .split = settings.text("long_text") == "split",
            .result_by_user = templateRule(settings, "result_template_user", "result_template_data"),
            .notice_by_user = templateRule(settings, "notice_template_user", "notice_template_data"),
            .result_by_phone = templateRule(settings, "result_template_phone", "result_template_data"),
            .notice_by_phone = templateRule(settings, "notice_template_phone", "notice_template_data"),
            .tracking_url = settings.text("tracking_url")};
}

}  // namespace

std::vector<SettingsMistake> mistakesOf(const Settings& settings) { return Checker{settings}.check(); }

Rules rulesOf(const Settings& settings) {
    if (const std::vector<SettingsMistake> mistakes = mistakesOf(settings); !mistakes.empty())
        throw std::invalid_argument{mistakes.front().option + ": " + mistakes.front().message};
    const HttpClient::Limits limits{.timeout = settings.duration("timeout"), .max_body = kMostAnswer};
    return {.webhook = webhookRules(settings),
            .token = {.url = hostOf(settings, "oauth_url"),
                      .app_id = settings.text("app_id"),
                      .app_secret = settings.text("app_secret"),
                      .refresh_token = settings.text("refresh_token"),
                      .refresh_after = settings.duration("refresh_after"),
                      .limits = limits},
            .calls = {.api_url = hostOf(settings, "api_url"),
                      .template_url = hostOf(settings, "template_url"),
                      .app_secret = settings.text("app_secret"),
                      .prove = settings.flag("appsecret_proof"),
                      .limits = limits,
                      .card_title = settings.text("card_title"),
                      .card_text = settings.text("card_text"),
                      .card_image = settings.text("card_image")},
            .fetch = {.hosts = listOf(settings, "attachment_hosts"),
                      .limits = {.timeout = settings.duration("timeout"),
                                 .max_body = static_cast<std::size_t>(settings.size("max_attachment"))}},
            .intake = intakeRules(settings),
            .replies = replyRules(settings)};
}

}  // namespace pakn::in_zalo
