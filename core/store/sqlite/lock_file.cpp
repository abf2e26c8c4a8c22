#include "core/store/sqlite/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace pakn::store::sqlite {

namespace {

std::string hostName() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown host";
}

std::string contentOf(int descriptor) {
    std::array<char, 300> text{};
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    return size > 0 ? std::string{text.data(), static_cast<std::size_t>(size)} : "an unknown process";
}

Error unavailable(const std::filesystem::path& path, int code) {
    return {.code = Errc::kUnavailable,
            .message = "cannot lock " + path.string() + ": " + std::generic_category().message(code) +
                       "; make its folder writable for the hub's user"};
}

}  // namespace

Result<LockFile> LockFile::take(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return unavailable(path, errno);
    LockFile file{descriptor};
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return unavailable(path, errno);
        return Error{.code = Errc::kConflict,
                     .message = "the store is in use by " + contentOf(descriptor) + " (" + path.string() +
                                "); stop that hub first"};
    }
    const std::string holder = "process " + std::to_string(::getpid()) + " on " + hostName();
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size()))
        return unavailable(path, errno);
    return file;
}

LockFile::~LockFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pakn::store::sqlite
