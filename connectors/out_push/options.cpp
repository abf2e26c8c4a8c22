#include "options.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pakn::out_push {
namespace {

constexpr std::size_t kMostWords = 100;  ///< Bytes; a lock screen shows no more.
constexpr std::size_t kMostTitle = 60;
constexpr std::chrono::hours kMostKept{24 * 28};  ///< What FCM keeps at most.

std::string withoutSlash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

class Reader {
public:
    explicit Reader(const Settings& settings) : settings_{settings} {}

    Review read() && {
        readFcm();
        readApns();
        const bool neither = !settings_.has("fcm_account") && !settings_.has("apns_key");
        if (neither) add("fcm_account", "neither FCM nor APNs is set up", "give fcm_account, apns_key or both");
        readWords();
        readTimes();
        return {.options = std::move(options_), .mistakes = std::move(mistakes_)};
    }

private:
    void add(std::string_view option, std::string message, std::string hint) {
        mistakes_.push_back({.option = std::string{option}, .message = std::move(message), .hint = std::move(hint)});
    }

    void readFcm() {
        if (!settings_.has("fcm_account")) return;
        Result<ServiceAccount> account = readServiceAccount(settings_.text("fcm_account"));
        if (!account) {
            add("fcm_account", account.error().message, "take the file that Firebase gives for the service account");
            return;
        }
        const std::string token_url =
            settings_.has("fcm_token_url") ? settings_.text("fcm_token_url") : account->token_uri;
        options_.fcm = FcmOptions{.account = std::move(account).value(),
                                  .url = withoutSlash(settings_.text("fcm_url")),
                                  .token_url = token_url};
    }

    void readApns() {
        constexpr std::array<std::string_view, 3> kBeside{"apns_key_id", "apns_team", "apns_topic"};
        const bool has_key = settings_.has("apns_key");
        bool whole = has_key;
        for (const std::string_view option : kBeside) {
            if (settings_.text(option).empty() == !has_key) continue;
            whole = false;
            if (has_key)
                add(option, "APNs needs it beside apns_key", "Apple's developer pages show it");
            else
                add(option, "without apns_key it is of no use", "give apns_key, or leave it out");
        }
        if (!has_key) return;
        Result<SigningKey> key = SigningKey::readP256(settings_.text("apns_key"));
        if (!key) add("apns_key", key.error().message, "take the .p8 file that Apple gave");
        const std::string url = withoutSlash(settings_.text("apns_url"));
        if (!url.starts_with("https://")) add("apns_url", "APNs speaks https alone", "write https://…");
        if (!whole || !key) return;
        options_.apns = ApnsOptions{.key = std::move(key).value(),
                                    .key_id = settings_.text("apns_key_id"),
                                    .team = settings_.text("apns_team"),
                                    .topic = settings_.text("apns_topic"),
                                    .url = url,
                                    .proxy = settings_.text("apns_proxy"),
                                    .ca_file = settings_.text("apns_ca_file")};
    }

    void readWords() {
        options_.title = settings_.text("title");
        if (options_.title.size() > kMostTitle) add("title", "longer than 60 bytes", "a lock screen cuts it");
        options_.words = usualWords();
        for (const std::string& line : settings_.list("words")) {
            const std::size_t at = line.find('=');
            const std::string name = line.substr(0, at);
            const std::string words = at == std::string::npos ? std::string{} : line.substr(at + 1);
            const bool known = options_.words.contains(name) || name.starts_with("event/");
            if (!known || words.empty() || words.size() > kMostWords)
                add("words", "\"" + name + "\" is no status or event, or has no words, or more than 100 bytes",
                    "write answered=Đã có kết quả, or event/assigned=Có việc mới");
            else
                options_.words[name] = words;
        }
    }

    void readTimes() {
        options_.keep_for = std::chrono::floor<std::chrono::seconds>(settings_.duration("keep_for"));
        if (options_.keep_for.count() < 1 || options_.keep_for > kMostKept)
            add("keep_for", "not between a second and 28 days", "write 1d");
        options_.timeout = settings_.duration("timeout");
        if (options_.timeout.count() < 1) add("timeout", "no time at all", "write 8s");
        options_.quiet_except = settings_.list("quiet_except");
        if (options_.quiet_except.empty()) options_.quiet_except = {"roster_called", "emergency_accepted"};
        if (!settings_.has("quiet_hours")) return;
        options_.quiet_hours = QuietHours::read(settings_.text("quiet_hours"));
        if (!options_.quiet_hours) add("quiet_hours", "no two times of a day", "write 22:00-06:00");
    }

    const Settings& settings_;
    Options options_ = {};
    std::vector<SettingsMistake> mistakes_ = {};
};

}  // namespace

Review review(const Settings& settings) { return Reader{settings}.read(); }

}  // namespace pakn::out_push
