#pragma once
/// @file
/// Settings out of an option table, as the hub would hand them to a connector.

#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "pakn/sdk/options.hpp"

namespace pakn::testing {

namespace detail {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

/// "10s" by {"s", 1000} is 10000. A bare number counts as it is.
inline std::string inUnits(const std::string& text, std::span<const Unit> units) {
    std::size_t digits = 0;
    const std::int64_t number = std::stoll(text, &digits);
    const std::string_view unit = std::string_view{text}.substr(digits);
    if (unit.empty()) return text;
    for (const Unit& known : units)
        if (known.name == unit) return std::to_string(number * known.factor);
    throw std::invalid_argument{"no unit: " + text};
}

/// The canonical form of Settings: milliseconds, bytes, all else as written.
inline std::string canonical(const Option& option, const std::string& text) {
    static constexpr Unit kDurations[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    static constexpr Unit kSizes[] = {{"B", 1}, {"KB", 1LL << 10}, {"MB", 1LL << 20}, {"GB", 1LL << 30}};
    if (option.type == OptionType::kDuration) return inUnits(text, kDurations);
    if (option.type == OptionType::kSize) return inUnits(text, kSizes);
    return text;
}

}  // namespace detail

/// Checks `given` against the table and fills in the defaults. Throws std::invalid_argument for an unknown name or a
/// required option left out, so that a test with a slip in it fails.
inline Settings settingsFor(std::span<const Option> options, Settings::Values given, Settings::Lists lists = {}) {
    Settings::Values values;
    for (const Option& option : options) {
        const auto found = given.find(option.name);
        if (found != given.end()) {
            values.emplace(option.name, detail::canonical(option, found->second));
            given.erase(found);
        } else if (!option.default_value.empty()) {
            values.emplace(option.name, detail::canonical(option, std::string{option.default_value}));
        } else if (option.required() && lists.find(option.name) == lists.end()) {
            throw std::invalid_argument{"required: " + std::string{option.name}};
        }
    }
    if (!given.empty()) throw std::invalid_argument{"unknown: " + given.begin()->first};
    return Settings{std::move(values), std::move(lists)};
}

}  // namespace pakn::testing
