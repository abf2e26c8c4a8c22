#pragma once
/// @file
/// Files that must be there after a power cut and that nobody else may read: the hub key, blobs.
///
/// Errors of every call: kConflict (it exists), kNotFound, kMisconfigured (not the right kind of thing, or no right to
/// it), kUnavailable (disk full, read-only or broken). The message names the path and the system's reason.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::security {

/// An open file; closed when destroyed.
class FileHandle {
public:
    explicit FileHandle(int descriptor) : descriptor_{descriptor} {}
    FileHandle(FileHandle&& other) noexcept;
    FileHandle& operator=(FileHandle&& other) noexcept;
    ~FileHandle();
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

/// Opens a regular file for reading, following links; anything else there is kMisconfigured.
Result<FileHandle> openForReading(const std::filesystem::path& path);
/// At most `limit` bytes from the file's present place.
Result<std::string> readUpTo(const FileHandle& file, std::size_t limit);

/// Makes a file that was not there, mode 0600, with these bytes, and fsyncs it. Nothing stays of a failed attempt.
/// Its name is durable after syncFolder() on its folder.
Status writeNewFile(const std::filesystem::path& path, std::string_view bytes);
/// The same piece by piece: `pieces` hands each to the sink it is given, and its error ends all.
using PieceSink = std::function<Status(std::string_view)>;
using Pieces = std::function<Status(const PieceSink& sink)>;
Status writeNewFile(const std::filesystem::path& path, const Pieces& pieces);
/// Makes the names in a folder durable.
Status syncFolder(const std::filesystem::path& folder);
/// Makes a folder and the missing ones above it, mode 0700, durably. One that is there already is fine.
Status makeFolders(const std::filesystem::path& folder);

}  // namespace pakn::security
