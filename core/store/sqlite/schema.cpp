#include "core/store/sqlite/schema.hpp"

namespace pakn::store::sqlite {

namespace {

struct Migration {
    int version;
    const char* sql;
};

constexpr Migration kMigrations[] = {
#include "sqlite_migrations.inc"
};

int versionOf(Connection& connection) {
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
    return static_cast<int>(connection.number("SELECT coalesce(max(version), 0) FROM schema_version"));
}

}  // namespace

int schemaVersion() { return std::rbegin(kMigrations)->version; }

Result<bool> isUpToDate(Connection& connection) {
    try {
        if (connection.number("SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'") == 0) return false;
        return connection.number("SELECT coalesce(max(version), 0) FROM schema_version") == schemaVersion();
    } catch (...) {
        return connection.currentError();
    }
}

Status migrate(Connection& connection, const std::filesystem::path& file) {
    try {
        connection.execute("BEGIN IMMEDIATE");
        const int found = versionOf(connection);
        if (found > schemaVersion()) {
            connection.rollback();
            return Error{.code = Errc::kMisconfigured,
                         .message = "store " + file.string() + ": its schema has version " + std::to_string(found) +
                                    ", this program knows " + std::to_string(schemaVersion()) +
                                    "; start the newer program"};
        }
        for (const Migration& migration : kMigrations) {
            if (migration.version <= found) continue;
            connection.execute(migration.sql);
            connection.statement("INSERT INTO schema_version VALUES (?)").run(migration.version);
        }
        connection.execute("COMMIT");
        return Done{};
    } catch (...) {
        Error error = connection.currentError();
        connection.rollback();
        return error;
    }
}

}  // namespace pakn::store::sqlite
