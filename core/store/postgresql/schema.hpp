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
/// that is up to date is only looked at, so a role without the right to change it will do. An older one is changed only
/// with `others_allowed`: hubs of the version before may be at work on it. kMisconfigured when it is newer than this
/// program, or older and must not or cannot be changed.
Status migrate(const Address& address, bool others_allowed);

}  // namespace pakn::store::postgresql
