#pragma once
/// @file
/// The embedded store: one SQLite file in WAL mode.

#include <filesystem>
#include <memory>

#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// `file` is absolute; missing folders are made. Errors as openStore().
Result<std::unique_ptr<Store>> openSqliteStore(const std::filesystem::path& file, const security::HubKey& hub_key,
                                               bool exclusive);

}  // namespace pakn::store::sqlite
