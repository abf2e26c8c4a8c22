#pragma once
/// @file
/// JSON of the peer, within bounds, and JSON of our own. Numbers are read as they are written: ids exceed 2^53.

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_zalo {

using Json = rapidjson::Value;
using JsonDocument = rapidjson::Document;
using JsonBuffer = rapidjson::StringBuffer;
using JsonWriter = rapidjson::Writer<JsonBuffer>;

inline constexpr std::size_t kMostJsonBytes = 1U << 20U;
inline constexpr int kMostJsonDepth = 16;
inline constexpr std::size_t kMostJsonValues = 20000;

/// kInvalid "zalo.unreadable": no JSON, not UTF-8, or beyond the bounds.
Result<JsonDocument> parseJson(std::string_view text);

/// A member of an object; null when it is none or has none of that name.
const Json* memberOf(const Json& object, std::string_view name);
/// A text or number as it was written; empty for anything else.
std::string_view textOf(const Json& value);
/// The same of a member.
std::string_view textOf(const Json& object, std::string_view name);
/// A whole number written as a number or as a text; `otherwise` for anything else.
std::int64_t integerOf(const Json& object, std::string_view name, std::int64_t otherwise);

void write(JsonWriter& writer, std::string_view text);
void write(JsonWriter& writer, std::string_view name, std::string_view value);
std::string textIn(const JsonBuffer& buffer);

}  // namespace pakn::in_zalo
