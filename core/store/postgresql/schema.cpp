#include "core/store/postgresql/schema.hpp"

#include <iterator>

namespace pakn::store::postgresql {

namespace {

struct Migration {
    int version;
    const char* sql;
};

constexpr Migration kMigrations[] = {
#include "postgresql_migrations.inc"
};

/// One number for all hubs on a database; "pakn" in ASCII.
constexpr std::int64_t kMigrationLock = 0x70616b6e;

/// 0 when nothing is there yet.
int versionOf(Connection& connection) {
    // Not to_regclass(): it may answer out of a cache from before another hub made the table.
    if (connection
            .query("SELECT 1 FROM pg_class WHERE relname = 'schema_version'"
                   " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())")
            .empty())
        return 0;
    return static_cast<int>(
        connection.query("SELECT coalesce(max(version), 0)::bigint FROM schema_version")[0].integer(0));
}

Error misconfigured(const Address& address, int found, const std::string& fix) {
    return {.code = Errc::kMisconfigured,
            .message = "store " + address.shown + ": its schema has version " + std::to_string(found) +
                       ", this program knows " + std::to_string(schemaVersion()) + "; " + fix};
}

}  // namespace

int schemaVersion() { return std::rbegin(kMigrations)->version; }

Result<int> findSchemaVersion(const std::string& url, const std::string& password) {
    const Result<Address> address = parseAddress(url, password);
    if (!address) return address.error();
    try {
        Connection connection{*address};
        return versionOf(connection);
    } catch (...) {
        return currentError(address->shown);
    }
}

Status migrate(const Address& address, bool others_allowed) {
    int found = 0;
    try {
        {
            Connection looking{address};
            found = versionOf(looking);
        }
        if (found == schemaVersion()) return Done{};
        if (found > 0 && found < schemaVersion() && !others_allowed)
            return misconfigured(address, found, "stop the hubs on it and run: paknhub migrate up");
        Connection connection{unhurried(address)};  // Takes along what is not committed when it goes.
        connection.query("BEGIN");
        connection.query("SET LOCAL lock_timeout = '5min'");
        connection.query("SELECT pg_advisory_xact_lock($1)", kMigrationLock);
        found = versionOf(connection);  // Another hub may have done it meanwhile.
        if (found > schemaVersion()) return misconfigured(address, found, "start the newer program");
        if (found == 0) connection.script("CREATE TABLE schema_version (version integer NOT NULL)");
        for (const Migration& migration : kMigrations) {
            if (migration.version <= found) continue;
            connection.script(migration.sql);
            connection.query("INSERT INTO schema_version VALUES ($1)", migration.version);
        }
        connection.query("COMMIT");
        return Done{};
    } catch (const PgError& failure) {
        if (failure.sqlstate() == "42501")
            return misconfigured(
                address, found, "start it once with a role that may change the schema (docs/operations/postgresql.md)");
        return errorOf(failure, address.shown);
    } catch (...) {
        return currentError(address.shown);
    }
}

}  // namespace pakn::store::postgresql
