/// @file
/// Confines itself as its arguments say, then tries one thing and says on its standard output how that went: "done",
/// or the name of the error.
///   sandbox_probe blind|parser|plugin|network FOLDER WHAT [ARGUMENT]

#include <fcntl.h>
#include <linux/kcmp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
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

/// fcntl on an end of a pipe, whose other end this process has too.
int control(int what, long with) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    return result(::fcntl(ends[0], what, with));
}
int controlDevice(unsigned long what, int with) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    return result(::ioctl(ends[0], what, &with));
}
int lock(int what) {
    struct flock all {};
    all.l_type = F_WRLCK;
    const int file = ::open(argument.c_str(), O_RDWR | O_CLOEXEC);
    return file < 0 ? errno : result(::fcntl(file, what, &all));
}

// The rest is tried on the process itself, where nothing but the filter is in the way.

int copyMemory(long call) {
    char bytes[2] = {};
    const iovec here{bytes, 1};
    const iovec there{bytes + 1, 1};
    return result(::syscall(call, ::getpid(), &here, 1L, &there, 1L, 0L));
}
int askToBeSignalled() {
    sigevent wanted{};
    wanted.sigev_notify = SIGEV_SIGNAL;
    wanted.sigev_signo = SIGURG;
    int timer = 0;
    return result(::syscall(SYS_timer_create, CLOCK_MONOTONIC, &wanted, &timer));
}
int queueSignal() {
    siginfo_t facts{};
    facts.si_code = SI_QUEUE;
    return result(::syscall(SYS_rt_sigqueueinfo, ::getpid(), SIGURG, &facts));
}
int chooseProcessors() {
    cpu_set_t all;
    CPU_ZERO(&all);
    CPU_SET(0, &all);
    return result(::sched_setaffinity(0, sizeof all, &all));
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
    {"own_by_parent", [] { return control(F_SETOWN, ::getppid()); }},
    {"own_by_parent_too",
     [] {
         const f_owner_ex parent{F_OWNER_PID, ::getppid()};
         return control(F_SETOWN_EX, reinterpret_cast<long>(&parent));
     }},
    {"choose_signal", [] { return control(F_SETSIG, SIGKILL); }},
    {"async", [] { return control(F_SETFL, O_ASYNC | O_NONBLOCK); }},
    {"nonblocking", [] { return control(F_SETFL, O_NONBLOCK); }},
    {"close_on_exec", [] { return control(F_SETFD, FD_CLOEXEC); }},
    {"duplicate", [] { return control(F_DUPFD_CLOEXEC, 10); }},
    {"pipe_size", [] { return control(F_SETPIPE_SZ, 1 << 20); }},
    {"lease", [] { return result(::fcntl(::open("/dev/null", O_RDONLY | O_CLOEXEC), F_SETLEASE, F_RDLCK)); }},
    {"notify", [] { return result(::fcntl(::open("/usr", O_RDONLY | O_CLOEXEC), F_NOTIFY, DN_CREATE)); }},
    {"lock", [] { return lock(F_SETLK); }},
    {"lock_description", [] { return lock(F_OFD_SETLK); }},
    {"async_device", [] { return controlDevice(FIOASYNC, 1); }},
    {"own_device", [] { return controlDevice(FIOSETOWN, ::getppid()); }},
    {"own_socket_device", [] { return controlDevice(SIOCSPGRP, ::getppid()); }},
    {"timer", askToBeSignalled},
    {"queue_signal", queueSignal},
    {"signal_thread", [] { return result(::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0)); }},
    {"signal_any_thread", [] { return result(::syscall(SYS_tkill, ::syscall(SYS_gettid), 0)); }},
    {"message_queue", [] { return result(::syscall(SYS_mq_open, "/probe", O_RDWR | O_CREAT, 0600, nullptr)); }},
    {"death_signal", [] { return result(::prctl(PR_SET_PDEATHSIG, 0)); }},
    {"reparent", [] { return result(::prctl(PR_SET_CHILD_SUBREAPER, 1)); }},
    {"read_memory", [] { return copyMemory(SYS_process_vm_readv); }},
    {"write_memory", [] { return copyMemory(SYS_process_vm_writev); }},
    {"compare", [] { return result(::syscall(SYS_kcmp, ::getpid(), ::getpid(), KCMP_VM, 0L, 0L)); }},
    {"robust_list",
     [] {
         void* head = nullptr;
         std::size_t size = 0;
         return result(::syscall(SYS_get_robust_list, 0, &head, &size));
     }},
    {"process_descriptor", [] { return result(::syscall(SYS_pidfd_open, ::getpid(), 0)); }},
    {"priority", [] { return result(::setpriority(PRIO_PROCESS, 0, 19)); }},
    {"io_priority", [] { return result(::syscall(SYS_ioprio_set, 1, 0, 3 << 13)); }},
    {"processors", chooseProcessors},
    {"limit_parent",
     [] {
         const struct rlimit less { 1, 1 };
         return result(::prlimit(::getppid(), RLIMIT_NOFILE, &less, nullptr));
     }},
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
