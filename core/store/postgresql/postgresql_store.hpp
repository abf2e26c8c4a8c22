#pragma once
/// @file
/// The store on PostgreSQL: one database, any number of hubs.

#include <memory>
#include <string>

#include "core/store/store.hpp"

namespace pakn::store::postgresql {

/// `url` is a libpq URI. Errors as openStore().
Result<std::unique_ptr<Store>> openPostgresqlStore(const std::string& url, const std::string& password,
                                                   const security::HubKey& hub_key, bool may_migrate);

}  // namespace pakn::store::postgresql
