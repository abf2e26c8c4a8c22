#pragma once
/// @file
/// Private to the store: the few JSON steps that its codecs need. rapidjson writes, simdjson reads. Readers throw
/// DamagedRow for anything of another type than expected.

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/store/event_codec.hpp"
#include "core/store/storable_text.hpp"

namespace pakn::store {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;
using JsonValue = simdjson::dom::element;

inline void writeText(JsonWriter& json, std::string_view text) {
    std::string buffer;  // A text that could not be read back would take its whole petition along.
    const std::string_view valid = storableText(text, buffer, Nul::kKept);
    json.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

/// Empty texts are left out.
inline void writeMember(JsonWriter& json, const char* name, std::string_view text) {
    if (text.empty()) return;
    json.Key(name);
    writeText(json, text);
}

template <class T>
T wanted(simdjson::simdjson_result<T> result) {
    if (result.error() != simdjson::SUCCESS) throw DamagedRow{"payload that is not of the expected form"};
    return result.value_unsafe();
}

/// Valid until the next call in this thread.
inline JsonValue parseObject(std::string_view text) {
    thread_local simdjson::dom::parser parser;
    const JsonValue root = wanted(parser.parse(text.data(), text.size()));
    wanted(root.get_object());
    return root;
}

inline std::optional<JsonValue> findMember(JsonValue object, std::string_view name) {
    const auto found = object[name];
    if (found.error() == simdjson::NO_SUCH_FIELD) return std::nullopt;
    return wanted<JsonValue>(found);
}
inline JsonValue member(JsonValue object, std::string_view name) { return wanted<JsonValue>(object[name]); }

inline std::string readText(JsonValue value) { return std::string{wanted(value.get_string())}; }
/// Empty when it was left out.
inline std::string readText(JsonValue object, std::string_view name) {
    const auto found = findMember(object, name);
    return found ? readText(*found) : std::string{};
}
inline bool readBool(JsonValue value) { return wanted(value.get_bool()); }
inline std::int64_t readInteger(JsonValue value) { return wanted(value.get_int64()); }
inline double readNumber(JsonValue value) { return wanted(value.get_double()); }
inline simdjson::dom::array readArray(JsonValue value) { return wanted(value.get_array()); }
inline simdjson::dom::object readObject(JsonValue value) { return wanted(value.get_object()); }

}  // namespace pakn::store
