#pragma once
/// @file
/// The settings as the rest of the plugin uses them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "api_keys.hpp"
#include "catalogue.hpp"
#include "pakn/sdk/options.hpp"
#include "pakn/sdk/settings_check.hpp"

namespace pakn::in_open311 {

/// A rectangle in degrees (WGS84).
struct Bounds {
    double south = 0;
    double west = 0;
    double north = 0;
    double east = 0;
    [[nodiscard]] bool hold(double latitude, double longitude) const {
        return latitude >= south && latitude <= north && longitude >= west && longitude <= east;
    }
};

/// Constant data.
struct Rules {
    std::string contact = {};
    std::string key_service = {};
    ApiKeys keys = {};
    std::string jurisdiction = {};
    ServiceNotes services = {};
    bool public_reports = false;
    bool consent = false;
    std::string service_notice = {};
    std::optional<Bounds> bounds = {};
    std::chrono::minutes offset{0};  ///< Of dates in answers.
    bool first_name_first = true;
    std::string answered_status = {};
};

/// All that is wrong. Quotes no secret.
std::vector<SettingsMistake> mistakesOf(const Settings& settings);
/// Throws std::invalid_argument with the first mistake.
Rules rulesOf(const Settings& settings);

}  // namespace pakn::in_open311
