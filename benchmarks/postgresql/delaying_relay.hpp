#pragma once
/// @file
/// A network between two machines, as far as its round trips go: whatever passes through arrives a fixed time later.
/// Its width is not limited.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pakn::bench {

/// Connections to port() of the loopback go on to `server_port`, each piece `delay` later, in both directions.
class DelayingRelay {
public:
    DelayingRelay(std::uint16_t server_port, std::chrono::microseconds delay)
        : server_port_{server_port}, delay_{delay}, listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error{"the relay has no port"};
        port_ = ntohs(address.sin_port);
        acceptor_ = std::jthread{[this] { accept(); }};
    }
    DelayingRelay(const DelayingRelay&) = delete;
    DelayingRelay& operator=(const DelayingRelay&) = delete;
    ~DelayingRelay() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        pumps_.clear();
        ::close(listener_);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    using Clock = std::chrono::steady_clock;

    /// What is on its way in one direction.
    struct Line {
        struct Piece {
            Clock::time_point due;
            std::string bytes;  // Empty: the end.
        };
        std::mutex mutex;
        std::condition_variable arrived;
        std::deque<Piece> pieces;
    };

    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        return address;
    }

    void accept() {
        for (;;) {
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) return;
            const sockaddr_in address = loopback(server_port_);
            const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const int on = 1;
            for (const int end : {client, server}) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
                throw std::runtime_error{"the relay does not reach the server"};
            pumps_.emplace_back([this, client, server] {
                std::jthread back{[this, client, server] { pump(server, client); }};
                pump(client, server);
                back.join();
                ::close(client);
                ::close(server);
            });
        }
    }

    void pump(int from, int to) const {
        Line line;
        std::jthread writer{[&line, to] { write(line, to); }};
        std::vector<char> buffer(1U << 20U);
        for (;;) {
            const ssize_t size = ::read(from, buffer.data(), buffer.size());
            const std::lock_guard lock{line.mutex};
            line.pieces.push_back(
                {Clock::now() + delay_, {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0}});
            line.arrived.notify_one();
            if (size <= 0) return;
        }
    }

    static void write(Line& line, int to) {
        ::prctl(PR_SET_TIMERSLACK, 1UL);  // Fifty microseconds by default: as much as what is measured here.
        for (;;) {
            std::unique_lock lock{line.mutex};
            line.arrived.wait(lock, [&] { return !line.pieces.empty(); });
            const Line::Piece piece = std::move(line.pieces.front());
            line.pieces.pop_front();
            lock.unlock();
            std::this_thread::sleep_until(piece.due);
            if (piece.bytes.empty()) {
                ::shutdown(to, SHUT_WR);
                return;
            }
            for (std::string_view rest{piece.bytes}; !rest.empty();) {
                const ssize_t sent = ::send(to, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent <= 0) break;  // The other end has gone: the reader will notice.
                rest.remove_prefix(static_cast<std::size_t>(sent));
            }
        }
    }

    const std::uint16_t server_port_;
    const std::chrono::microseconds delay_;
    const int listener_;
    std::uint16_t port_ = 0;
    std::vector<std::jthread> pumps_;  // Of the acceptor's thread, until it ends.
    std::jthread acceptor_;
};

}  // namespace pakn::bench
