#pragma once
/// @file
/// Every text that a page shows, in both languages (catalogue.cpp). A test fails for a key that is missing, stands
/// twice, or is used nowhere.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pakn::in_web {

enum class Language : std::uint8_t { kVietnamese, kEnglish };
inline constexpr std::size_t kLanguages = 2;

struct CatalogueEntry {
    std::string_view key;
    std::string_view vi;
    std::string_view en;

    [[nodiscard]] constexpr std::string_view in(Language language) const {
        return language == Language::kEnglish ? en : vi;
    }
};

/// Sorted by key.
std::span<const CatalogueEntry> catalogue();

/// The text of a key; the key itself where there is none. Pure; safe from any thread.
std::string_view words(std::string_view key, Language language);
/// With {0} replaced.
std::string words(std::string_view key, Language language, std::string_view value);

}  // namespace pakn::in_web
