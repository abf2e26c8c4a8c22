#pragma once
/// @file
/// Files, addressed by the SHA-256 of their content: photos, recordings, letters.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/security/files.hpp"
#include "pakn/sdk/content.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::store {

/// Safe from any thread and several processes.
class Blobs {
public:
    virtual ~Blobs() = default;
    /// Stores the bytes and returns their address (hex SHA-256). Durable when it returns: written under a temporary
    /// name, fsynced, renamed, folder fsynced. Content that is there already costs no write. kUnavailable.
    virtual Result<std::string> put(std::string_view bytes) = 0;
    /// The same piece by piece, for what should not be in memory as a whole. An error of `pieces` ends it and is
    /// returned; nothing stays then.
    virtual Result<std::string> putPieces(const security::Pieces& pieces) {
        std::string bytes;
        Status gathered = pieces([&bytes](std::string_view piece) -> Status {
            bytes += piece;
            return Done{};
        });
        if (!gathered) return std::move(gathered).error();
        return put(bytes);
    }
    /// kNotFound; kInternal when the content no longer matches its address.
    virtual Result<std::string> get(const std::string& sha256) = 0;
    /// The same behind an open descriptor where the store has files. Checked against its address, too.
    virtual Result<Content> open(const std::string& sha256) {
        Result<std::string> bytes = get(sha256);
        if (!bytes) return std::move(bytes).error();
        return Content{std::move(*bytes)};
    }

    /// A short text about a blob, kept beside it under a name (a-z, 0-9), or nothing. Notes hold what can be found out
    /// again: it is no loss when one goes. kUnavailable.
    virtual Result<std::optional<std::string>> note(const std::string& sha256, std::string_view name) = 0;
    /// Puts it in the place of what stood there, whole and durable. kNotFound (no such blob), kUnavailable.
    virtual Status keepNote(const std::string& sha256, std::string_view name, std::string_view text) = 0;
};

/// "directory:PATH"; a relative path starts at `base`. kMisconfigured.
Result<std::unique_ptr<Blobs>> openBlobs(const std::string& url, const std::filesystem::path& base);

}  // namespace pakn::store
