#pragma once
/// @file
/// Writes the answers: rapidjson with the hub's habits (snake_case names, instants as RFC 3339 in Viet Nam time, null
/// for what is absent).

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "core/domain/civil_time.hpp"

namespace pakn::http {

class JsonWriter {
public:
    void beginObject() { writer_.StartObject(); }
    void beginObject(std::string_view name) { key(name), writer_.StartObject(); }
    void endObject() { writer_.EndObject(); }
    void beginArray(std::string_view name) { key(name), writer_.StartArray(); }
    void endArray() { writer_.EndArray(); }
    void value(std::string_view text) { writer_.String(text.data(), length(text)); }

    void field(std::string_view name, std::string_view text) { key(name), value(text); }
    void field(std::string_view name, const std::string& text) { field(name, std::string_view{text}); }
    void field(std::string_view name, const char* text) { field(name, std::string_view{text}); }
    void field(std::string_view name, std::same_as<bool> auto truth) { key(name), writer_.Bool(truth); }
    void field(std::string_view name, std::signed_integral auto number) { key(name), writer_.Int64(number); }
    void field(std::string_view name, double number) { key(name), writer_.Double(number); }
    void field(std::string_view name, Instant at) { field(name, domain::formatInstant(at)); }
    template <class T>
    void field(std::string_view name, const std::optional<T>& perhaps) {
        perhaps ? field(name, *perhaps) : null(name);
    }
    /// Empty text is null.
    void fieldOrNull(std::string_view name, std::string_view text) { text.empty() ? null(name) : field(name, text); }
    void null(std::string_view name) { key(name), writer_.Null(); }

    [[nodiscard]] std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    static rapidjson::SizeType length(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }
    void key(std::string_view name) { writer_.Key(name.data(), length(name)); }

    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace pakn::http
