#include "core/sandbox/confine.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>

#include "core/sandbox/parts.hpp"

namespace pakn::sandbox {

namespace detail {

Error cannot(const char* what) {
    const bool shortage = errno == ENOMEM || errno == EAGAIN || errno == ENFILE || errno == EMFILE;
    return {.code = shortage ? Errc::kUnavailable : Errc::kMisconfigured,
            .message = std::string{"cannot "} + what + ": " + std::generic_category().message(errno)};
}

}  // namespace detail

namespace {

using detail::cannot;

Status limit(__rlimit_resource_t what, rlim_t most, const char* name) {
    struct rlimit now {};
    if (::getrlimit(what, &now) != 0) return cannot(name);
    const rlim_t wanted = now.rlim_max == RLIM_INFINITY || most < now.rlim_max ? most : now.rlim_max;
    const struct rlimit next { wanted, wanted };
    if (::setrlimit(what, &next) != 0) return cannot(name);
    return Done{};
}

/// Of processor time the hub's own threads get three times as much where there is not enough for all.
constexpr int kNiceness = 5;

Status limitAll(const Confinement& confinement) {
    errno = 0;  // A niceness of -1 is no error.
    if (::nice(kNiceness) == -1 && errno != 0) return cannot("step back behind the hub");
    if (Status done = limit(RLIMIT_CORE, 0, "forbid core files"); !done) return done;
    if (Status done = limit(RLIMIT_NOFILE, static_cast<rlim_t>(confinement.files), "bound open files"); !done)
        return done;
    // Of memory files as well, which count as nobody's memory while they are not mapped.
    if (Status done = limit(RLIMIT_FSIZE, confinement.file_size, "bound the size of files"); !done) return done;
    if (Status done = limit(RLIMIT_NPROC, static_cast<rlim_t>(confinement.tasks), "bound threads"); !done) return done;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // Their shadows take terabytes of addresses.
    if (Status done = limit(RLIMIT_AS, confinement.memory, "bound memory"); !done) return done;
#endif
    return Done{};
}

/// When the machine's memory is at an end after all, the kernel takes this process's and not the hub's.
void goFirst() {
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (::write(file, "1000", 4) < 0) errno = 0;  // Then it takes whom it takes.
    ::close(file);
}

Status become(uid_t user) {
    if (user == 0 || ::geteuid() != 0) return Done{};
    if (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0)
        return cannot("give up root");
    if (::setuid(0) == 0) return Error{.code = Errc::kMisconfigured, .message = "root could not be given up"};
    return Done{};
}

}  // namespace

Result<Confined> confine(const Confinement& confinement) {
    const pid_t parent = ::getppid();
    goFirst();
    ::signal(SIGXFSZ, SIG_IGN);  // A file that is too large is an error, not an end.
    if (Status done = limitAll(confinement); !done) return std::move(done).error();
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("refuse new rights");
    // Before the change of user, who may not be able to reach what he is allowed to use there.
    Result<bool> paths = detail::confinePaths(confinement);
    if (!paths) return std::move(paths).error();
    if (Status done = become(confinement.user); !done) return std::move(done).error();
    // After it, because it resets both.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return cannot("die with the hub");
    if (::getppid() != parent) return Error{.code = Errc::kUnavailable, .message = "the hub is gone"};
    if (::prctl(PR_SET_DUMPABLE, 0) != 0) return cannot("keep others from looking in");
    if (Status done = detail::filterCalls(confinement); !done) return std::move(done).error();
    return Confined{.paths = *paths};
}

}  // namespace pakn::sandbox
