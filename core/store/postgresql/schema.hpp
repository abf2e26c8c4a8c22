#pragma once
/// @file
/// The schema and its migrations, which are part of the program.

#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

/// Version of the schema that this program works with.
int schemaVersion();
/// Version of the schema at an address; 0: there is none yet. Reads only. Errors as openStore().
Result<int> findSchemaVersion(const std::string& url, const std::string& password);
/// Brings the schema up to date, in one transaction; hubs that start at the same time wait for each other. A schema
/// that is up to date is only looked at, so a role without the right to change it will do. kMisconfigured when it is
/// newer than this program, or older and the role may not change it.
Status migrate(const Address& address);

}  // namespace pakn::store::postgresql
