#pragma once
/// @file
/// How a helper process gives up what it will not need, before it touches anything foreign. For good: nothing of it can
/// be taken back.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::sandbox {

struct Confinement {
    enum class Kind : std::uint8_t {
        kParser,  ///< Computes: reads what it is given, makes no file and no socket.
        kPlugin,  ///< Works: files where it may, threads, and connections to the outside if `sockets`.
    };
    Kind kind = Kind::kParser;
    bool opens = true;                   ///< kParser only. False: it opens no file any more, not even to read.
    bool sockets = false;                ///< kPlugin only: connections over IP. Never a Unix socket, never listening.
    std::size_t memory = 256U << 20U;    ///< Bytes of address space.
    int files = 64;                      ///< Open files at the same time.
    std::size_t file_size = 64U << 20U;  ///< Bytes of each file that it writes, in memory or on a disk.
    int tasks = 256;                     ///< Processes and threads of its user, all together.
    uid_t user = 0;                      ///< Whom to become, user and group, when started as root. 0: stay who one is.
    std::vector<std::filesystem::path> readable = {};  ///< Files and folders besides those of the system.
    std::vector<std::filesystem::path> writable = {};  ///< Folders.
};

/// What could be done; the rest is what the kernel has not.
struct Confined {
    bool paths = false;  ///< Files are confined (Landlock). Else the owner and mode of each file decide.
};

/// Confines the calling process; call it while it has one thread. It cannot start programs or processes, trace or
/// signal others, or gain rights; the hub's threads go before it; it dies with the thread that started it and leaves no
/// core. kMisconfigured: the kernel or the hub's own confinement does not allow it; kUnavailable: there is no room for
/// it now. After either, nothing foreign must be run.
Result<Confined> confine(const Confinement& confinement);

}  // namespace pakn::sandbox
