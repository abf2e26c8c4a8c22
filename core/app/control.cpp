#include "core/app/control.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "core/security/crypto.hpp"

namespace pakn::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostRequest = 256;        ///< Bytes of a line.
constexpr std::size_t kMostAnswer = 64U << 20U;  ///< Bytes.
constexpr int kPatience = 5;                     ///< Seconds for a caller to say what it wants.

class Descriptor {
public:
    explicit Descriptor(int number) : number_{number} {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

Error failure(const std::string& what) {
    return {.code = Errc::kUnavailable, .message = what + ": " + std::generic_category().message(errno)};
}

/// A socket's name has room for 107 bytes, a path may be longer: the folder is named by its open descriptor.
std::optional<sockaddr_un> addressIn(int folder, const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = "/proc/self/fd/" + std::to_string(folder) + "/" + path.filename().string();
    if (name.size() >= sizeof(address.sun_path)) return std::nullopt;
    std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    return address;
}

/// Who asks; nothing for anybody but this process's own user and root.
std::optional<uid_t> callerOf(int connection) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid == geteuid() || peer.uid == 0 ? std::optional{peer.uid} : std::nullopt;
}

std::string nameOf(uid_t user) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::to_string(user);
    return found->pw_name;
}

void setPatience(int connection, int seconds) {
    const timeval time{.tv_sec = seconds, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

bool sendAll(int connection, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// What comes until `end` or the end of the connection; at most `most` bytes.
std::string receive(int connection, std::size_t most, char end) {
    std::string text;
    char buffer[4096];
    while (text.size() < most) {
        const ssize_t got = ::recv(connection, buffer, sizeof(buffer), 0);
        if (got <= 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
        if (end != '\0' && text.find(end) != std::string::npos) break;
    }
    return text;
}

/// 0: there is nothing of this name.
ino_t inodeOf(const fs::path& path) {
    struct stat file {};
    return ::lstat(path.c_str(), &file) == 0 ? file.st_ino : 0;
}

}  // namespace

fs::path controlSocketOf(const fs::path& hub_key, const fs::path& configuration) {
    constexpr std::size_t kDigits = 12;
    std::error_code failed;
    fs::path whole = fs::weakly_canonical(configuration, failed);
    if (failed) whole = fs::absolute(configuration, failed).lexically_normal();
    // "a/" and "a" are one folder.
    if (!whole.has_filename()) whole = whole.parent_path();
    return hub_key.parent_path() /
           ("paknhub-" + security::toHex(security::sha256(whole.string())).substr(0, kDigits) + ".sock");
}

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const fs::path& path, Answer answer) {
    const Descriptor folder{::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (folder.get() < 0) return failure("cannot open " + path.parent_path().string());
    const std::optional<sockaddr_un> address = addressIn(folder.get(), path);
    Descriptor listening{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!address || listening.get() < 0) return failure("cannot make a socket");
    if (fs::is_socket(fs::symlink_status(path))) {
        const Descriptor asking{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (::connect(asking.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) == 0)
            return Error{.code = Errc::kUnavailable, .message = "another hub listens on " + path.string()};
        ::unlink(path.c_str());  // Left behind by one that is gone.
    }
    if (::bind(listening.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0)
        return failure("cannot make " + path.string());
    ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
    if (::listen(listening.get(), 8) != 0) return failure("cannot listen on " + path.string());
    const int wake = ::eventfd(0, EFD_CLOEXEC);
    if (wake < 0) return failure("cannot make an event");
    return std::unique_ptr<ControlSocket>{
        new ControlSocket{path, inodeOf(path), listening.release(), wake, std::move(answer)}};
}

ControlSocket::ControlSocket(fs::path path, ino_t inode, int listening, int wake, Answer answer)
    : path_{std::move(path)},
      inode_{inode},
      listening_{listening},
      wake_{wake},
      answer_{std::move(answer)},
      thread_{[this] { serve(); }} {}

ControlSocket::~ControlSocket() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof(one));
    thread_.join();
    if (inodeOf(path_) == inode_) ::unlink(path_.c_str());
    ::close(listening_);
    ::close(wake_);
}

void ControlSocket::serve() {
    for (;;) {
        pollfd waiting[] = {{listening_, POLLIN, 0}, {wake_, POLLIN, 0}};
        if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return;
        if (waiting[1].revents != 0) return;
        if ((waiting[0].revents & POLLIN) == 0) continue;
        const Descriptor connection{::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)};
        if (connection.get() >= 0) answerOne(connection.get());
    }
}

void ControlSocket::answerOne(int connection) const {
    const std::optional<uid_t> caller = callerOf(connection);
    if (!caller) return;
    setPatience(connection, kPatience);
    std::string request = receive(connection, kMostRequest, '\n');
    if (!request.ends_with('\n')) return;
    request.pop_back();
    sendAll(connection, answer_(request, nameOf(*caller)));
}

Result<std::string> askHub(const fs::path& path, std::string_view request, std::chrono::seconds patience) {
    const Error nobody{.code = Errc::kUnavailable,
                       .message = "no hub of this configuration runs here (nobody listens on " + path.string() + ")"};
    const Descriptor folder{::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    const Descriptor connection{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (folder.get() < 0 || connection.get() < 0) return nobody;
    const std::optional<sockaddr_un> address = addressIn(folder.get(), path);
    if (!address) return nobody;
    if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
        if (errno != EACCES && errno != EPERM) return nobody;
        return Error{.code = Errc::kForbidden, .message = "the running hub belongs to another user"};
    }
    setPatience(connection.get(), static_cast<int>(patience.count()));
    std::string answer;
    if (sendAll(connection.get(), std::string{request} + '\n')) answer = receive(connection.get(), kMostAnswer, '\0');
    if (answer.empty()) return Error{.code = Errc::kForbidden, .message = "the running hub gave no answer"};
    return answer;
}

bool hubRuns(const fs::path& hub_key, const fs::path& configuration) {
    const Result<std::string> answer = askHub(controlSocketOf(hub_key, configuration), "ping", std::chrono::seconds{2});
    return answer || answer.error().code == Errc::kForbidden;  // Busy with a reload, or somebody else's: it runs.
}

}  // namespace pakn::app
