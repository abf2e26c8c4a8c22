/// @file
/// Confines itself as its arguments say, then tries one thing and says on its standard output how that went: "done",
/// or the name of the error.
///   sandbox_probe blind|parser|plugin|network FOLDER WHAT [ARGUMENT]

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/sandbox/confine.hpp"

namespace {

std::string argument;

int result(long outcome) { return outcome >= 0 ? 0 : errno; }

int openFile(int flags) {
    const int file = ::open(argument.c_str(), flags | O_CLOEXEC, 0600);
    return result(file);
}

int makeSocket(int family, int type) { return result(::socket(family, type, 0)); }

/// A pair of sockets of this type, one end of which speaks to a stranger's address instead of its peer.
int strayPair(int type) {
    int ends[2];
    if (::socketpair(AF_UNIX, type, 0, ends) != 0) return errno;
    sockaddr_un stranger{.sun_family = AF_UNIX, .sun_path = {}};
    argument.copy(stranger.sun_path, sizeof stranger.sun_path - 1);
    return result(
        ::sendto(ends[0], "x", 1, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&stranger), sizeof stranger));
}
int aPair(int type) {
    int ends[2];
    return result(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends));
}

/// Writes far more into one file than any has room for.
int fill(int file) {
    if (file < 0) return errno;
    const std::string piece(1U << 20U, 'x');
    for (int i = 0; i < 512; ++i)
        if (::pwrite(file, piece.data(), piece.size(), static_cast<off_t>(i) << 20U) < 0) return errno;
    return 0;
}

int takeMemory() {
    std::vector<void*> pieces;
    for (int i = 0; i < 1024; ++i) {
        void* const piece = ::mmap(nullptr, 1U << 20U, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED) return errno;
        pieces.push_back(piece);
    }
    return 0;
}

int takeFiles() {
    for (int i = 0; i < 1024; ++i)
        if (::open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return errno;
    return 0;
}

/// Threads that stay; the error is the one of the first that could not be made.
int takeThreads() {
    int problem = 0;
    try {
        for (int i = 0; i < 4096; ++i) std::thread{[] { ::pause(); }}.detach();
    } catch (const std::system_error& error) {
        problem = error.code().value();
    }
    return problem;
}

int oneThread() {
    std::thread{[] {}}.join();
    return 0;
}

int aFork() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return result(child);
}

const std::map<std::string, std::function<int()>> kTries = {
    {"read", [] { return openFile(O_RDONLY); }},
    {"make", [] { return openFile(O_WRONLY | O_CREAT); }},
    {"write", [] { return openFile(O_WRONLY); }},
    {"empty", [] { return openFile(O_WRONLY | O_TRUNC); }},
    {"empty_unseen", [] { return openFile(O_RDONLY | O_TRUNC); }},
    {"nameless", [] { return openFile(O_RDWR | O_TMPFILE); }},
    {"truncate", [] { return result(::truncate(argument.c_str(), 0)); }},
    {"chmod", [] { return result(::chmod(argument.c_str(), 0666)); }},
    {"fchmod", [] { return result(::fchmod(::open(argument.c_str(), O_RDONLY | O_CLOEXEC), 0666)); }},
    {"touch", [] { return result(::utimensat(AT_FDCWD, argument.c_str(), nullptr, 0)); }},
    {"memfd", [] { return result(::memfd_create("probe", MFD_CLOEXEC)); }},
    {"fill_memfd", [] { return fill(::memfd_create("probe", MFD_CLOEXEC)); }},
    {"fill_disk", [] { return fill(::open(argument.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); }},
    {"stream_pair", [] { return aPair(SOCK_STREAM); }},
    {"packet_pair", [] { return aPair(SOCK_SEQPACKET); }},
    {"stray", [] { return strayPair(SOCK_DGRAM); }},
    {"stray_stream", [] { return strayPair(SOCK_STREAM); }},
    {"tcp", [] { return makeSocket(AF_INET, SOCK_STREAM); }},
    {"unix", [] { return makeSocket(AF_UNIX, SOCK_STREAM); }},
    {"raw", [] { return makeSocket(AF_PACKET, SOCK_RAW); }},
    {"listen", [] { return result(::listen(0, 1)); }},
    {"fork", aFork},
    {"vfork", [] { return result(::syscall(SYS_vfork)); }},
    {"exec",
     [] {
         char* const words[] = {nullptr};
         return result(::execve("/bin/true", words, words));
     }},
    {"thread", oneThread},
    {"threads", takeThreads},
    {"memory", takeMemory},
    {"files", takeFiles},
    {"kill", [] { return result(::kill(::getppid(), 0)); }},
    {"ptrace", [] { return result(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr)); }},
    {"root", [] { return result(::setuid(0)); }},
    {"limit",
     [] {
         const struct rlimit more { RLIM_INFINITY, RLIM_INFINITY };
         return result(::setrlimit(RLIMIT_AS, &more));
     }},
    {"user", [] { return static_cast<int>(::getuid()); }},
};

}  // namespace

int main(int count, char** words) {
    if (count < 4) return 2;
    argument = count > 4 ? words[4] : "";
    const std::string kind = words[1];
    using pakn::sandbox::Confinement;
    const auto confined = pakn::sandbox::confine(
        {.kind = kind == "parser" || kind == "blind" ? Confinement::Kind::kParser : Confinement::Kind::kPlugin,
         .opens = kind != "blind",
         .sockets = kind == "network",
         .memory = 128U << 20U,
         .files = 32,
         .file_size = 3U << 20U,
         .tasks = 64,
         .user = 61190,
         .writable = {words[2]}});
    if (!confined) {
        std::printf("not confined: %s\n", confined.error().message.c_str());
        return 3;
    }
    const int problem = kTries.at(words[3])();
    std::printf("%s\n", problem == 0                 ? "done"
                        : ::strerrorname_np(problem) ? ::strerrorname_np(problem)
                                                     : std::to_string(problem).c_str());
    std::fflush(stdout);
    ::_exit(confined->paths ? 0 : 10);
}
