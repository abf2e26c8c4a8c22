#pragma once
/// @file
/// Text forms of single values: numbers with units, times of day, names, addresses. Pure; what a codec or an option
/// table needs underneath.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pakn::config {

/// A whole decimal number; nothing but digits after an optional '-'.
std::optional<std::int64_t> parseInteger(std::string_view text);
/// "250ms", "30s", "5m", "8h", "7d": calendar time, at most 10 years.
std::optional<std::chrono::milliseconds> parseMilliseconds(std::string_view text);
/// "512B", "64KB", "25MB", "1GB", in powers of 1024.
std::optional<std::int64_t> parseSize(std::string_view text);
/// "07:30" … "24:00".
std::optional<std::chrono::minutes> parseTimeOfDay(std::string_view text);
/// 1 to 64 of a-z, 0-9, '-', '_', '.'; a letter or digit first.
bool isName(std::string_view text);
/// An IPv4 or IPv6 address.
bool isIpAddress(const std::string& text);

/// What is wrong with an address that should be an absolute http or https one; empty: nothing. `secret`: it carries a
/// password, so it must not be quoted.
struct UrlDefect {
    std::string_view message;
    bool secret = false;
};
std::optional<UrlDefect> urlDefect(std::string_view text);

inline constexpr std::string_view kDurationForms = "write a whole number with a unit: 250ms, 30s, 5m, 8h, 7d";
inline constexpr std::string_view kSizeForms = "write a whole number with a unit: 64KB, 25MB";

}  // namespace pakn::config
