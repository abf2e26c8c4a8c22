#pragma once
/// @file
/// The schema and its migrations, which are part of the program.

#include "core/store/sqlite/connection.hpp"

namespace pakn::store::sqlite {

/// Version of the schema that this program works with.
int schemaVersion();
/// Whether there is nothing to do for migrate(); also true for a schema that is too new. Changes nothing.
Result<bool> isUpToDate(Connection& connection);
/// Brings the schema up to date, in one transaction. kMisconfigured when it is newer than this program.
Status migrate(Connection& connection, const std::filesystem::path& file);

}  // namespace pakn::store::sqlite
