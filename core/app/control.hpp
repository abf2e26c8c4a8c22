#pragma once
/// @file
/// The way to a running hub for commands of the same user on the same machine: a Unix socket beside the hub's key. One
/// request line, one answer, in JSON.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "pakn/sdk/result.hpp"

namespace pakn::app {

/// Where the socket of the hub of this configuration directory lies. Hubs that share a key have one each.
std::filesystem::path controlSocketOf(const std::filesystem::path& hub_key, const std::filesystem::path& configuration);

/// The hub's end. Answers one caller after the other on a thread of its own, until it is destroyed.
class ControlSocket {
public:
    /// `user`: the name of whoever asks on this machine.
    using Answer = std::function<std::string(std::string_view request, const std::string& user)>;

    /// Takes the place of a socket that an earlier hub left behind. kUnavailable when none can be made there, or
    /// another hub listens on it.
    static Result<std::unique_ptr<ControlSocket>> open(const std::filesystem::path& path, Answer answer);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    ControlSocket(std::filesystem::path path, ino_t inode, int listening, int wake, Answer answer);
    void serve();
    void answerOne(int connection) const;

    const std::filesystem::path path_;
    const ino_t inode_;  ///< Of the socket that is ours to take away.
    const int listening_;
    const int wake_;
    const Answer answer_;
    std::thread thread_;
};

/// The caller's end. kUnavailable: no hub listens there; kForbidden: it belongs to somebody else.
Result<std::string> askHub(const std::filesystem::path& path, std::string_view request,
                           std::chrono::seconds patience = std::chrono::minutes{10});

/// A hub of this configuration directory runs here.
bool hubRuns(const std::filesystem::path& hub_key, const std::filesystem::path& configuration);

}  // namespace pakn::app
