#pragma once
/// @file
/// Files, addressed by the SHA-256 of their content: photos, recordings, letters.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::store {

/// Safe from any thread and several processes.
class Blobs {
public:
    virtual ~Blobs() = default;
    /// Stores the bytes and returns their address (hex SHA-256). Durable when it returns: written under a temporary
    /// name, fsynced, renamed, folder fsynced. Content that is there already costs no write. kUnavailable.
    virtual Result<std::string> put(std::string_view bytes) = 0;
    /// kNotFound; kInternal when the content no longer matches its address.
    virtual Result<std::string> get(const std::string& sha256) = 0;
};

/// "directory:PATH"; a relative path starts at `base`. kMisconfigured.
Result<std::unique_ptr<Blobs>> openBlobs(const std::string& url, const std::filesystem::path& base);

}  // namespace pakn::store
