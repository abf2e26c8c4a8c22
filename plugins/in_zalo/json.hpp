#pragma once
/// @file
/// JSON of the peer, within bounds, and JSON of our own. Numbers are read as they are written: ids exceed 2^53.

#include <bounded_json.hpp>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_zalo {

using bounded_json::integerOf;
using bounded_json::Json;
using bounded_json::JsonBuffer;
using bounded_json::JsonDocument;
using bounded_json::JsonWriter;
using bounded_json::memberOf;
using bounded_json::textIn;
using bounded_json::textOf;
using bounded_json::write;

/// kInvalid "zalo.unreadable": no JSON, not UTF-8, or beyond the bounds.
Result<JsonDocument> parseJson(std::string_view text);

}  // namespace pakn::in_zalo
