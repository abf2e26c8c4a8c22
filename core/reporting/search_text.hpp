#pragma once
/// @file
/// What somebody types into a search field.

#include <optional>
#include <string_view>
#include <vector>

#include "core/store/reports.hpp"

namespace pakn::reporting {

/// Most code points and words of a query.
inline constexpr std::size_t kLongestSearch = 500;
inline constexpr std::size_t kMostSearchWords = 32;

/// The words of `text` without accents and case, each of which has to be found; what stands in quotation marks ("…",
/// “…”, «…») has to stand together. A mark without its other half goes to the end. There are no operators: every other
/// character only separates words. Of no words: nothing is found. Nothing when the text is too long.
std::optional<std::vector<store::Phrase>> parseSearch(std::string_view text);

}  // namespace pakn::reporting
