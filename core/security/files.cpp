/// @file
/// Durable files by plain system calls: the standard library has no fsync.

#include "core/security/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pakn::security {
namespace {

namespace fs = std::filesystem;

Errc remedy(int error) {
    switch (error) {
        case EEXIST:
            return Errc::kConflict;
        case ENOENT:
            return Errc::kNotFound;
        case EACCES:
        case EISDIR:
        case ELOOP:
        case ENAMETOOLONG:
        case ENOTDIR:
        case EPERM:
            return Errc::kMisconfigured;
        default:
            return Errc::kUnavailable;
    }
}

/// From errno.
Error failed(const char* to_do, const fs::path& path) {
    const int error = errno;
    return {.code = remedy(error),
            .message =
                std::string{"cannot "} + to_do + ' ' + path.string() + ": " + std::generic_category().message(error)};
}

/// Called once only: after a failed fsync the kernel has dropped the pages, and a second one would lie.
Status sync(const FileHandle& file, const fs::path& path) {
    if (::fsync(file.descriptor()) != 0) return failed("fsync", path);
    return Done{};
}

Status writeAll(const FileHandle& file, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("write", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Done{};
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileHandle::~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<FileHandle> openForReading(const fs::path& path) {
    // Non-blocking, or a named pipe in this place would hold us for ever.
    FileHandle file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.descriptor() < 0) return failed("open", path);
    struct stat status {};
    if (::fstat(file.descriptor(), &status) != 0) return failed("look at", path);
    if (!S_ISREG(status.st_mode))
        return Error{.code = Errc::kMisconfigured, .message = path.string() + " is not a regular file"};
    return file;
}

Result<std::string> readUpTo(const FileHandle& file, std::size_t limit) {
    std::string bytes(limit, '\0');
    std::size_t filled = 0;
    while (filled < limit) {
        const ssize_t got = ::read(file.descriptor(), bytes.data() + filled, limit - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read", "an open file");
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

Status writeNewFile(const fs::path& path, std::string_view bytes) {
    const FileHandle file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (file.descriptor() < 0) return failed("make", path);
    Status written = writeAll(file, bytes, path);
    if (written) written = sync(file, path);
    if (!written) ::unlink(path.c_str());
    return written;
}

Status writeNewFile(const fs::path& path, const Pieces& pieces) {
    const FileHandle file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (file.descriptor() < 0) return failed("make", path);
    Status written = pieces([&](std::string_view bytes) { return writeAll(file, bytes, path); });
    if (written) written = sync(file, path);
    if (!written) ::unlink(path.c_str());
    return written;
}

Status syncFolder(const fs::path& folder) {
    const fs::path place = folder.empty() ? "." : folder;
    const FileHandle file{::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (file.descriptor() < 0) return failed("open", place);
    return sync(file, place);
}

Status makeFolders(const fs::path& folder) {
    std::error_code ignored;
    if (folder.empty() || fs::is_directory(folder, ignored)) return Done{};
    const fs::path parent = folder.parent_path();
    if (!folder.has_filename()) return makeFolders(parent);  // "a/b/" is "a/b".
    if (auto made = makeFolders(parent); !made) return made;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("make the folder", folder);
    if (!fs::is_directory(folder, ignored))
        return Error{.code = Errc::kMisconfigured, .message = folder.string() + " is not a folder"};
    return syncFolder(parent);
}

}  // namespace pakn::security
