/// @file
/// The list of system calls that a helper keeps (seccomp). What is not on it fails with EPERM: a library that asks for
/// more than it needs goes on without, and an attack finds nothing.

#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "core/sandbox/parts.hpp"

namespace pakn::sandbox::detail {

namespace {

/// To compute, to read what lies there, and to talk over descriptors that one has.
constexpr const char* kCompute[] = {"read",
                                    "write",
                                    "readv",
                                    "writev",
                                    "pread64",
                                    "pwrite64",
                                    "preadv",
                                    "preadv2",
                                    "pwritev",
                                    "pwritev2",
                                    "lseek",
                                    "close",
                                    "close_range",
                                    "fstat",
                                    "stat",
                                    "lstat",
                                    "newfstatat",
                                    "statx",
                                    "access",
                                    "faccessat",
                                    "faccessat2",
                                    "readlink",
                                    "readlinkat",
                                    "getdents64",
                                    "getcwd",
                                    "dup",
                                    "dup2",
                                    "dup3",
                                    "pipe",
                                    "pipe2",
                                    "fadvise64",
                                    "readahead",
                                    "statfs",
                                    "fstatfs",
                                    "ftruncate",
                                    "mmap",
                                    "munmap",
                                    "mremap",
                                    "mprotect",
                                    "madvise",
                                    "brk",
                                    "msync",
                                    "mlock",
                                    "mlock2",
                                    "munlock",
                                    "mincore",
                                    "membarrier",
                                    "futex",
                                    "set_robust_list",
                                    "set_tid_address",
                                    "rseq",
                                    "sched_yield",
                                    "sched_getaffinity",
                                    "sched_getparam",
                                    "sched_getscheduler",
                                    "gettid",
                                    "getpid",
                                    "getppid",
                                    "getuid",
                                    "geteuid",
                                    "getgid",
                                    "getegid",
                                    "getresuid",
                                    "getresgid",
                                    "getgroups",
                                    "getpgrp",
                                    "getpgid",
                                    "getsid",
                                    "exit",
                                    "exit_group",
                                    "rt_sigaction",
                                    "rt_sigprocmask",
                                    "rt_sigreturn",
                                    "rt_sigtimedwait",
                                    "rt_sigpending",
                                    "sigaltstack",
                                    "restart_syscall",
                                    "clock_gettime",
                                    "clock_getres",
                                    "clock_nanosleep",
                                    "nanosleep",
                                    "gettimeofday",
                                    "time",
                                    "poll",
                                    "ppoll",
                                    "select",
                                    "pselect6",
                                    "epoll_create",
                                    "epoll_create1",
                                    "epoll_ctl",
                                    "epoll_wait",
                                    "epoll_pwait",
                                    "epoll_pwait2",
                                    "eventfd",
                                    "eventfd2",
                                    "timerfd_create",
                                    "timerfd_settime",
                                    "timerfd_gettime",
                                    "getrandom",
                                    "uname",
                                    "sysinfo",
                                    "getrlimit",
                                    "getrusage",
                                    "times",
                                    "arch_prctl",
                                    "sendmsg",
                                    "recvmsg",
                                    "sendto",
                                    "recvfrom",
                                    "shutdown",
                                    "getsockopt",
                                    "getsockname",
                                    "getpeername"};

/// To keep files of one's own. Not: to change the length, mode or times of a file by its name, or by a descriptor that
/// cannot write it. Landlock has never held back modes and times, and lengths only from its third edition on.
constexpr const char* kFiles[] = {"creat",           "mkdir",
                                  "mkdirat",         "rmdir",
                                  "unlink",          "unlinkat",
                                  "rename",          "renameat",
                                  "renameat2",       "link",
                                  "linkat",          "fallocate",
                                  "fsync",           "fdatasync",
                                  "sync_file_range", "flock",
                                  "sendfile",        "copy_file_range",
                                  "umask",           "inotify_init",
                                  "inotify_init1",   "inotify_add_watch",
                                  "inotify_rm_watch"};

/// To call others over the network. Not: listen, accept.
constexpr const char* kCall[] = {"connect", "bind", "setsockopt", "sendmmsg", "recvmmsg"};

struct Release {
    void operator()(void* filter) const { ::seccomp_release(filter); }
};

class Filter {
public:
    Filter() : context_{::seccomp_init(SCMP_ACT_ERRNO(EPERM))} {}

    template <std::size_t n>
    void allow(const char* const (&names)[n]) {
        for (const char* name : names) allow(name);
    }
    /// A call that this machine's kernel never had is left out.
    template <class... Conditions>
    void allow(const char* name, Conditions... conditions) {
        const int number = ::seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR || number < 0) return;
        note(::seccomp_rule_add(context_.get(), SCMP_ACT_ALLOW, number, sizeof...(conditions), conditions...));
    }
    void fail(const char* name, int with) {
        note(::seccomp_rule_add(context_.get(), SCMP_ACT_ERRNO(static_cast<std::uint32_t>(with)),
                                ::seccomp_syscall_resolve_name(name), 0));
    }
    Status load() {
        if (!context_) problem_ = -ENOMEM;
        note(::seccomp_load(context_.get()));
        errno = -problem_;
        return problem_ == 0 ? Status{Done{}} : Status{cannot("confine its system calls")};
    }

private:
    void note(int result) {
        if (result != 0 && problem_ == 0) problem_ = result;
    }

    const std::unique_ptr<void, Release> context_;
    int problem_ = 0;
};

constexpr scmp_arg_cmp equals(unsigned int argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
constexpr scmp_arg_cmp masked(unsigned int argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}
constexpr scmp_arg_cmp hasBits(unsigned int argument, scmp_datum_t bits) { return masked(argument, bits, bits); }

/// Opens files with open(path, flags) and openat(folder, path, flags). Not openat2, whose flags no filter sees.
constexpr std::pair<const char*, unsigned int> kOpens[] = {{"open", 1}, {"openat", 2}};

/// To read what it was not given.
void allowReading(Filter& filter) {
    constexpr scmp_datum_t kChanges = O_ACCMODE | O_CREAT | O_TRUNC;
    for (const auto& [name, flags] : kOpens) filter.allow(name, masked(flags, kChanges, O_RDONLY));
}

/// To write, too. Emptying a file while opening it only to read is Linux's own, and needs no right to open it to write
/// where Landlock is of its first editions.
void allowWriting(Filter& filter) {
    for (const auto& [name, flags] : kOpens) {
        filter.allow(name, masked(flags, O_TRUNC, 0));
        for (const int mode : {O_WRONLY, O_RDWR})
            filter.allow(name, masked(flags, O_ACCMODE, static_cast<scmp_datum_t>(mode)));
    }
}

/// Pairs of sockets within the process, whose ends stay each other's: a datagram socket could send to any address.
void allowPairs(Filter& filter) {
    constexpr scmp_datum_t kType = 0xf;  // The other bits are flags.
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET})
        filter.allow("socketpair", equals(0, AF_UNIX), masked(1, kType, static_cast<scmp_datum_t>(type)));
}

/// Threads, not processes. clone3 keeps its flags in memory, where no filter sees them: the C library falls back.
void allowThreads(Filter& filter) {
    filter.allow("clone", hasBits(0, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND));
    filter.fail("clone3", ENOSYS);
}

/// What descriptors of one's own need. Not: to name an owner or a signal for one, or to ask for signals. The kernel
/// would send any of them, SIGKILL too, to any process of the same user. Nor leases, which hold up whoever opens the
/// file.
void allowControl(Filter& filter, bool locks) {
    constexpr int kPlain[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_ADD_SEALS, F_GET_SEALS};
    constexpr int kLocks[] = {F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW};
    for (const int what : kPlain) filter.allow("fcntl", equals(1, static_cast<scmp_datum_t>(what)));
    filter.allow("fcntl", equals(1, F_SETFL), masked(2, O_ASYNC, 0));
    if (!locks) return;
    for (const int what : kLocks) filter.allow("fcntl", equals(1, static_cast<scmp_datum_t>(what)));
}

/// What a process may do with itself, and not with others.
void allowItself(Filter& filter) {
    const auto self = static_cast<scmp_datum_t>(::getpid());
    filter.allow("tgkill", equals(0, self));
    filter.allow("prlimit64", equals(0, 0));
    filter.allow("prlimit64", equals(0, self));
    for (const int what : {PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_GET_DUMPABLE, 0x53564d41 /* PR_SET_VMA */})
        filter.allow("prctl", equals(0, static_cast<scmp_datum_t>(what)));
    for (const unsigned long what : {static_cast<unsigned long>(FIONBIO), static_cast<unsigned long>(FIONREAD),
                                     static_cast<unsigned long>(FIOCLEX), static_cast<unsigned long>(TCGETS)})
        filter.allow("ioctl", equals(1, what));
}

}  // namespace

Status filterCalls(const Confinement& confinement) {
    Filter filter;
    filter.allow(kCompute);
    allowThreads(filter);
    allowItself(filter);
    const bool plugin = confinement.kind == Confinement::Kind::kPlugin;
    allowControl(filter, plugin);
    // Bytes that go to the hub in a file of memory. Who only tells what it has read has few.
    if (plugin || !confinement.opens) filter.allow("memfd_create");
    if (!plugin && confinement.opens) allowReading(filter);
    if (plugin) {
        allowWriting(filter);
        filter.allow(kFiles);
        if (confinement.sockets) {
            filter.allow(kCall);
            for (const int family : {AF_INET, AF_INET6})
                filter.allow("socket", equals(0, static_cast<scmp_datum_t>(family)));
            // The resolver asks the kernel which addresses this machine has.
            filter.allow("socket", equals(0, AF_NETLINK), equals(2, 0));
            allowPairs(filter);
        }
    }
    return filter.load();
}

}  // namespace pakn::sandbox::detail
