/// @file
/// The files that a helper may still open (Landlock). With it even a helper of the hub's own user reaches neither the
/// hub's database nor its key.

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/sandbox/parts.hpp"

namespace pakn::sandbox::detail {

namespace {

/// Of the third edition, which is younger than this system's headers.
constexpr std::uint64_t kTruncate = 1U << 14U;
constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kReadFolder = kRead | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriteFolder = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                                       LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                       LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                       LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | kTruncate;
/// Everything that an edition of Landlock can hold back. The first one forbids to move files between folders at all.
constexpr std::uint64_t heldBack(long edition) {
    constexpr std::uint64_t kFirst = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
    if (edition < 2) return kFirst;
    return kFirst | LANDLOCK_ACCESS_FS_REFER | (edition < 3 ? 0 : kTruncate);
}

/// What programs and their libraries read of the system: no place where secrets lie.
constexpr const char* kSystem[] = {"/usr",
                                   "/lib",
                                   "/lib64",
                                   "/etc/ssl",
                                   "/etc/ca-certificates",
                                   "/etc/ld.so.cache",
                                   "/etc/resolv.conf",
                                   "/etc/hosts",
                                   "/etc/host.conf",
                                   "/etc/nsswitch.conf",
                                   "/etc/gai.conf",
                                   "/etc/services",
                                   "/etc/protocols",
                                   "/etc/localtime",
                                   "/etc/magic",
                                   "/etc/mime.types",
                                   "/run/systemd/resolve",
                                   "/sys/devices/system/cpu",
                                   "/proc/self",
                                   "/dev/null",
                                   "/dev/zero",
                                   "/dev/urandom",
                                   "/dev/random"};

struct Handle {
    int number;
    ~Handle() {
        if (number >= 0) ::close(number);
    }
};

/// What is not there needs no permission.
Status allow(int rules, const std::filesystem::path& path, std::uint64_t access) {
    const Handle place{::open(path.c_str(), O_PATH | O_CLOEXEC)};
    struct stat facts {};
    if (place.number < 0 || ::fstat(place.number, &facts) != 0) return Done{};
    if (!S_ISDIR(facts.st_mode)) access &= kRead | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
    const landlock_path_beneath_attr rule{.allowed_access = access, .parent_fd = place.number};
    if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        return cannot("confine its files");
    return Done{};
}

}  // namespace

Result<bool> confinePaths(const Confinement& confinement) {
    const long edition =
        ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, LANDLOCK_CREATE_RULESET_VERSION);
    if (edition < 1) return false;
    const std::uint64_t held_back = heldBack(edition);
    const landlock_ruleset_attr wanted{.handled_access_fs = held_back};
    const Handle rules{static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0))};
    if (rules.number < 0) return cannot("confine its files");
    for (const char* path : kSystem)
        if (Status done = allow(rules.number, path, kReadFolder & held_back); !done) return std::move(done).error();
    if (Status done = allow(rules.number, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE); !done)
        return std::move(done).error();
    for (const std::filesystem::path& path : confinement.readable)
        if (Status done = allow(rules.number, path, kReadFolder & held_back); !done) return std::move(done).error();
    for (const std::filesystem::path& path : confinement.writable)
        if (Status done = allow(rules.number, path, kWriteFolder & held_back); !done) return std::move(done).error();
    if (::syscall(SYS_landlock_restrict_self, rules.number, 0) != 0) return cannot("confine its files");
    return true;
}

}  // namespace pakn::sandbox::detail
