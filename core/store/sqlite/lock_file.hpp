#pragma once
/// @file
/// The right of one hub to a store: an advisory lock that the kernel drops when the process dies, however it dies.

#include <filesystem>

#include "pakn/sdk/result.hpp"

namespace pakn::store::sqlite {

class LockFile {
public:
    /// kConflict names who holds it; kUnavailable.
    static Result<LockFile> take(const std::filesystem::path& path);

    LockFile() = default;
    LockFile(LockFile&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    LockFile& operator=(LockFile&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    /// The file stays: whoever removed it could remove the next holder's.
    ~LockFile();

private:
    explicit LockFile(int descriptor) : descriptor_{descriptor} {}
    int descriptor_ = -1;
};

}  // namespace pakn::store::sqlite
