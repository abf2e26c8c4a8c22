#pragma once
/// @file
/// The settings as the portal uses them, and the mistakes in them that the option table cannot tell.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "catalogue.hpp"
#include "pakn/sdk/options.hpp"
#include "pakn/sdk/settings_check.hpp"

namespace pakn::in_web {

/// What the form asks of who writes; the hub's own words (identity of a channel).
enum class IdentityRule : std::uint8_t { kRequired, kAnonymousToPublic, kOptional, kAnonymous };

struct RequiredFields {
    bool title = false;
    bool category = false;
    bool place = false;
    bool occurred_at = false;
};

struct FloodRules {
    int bits = 0;
    int bits_most = 0;
    double proven = 0;  ///< Per hour, as the next ones.
    std::chrono::milliseconds waiting{};
    double waited = 0;
    double saved = 0;
    double bytes = 0;
    double tries = 0;
    double said = 0;
};

struct Rules {
    std::string site_name = {};
    std::string site_name_en = {};
    std::string hotline = {};
    std::string footer = {};
    std::string banner = {};
    std::string stylesheet = {};  ///< Its content.
    IdentityRule identity = IdentityRule::kRequired;
    RequiredFields required = {};
    bool one_time_codes = true;
    std::chrono::milliseconds keep_drafts{};
    std::chrono::milliseconds keep_keys{};
    std::chrono::milliseconds form_life{};
    FloodRules flood = {};

    [[nodiscard]] const std::string& name(Language language) const {
        return language == Language::kEnglish ? site_name_en : site_name;
    }
};

/// Throws std::runtime_error with the first of mistakesOf().
Rules rulesOf(const Settings& settings);

/// What is wrong with settings that each by itself may be right. Reads the style sheet.
std::vector<SettingsMistake> mistakesOf(const Settings& settings);

}  // namespace pakn::in_web
