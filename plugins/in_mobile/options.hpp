#pragma once
/// @file
/// The option table, which README.md shows as it is, and the settings read by it.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "pakn/sdk/options.hpp"
#include "pakn/sdk/settings_check.hpp"

namespace pakn::in_mobile {

inline constexpr Option kOptions[] = {
    {.name = "sign_in",
     .help = "Who may send petitions and files: `required` (only who is signed in) or `optional` (anybody).",
     .default_value = "required"},
    {.name = "anonymous",
     .type = OptionType::kFlag,
     .help = "Whether the form offers to send anonymously. What the hub takes, `identity` of the channel says.",
     .default_value = "true"},
    {.name = "required",
     .type = OptionType::kTextList,
     .help = "Fields that a petition must have besides its content: title, category, occurred_at, location.",
     .default_value = "[title, category, occurred_at, location]"},
    {.name = "max_file",
     .type = OptionType::kSize,
     .help = "A larger file is not taken; at most 60MB. The hub has limits of its own (`intake.files`).",
     .default_value = "25MB"},
    {.name = "max_files",
     .type = OptionType::kSize,
     .help = "All files of one petition together; at most 60MB.",
     .default_value = "60MB"},
    {.name = "open_uploads",
     .type = OptionType::kInteger,
     .help = "Files that one account (or, without one, one address) may have under way; at most 20.",
     .default_value = "10",
     .unit = "files"},
    {.name = "keep_uploads",
     .type = OptionType::kDuration,
     .help = "How long a file that no petition took is kept; at most 7d.",
     .default_value = "1d"},
    {.name = "consent_version",
     .help = "Version of the texts below: kept with each consent. Change it whenever you change a text.",
     .default_value = "1"},
    {.name = "consent_process",
     .help = "What somebody agrees to who lets their data be processed.",
     .default_value = "Tôi đồng ý để cơ quan nhà nước xử lý dữ liệu cá nhân của tôi nhằm giải quyết phản ánh này."},
    {.name = "consent_identity",
     .help = "The same for letting those who handle the petition know who they are.",
     .default_value = "Tôi đồng ý cho đơn vị xử lý phản ánh biết họ tên và thông tin liên hệ của tôi."},
    {.name = "consent_publish",
     .help = "The same for publishing who they are.",
     .default_value = "Tôi đồng ý công khai danh tính của tôi cùng với phản ánh."},
    {.name = "declaration",
     .help = "What somebody declares who sends a petition.",
     .default_value = "Tôi chịu trách nhiệm trước pháp luật về tính trung thực, chính xác của nội dung phản ánh."},
    {.name = "emergency_contacts",
     .type = OptionType::kTextList,
     .help = "Whom to call instead, as `name=number`: the app's emergency directory.",
     .default_value = "[\"Công an=113\", \"Cứu hỏa=114\", \"Cấp cứu=115\", \"Tổng đài 1022=1022\"]"},
    {.name = "notice", .help = "A line above the form, about office hours for example.", .optional = true},
};

struct NamedNumber {
    std::string name = {};
    std::string number = {};
};

struct Rules {
    bool sign_in_required = true;
    bool anonymous_offered = true;
    std::vector<std::string> required = {};
    std::int64_t max_file = 0;
    std::int64_t max_files = 0;
    int open_uploads = 0;
    std::chrono::milliseconds keep_uploads{0};
    std::string consent_version = {};
    std::string consent_process = {};
    std::string consent_identity = {};
    std::string consent_publish = {};
    std::string declaration = {};
    std::vector<NamedNumber> emergency_contacts = {};
    std::string notice = {};
};

struct Review {
    Rules rules = {};
    std::vector<SettingsMistake> mistakes = {};  ///< Empty: the rules can be used.
};

/// Reads all settings and names all mistakes.
Review review(const Settings& settings);

}  // namespace pakn::in_mobile
