#pragma once
/// @file
/// Parts of the torture shim, an LD_PRELOAD library between a program and the kernel. It changes nothing in the
/// program.
///
/// Environment, all optional:
///   TORTURE_ROOT         only files below this folder are touched
///   TORTURE_CONTROL      rule file, read again whenever it changes; no file, no rules (rules.c)
///   TORTURE_SHADOW       power-cut mode: keeps what is needed to undo everything that was not fsynced (shadow.c);
///                        an existing empty folder on the file system of TORTURE_ROOT
///   TORTURE_SYNC_US      power-cut mode: how long an fsync takes
///   TORTURE_SYNCHRONOUS  replaces the value in every `PRAGMA synchronous=…` (sqlite.c)
///
/// The shim leaves the environment of the program: its children run without it.

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum Event {
    kOpen = 1 << 0,  ///< For writing or creating.
    kWrite = 1 << 1,
    kSync = 1 << 2,  ///< fsync and fdatasync.
    kTruncate = 1 << 3,
    kRename = 1 << 4,
    kUnlink = 1 << 5,
    kMkdir = 1 << 6,
    kSend = 1 << 7,  ///< On a socket.
};

/// What rulesBefore() returns for an fsync that is to be left out.
enum { kPretend = -1 };

/// Matches the rules against an event that is about to happen. `subject` is the path of the file, or the first bytes of
/// what is sent. 0: go on; else the errno to fail with. Does not return when a rule kills.
int rulesBefore(enum Event event, const char* subject);
/// The event has happened.
void rulesAfter(enum Event event, const char* subject);

/// Power-cut mode is on.
int shadowActive(void);
/// Everything between these two, recording and the operation itself, is one step for the other threads.
void shadowLock(void);
void shadowUnlock(void);
/// The calls up to shadowRename() are made under the lock and before the operation.
/// Bytes [offset, offset+length) of the file change, or its size does.
void shadowChange(int fd, const struct stat* now, off_t offset, size_t length);
/// The file becomes `size` bytes long.
void shadowResize(int fd, const struct stat* now, off_t size);
/// The same for a file that is not open.
void shadowResizePath(const char* path, off_t size);
/// The directory entry at this absolute path comes, goes or gets another target.
void shadowEntry(const char* path);
/// The same for an entry that is known to be new, whatever stands there by now.
void shadowNewEntry(const char* path);
/// Both entries of a rename change together.
void shadowRename(const char* from, const char* to);

/// Where the record stands now; what came before is durable once shadowSynced() has returned.
uint64_t shadowPosition(void);
void shadowSynced(const struct stat* file, const char* path, uint64_t position);
/// Notes that the program did something this shim cannot undo; restoring then refuses.
void shadowUnsupported(const char* what, const char* path);

/// Prints why to stderr and aborts: a test on a broken shim proves nothing.
void fatal(const char* what, const char* detail) __attribute__((noreturn));
