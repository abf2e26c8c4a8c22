#include "options.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "text.hpp"

namespace pakn::out_sms {
namespace {

/// The vendor's fixed public address (docs/contracts/sms.md). VNPT and Viettel give out addresses of their own.
constexpr std::string_view kEsmsUrl = "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/";
/// What a delivery says of itself, when the configuration says nothing else.
constexpr std::string_view kAsItIs = "{message}";
constexpr std::size_t kShortestToken = 24;
constexpr std::int64_t kMostParts = 10;

/// Words apart by blanks or commas, in lower case.
std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + ' ') {
        if (c != ' ' && c != ',') {
            word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    return words;
}

bool isToken(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

class Reader {
public:
    explicit Reader(const Settings& settings) : settings_{settings} {}

    Review read() {
        const std::optional<Gateway> driver = gateway();
        Options options{.driver = driver.value_or(Gateway::kVnpt),
                        .url = settings_.text("url"),
                        .user = settings_.text("user"),
                        .password = settings_.text("password"),
                        .brand = settings_.text("brand"),
                        .result = kind("result", settings_.text("result_text")),
                        .notice = kind("notice", settings_.text("notice_text")),
                        .code = kind("code", settings_.text("code_text")),
                        .unicode = settings_.flag("unicode"),
                        .max_parts = parts(),
                        .allow_foreign = settings_.flag("allow_foreign"),
                        .timeout = settings_.duration("timeout"),
                        .remembers = settings_.duration("remembers"),
                        .window_retry = settings_.duration("window_retry")};
        readDrivers(options);
        for (const char* option : {"user", "password", "brand"}) needed(option);
        if (driver == Gateway::kVnpt) checkVnpt(options);
        if (driver == Gateway::kViettel) checkViettel();
        if (driver == Gateway::kEsms) checkEsms(options);
        if (driver != Gateway::kVnpt) checkOnlyVnpt();
        if (driver && driver != Gateway::kEsms && settings_.has("callback_token"))
            add("callback_token", "only eSMS tells the final state by a callback", "leave it out");
        return {.options = std::move(options), .mistakes = std::move(mistakes_)};
    }

private:
    void add(std::string option, std::string message, std::string hint) {
        mistakes_.push_back({.option = std::move(option), .message = std::move(message), .hint = std::move(hint)});
    }
    void needed(const char* option) {
        if (settings_.text(option).empty()) add(option, std::string{option} + " is empty", "write it down");
    }

    std::optional<Gateway> gateway() {
        const std::string name = settings_.text("driver");
        if (name == "vnpt") return Gateway::kVnpt;
        if (name == "viettel") return Gateway::kViettel;
        if (name == "esms") return Gateway::kEsms;
        add("driver", "there is no such driver", "vnpt, viettel or esms");
        return std::nullopt;
    }

    Wording wording(const std::string& option, std::string_view text) {
        try {
            return Wording{text};
        } catch (const std::invalid_argument& failure) {
            add(option, failure.what(), "values are {code}, {link}, {message}; [ and ] enclose what may be left out");
            return Wording{kAsItIs};
        }
    }

    Kind kind(const std::string& name, const std::string& text) {
        Kind kind{.wording = wording(name + "_text", text.empty() ? kAsItIs : std::string_view{text}),
                  .template_id = settings_.text(name + "_template"),
                  .contract_id = settings_.text(name + "_contract")};
        for (const std::string& parameter : settings_.list(name + "_params"))
            kind.parameters.push_back(wording(name + "_params", parameter));
        return kind;
    }

    int parts() {
        const std::int64_t parts = settings_.integer("max_parts");
        if (parts >= 1 && parts <= kMostParts) return static_cast<int>(parts);
        add("max_parts", "from 1 to 10", "each part is paid for like a message");
        return 1;
    }

    void readDrivers(Options& options) const {
        options.vnpt_username = settings_.has("vnpt_username") ? settings_.text("vnpt_username") : options.user;
        options.vnpt_agent = settings_.text("vnpt_agent");
        options.vnpt_contract_type = settings_.text("vnpt_contract_type");
        options.vnpt_telco_subscriber = settings_.text("vnpt_telco_subscriber");
        options.vnpt_unicode_prefixes = wordsOf(settings_.text("vnpt_unicode_prefixes"));
        options.vnpt_ask_status = settings_.flag("vnpt_ask_status");
        options.viettel_cp_code = settings_.text("viettel_cp_code");
        options.viettel_command = settings_.text("viettel_command");
        options.viettel_plain_type = settings_.text("viettel_plain_type");
        options.viettel_unicode_type = settings_.text("viettel_unicode_type");
        options.viettel_retry_words = wordsOf(settings_.text("viettel_retry_words"));
        options.viettel_pause_words = wordsOf(settings_.text("viettel_pause_words"));
        options.esms_type = settings_.text("esms_type");
        options.callback_token = settings_.text("callback_token");
        if (options.url.empty() && options.driver == Gateway::kEsms) options.url = kEsmsUrl;
    }

    void checkVnpt(const Options& options) {
        needsUrl();
        needed("vnpt_agent");
        if (options.result.template_id.empty() && options.notice.template_id.empty())
            add("result_template", "VNPT sends registered templates only, and none is named",
                "write its id into result_template or notice_template");
        for (const auto& [name, kind] : {std::pair{"result", &options.result}, std::pair{"notice", &options.notice},
                                         std::pair{"code", &options.code}})
            if (kind->template_id.empty() != kind->contract_id.empty())
                add(std::string{name} + "_contract", "a template and its contract go together", "write both ids");
    }

    void checkViettel() {
        needsUrl();
        needed("viettel_cp_code");
    }

    void checkEsms(const Options& options) {
        if (!settings_.has("callback_token")) return;
        if (options.callback_token.size() < kShortestToken || !isToken(options.callback_token))
            add("callback_token", "at least 24 letters, digits, - or _: it is a part of an address",
                "openssl rand -hex 24");
    }

    void checkOnlyVnpt() {
        for (const char* option : {"result_template", "result_contract", "result_params", "notice_template",
                                   "notice_contract", "notice_params", "code_template", "code_contract", "code_params"})
            if (settings_.has(option)) add(option, "only VNPT's driver takes it", "leave it out");
    }

    void needsUrl() {
        if (!settings_.has("url"))
            add("url", "this gateway has no address that is everybody's", "write the one that stands in your contract");
    }

    const Settings& settings_;
    std::vector<SettingsMistake> mistakes_ = {};
};

}  // namespace

Review review(const Settings& settings) { return Reader{settings}.read(); }

bool goesInTheOpen(const std::string& url) {
    constexpr std::string_view kPlain = "http://";
    if (!url.starts_with(kPlain)) return false;
    const std::string_view rest = std::string_view{url}.substr(kPlain.size());
    std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0.
    const std::size_t bracket = authority.find(']');
    const std::string_view host =
        authority.substr(0, bracket == std::string_view::npos ? authority.find(':') : bracket + 1);
    const bool this_machine =
        host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
    return !this_machine && host != "localhost" && host != "[::1]";
}

}  // namespace pakn::out_sms
