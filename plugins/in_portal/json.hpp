#pragma once
/// @file
/// JSON from outside, within bounds. Numbers stay as they were written, so that a long id loses no digit.

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::in_portal {

using Json = rapidjson::Value;
using JsonDocument = rapidjson::Document;

inline constexpr std::size_t kMostJsonBytes = 64U << 20U;
inline constexpr int kMostJsonDepth = 32;

/// Duplicate names: the first counts. Errors: kInvalid "portal.json" with the place as "byte N", kTooLarge.
/// `allocator`: where the document's values live, if not in itself.
Result<JsonDocument> parseJson(std::string_view text, JsonDocument::AllocatorType* allocator = nullptr);

/// A scalar as text; nothing for null, lists and objects.
std::optional<std::string> textOf(const Json& value);
std::string_view viewOf(const Json& text);

/// The value in one line of JSON.
std::string writeJson(const Json& value);
/// `text` as it stands between the quotes of a JSON string.
std::string jsonEscaped(std::string_view text);

/// Where a value stands in an item: a JSON pointer (RFC 6901), or the name of a column or top-level member.
class Place {
public:
    Place() = default;
    /// Nothing when `text` begins like a pointer and is none.
    static std::optional<Place> parse(std::string_view text);

    /// Null when there is nothing.
    [[nodiscard]] const Json* find(const Json& item) const;
    /// As it was written.
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    rapidjson::Pointer pointer_;
};

}  // namespace pakn::in_portal
