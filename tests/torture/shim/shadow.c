/// @file
/// Power-cut mode: an undo log of everything that is not durable yet. power_cut.py reads it after SIGKILL and puts
/// every file and directory back to what the last fsync made durable.
///
/// The model is the harshest that POSIX allows: bytes and size of a file are durable after fsync or fdatasync of that
/// file; a directory entry (create, rename, unlink, mkdir) only after fsync of that directory. fsync itself does not
/// touch the disk here: only the process dies, never the kernel, so its moment is what counts. TORTURE_SYNC_US gives it
/// the duration of a real one.
///
/// Each record is written before what it undoes and undoing something that did not happen changes nothing, so the log
/// is right at whatever instruction SIGKILL arrives. A half-written last record belongs to an operation that had not
/// begun.
///
/// Files are known by a hard link `inodes/<id>` in the shadow folder: it survives rename and unlink, and keeps the
/// kernel from giving the same inode number to another file. `-shm` files of SQLite are rebuilt at start and are left
/// out.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

/// As power_cut.py reads it: little-endian, no padding.
struct Record {
    char magic[4];
    uint32_t kind;
    uint64_t position;
    uint64_t id;       ///< kBytes: file. kEntry: previous target. kSynced: file, 0 for a directory.
    uint64_t offset;   ///< kBytes: where the old bytes were. kEntry: 1 when the next record belongs to the same rename.
                       ///< kSynced: records before this position are durable.
    uint64_t size;     ///< kBytes: old size of the file.
    uint64_t changed;  ///< kBytes: how many bytes the operation may change; 0: it only sets the size.
    uint64_t payload;  ///< Bytes that follow: old bytes, or the path.
};
enum { kBytes = 1, kEntry = 2, kSynced = 3 };
#define K_NOTHING 0ULL
#define K_DIRECTORY UINT64_MAX

enum { kBuckets = 1024, kKeepLinks = 256 };

/// A file (key: inode) or a directory (key: path) that changed.
struct Item {
    struct Item* next;
    ino_t inode;
    char* path;
    uint64_t id;
    uint64_t changed;  ///< Position of the last record.
    uint64_t durable;  ///< Records before this are.
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct Item* files[kBuckets];
static struct Item* directories;
static size_t file_count;
static size_t dirty_count;
static uint64_t next_position = 1;
static uint64_t next_id = 1;
static int log_fd = -1;
static int inodes_fd = -1;
static useconds_t sync_duration;

__attribute__((constructor)) static void openShadow(void) {
    const char* folder = getenv("TORTURE_SHADOW");
    const char* duration = getenv("TORTURE_SYNC_US");
    unsetenv("LD_PRELOAD");
    if (folder == NULL) return;
    if (duration != NULL) sync_duration = (useconds_t)atoi(duration);
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/inodes", folder);
    syscall(SYS_mkdirat, AT_FDCWD, path, 0700);
    inodes_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "%s/undo.log", folder);
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (inodes_fd < 0 || fd < 0) fatal("the shadow folder must exist and be restored or reset", folder);
    log_fd = fd;
}

int shadowActive(void) { return log_fd >= 0; }
void shadowLock(void) { pthread_mutex_lock(&mutex); }
void shadowUnlock(void) { pthread_mutex_unlock(&mutex); }

static void append(struct Record record, const void* payload) {
    memcpy(record.magic, "PKU1", 4);
    record.position = next_position++;
    const struct iovec parts[] = {{&record, sizeof record}, {(void*)(uintptr_t)payload, record.payload}};
    const ssize_t total = (ssize_t)(sizeof record + record.payload);
    if (syscall(SYS_writev, log_fd, parts, 2) != total) fatal("cannot write the undo log", strerror(errno));
}

static struct Item** bucketOf(ino_t inode) { return &files[inode % kBuckets]; }

static struct Item* newFile(ino_t inode) {
    struct Item* item = calloc(1, sizeof *item);
    if (item == NULL) fatal("out of memory", "");
    item->inode = inode;
    item->id = next_id++;
    item->next = *bucketOf(inode);
    *bucketOf(inode) = item;
    ++file_count;
    return item;
}

static struct Item* knownFile(ino_t inode) {
    struct Item* item = *bucketOf(inode);
    while (item != NULL && item->inode != inode) item = item->next;
    return item;
}

/// The file, with its hard link made; NULL when it has no name any more (nothing of it can come back).
static struct Item* fileAt(const char* path, ino_t inode) {
    struct Item* item = knownFile(inode);
    if (item != NULL) return item;
    char name[24];
    (void)snprintf(name, sizeof name, "%llu", (unsigned long long)next_id);
    if (syscall(SYS_linkat, AT_FDCWD, path, inodes_fd, name, AT_SYMLINK_FOLLOW) != 0) {
        if (errno == ENOENT) return NULL;
        fatal("cannot link a file into the shadow folder", path);
    }
    return newFile(inode);
}

static struct Item* directoryAt(const char* path, size_t length) {
    for (struct Item* item = directories; item != NULL; item = item->next)
        if (strncmp(item->path, path, length) == 0 && item->path[length] == '\0') return item;
    struct Item* item = calloc(1, sizeof *item);
    if (item == NULL || (item->path = strndup(path, length)) == NULL) fatal("out of memory", "");
    item->next = directories;
    directories = item;
    return item;
}

static void markChanged(struct Item* item) {
    if (item->changed <= item->durable) ++dirty_count;
    item->changed = next_position;
}

/// Logs the bytes [offset, end) of the file as they are now.
static void saveBytes(int fd, const struct stat* now, struct Item* item, off_t offset, off_t end, size_t changed) {
    const off_t last = end < now->st_size ? end : now->st_size;
    const size_t length = last > offset ? (size_t)(last - offset) : 0;
    char* old = malloc(length + 1);
    if (old == NULL) fatal("out of memory", "");
    for (size_t have = 0; have < length;) {
        const ssize_t got = (ssize_t)syscall(SYS_pread64, fd, old + have, length - have, offset + (off_t)have);
        if (got <= 0) fatal("cannot read what is to be overwritten", strerror(errno));
        have += (size_t)got;
    }
    markChanged(item);
    append((struct Record){.kind = kBytes,
                           .id = item->id,
                           .offset = (uint64_t)offset,
                           .size = (uint64_t)now->st_size,
                           .changed = changed,
                           .payload = length},
           old);
    free(old);
}

/// A file opened for writing only cannot be read back: goes through /proc.
static void saveThrough(int fd, const struct stat* now, off_t offset, off_t end, size_t changed) {
    char link[32];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    struct Item* item = fileAt(link, now->st_ino);
    if (item == NULL) return;
    const int readable = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
    if (readable < 0) fatal("cannot read back", link);
    saveBytes(readable, now, item, offset, end, changed);
    syscall(SYS_close, readable);
}

void shadowChange(int fd, const struct stat* now, off_t offset, size_t length) {
    saveThrough(fd, now, offset, offset + (off_t)length, length);
}

void shadowResize(int fd, const struct stat* now, off_t size) { saveThrough(fd, now, size, now->st_size, 0); }

void shadowResizePath(const char* path, off_t size) {
    struct stat now;
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (fstat(fd, &now) == 0 && S_ISREG(now.st_mode)) shadowResize(fd, &now, size);
    syscall(SYS_close, fd);
}

static void recordEntry(const char* path, uint64_t previous, int with_next) {
    const char* slash = strrchr(path, '/');
    markChanged(directoryAt(path, (size_t)(slash - path)));
    append((struct Record){.kind = kEntry, .id = previous, .offset = (uint64_t)with_next, .payload = strlen(path)},
           path);
}

static uint64_t targetOf(const char* path) {
    struct stat now;
    if (fstatat(AT_FDCWD, path, &now, AT_SYMLINK_NOFOLLOW) != 0) return K_NOTHING;
    if (S_ISDIR(now.st_mode)) return K_DIRECTORY;
    if (S_ISSOCK(now.st_mode)) return K_NOTHING;  // Holds nothing that a power cut could take.
    if (!S_ISREG(now.st_mode)) {
        shadowUnsupported("special file", path);
        return K_NOTHING;
    }
    const struct Item* item = fileAt(path, now.st_ino);
    return item == NULL ? K_NOTHING : item->id;
}

void shadowEntry(const char* path) { recordEntry(path, targetOf(path), 0); }

void shadowNewEntry(const char* path) { recordEntry(path, K_NOTHING, 0); }

void shadowRename(const char* from, const char* to) {
    recordEntry(from, targetOf(from), 1);
    recordEntry(to, targetOf(to), 0);
}

uint64_t shadowPosition(void) {
    shadowLock();
    const uint64_t position = next_position;
    shadowUnlock();
    if (sync_duration > 0) {
        const struct timespec duration = {sync_duration / 1000000, (long)(sync_duration % 1000000) * 1000};
        (void)nanosleep(&duration, NULL);
    }
    return position;
}

static void forgetFiles(void) {
    char name[24];
    for (size_t i = 0; i < kBuckets; ++i) {
        while (files[i] != NULL) {
            struct Item* item = files[i];
            files[i] = item->next;
            (void)snprintf(name, sizeof name, "%llu", (unsigned long long)item->id);
            syscall(SYS_unlinkat, inodes_fd, name, 0);
            free(item);
        }
    }
    file_count = 0;
}

void shadowSynced(const struct stat* file, const char* path, uint64_t position) {
    struct Item* item = S_ISDIR(file->st_mode) ? directoryAt(path, strlen(path)) : knownFile(file->st_ino);
    if (item == NULL) return;
    const int was_dirty = item->changed > item->durable;
    if (item->durable < position - 1) item->durable = position - 1;
    if (was_dirty && item->changed <= item->durable) --dirty_count;
    const size_t length = item->path == NULL ? 0 : strlen(path);
    append((struct Record){.kind = kSynced, .id = item->id, .offset = position, .payload = length}, path);
    if (dirty_count > 0) return;
    // Everything is durable: there is nothing to undo. The log first, then what it refers to.
    if (syscall(SYS_ftruncate, log_fd, 0) != 0) fatal("cannot shorten the undo log", strerror(errno));
    if (file_count > kKeepLinks) forgetFiles();
}

void shadowUnsupported(const char* what, const char* path) {
    char file[PATH_MAX];
    (void)snprintf(file, sizeof file, "%s/unsupported", getenv("TORTURE_SHADOW"));
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char line[PATH_MAX + 64];
    const int length = snprintf(line, sizeof line, "%s %s\n", what, path);
    if (fd < 0 || syscall(SYS_write, fd, line, length) != length) fatal(what, path);
    syscall(SYS_close, fd);
}

void fatal(const char* what, const char* detail) {
    char line[PATH_MAX + 128];
    const int length = snprintf(line, sizeof line, "torture shim: %s: %s\n", what, detail);
    syscall(SYS_write, 2, line, length);
    abort();
}
