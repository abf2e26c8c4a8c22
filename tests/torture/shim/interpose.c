/// @file
/// The calls that change files or send on sockets, as the program sees them. Each one asks the rules, records for the
/// power cut what could be lost, does the work by a direct system call, and asks the rules again.
///
/// Not seen: stdio's own writes (fwrite), io_uring, copy_file_range inside the kernel. What of this a program could use
/// on a file below TORTURE_ROOT is reported by shadowUnsupported() where it can be noticed at all (sendfile, writable
/// shared mappings, O_SYNC, O_TMPFILE).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "shim.h"

#define EXPORTED __attribute__((visibility("default")))
enum { kPage = 4096, kSubject = 64 };

static char root[PATH_MAX];
static size_t root_length;

__attribute__((constructor)) static void readRoot(void) {
    const char* wanted = getenv("TORTURE_ROOT");
    if (wanted == NULL) return;
    if (realpath(wanted, root) == NULL) fatal("TORTURE_ROOT does not exist", wanted);
    root_length = strlen(root);
}

static int belowRoot(const char* path) {
    return root_length > 0 && strncmp(path, root, root_length) == 0 &&
           (path[root_length] == '/' || path[root_length] == '\0');
}

static int isSharedMemory(const char* path) {
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

/// What a call is about.
struct Place {
    char path[PATH_MAX];
    int watched;  ///< Below the root.
    int shadow;   ///< And recorded for the power cut.
};

static void judge(struct Place* place) {
    place->watched = belowRoot(place->path);
    place->shadow = place->watched && shadowActive() && !isSharedMemory(place->path);
}

/// The canonical path of what a name stands for; the last part need not exist.
static struct Place placeOf(int folder, const char* name) {
    struct Place place = {.watched = 0};
    char joined[PATH_MAX];
    char parent[PATH_MAX];
    if (root_length == 0 || name == NULL || *name == '\0') return place;
    const int saved = errno;
    char from[PATH_MAX] = ".";
    if (folder != AT_FDCWD) (void)snprintf(from, sizeof from, "/proc/self/fd/%d", folder);
    if (*name == '/') *from = '\0';
    int length = snprintf(joined, sizeof joined, "%s%s%s", from, *from == '\0' ? "" : "/", name);
    while (length > 1 && joined[length - 1] == '/') joined[--length] = '\0';
    char* slash = strrchr(joined, '/');
    *slash = '\0';
    if (realpath(slash == joined ? "/" : joined, parent) != NULL) {
        (void)snprintf(place.path, sizeof place.path, "%.*s/%.*s", PATH_MAX / 2, parent, PATH_MAX / 2 - 2, slash + 1);
        judge(&place);
    }
    errno = saved;
    return place;
}

/// The file or folder behind a descriptor; never a socket or pipe.
static struct Place placeOfDescriptor(int fd, struct stat* now) {
    struct Place place = {.watched = 0};
    if (root_length == 0 || fstat(fd, now) != 0 || !(S_ISREG(now->st_mode) || S_ISDIR(now->st_mode))) return place;
    char link[32];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = (ssize_t)syscall(SYS_readlinkat, AT_FDCWD, link, place.path, sizeof place.path - 1);
    place.path[length > 0 ? length : 0] = '\0';
    judge(&place);
    return place;
}

static int failWith(int error) {
    errno = error;
    return -1;
}

static int exists(const char* path) {
    struct stat ignored;
    const int saved = errno;
    const int found = fstatat(AT_FDCWD, path, &ignored, AT_SYMLINK_NOFOLLOW) == 0;
    errno = saved;
    return found;
}

// Opening

static int openFile(int folder, const char* name, int flags, mode_t mode) {
    const int changes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
    const struct Place place = changes ? placeOf(folder, name) : (struct Place){.watched = 0};
    if (!place.watched) return (int)syscall(SYS_openat, folder, name, flags, mode);
    const int error = rulesBefore(kOpen, place.path);
    if (error != 0) return failWith(error);
    if (place.shadow) {
        if ((flags & O_TMPFILE) == O_TMPFILE || (flags & O_DSYNC) != 0) shadowUnsupported("open flags", place.path);
        shadowLock();
        if (!exists(place.path) && (flags & O_CREAT) != 0)
            shadowEntry(place.path);
        else if ((flags & O_TRUNC) != 0)
            shadowResizePath(place.path, 0);
    }
    const int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (place.shadow) shadowUnlock();
    if (fd >= 0) rulesAfter(kOpen, place.path);
    return fd;
}

static mode_t modeOf(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

EXPORTED int open(const char* name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return openFile(AT_FDCWD, name, flags, mode);
}
EXPORTED int openat(int folder, const char* name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return openFile(folder, name, flags, mode);
}
EXPORTED int open64(const char* name, int flags, ...) __attribute__((alias("open")));
EXPORTED int openat64(int folder, const char* name, int flags, ...) __attribute__((alias("openat")));
EXPORTED int __open_2(const char* name, int flags) { return openFile(AT_FDCWD, name, flags, 0); }
EXPORTED int __open64_2(const char* name, int flags) { return openFile(AT_FDCWD, name, flags, 0); }
EXPORTED int __openat_2(int folder, const char* name, int flags) { return openFile(folder, name, flags, 0); }
EXPORTED int __openat64_2(int folder, const char* name, int flags) { return openFile(folder, name, flags, 0); }
EXPORTED int creat(const char* name, mode_t mode) {
    return openFile(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
EXPORTED int creat64(const char* name, mode_t mode) { return creat(name, mode); }

/// std::ofstream opens by fopen() and then writes by write().
EXPORTED FILE* fopen(const char* name, const char* mode) {
    int flags = strchr(mode, '+') != NULL ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
    if (*mode != 'r') flags |= O_CREAT | (*mode == 'w' ? O_TRUNC : O_APPEND);
    if (strchr(mode, 'x') != NULL) flags |= O_EXCL;
    if (strchr(mode, 'e') != NULL) flags |= O_CLOEXEC;
    const int fd = openFile(AT_FDCWD, name, flags, 0666);
    return fd < 0 ? NULL : fdopen(fd, mode);
}
EXPORTED FILE* fopen64(const char* name, const char* mode) { return fopen(name, mode); }

static int makeTemporary(const char* function, char* name, int flags) {
    const struct Place place = placeOf(AT_FDCWD, name);
    const int error = place.watched ? rulesBefore(kOpen, place.path) : 0;
    if (error != 0) return failWith(error);
    int (*original)(char*, int) = (int (*)(char*, int))dlsym(RTLD_NEXT, function);
    if (place.shadow) shadowLock();
    const int fd = original(name, flags);
    if (place.shadow) {
        if (fd >= 0) shadowNewEntry(placeOf(AT_FDCWD, name).path);
        shadowUnlock();
    }
    return fd;
}
EXPORTED int mkostemp(char* name, int flags) { return makeTemporary("mkostemp", name, flags); }
EXPORTED int mkostemp64(char* name, int flags) { return makeTemporary("mkostemp", name, flags); }
EXPORTED int mkstemp(char* name) { return makeTemporary("mkostemp", name, 0); }
EXPORTED int mkstemp64(char* name) { return makeTemporary("mkostemp", name, 0); }

// Writing and sending

static void copySubject(char* subject, const struct iovec* parts, int count) {
    size_t have = 0;
    for (int i = 0; i < count && have < kSubject - 1; ++i) {
        const size_t room = kSubject - 1 - have;
        const size_t take = parts[i].iov_len < room ? parts[i].iov_len : room;
        memcpy(subject + have, parts[i].iov_base, take);
        have += take;
    }
    subject[have] = '\0';
}

static size_t lengthOf(const struct iovec* parts, int count) {
    size_t length = 0;
    for (int i = 0; i < count; ++i) length += parts[i].iov_len;
    return length;
}

/// `offset` -1: at the file's own position.
static ssize_t put(int fd, const struct iovec* parts, int count, off_t offset) {
    if (offset < 0) return (ssize_t)syscall(SYS_writev, fd, parts, count);
    return (ssize_t)syscall(SYS_pwritev, fd, parts, count, offset, 0);
}

static off_t whereItGoes(int fd, const struct stat* now, off_t offset) {
    if (offset >= 0) return offset;
    const int flags = (int)syscall(SYS_fcntl, fd, F_GETFL);
    return (flags & O_APPEND) != 0 ? now->st_size : lseek(fd, 0, SEEK_CUR);
}

static ssize_t writeSocket(int fd, const struct iovec* parts, int count) {
    char subject[kSubject];
    copySubject(subject, parts, count);
    const int error = rulesBefore(kSend, subject);
    if (error != 0) return failWith(error);
    const ssize_t done = put(fd, parts, count, -1);
    rulesAfter(kSend, subject);
    return done;
}

static ssize_t writeParts(int fd, const struct iovec* parts, int count, off_t offset) {
    struct stat now = {.st_mode = 0};
    const struct Place place = placeOfDescriptor(fd, &now);
    if (S_ISSOCK(now.st_mode)) return writeSocket(fd, parts, count);
    if (!place.watched) return put(fd, parts, count, offset);

    struct iovec half;
    const size_t length = lengthOf(parts, count);
    const int error = rulesBefore(kWrite, place.path);
    if (error == ENOSPC && count == 1 && length > kPage) {
        half = (struct iovec){parts->iov_base, length / 2};
        parts = &half;
    } else if (error != 0) {
        return failWith(error);
    }
    if (place.shadow) {
        shadowLock();
        (void)fstat(fd, &now);
        shadowChange(fd, &now, whereItGoes(fd, &now, offset), lengthOf(parts, count));
    }
    const ssize_t done = put(fd, parts, count, offset);
    if (place.shadow) shadowUnlock();
    if (done >= 0) rulesAfter(kWrite, place.path);
    return done;
}

EXPORTED ssize_t write(int fd, const void* bytes, size_t length) {
    const struct iovec part = {(void*)(uintptr_t)bytes, length};
    return writeParts(fd, &part, 1, -1);
}
EXPORTED ssize_t pwrite(int fd, const void* bytes, size_t length, off_t offset) {
    const struct iovec part = {(void*)(uintptr_t)bytes, length};
    return writeParts(fd, &part, 1, offset);
}
EXPORTED ssize_t pwrite64(int fd, const void* bytes, size_t length, off_t offset) __attribute__((alias("pwrite")));
EXPORTED ssize_t writev(int fd, const struct iovec* parts, int count) { return writeParts(fd, parts, count, -1); }
EXPORTED ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t offset) {
    return writeParts(fd, parts, count, offset);
}
EXPORTED ssize_t pwritev64(int fd, const struct iovec* parts, int count, off_t offset)
    __attribute__((alias("pwritev")));

EXPORTED ssize_t sendto(int fd, const void* bytes, size_t length, int flags, const struct sockaddr* to,
                        socklen_t to_length) {
    const struct iovec part = {(void*)(uintptr_t)bytes, length};
    char subject[kSubject];
    copySubject(subject, &part, 1);
    const int error = rulesBefore(kSend, subject);
    if (error != 0) return failWith(error);
    const ssize_t done = (ssize_t)syscall(SYS_sendto, fd, bytes, length, flags, to, to_length);
    rulesAfter(kSend, subject);
    return done;
}
EXPORTED ssize_t send(int fd, const void* bytes, size_t length, int flags) {
    return sendto(fd, bytes, length, flags, NULL, 0);
}
EXPORTED ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
    char subject[kSubject];
    copySubject(subject, message->msg_iov, (int)message->msg_iovlen);
    const int error = rulesBefore(kSend, subject);
    if (error != 0) return failWith(error);
    const ssize_t done = (ssize_t)syscall(SYS_sendmsg, fd, message, flags);
    rulesAfter(kSend, subject);
    return done;
}

// Size

EXPORTED int ftruncate(int fd, off_t size) {
    struct stat now;
    const struct Place place = placeOfDescriptor(fd, &now);
    const int error = place.watched ? rulesBefore(kTruncate, place.path) : 0;
    if (error != 0) return failWith(error);
    if (place.shadow) {
        shadowLock();
        (void)fstat(fd, &now);
        shadowResize(fd, &now, size);
    }
    const int result = (int)syscall(SYS_ftruncate, fd, size);
    if (place.shadow) shadowUnlock();
    if (place.watched && result == 0) rulesAfter(kTruncate, place.path);
    return result;
}
EXPORTED int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));

EXPORTED int truncate(const char* name, off_t size) {
    const struct Place place = placeOf(AT_FDCWD, name);
    const int error = place.watched ? rulesBefore(kTruncate, place.path) : 0;
    if (error != 0) return failWith(error);
    if (place.shadow) {
        shadowLock();
        shadowResizePath(place.path, size);
    }
    const int result = (int)syscall(SYS_truncate, name, size);
    if (place.shadow) shadowUnlock();
    if (place.watched && result == 0) rulesAfter(kTruncate, place.path);
    return result;
}
EXPORTED int truncate64(const char* name, off_t size) __attribute__((alias("truncate")));

EXPORTED int fallocate(int fd, int mode, off_t offset, off_t length) {
    struct stat now;
    const struct Place place = placeOfDescriptor(fd, &now);
    const int error = place.watched ? rulesBefore(kWrite, place.path) : 0;
    if (error != 0) return failWith(error);
    if (place.shadow) {
        shadowLock();
        (void)fstat(fd, &now);
        shadowChange(fd, &now, offset, (size_t)length);
    }
    const int result = (int)syscall(SYS_fallocate, fd, mode, offset, length);
    if (place.shadow) shadowUnlock();
    if (place.watched && result == 0) rulesAfter(kWrite, place.path);
    return result;
}
EXPORTED int fallocate64(int fd, int mode, off_t offset, off_t length) __attribute__((alias("fallocate")));
EXPORTED int posix_fallocate(int fd, off_t offset, off_t length) {
    return fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
}
EXPORTED int posix_fallocate64(int fd, off_t offset, off_t length) { return posix_fallocate(fd, offset, length); }

// Durability

static int synchronise(int fd, long number) {
    struct stat now;
    const struct Place place = placeOfDescriptor(fd, &now);
    if (!place.watched) return (int)syscall(number, fd);
    const int error = rulesBefore(kSync, place.path);
    if (error == kPretend) return 0;
    if (error != 0) return failWith(error);
    int result = 0;
    if (place.shadow) {
        const uint64_t position = shadowPosition();
        shadowLock();
        shadowSynced(&now, place.path, position);
        shadowUnlock();
    } else {
        result = (int)syscall(number, fd);
    }
    if (result == 0) rulesAfter(kSync, place.path);
    return result;
}
EXPORTED int fsync(int fd) { return synchronise(fd, SYS_fsync); }
EXPORTED int fdatasync(int fd) { return synchronise(fd, SYS_fdatasync); }

// Directory entries

EXPORTED int renameat2(int old_folder, const char* old_name, int new_folder, const char* new_name, unsigned flags) {
    const struct Place from = placeOf(old_folder, old_name);
    const struct Place to = placeOf(new_folder, new_name);
    const int error = to.watched ? rulesBefore(kRename, to.path) : 0;
    if (error != 0) return failWith(error);
    const int shadow = from.shadow || to.shadow;
    if (shadow) {
        struct stat now;
        const int folder = fstatat(AT_FDCWD, from.path, &now, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(now.st_mode);
        if (folder || !from.shadow || !to.shadow || (flags & RENAME_EXCHANGE) != 0)
            shadowUnsupported("rename", to.path);
        shadowLock();
        shadowRename(from.path, to.path);
    }
    const int result = (int)syscall(SYS_renameat2, old_folder, old_name, new_folder, new_name, flags);
    if (shadow) shadowUnlock();
    if (to.watched && result == 0) rulesAfter(kRename, to.path);
    return result;
}
EXPORTED int renameat(int old_folder, const char* old_name, int new_folder, const char* new_name) {
    return renameat2(old_folder, old_name, new_folder, new_name, 0);
}
EXPORTED int rename(const char* old_name, const char* new_name) {
    return renameat2(AT_FDCWD, old_name, AT_FDCWD, new_name, 0);
}

EXPORTED int unlinkat(int folder, const char* name, int flags) {
    const struct Place place = placeOf(folder, name);
    const int error = place.watched ? rulesBefore(kUnlink, place.path) : 0;
    if (error != 0) return failWith(error);
    if (place.shadow) {
        shadowLock();
        if (exists(place.path)) shadowEntry(place.path);
    }
    const int result = (int)syscall(SYS_unlinkat, folder, name, flags);
    if (place.shadow) shadowUnlock();
    if (place.watched && result == 0) rulesAfter(kUnlink, place.path);
    return result;
}
EXPORTED int unlink(const char* name) { return unlinkat(AT_FDCWD, name, 0); }
EXPORTED int rmdir(const char* name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
EXPORTED int remove(const char* name) {
    if (unlinkat(AT_FDCWD, name, 0) == 0) return 0;
    return errno == EISDIR ? rmdir(name) : -1;
}

EXPORTED int mkdirat(int folder, const char* name, mode_t mode) {
    const struct Place place = placeOf(folder, name);
    const int is_new = place.watched && !exists(place.path);
    const int error = is_new ? rulesBefore(kMkdir, place.path) : 0;
    if (error != 0) return failWith(error);
    const int shadow = place.shadow && is_new;
    if (shadow) {
        shadowLock();
        shadowEntry(place.path);
    }
    const int result = (int)syscall(SYS_mkdirat, folder, name, mode);
    if (shadow) shadowUnlock();
    if (is_new && result == 0) rulesAfter(kMkdir, place.path);
    return result;
}
EXPORTED int mkdir(const char* name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

EXPORTED int linkat(int old_folder, const char* old_name, int new_folder, const char* new_name, int flags) {
    const struct Place to = placeOf(new_folder, new_name);
    const int error = to.watched ? rulesBefore(kRename, to.path) : 0;
    if (error != 0) return failWith(error);
    const int shadow = to.shadow && !exists(to.path);
    if (shadow) {
        shadowLock();
        shadowEntry(to.path);
    }
    const int result = (int)syscall(SYS_linkat, old_folder, old_name, new_folder, new_name, flags);
    if (shadow) shadowUnlock();
    if (to.watched && result == 0) rulesAfter(kRename, to.path);
    return result;
}
EXPORTED int link(const char* old_name, const char* new_name) {
    return linkat(AT_FDCWD, old_name, AT_FDCWD, new_name, 0);
}

// Ways to change a file that cannot be undone here

EXPORTED void* mmap(void* address, size_t length, int protection, int flags, int fd, off_t offset) {
    if (fd >= 0 && shadowActive() && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0) {
        struct stat now;
        const struct Place place = placeOfDescriptor(fd, &now);
        if (place.shadow) shadowUnsupported("writable shared mapping", place.path);
    }
    return (void*)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}
EXPORTED void* mmap64(void* address, size_t length, int protection, int flags, int fd, off_t offset)
    __attribute__((alias("mmap")));

EXPORTED ssize_t sendfile(int to, int from, off_t* offset, size_t length) {
    struct stat now;
    const struct Place place = placeOfDescriptor(to, &now);
    if (place.shadow) shadowUnsupported("sendfile", place.path);
    return (ssize_t)syscall(SYS_sendfile, to, from, offset, length);
}
EXPORTED ssize_t sendfile64(int to, int from, off_t* offset, size_t length) __attribute__((alias("sendfile")));
EXPORTED ssize_t copy_file_range(int from, off_t* from_at, int to, off_t* to_at, size_t length, unsigned flags) {
    struct stat now;
    const struct Place place = placeOfDescriptor(to, &now);
    if (place.shadow) shadowUnsupported("copy_file_range", place.path);
    return (ssize_t)syscall(SYS_copy_file_range, from, from_at, to, to_at, length, flags);
}
