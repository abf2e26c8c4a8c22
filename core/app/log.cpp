#include "core/app/log.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "core/domain/civil_time.hpp"
#include "core/domain/text.hpp"

namespace pakn::app {

namespace {

LogLevel least_level = LogLevel::kInfo;

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// A file name or a peer's words may be any bytes; a log line is JSON.
std::string readable(std::string_view text) {
    if (domain::toNfc(text)) return std::string{text};
    std::string plain{text};
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return plain;
}

void member(JsonWriter& json, std::string_view name, std::string_view value) {
    json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

template <class Rest>
void write(LogLevel level, std::string_view id, Rest rest) {
    constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    member(json, "ts",
           domain::formatInstant(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())));
    member(json, "level", kLevels[static_cast<std::size_t>(level)]);
    member(json, "id", id);
    rest(json);
    json.EndObject();
    buffer.Put('\n');
    static std::mutex mutex;
    const std::lock_guard lock{mutex};
    // A log that nobody reads any more must not stop the hub.
    static_cast<void>(!::write(STDOUT_FILENO, buffer.GetString(), buffer.GetSize()));
}

}  // namespace

void setLogLevel(LogLevel least) { least_level = least; }

void logLine(LogLevel level, std::string_view id, std::string_view text) {
    if (level < least_level) return;
    write(level, id, [&](JsonWriter& json) { member(json, "text", readable(text)); });
}

void logListening(std::string_view host, std::uint16_t port) {
    write(LogLevel::kInfo, "HTTP_LISTENING", [&](JsonWriter& json) {
        member(json, "host", host);
        json.Key("port");
        json.Uint(port);
    });
}

}  // namespace pakn::app
