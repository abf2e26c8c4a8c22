#include "core/engine/virus_scan.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace pakn::engine {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kCommand{"zINSTREAM\0", 10};
constexpr const char* kUnavailable = "scan.unavailable";
constexpr const char* kTooLarge = "scan.too_large";
constexpr std::size_t kMostAnswer = 4096;  ///< Bytes; clamd says a line.

Error unavailable(std::string message) {
    return {.code = Errc::kUnavailable,
            .message = std::move(message),
            .problem = kUnavailable,
            .retry_after = std::chrono::seconds{5}};
}
std::string reason() { return std::generic_category().message(errno); }

/// A connection that ends with its owner. All it does ends by a deadline.
class Connection {
public:
    explicit Connection(Steady::time_point deadline) : deadline_{deadline} {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (socket_ >= 0) ::close(socket_);
    }

    Status open(const std::string& where, std::chrono::milliseconds most) {
        const Steady::time_point by = std::min(deadline_, Steady::now() + most);
        if (where.starts_with('/')) {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            if (where.size() >= sizeof address.sun_path) return unavailable("the path of clamd's socket is too long");
            std::memcpy(address.sun_path, where.data(), where.size());
            return connectTo(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, by);
        }
        const std::size_t colon = where.rfind(':');
        std::string host = where.substr(0, colon);
        if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
        addrinfo wanted{};
        wanted.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (::getaddrinfo(host.c_str(), where.c_str() + colon + 1, &wanted, &found) != 0)
            return unavailable("clamd's host has no address");
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned{found, &::freeaddrinfo};
        Status connected = unavailable("clamd's host has no address");
        for (const addrinfo* one = found; one != nullptr && !connected; one = one->ai_next)
            connected = connectTo(one->ai_family, one->ai_addr, one->ai_addrlen, by);
        return connected;
    }

    Status write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                if (Status ready = await(POLLOUT, deadline_); !ready) return ready;
            } else if (errno != EINTR) {
                return unavailable("clamd stopped reading: " + reason());
            }
        }
        return Done{};
    }

    /// All that comes until clamd ends the line or the connection.
    Result<std::string> answer() {
        std::string text;
        std::array<char, 512> piece{};
        while (text.size() < kMostAnswer) {
            const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
            if (got > 0) {
                text.append(piece.data(), static_cast<std::size_t>(got));
                if (const std::size_t end = text.find('\0'); end != std::string::npos) return text.substr(0, end);
            } else if (got == 0) {
                return text;
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                if (Status ready = await(POLLIN, deadline_); !ready) return std::move(ready).error();
            } else if (errno != EINTR) {
                // It ends the connection at once when it refuses the rest; what it said before counts.
                return text.empty() ? Result<std::string>{unavailable("clamd does not answer: " + reason())} : text;
            }
        }
        return text;
    }

private:
    Status connectTo(int family, const sockaddr* address, socklen_t size, Steady::time_point by) {
        if (socket_ >= 0) ::close(socket_);
        socket_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket_ < 0) return unavailable("no socket for clamd: " + reason());
        if (::connect(socket_, address, size) == 0) return Done{};
        if (errno != EINPROGRESS) return unavailable("clamd cannot be reached: " + reason());
        if (Status ready = await(POLLOUT, by); !ready) return ready;
        int error = 0;
        socklen_t length = sizeof error;
        ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0) return unavailable("clamd cannot be reached: " + std::generic_category().message(error));
        return Done{};
    }

    Status await(short events, Steady::time_point by) const {
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(by - Steady::now()).count();
            if (left <= 0) return unavailable("clamd takes too long");
            pollfd one{.fd = socket_, .events = events, .revents = 0};
            const int ready = ::poll(&one, 1, static_cast<int>(left));
            if (ready > 0) return Done{};
            if (ready < 0 && errno != EINTR) return unavailable("clamd cannot be waited for: " + reason());
        }
    }

    const Steady::time_point deadline_;
    int socket_ = -1;
};

/// Four bytes, the greatest first.
std::string lengthOf(std::size_t size) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> static_cast<unsigned>(shift));
    return bytes;
}

/// "stream: OK", "stream: Eicar-Test-Signature FOUND", "INSTREAM size limit exceeded. ERROR".
Result<VirusScanner::Finding> understood(std::string_view answer) {
    constexpr std::string_view kStream = "stream: ";
    constexpr std::string_view kFound = " FOUND";
    while (answer.ends_with('\n')) answer.remove_suffix(1);
    if (answer == "stream: OK") return VirusScanner::Finding{};
    // "stream: FOUND" has both and no name between: they share a blank.
    const bool named = answer.size() > kStream.size() + kFound.size();
    if (named && answer.starts_with(kStream) && answer.ends_with(kFound)) {
        answer.remove_prefix(kStream.size());
        answer.remove_suffix(kFound.size());
        return VirusScanner::Finding{.infected = true, .signature = std::string{answer.substr(0, 200)}};
    }
    if (answer.find("size limit exceeded") != std::string_view::npos) {
        Error error = unavailable("clamd takes no file of this size: raise its StreamMaxLength above intake.files");
        error.problem = kTooLarge;
        return error;
    }
    return unavailable("clamd answers what is no finding");
}

}  // namespace

VirusScanner::VirusScanner(Log log, Limits limits) : log_{std::move(log)}, limits_{limits} {}

Result<VirusScanner::Finding> VirusScanner::scan(const Content& content, const std::string& socket) {
    {
        const std::lock_guard lock{mutex_};
        if (failing_ && socket_ == socket && Steady::now() < not_before_)
            return unavailable("clamd could not be reached a moment ago");
    }
    Result<Finding> found = ask(content, socket);
    const bool away = !found && found.error().problem == kUnavailable;
    remember(away ? Status{found.error()} : Status{Done{}}, socket);
    return found;
}

Result<VirusScanner::Finding> VirusScanner::ask(const Content& content, const std::string& socket) const {
    Connection clamd{Steady::now() + limits_.whole};
    if (Status open = clamd.open(socket, limits_.connect); !open) return std::move(open).error();
    Status sent = clamd.write(kCommand);
    if (sent)
        sent = content.copyTo([&](std::string_view piece) -> Status {
            for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), Content::kPiece))) {
                const std::string_view part = piece.substr(0, Content::kPiece);
                Status written = clamd.write(lengthOf(part.size()));
                if (written) written = clamd.write(part);
                if (!written) return written;
            }
            return Done{};
        });
    if (sent) sent = clamd.write(lengthOf(0));
    if (!sent && sent.error().problem != kUnavailable) return std::move(sent).error();
    // Whoever stops reading may have said why.
    const Result<std::string> answer = clamd.answer();
    if (!answer || answer->empty())
        return !sent ? std::move(sent).error() : !answer ? answer.error() : unavailable("clamd hung up");
    return understood(*answer);
}

void VirusScanner::remember(const Status& asked, const std::string& socket) {
    const std::lock_guard lock{mutex_};
    const bool was = std::exchange(failing_, !asked);
    if (!asked) {
        socket_ = socket;
        not_before_ = Steady::now() + limits_.pause;
    }
    if (!log_ || was == failing_) return;
    if (failing_)
        log_(LogLevel::kError, "SCANNER_UNAVAILABLE", asked.error().message);
    else
        log_(LogLevel::kInfo, "SCANNER_RECOVERED", "clamd looks at files again");
}

}  // namespace pakn::engine
