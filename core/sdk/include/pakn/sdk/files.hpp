#pragma once
/// @file
/// Reading files that somebody else leaves in a folder, for connectors that take such folders in.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// The content of a file, and which file of its folder it is in: another one under the same name has another inode.
struct WholeFile {
    std::string bytes = {};
    ino_t inode = {};
};

/// Reads a plain file of at most `most` bytes. Follows no link and waits for no pipe, so that whoever may write in the
/// folder cannot choose what else is read. Errors: kNotFound (gone meanwhile, or no plain file), kForbidden, kTooLarge,
/// kStale (it changed while being read: it is not complete yet), kInternal (anything else, named in the text). No text
/// names the file: it may be called after a person.
inline Result<WholeFile> readWholeFile(const std::filesystem::path& path, std::int64_t most) {
    const auto error = [](Errc code, std::string message) {
        return Error{.code = code, .message = std::move(message)};
    };
    struct Handle {
        int number;
        ~Handle() {
            if (number >= 0) ::close(number);
        }
    };
    const Handle file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
    struct stat facts {};
    if (file.number < 0 || ::fstat(file.number, &facts) != 0) {
        const std::error_code reason{errno, std::generic_category()};
        if (reason == std::errc::no_such_file_or_directory || reason == std::errc::too_many_symbolic_link_levels)
            return error(Errc::kNotFound, "it is gone, or a link");
        if (reason == std::errc::permission_denied) return error(Errc::kForbidden, "it may not be read");
        return error(Errc::kInternal, "it cannot be opened: " + reason.message());
    }
    if (!S_ISREG(facts.st_mode)) return error(Errc::kNotFound, "it is no plain file");
    if (facts.st_size > most) return error(Errc::kTooLarge, "it is larger than " + std::to_string(most) + " bytes");

    std::string bytes(static_cast<std::size_t>(facts.st_size) + 1, '\0');  // One more, to see whether it grew.
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(file.number, bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return error(Errc::kInternal,
                         "it cannot be read: " + std::error_code{errno, std::generic_category()}.message());
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    if (done != static_cast<std::size_t>(facts.st_size)) return error(Errc::kStale, "it is still being written");
    bytes.resize(done);
    return WholeFile{.bytes = std::move(bytes), .inode = facts.st_ino};
}

}  // namespace sdk1
}  // namespace pakn
