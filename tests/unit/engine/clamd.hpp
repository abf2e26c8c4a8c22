#pragma once
/// @file
/// A clamd for tests: answers INSTREAM on a socket in a folder of its own, as clamd's manual says.

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "core/testing/temporary_folder.hpp"

namespace pakn::engine::test {

/// The test file that every scanner knows, in pieces: no scanner shall trip over this source.
inline std::string eicar() {
    return std::string{"X5O!P%@AP[4\\PZX54(P^)7CC)7}$"} + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
}

class Clamd {
public:
    Clamd() { listen(); }
    ~Clamd() { stop(); }
    Clamd(const Clamd&) = delete;
    Clamd& operator=(const Clamd&) = delete;

    [[nodiscard]] std::string socket() const { return (folder_.path() / "clamd.ctl").string(); }
    [[nodiscard]] int asked() const { return asked_; }
    [[nodiscard]] std::string last() const { return last_; }

    void listen() {
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = socket();
        std::memcpy(address.sun_path, path.data(), path.size());
        ::unlink(path.c_str());
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 8) != 0)
            throw std::runtime_error{"no socket for the clamd of the test"};
        stopping_ = false;
        thread_ = std::thread{[this] { serve(); }};
    }
    void stop() {
        if (!thread_.joinable()) return;
        stopping_ = true;
        thread_.join();
        ::close(listener_);
        ::unlink(socket().c_str());
    }

    std::atomic<std::size_t> most{25U << 20U};  ///< StreamMaxLength.
    std::atomic<bool> hangs_up{false};          ///< Says nothing and ends the connection.
    std::atomic<bool> silent{false};            ///< Says nothing.
    std::string says = {};                      ///< Instead of a finding; set while nobody asks.

private:
    void serve() {
        while (!stopping_) {
            pollfd one{.fd = listener_, .events = POLLIN, .revents = 0};
            if (::poll(&one, 1, 20) <= 0) continue;
            const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0) continue;
            ++asked_;
            answer(peer);
            ::close(peer);
        }
    }
    bool read(int peer, char* into, std::size_t size) {
        for (std::size_t done = 0; done < size;) {
            pollfd one{.fd = peer, .events = POLLIN, .revents = 0};
            if (::poll(&one, 1, 20) <= 0) {
                if (stopping_) return false;
                continue;
            }
            const ssize_t got = ::recv(peer, into + done, size - done, 0);
            if (got <= 0) return false;
            done += static_cast<std::size_t>(got);
        }
        return true;
    }
    void say(int peer, const std::string& text) {
        const std::string line = text + '\0';
        static_cast<void>(::send(peer, line.data(), line.size(), MSG_NOSIGNAL));
    }
    void answer(int peer) {
        char command[10];
        if (!read(peer, command, sizeof command) || std::memcmp(command, "zINSTREAM\0", 10) != 0)
            return say(peer, "UNKNOWN COMMAND");
        std::string all;
        for (;;) {
            unsigned char head[4];
            if (!read(peer, reinterpret_cast<char*>(head), 4)) return;
            const std::size_t size = (std::size_t{head[0]} << 24U) | (std::size_t{head[1]} << 16U) |
                                     (std::size_t{head[2]} << 8U) | std::size_t{head[3]};
            if (size == 0) break;
            if (all.size() + size > most) return say(peer, "INSTREAM size limit exceeded. ERROR");
            std::string piece(size, '\0');
            if (!read(peer, piece.data(), size)) return;
            all += piece;
        }
        last_ = all;
        while (silent && !stopping_) ::poll(nullptr, 0, 5);
        if (hangs_up || silent) return;
        if (!says.empty()) return say(peer, says);
        say(peer, all.find(eicar()) == std::string::npos ? "stream: OK" : "stream: Eicar-Test-Signature FOUND");
    }

    testing::TemporaryFolder folder_;
    int listener_ = -1;
    std::atomic<int> asked_{0};
    std::atomic<bool> stopping_{false};
    std::string last_;
    std::thread thread_;
};

}  // namespace pakn::engine::test
