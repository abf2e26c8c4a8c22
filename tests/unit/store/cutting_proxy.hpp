#pragma once
/// @file
/// Stands between a client and a PostgreSQL server on Unix sockets, and cuts a connection where a COMMIT passes: before
/// the server gets it, or after the server has answered and before the client hears of it. Or it falls silent there, as
/// a server does that hangs.

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/unit/store/temporary_folder.hpp"

namespace pakn::test {

class CuttingProxy {
public:
    enum class Cut { kNever, kBeforeCommit, kAfterCommit, kSilentAfterCommit };

    /// `server_folder` holds the server's socket.
    explicit CuttingProxy(const std::string& server_folder) : server_{server_folder + kSocketName} {
        const std::string path = folder_.path().string() + kSocketName;
        const sockaddr_un address = addressOf(path);
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 16) != 0)
            throw std::runtime_error{"the proxy has no socket"};
        acceptor_ = std::jthread{[this](const std::stop_token& stop) { accept(stop); }};
    }
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;
    ~CuttingProxy() {
        acceptor_.request_stop();
        acceptor_.join();
        connections_.clear();
        ::close(listener_);
    }

    /// Where the client connects to.
    [[nodiscard]] std::string folder() const { return folder_.path().string(); }
    /// The next COMMIT is cut this way; those after it pass.
    void cutNext(Cut cut) { cut_ = cut; }
    /// Whatever the server says from now on does not arrive on connections that are open.
    void fallSilent() { ++silences_; }
    /// Nobody gets through while closed.
    void close(bool closed) { closed_ = closed; }
    [[nodiscard]] int cuts() const { return cuts_; }

private:
    static constexpr const char* kSocketName = "/.s.PGSQL.5432";

    static sockaddr_un addressOf(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path) throw std::runtime_error{"a socket's path is too long"};
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        return address;
    }

    void accept(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
            if (::poll(&waiting, 1, 20) <= 0) continue;
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) continue;
            const sockaddr_un address = addressOf(server_);
            const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (closed_ || ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
                ::close(client);
                ::close(server);
                continue;
            }
            connections_.emplace_back([this, client, server](const std::stop_token& end) {
                pump(end, client, server);
                ::close(client);
                ::close(server);
            });
        }
    }

    void pump(const std::stop_token& stop, int client, int server) {
        std::array<char, 65536> buffer{};
        bool answer_is_kept_back = false;
        bool silent = false;
        const int silences = silences_;
        while (!stop.stop_requested()) {
            std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
            if (::poll(ends.data(), ends.size(), 20) <= 0) continue;
            for (std::size_t i = 0; i < ends.size(); ++i) {
                if (ends[i].revents == 0) continue;
                const ssize_t size = ::read(ends[i].fd, buffer.data(), buffer.size());
                if (size <= 0) return;
                const std::string_view bytes{buffer.data(), static_cast<std::size_t>(size)};
                if (i == 1 && answer_is_kept_back) return;
                if (i == 1 && (silent || silences_ > silences)) continue;
                if (i == 0 && bytes.find("COMMIT") != std::string_view::npos) {
                    const Cut cut = cut_.exchange(Cut::kNever);
                    if (cut != Cut::kNever) ++cuts_;
                    if (cut == Cut::kBeforeCommit) return;
                    answer_is_kept_back = cut == Cut::kAfterCommit;
                    silent = cut == Cut::kSilentAfterCommit;
                }
                if (!send(i == 0 ? server : client, bytes)) return;
            }
        }
    }

    static bool send(int socket, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }

    TemporaryFolder folder_;
    const std::string server_;
    int listener_ = -1;
    std::atomic<Cut> cut_{Cut::kNever};
    std::atomic<bool> closed_{false};
    std::atomic<int> cuts_{0};
    std::atomic<int> silences_{0};
    std::vector<std::jthread> connections_;  // Of the acceptor's thread, until it ends.
    std::jthread acceptor_;
};

}  // namespace pakn::test
