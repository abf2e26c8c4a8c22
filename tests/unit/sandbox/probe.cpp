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
#include <sys/syscall.h>
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
