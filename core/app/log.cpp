#include "core/app/log.hpp"

#include <poll.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

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

/// Lines on their way to stdout. Whoever logs never waits: usually the line is out at once; when stdout takes nothing
/// now (a pipe that nobody reads), it waits here for a thread of its own, and when too much waits, lines are dropped
/// and counted. Lives as long as the process.
class Out {
public:
    static Out& instance() {
        static Out* const kOut = [] {
            std::atexit([] { static_cast<void>(instance().flush(kPatience)); });
            return new Out;  // Its thread may hang in a write when the process ends.
        }();
        return *kOut;
    }

    void put(std::string line) {
        const std::lock_guard lock{mutex_};
        if (lines_.empty() && !writing_ && line.size() <= PIPE_BUF && takesOne()) return writeAll(line);
        if (bytes_ + line.size() > kMostWaiting) {
            ++dropped_;
            return;
        }
        bytes_ += line.size();
        lines_.push_back(std::move(line));
        if (!std::exchange(has_thread_, true)) std::thread{[this] { work(); }}.detach();
        wake_.notify_all();
    }

    /// Waits until all is out, for so long at most; false when it is not.
    bool flush(std::chrono::milliseconds patience) {
        std::unique_lock lock{mutex_};
        return wake_.wait_for(lock, patience, [this] { return lines_.empty() && !writing_; });
    }

    static constexpr std::chrono::milliseconds kPatience{2000};

private:
    static constexpr std::size_t kMostWaiting = 512U << 10U;

    /// Room for a line of PIPE_BUF bytes, without waiting.
    static bool takesOne() {
        pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
        return ::poll(&out, 1, 0) == 1;
    }

    static void writeAll(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
            if (count < 0 && errno == EAGAIN) {
                pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
                ::poll(&out, 1, -1);
            } else if (count < 0 && errno != EINTR) {
                return;  // Closed: nobody will ever read it.
            }
            bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        }
    }

    void work() {
        std::unique_lock lock{mutex_};
        for (;;) {
            wake_.wait(lock, [this] { return !lines_.empty(); });
            std::string line = std::move(lines_.front());
            lines_.pop_front();
            bytes_ -= line.size();
            if (lines_.empty() && dropped_ > 0) line += droppedLine(std::exchange(dropped_, 0));
            writing_ = true;
            lock.unlock();
            writeAll(line);
            lock.lock();
            writing_ = false;
            wake_.notify_all();
        }
    }

    static std::string droppedLine(std::int64_t count);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::string> lines_;
    std::size_t bytes_ = 0;  // Of lines_.
    std::int64_t dropped_ = 0;
    bool writing_ = false;  // The thread is at a line.
    bool has_thread_ = false;
};

template <class Rest>
std::string lineOf(LogLevel level, std::string_view id, Rest rest) {
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
    return {buffer.GetString(), buffer.GetSize()};
}

template <class Rest>
void write(LogLevel level, std::string_view id, Rest rest) {
    Out::instance().put(lineOf(level, id, rest));
}

std::string Out::droppedLine(std::int64_t count) {
    return lineOf(LogLevel::kWarning, "LOG_LINES_DROPPED", [&](JsonWriter& json) {
        member(json, "text", std::to_string(count) + " lines were dropped because nobody read the log");
    });
}

}  // namespace

void setLogLevel(LogLevel least) { least_level = least; }

void flushLog() { static_cast<void>(Out::instance().flush(Out::kPatience)); }

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
