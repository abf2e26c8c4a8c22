#pragma once
/// @file
/// A server on this machine that says what it was told to say, byte for byte, to whoever connects.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "harness.hpp"

namespace pakn::fuzz {

/// Takes one connection after the other, on a thread of its own that never ends: never destroy one.
class SayingServer {
public:
    enum class Begins : std::uint8_t { kServer, kPeer };  ///< Who speaks first.

    explicit SayingServer(Begins begins) : begins_{begins}, socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        FUZZ_CHECK(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(socket_, 16) == 0);
        FUZZ_CHECK(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        std::thread{[this] { serve(); }}.detach();
    }
    SayingServer(const SayingServer&) = delete;
    SayingServer& operator=(const SayingServer&) = delete;

    void says(std::string_view answer) const {
        const std::lock_guard lock{mutex_};
        answer_ = answer;
    }
    [[nodiscard]] int port() const { return port_; }

private:
    [[noreturn]] void serve() {
        for (;;) {
            const int peer = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0) continue;
            char heard[4096];
            if (begins_ == Begins::kPeer) static_cast<void>(::recv(peer, heard, sizeof heard, 0));
            std::string answer;
            {
                const std::lock_guard lock{mutex_};
                answer = answer_;
            }
            for (std::string_view rest = answer; !rest.empty();) {
                const ssize_t sent = ::send(peer, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent <= 0) break;
                rest.remove_prefix(static_cast<std::size_t>(sent));
            }
            // Not a reset, which would take away what was not read yet.
            ::shutdown(peer, SHUT_WR);
            constexpr int kLongest = 1000;
            pollfd end{.fd = peer, .events = POLLIN, .revents = 0};
            while (::poll(&end, 1, kLongest) == 1 && ::recv(peer, heard, sizeof heard, 0) > 0) {
            }
            ::close(peer);
        }
    }

    const Begins begins_;
    const int socket_;
    int port_ = 0;
    mutable std::mutex mutex_;
    mutable std::string answer_;
};

}  // namespace pakn::fuzz
