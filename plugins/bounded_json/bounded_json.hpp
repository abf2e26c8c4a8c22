#pragma once
/// @file
/// JSON of strangers, within bounds, and JSON of our own. What several plugins share.

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::bounded_json {

using Json = rapidjson::Value;
using JsonDocument = rapidjson::Document;
using JsonBuffer = rapidjson::StringBuffer;
using JsonWriter = rapidjson::Writer<JsonBuffer>;

/// What a text may be before a tree is built of it.
struct JsonBounds {
    std::size_t bytes = 1U << 20U;
    int depth = 16;              ///< Brackets within brackets.
    std::size_t values = 20000;  ///< Names count, too.
};

enum class JsonNumbers : std::uint8_t {
    kAsNumbers,
    kAsWritten,  ///< Texts of their digits: ids exceed 2^53.
};

/// kTooLarge: beyond the bounds. kInvalid: no JSON, or not UTF-8. Neither error quotes the text or names a problem.
Result<JsonDocument> parseJson(std::string_view text, const JsonBounds& bounds, JsonNumbers numbers);

/// JSON in which each escaped half of a character that stands alone ("\ud83d", as systems write that cut texts in the
/// middle of one) is U+FFFD; nothing where there is none. For peers whose other items should not suffer from it: else
/// rapidjson refuses all for a first half, and makes of a second one what is no UTF-8. As long as the text.
std::optional<std::string> mendedHalves(std::string_view text);

/// A member of an object; null when it is none or has none of that name. Of two equal names the first.
const Json* memberOf(const Json& object, std::string_view name);
/// A text (a number, too, where it was read as written); empty for anything else.
std::string_view textOf(const Json& value);
/// The same of a member.
std::string_view textOf(const Json& object, std::string_view name);
/// A whole number written as a text, or as a number that was read as written; `otherwise` for anything else.
std::int64_t integerOf(const Json& object, std::string_view name, std::int64_t otherwise);

void write(JsonWriter& writer, std::string_view text);
void write(JsonWriter& writer, std::string_view name, std::string_view value);
void writeName(JsonWriter& writer, std::string_view name);
std::string textIn(const JsonBuffer& buffer);

}  // namespace pakn::bounded_json
