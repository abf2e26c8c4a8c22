#include "core/isolation/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

namespace pakn::isolation {

namespace {

constexpr int kFirst = 3;   ///< Descriptors of the child begin here, after the standard ones.
constexpr int kAside = 64;  ///< Above all that the child is given: copies there are in nobody's way.

/// What the helper is told of its surroundings: nothing that is the hub's own. Sanitizers are told how to report.
std::vector<std::string> environment() {
    std::vector<std::string> all{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
        if (const char* value = std::getenv(name)) all.push_back(std::string{name} + '=' + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& one : texts) all.push_back(one.data());
    all.push_back(nullptr);
    return all;
}

struct FileActions {
    FileActions() { ::posix_spawn_file_actions_init(&it); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&it); }
    posix_spawn_file_actions_t it{};
};
struct Attributes {
    Attributes() {
        ::posix_spawnattr_init(&it);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&it, &none);
        ::posix_spawnattr_setsigdefault(&it, &all);
        // A group of its own: an interrupt typed at the hub's terminal is the hub's to pass on.
        ::posix_spawnattr_setpgroup(&it, 0);
        ::posix_spawnattr_setflags(&it, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { ::posix_spawnattr_destroy(&it); }
    posix_spawnattr_t it{};
};

}  // namespace

std::string Exit::text() const {
    if (signal == 0) return "exit status " + std::to_string(status);
    const char* const name = ::sigabbrev_np(signal);
    return "signal " + std::to_string(signal) + (name != nullptr ? " (SIG" + std::string{name} + ")" : std::string{});
}

Result<Child> Child::start(const std::filesystem::path& program, std::span<const std::string> arguments,
                           std::span<const int> descriptors) {
    FileActions actions;
    ::posix_spawn_file_actions_addopen(&actions.it, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // A sanitizer's report must be seen.
    ::posix_spawn_file_actions_addopen(&actions.it, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions.it, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
    std::vector<OwnedDescriptor> aside;
    int number = kFirst;
    for (const int one : descriptors) {
        const OwnedDescriptor& copy = aside.emplace_back(::fcntl(one, F_DUPFD_CLOEXEC, kAside));
        if (!copy)
            return Error{.code = Errc::kUnavailable,
                         .message = "cannot copy a descriptor: " + std::generic_category().message(errno)};
        ::posix_spawn_file_actions_adddup2(&actions.it, copy.number(), number++);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&actions.it, number);

    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> told = environment();
    const Attributes attributes;
    pid_t pid = 0;
    const int problem = ::posix_spawn(&pid, program.c_str(), &actions.it, &attributes.it, pointers(words).data(),
                                      pointers(told).data());
    if (problem != 0)
        return Error{.code = problem == ENOENT || problem == EACCES || problem == ENOEXEC ? Errc::kMisconfigured
                                                                                          : Errc::kUnavailable,
                     .message = "cannot start " + program.string() + ": " + std::generic_category().message(problem)};
    OwnedDescriptor watch{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (!watch) {
        const Error error{.code = Errc::kUnavailable,
                          .message = "cannot watch a process: " + std::generic_category().message(errno)};
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return error;
    }
    return Child{pid, std::move(watch)};
}

Child::Child(Child&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)}, watch_{std::move(other.watch_)}, exit_{other.exit_} {}

Child::~Child() {
    if (watch_) static_cast<void>(end(std::chrono::milliseconds{0}));
}

std::optional<Exit> Child::wait(Steady::time_point deadline) {
    while (!exit_) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
        pollfd one{.fd = watch_.number(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::clamp<long long>(left, 0, 3'600'000)));
        if (ready == 0 && Steady::now() >= deadline) return std::nullopt;
        if (ready <= 0) continue;
        siginfo_t facts{};
        if (::waitid(P_PIDFD, static_cast<id_t>(watch_.number()), &facts, WEXITED) != 0) {
            if (errno == EINTR) continue;
            exit_ = Exit{};  // Somebody else has taken its status.
        } else if (facts.si_code == CLD_EXITED) {
            exit_ = Exit{.status = facts.si_status};
        } else {
            exit_ = Exit{.signal = facts.si_status};
        }
    }
    return exit_;
}

void Child::signal(int number) const {
    if (!exit_) ::syscall(SYS_pidfd_send_signal, watch_.number(), number, nullptr, 0);
}

Exit Child::end(std::chrono::milliseconds patience) {
    if (patience.count() > 0) {
        signal(SIGTERM);
        if (const std::optional<Exit> over = wait(Steady::now() + patience)) return *over;
    }
    signal(SIGKILL);
    while (true)
        if (const std::optional<Exit> over = wait(Steady::now() + std::chrono::hours{1})) return *over;
}

}  // namespace pakn::isolation
