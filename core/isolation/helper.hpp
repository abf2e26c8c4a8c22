#pragma once
/// @file
/// paknhub-plugin-host: where it is, and the least it is told.

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "core/isolation/protocol.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::isolation {

/// Beside this program; for the tests of a build in the folder of programs beside theirs.
inline std::filesystem::path helperProgram() {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    const std::filesystem::path beside = folder / "paknhub-plugin-host";
    const std::filesystem::path in_bin = folder.parent_path() / "bin" / "paknhub-plugin-host";
    return !std::filesystem::exists(beside, error) && std::filesystem::exists(in_bin, error) ? in_bin : beside;
}

/// This build, and whom to become when this process is root.
inline StartOrder orderOf(std::uint32_t user) {
    const bool root = ::geteuid() == 0;
    const AbiTag tag = currentAbiTag();
    return {.tag = std::string{reinterpret_cast<const char*>(&tag), sizeof tag},
            .sockets = false,
            .memory = 256U << 20U,
            .files = 64,
            .tasks = root ? 64 : 8192,  // Without a user of its own, all that the hub's user runs is counted.
            .user = root ? user : 0,
            .frame = 1U << 20U};
}

}  // namespace pakn::isolation
