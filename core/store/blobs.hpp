#pragma once
/// @file
/// Files, addressed by the SHA-256 of their content: photos, recordings, letters.

#include <filesystem>
#include <memory>
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
};

/// "directory:PATH"; a relative path starts at `base`. kMisconfigured.
Result<std::unique_ptr<Blobs>> openBlobs(const std::string& url, const std::filesystem::path& base);

}  // namespace pakn::store
