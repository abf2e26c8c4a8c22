/// @file
/// Rules of the control file, one a line; empty lines and lines from '#' on are skipped.
///
///   kill before|after EVENT N PATTERN     SIGKILL to the process itself at the N-th matching event (N from 1)
///   fail ERRNO EVENT PATTERN              ERRNO is ENOSPC, EIO or EROFS
///   ignore sync PATTERN                   fsync says done and is not, like a disk that lies
///
/// EVENT is open, write, sync, truncate, rename, unlink, mkdir, send or change (any of them but send). PATTERN is an
/// extended regular expression, the rest of the line: on the absolute path, or on the first bytes sent.
///
/// A write of more than one page that fails with ENOSPC is first cut short by half, as a filling disk does
/// (interpose.c).

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim.h"

enum { kMaxRules = 16, kMaxControl = 4096 };
enum When { kFail, kBefore, kAfter };

struct Rule {
    enum When when;
    unsigned events;
    int error;
    int countdown;
    regex_t pattern;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct Rule rules[kMaxRules];
static size_t rule_count;
static struct stat loaded;  ///< The control file as read; st_ino 0: none.

static unsigned eventsNamed(const char* name) {
    static const struct {
        const char* name;
        unsigned events;
    } kNames[] = {{"open", kOpen},
                  {"write", kWrite},
                  {"sync", kSync},
                  {"truncate", kTruncate},
                  {"rename", kRename},
                  {"unlink", kUnlink},
                  {"mkdir", kMkdir},
                  {"send", kSend},
                  {"change", kOpen | kWrite | kSync | kTruncate | kRename | kUnlink | kMkdir}};
    for (size_t i = 0; i < sizeof kNames / sizeof *kNames; ++i)
        if (strcmp(name, kNames[i].name) == 0) return kNames[i].events;
    fatal("unknown event in the control file", name);
}

static int errorNamed(const char* name) {
    if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
    if (strcmp(name, "EIO") == 0) return EIO;
    if (strcmp(name, "EROFS") == 0) return EROFS;
    fatal("unknown errno in the control file", name);
}

static void addRule(const char* line) {
    char word[16] = {0};
    char event[16] = {0};
    int pattern_at = 0;
    struct Rule rule = {0};
    if (sscanf(line, "kill %15s %15s %d %n", word, event, &rule.countdown, &pattern_at) == 3 && pattern_at > 0)
        rule.when = strcmp(word, "before") == 0 ? kBefore : kAfter;
    else if (sscanf(line, "fail %15s %15s %n", word, event, &pattern_at) == 2 && pattern_at > 0)
        rule.error = errorNamed(word);
    else if (sscanf(line, "ignore %15s %n", event, &pattern_at) == 1 && pattern_at > 0 && strcmp(event, "sync") == 0)
        rule.error = kPretend;
    else
        fatal("cannot read this line of the control file", line);
    rule.events = eventsNamed(event);
    if (rule_count == kMaxRules) fatal("too many rules", line);
    if (regcomp(&rule.pattern, line + pattern_at, REG_EXTENDED | REG_NOSUB) != 0) fatal("bad pattern", line);
    rules[rule_count++] = rule;
}

static void dropRules(void) {
    while (rule_count > 0) regfree(&rules[--rule_count].pattern);
}

static void load(const char* path) {
    struct stat now;
    if (fstatat(AT_FDCWD, path, &now, 0) != 0) {
        dropRules();
        loaded.st_ino = 0;
        return;
    }
    if (now.st_ino == loaded.st_ino && now.st_mtim.tv_sec == loaded.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == loaded.st_mtim.tv_nsec && now.st_size == loaded.st_size)
        return;
    char text[kMaxControl];
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;  // gone again: the next event sees that
    const ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length < 0 || length == sizeof text - 1) fatal("control file cannot be read or is too long", path);
    text[length] = '\0';
    dropRules();
    char* rest = text;
    for (char* line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (*line != '#') addRule(line);
    loaded = now;
}

/// The errno of a matching `fail` rule when `when` is kBefore; kills for a `kill` rule of that moment.
static int match(enum When when, enum Event event, const char* subject) {
    const char* control = getenv("TORTURE_CONTROL");
    if (control == NULL) return 0;
    int error = 0;
    const int saved = errno;
    pthread_mutex_lock(&mutex);
    load(control);
    for (size_t i = 0; i < rule_count; ++i) {
        struct Rule* rule = &rules[i];
        const int applies = rule->when == when || (rule->when == kFail && when == kBefore);
        if (!applies || (rule->events & event) == 0 || regexec(&rule->pattern, subject, 0, NULL, 0) != 0) continue;
        if (rule->when == kFail)
            error = rule->error;
        else if (--rule->countdown == 0)
            syscall(SYS_kill, getpid(), SIGKILL);
    }
    pthread_mutex_unlock(&mutex);
    errno = saved;
    return error;
}

int rulesBefore(enum Event event, const char* subject) { return match(kBefore, event, subject); }

void rulesAfter(enum Event event, const char* subject) { (void)match(kAfter, event, subject); }
