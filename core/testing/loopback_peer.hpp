#pragma once
/// @file
/// A TCP peer on 127.0.0.1 that does exactly what a test says: answers, stays silent, talks garbage, hangs up.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace pakn::testing {

/// Owns a file descriptor.
class OwnedDescriptor {
public:
    explicit OwnedDescriptor(int number = -1) : number_{number} {}
    OwnedDescriptor(OwnedDescriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    OwnedDescriptor(const OwnedDescriptor&) = delete;
    OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
    ~OwnedDescriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

/// One accepted connection. Every wait ends when the peer is destroyed.
class Connection {
public:
    Connection(OwnedDescriptor socket, int stop) : socket_{std::move(socket)}, stop_{stop} {}

    /// Head and body of the next HTTP request; nothing when the other side is gone.
    std::optional<std::string> readRequest() {
        std::string bytes;
        while (bytes.find("\r\n\r\n") == std::string::npos)
            if (!readMore(bytes)) return std::nullopt;
        const std::size_t whole = bytes.find("\r\n\r\n") + 4 + contentLength(bytes);
        while (bytes.size() < whole)
            if (!readMore(bytes)) return std::nullopt;
        return bytes;
    }

    /// False when the other side is gone.
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Hangs up with a TCP reset.
    void reset() {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        socket_ = OwnedDescriptor{};
    }

    /// Says nothing until the other side hangs up.
    void waitForHangUp() {
        std::string ignored;
        while (readMore(ignored)) ignored.clear();
    }

    [[nodiscard]] int socket() const { return socket_.number(); }

private:
    bool readMore(std::string& bytes) {
        pollfd waits[] = {{socket_.number(), POLLIN, 0}, {stop_, POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0 || waits[1].revents != 0) return false;
        char chunk[65536];
        const ssize_t got = ::recv(socket_.number(), chunk, sizeof chunk, 0);
        if (got <= 0) return false;
        bytes.append(chunk, static_cast<std::size_t>(got));
        return true;
    }

    static std::size_t contentLength(const std::string& head) {
        constexpr std::string_view kName = "Content-Length: ";
        const auto at = head.find(kName);
        std::size_t length = 0;
        if (at != std::string::npos)
            std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
        return length;
    }

    OwnedDescriptor socket_;
    int stop_;
};

/// Serves every connection on a thread of its own.
class LoopbackPeer {
public:
    using Serve = std::function<void(Connection&)>;

    explicit LoopbackPeer(Serve serve)
        : serve_{std::move(serve)},
          listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)},
          stop_{::eventfd(0, EFD_CLOEXEC)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_.number(), any, size) != 0 || ::listen(listener_.number(), 64) != 0 ||
            ::getsockname(listener_.number(), any, &size) != 0) {
            throw std::runtime_error{"cannot listen on the loopback"};
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread{[this] { run(); }};
    }
    LoopbackPeer(const LoopbackPeer&) = delete;
    LoopbackPeer& operator=(const LoopbackPeer&) = delete;
    ~LoopbackPeer() { ::eventfd_write(stop_.number(), 1); }

    [[nodiscard]] std::string url(const std::string& path = "/", const std::string& scheme = "http") const {
        return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_.load(); }

private:
    void run() {
        std::vector<std::jthread> served;
        for (;;) {
            pollfd waits[] = {{listener_.number(), POLLIN, 0}, {stop_.number(), POLLIN, 0}};
            if (::poll(waits, 2, -1) < 0 || waits[1].revents != 0) return;
            OwnedDescriptor socket{::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC)};
            if (socket.number() < 0) continue;
            ++connections_;
            served.emplace_back(
                [this, connection = Connection{std::move(socket), stop_.number()}]() mutable { serve_(connection); });
        }
    }

    Serve serve_;
    OwnedDescriptor listener_;
    OwnedDescriptor stop_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    std::jthread thread_;  // Last: it ends before what it uses.
};

}  // namespace pakn::testing
