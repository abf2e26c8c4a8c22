#pragma once
/// @file
/// What can be seen of a store from outside, without changing anything in it and beside or without a hub.

#include <filesystem>
#include <string>

#include "pakn/sdk/result.hpp"

namespace pakn::store {

struct StoreFacts {
    std::string kind = {};            ///< "sqlite" or "postgresql".
    std::filesystem::path file = {};  ///< The database file; empty when it is on a server.
    bool exists = false;
    int schema = 0;           ///< Version found; 0: none yet.
    int known_schema = 0;     ///< Version this program works with.
    bool wal = false;         ///< Journal mode of the file.
    std::string holder = {};  ///< Who runs on it alone: "process 12 on host"; empty: nobody, or any number of hubs.
};

/// Reads only. kMisconfigured for an unknown URL, kUnavailable when the store cannot be opened or read.
Result<StoreFacts> inspectStore(const std::string& url, const std::string& password, const std::filesystem::path& base);

}  // namespace pakn::store
