#pragma once
/// @file
/// What the ways in have in common when they tell of a call.

#include <chrono>
#include <pakn/sdk/inbox.hpp>
#include <string_view>

namespace pakn::hotline {

// Attributes of a call, by the names that the hub keeps them under.
inline constexpr std::string_view kRecordingUrl = "recording_url";    ///< Where its recording lies.
inline constexpr std::string_view kRecordingFile = "recording_file";  ///< What the exchange calls it.
/// "true": over so soon, and not answered, that it does not count as abandoned.
inline constexpr std::string_view kShort = "short";

bool isResult(std::string_view word);

/// Marks a call that was over within `least` without having been answered; with 0 none.
void markShort(Call& call, std::chrono::milliseconds least);

}  // namespace pakn::hotline
