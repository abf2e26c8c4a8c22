/// @file
/// With TORTURE_SYNCHRONOUS=NORMAL (or OFF) every `PRAGMA synchronous = …` that the program gives to SQLite gets that
/// value instead: the power-cut test must then lose acknowledged work, or it could not have failed.

#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

#define EXPORTED __attribute__((visibility("default")))

/// The statement with the other value, to be freed; NULL when it stays as it is.
static char* rewritten(const char* sql, size_t length) {
    static const char kPragma[] = "synchronous";
    const char* value = getenv("TORTURE_SYNCHRONOUS");
    char* text = value == NULL ? NULL : strndup(sql, length);
    char* at = text == NULL ? NULL : strcasestr(text, kPragma);
    if (at != NULL) {
        at += strlen(kPragma);
        while (*at == ' ' || *at == '=' || *at == '(') ++at;
    }
    if (at == NULL || isalnum((unsigned char)*at) == 0) {
        free(text);
        return NULL;
    }
    const char* rest = at;
    while (isalnum((unsigned char)*rest) != 0) ++rest;
    char* result = calloc(1, strlen(text) + strlen(value) + 1);
    if (result == NULL) fatal("out of memory", "");
    memcpy(result, text, (size_t)(at - text));
    strcat(strcat(result, value), rest);
    free(text);
    return result;
}

/// SQLite's own function; a library that was loaded RTLD_LOCAL is found by its name only.
static void* original(const char* function) {
    void* found = dlsym(RTLD_NEXT, function);
    if (found != NULL) return found;
    void* library = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_NOLOAD);
    found = library == NULL ? NULL : dlsym(library, function);
    if (found == NULL) fatal("SQLite is not loaded but called", function);
    return found;
}

static size_t lengthOf(const char* sql, int bytes) { return bytes < 0 ? strlen(sql) : strnlen(sql, (size_t)bytes); }

/// Where the caller goes on reading, in its own text: as far from the end as in ours.
static void moveTail(const char** tail, const char* sql, size_t length) {
    if (tail != NULL && *tail != NULL) *tail = sql + length - strlen(*tail);
}

EXPORTED int sqlite3_exec(void* db, const char* sql, int (*row)(void*, int, char**, char**), void* data, char** error) {
    typedef int (*Function)(void*, const char*, int (*)(void*, int, char**, char**), void*, char**);
    const Function call = (Function)original("sqlite3_exec");
    char* other = sql == NULL ? NULL : rewritten(sql, strlen(sql));
    const int result = call(db, other != NULL ? other : sql, row, data, error);
    free(other);
    return result;
}

static int prepare(const char* function, void* db, const char* sql, int bytes, void** statement, const char** tail) {
    typedef int (*Function)(void*, const char*, int, void**, const char**);
    const Function call = (Function)original(function);
    const size_t length = lengthOf(sql, bytes);
    char* other = rewritten(sql, length);
    if (other == NULL) return call(db, sql, bytes, statement, tail);
    const int result = call(db, other, -1, statement, tail);
    moveTail(tail, sql, length);
    free(other);
    return result;
}

EXPORTED int sqlite3_prepare(void* db, const char* sql, int bytes, void** statement, const char** tail) {
    return prepare("sqlite3_prepare", db, sql, bytes, statement, tail);
}
EXPORTED int sqlite3_prepare_v2(void* db, const char* sql, int bytes, void** statement, const char** tail) {
    return prepare("sqlite3_prepare_v2", db, sql, bytes, statement, tail);
}
EXPORTED int sqlite3_prepare_v3(void* db, const char* sql, int bytes, unsigned flags, void** statement,
                                const char** tail) {
    typedef int (*Function)(void*, const char*, int, unsigned, void**, const char**);
    const Function call = (Function)original("sqlite3_prepare_v3");
    const size_t length = lengthOf(sql, bytes);
    char* other = rewritten(sql, length);
    if (other == NULL) return call(db, sql, bytes, flags, statement, tail);
    const int result = call(db, other, -1, flags, statement, tail);
    moveTail(tail, sql, length);
    free(other);
    return result;
}
