#pragma once
/// @file
/// paknhub-plugin-host: where it is, and the least it is told.

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "core/isolation/protocol.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::isolation {

/// Threads by which all of the hub's user may grow after a child of it was started.
constexpr int kMoreTasks = 1024;

/// Beside this program; for the tests of a build in the folder of programs beside theirs.
inline std::filesystem::path helperProgram() {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    const std::filesystem::path beside = folder / "paknhub-plugin-host";
    const std::filesystem::path in_bin = folder.parent_path() / "bin" / "paknhub-plugin-host";
    return !std::filesystem::exists(beside, error) && std::filesystem::exists(in_bin, error) ? in_bin : beside;
}

/// Threads that a user's processes have now, as far as this one may see them.
inline int threadsOf(uid_t user) {
    namespace fs = std::filesystem;
    int all = 0;
    std::error_code error;
    for (fs::directory_iterator one{"/proc", error}, end; !error && one != end; one.increment(error)) {
        if (one->path().filename().native().find_first_not_of("0123456789") != std::string::npos) continue;
        std::ifstream facts{one->path() / "status"};  // Folders of those that keep others out look like root's.
        uid_t owner = 0;
        int threads = 0;
        bool known = false;
        for (std::string line; std::getline(facts, line);) {
            if (line.starts_with("Uid:")) known = static_cast<bool>(std::istringstream{line.substr(4)} >> owner);
            if (line.starts_with("Threads:")) std::istringstream{line.substr(8)} >> threads;
        }
        if (known && owner == user) all += threads;
    }
    return all;
}

/// This build, and whom to become when this process is root.
inline StartOrder orderOf(std::uint32_t user) {
    const bool root = ::geteuid() == 0;
    const AbiTag tag = currentAbiTag();
    return {.tag = std::string{reinterpret_cast<const char*>(&tag), sizeof tag},
            .sockets = false,
            .memory = 256U << 20U,
            .files = 64,
            // Without a user of its own, all that the hub's user runs is counted: the hub and its other connectors,
            // which grow, too.
            .tasks = root ? 64 : threadsOf(::geteuid()) + kMoreTasks,
            .user = root ? user : 0,
            .frame = 1U << 20U};
}

}  // namespace pakn::isolation
