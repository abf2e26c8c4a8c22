#include "core/app/log.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>

#include "core/domain/civil_time.hpp"
#include "core/domain/text.hpp"
#include "core/engine/log_context.hpp"

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

/// The machine, so that lines of several nodes can be told apart in one place.
const std::string& nodeName() {
    static const std::string kName = [] {
        std::array<char, 256> name{};
        return std::string{::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown"};
    }();
    return kName;
}

/// Is stdout systemd's journal? It says so by device and inode (systemd.exec(5)): a pipe in between is not.
bool toJournal() {
    static const bool kJournal = [] {
        const char* stream = std::getenv("JOURNAL_STREAM");
        struct stat out {};
        if (stream == nullptr || ::fstat(STDOUT_FILENO, &out) != 0) return false;
        return stream == std::to_string(out.st_dev) + ':' + std::to_string(out.st_ino);
    }();
    return kJournal;
}

struct Level {
    std::string_view name;
    std::string_view priority;  ///< Of syslog(3), as the journal reads it.
};
constexpr Level kLevels[] = {{"debug", "<7>"}, {"info", "<6>"}, {"warning", "<4>"}, {"error", "<3>"}};

template <class Rest>
void write(LogLevel level, std::string_view id, Rest rest) {
    const Level& shown = kLevels[static_cast<std::size_t>(level)];
    rapidjson::StringBuffer buffer;
    if (toJournal())
        for (const char c : shown.priority) buffer.Put(c);
    JsonWriter json{buffer};
    json.StartObject();
    member(json, "ts",
           domain::formatInstant(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())));
    member(json, "level", shown.name);
    member(json, "node", nodeName());
    member(json, "id", id);
    const engine::LogContext& context = engine::LogScope::current();
    if (!context.connector.empty()) member(json, "conn", context.connector);
    if (!context.petition.empty()) member(json, "petition", context.petition);
    if (!context.trace.empty()) member(json, "trace", readable(context.trace));
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
