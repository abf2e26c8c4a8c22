#pragma once
/// @file
/// The settings of this connector, read once. The option table stands in options.hpp.

#include <chrono>
#include <string>
#include <vector>

#include "pakn/sdk/host.hpp"
#include "pakn/sdk/options.hpp"
#include "pakn/sdk/settings_check.hpp"
#include "signature.hpp"
#include "text.hpp"
#include "token_keeper.hpp"

namespace pakn::in_zalo {

inline constexpr std::size_t kMostAnswer = 256U << 10U;  ///< Bytes of an answer of Zalo's API.

/// What the option table cannot say.
std::vector<SettingsMistake> mistakesOf(const Settings& settings);

/// Words that mean something in the chat, folded.
struct Words {
    std::vector<std::string> send = {};
    std::vector<std::string> cancel = {};
    std::vector<std::string> track = {};
    std::vector<std::string> supplement = {};
    std::vector<std::string> fresh = {};
    std::vector<std::string> satisfied = {};
    std::vector<std::string> neutral = {};
    std::vector<std::string> dissatisfied = {};
    /// As they are shown to people: the first of each list, unfolded.
    std::string send_shown = {};
    std::string cancel_shown = {};
    std::string track_shown = {};
    std::string supplement_shown = {};
    std::string fresh_shown = {};
};

/// How a conversation becomes a petition.
struct IntakeRules {
    std::string category = {};
    std::chrono::milliseconds window{};
    bool drop_unconfirmed = false;
    std::chrono::milliseconds drop_after{};
    std::string tracking_url = {};
    bool ask_identity = false;
    bool consent = false;  ///< To who writes being known to those who handle it.
    std::vector<std::string> accepted_types = {};
    std::chrono::milliseconds fetch_for{};
    Words words = {};
};

/// From where files may be fetched.
struct FetchRules {
    std::vector<std::string> hosts = {};  ///< "*.zdn.vn", "files.example" (https), or a whole origin.
    HttpClient::Limits limits = {};
};

/// Where the OA's calls go, and how.
struct CallRules {
    std::string api_url = {};
    std::string template_url = {};
    std::string app_secret = {};
    bool prove = false;
    HttpClient::Limits limits = {};
    std::string card_title = {};
    std::string card_text = {};
    std::string card_image = {};
};

/// A template of Zalo's and what goes into it: "name={value}".
struct TemplateRule {
    std::string id = {};
    std::vector<std::string> data = {};
};

/// What is said to a petition's sender.
struct ReplyRules {
    std::string result_text = {};
    std::string status_text = {};
    std::string short_text = {};  ///< Instead of a longer one, when `split` is off.
    bool split = true;
    TemplateRule result_by_user = {};
    TemplateRule notice_by_user = {};
    TemplateRule result_by_phone = {};
    TemplateRule notice_by_phone = {};
    std::string tracking_url = {};
};

struct WebhookRules {
    SignatureRules signature = {};
    std::string oa_id = {};  ///< Empty: any.
    std::chrono::milliseconds max_age{};
};

struct Rules {
    WebhookRules webhook = {};
    TokenRules token = {};
    CallRules calls = {};
    FetchRules fetch = {};
    IntakeRules intake = {};
    ReplyRules replies = {};
};

/// Throws std::invalid_argument for settings that have mistakes.
Rules rulesOf(const Settings& settings);

}  // namespace pakn::in_zalo
