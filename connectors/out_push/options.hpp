#pragma once
/// @file
/// The option table, which README.md shows as it is, and the settings read by it.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "jwt.hpp"
#include "notification.hpp"
#include "pakn/sdk/options.hpp"
#include "pakn/sdk/settings_check.hpp"
#include "quiet_hours.hpp"
#include "service_account.hpp"

namespace pakn::out_push {

inline constexpr Option kOptions[] = {
    {.name = "fcm_account",
     .type = OptionType::kSecret,
     .help = "FCM: the service account's JSON file, as Firebase gave it. Without it no device of FCM is told.",
     .optional = true},
    {.name = "fcm_url",
     .type = OptionType::kUrl,
     .help = "FCM: host of the API.",
     .default_value = "https://fcm.googleapis.com"},
    {.name = "fcm_token_url",
     .type = OptionType::kUrl,
     .help = "FCM: where access tokens are had, when it is not the `token_uri` of the account.",
     .optional = true},
    {.name = "apns_key",
     .type = OptionType::kSecret,
     .help = "APNs: the signing key (`.p8`). Without it no device of APNs is told.",
     .optional = true},
    {.name = "apns_key_id", .help = "APNs: id of that key.", .optional = true},
    {.name = "apns_team", .help = "APNs: id of the team.", .optional = true},
    {.name = "apns_topic", .help = "APNs: the app's bundle id.", .optional = true},
    {.name = "apns_url",
     .type = OptionType::kUrl,
     .help = "APNs: host of the API; https.",
     .default_value = "https://api.push.apple.com"},
    {.name = "apns_proxy",
     .type = OptionType::kUrl,
     .help = "APNs: the HTTP proxy on the way there; `outgoing.proxy` does not hold for it.",
     .optional = true},
    {.name = "apns_ca_file",
     .type = OptionType::kFile,
     .help = "APNs: certificates to trust instead of the system's.",
     .optional = true},
    {.name = "title", .help = "First line of every notification, with `{code}`.", .default_value = "Phản ánh {code}"},
    {.name = "words",
     .type = OptionType::kTextList,
     .help = "Other words than the usual ones: `status=words`, or `event/name=words` for officers.",
     .optional = true},
    {.name = "keep_for",
     .type = OptionType::kDuration,
     .help = "How long the services keep a notification for a device that is off.",
     .default_value = "1d"},
    {.name = "quiet_hours",
     .help = "Viet Nam's time in which nothing is sent, as `22:00-06:00`; it waits until they are over.",
     .optional = true},
    {.name = "quiet_except",
     .type = OptionType::kTextList,
     .help = "Events that are told at any hour.",
     .default_value = "[roster_called, emergency_accepted]"},
    {.name = "timeout",
     .type = OptionType::kDuration,
     .help = "For one exchange with a service.",
     .default_value = "8s"},
};

struct FcmOptions {
    ServiceAccount account;
    std::string url = {};  ///< Without a slash at its end.
    std::string token_url = {};
};

struct ApnsOptions {
    SigningKey key;
    std::string key_id = {};
    std::string team = {};
    std::string topic = {};
    std::string url = {};  ///< Without a slash at its end.
    std::string proxy = {};
    std::string ca_file = {};
};

struct Options {
    std::optional<FcmOptions> fcm = {};
    std::optional<ApnsOptions> apns = {};
    std::string title = {};
    Words words = {};
    std::chrono::seconds keep_for{0};
    std::optional<QuietHours> quiet_hours = {};
    std::vector<std::string> quiet_except = {};
    std::chrono::milliseconds timeout{0};
};

struct Review {
    Options options = {};
    std::vector<SettingsMistake> mistakes = {};  ///< Empty: the options can be used.
};

/// Reads all settings and names all mistakes; secrets stand in none.
Review review(const Settings& settings);

}  // namespace pakn::out_push
