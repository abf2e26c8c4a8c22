#include "core/store/inspect.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "core/store/postgresql/schema.hpp"
#include "core/store/sqlite/schema.hpp"

namespace pakn::store {

namespace {

namespace fs = std::filesystem;

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Prepared = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

Error unreadable(const fs::path& file, const std::string& why) {
    return {.code = Errc::kUnavailable, .message = "cannot read the store " + file.string() + ": " + why};
}

/// The first column of the first row, as text; empty without a row.
Result<std::string> valueOf(sqlite3* database, const fs::path& file, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) != SQLITE_OK)
        return unreadable(file, sqlite3_errmsg(database));
    const Prepared statement{raw, &sqlite3_finalize};
    const int step = sqlite3_step(raw);
    if (step == SQLITE_DONE) return std::string{};
    if (step != SQLITE_ROW) return unreadable(file, sqlite3_errmsg(database));
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
    return std::string{text == nullptr ? "" : text};
}

/// Who holds the lock that the hub takes: the kernel knows whether it lives, the file says who it is.
std::string holderOf(const fs::path& lock) {
    const int descriptor = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) return {};
    std::string holder;
    if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0) {
        std::array<char, 300> text{};
        const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
        holder = size > 0 ? std::string{text.data(), static_cast<std::size_t>(size)} : "an unknown process";
    }
    ::close(descriptor);
    return holder;
}

Result<StoreFacts> inspectSqlite(const fs::path& file) {
    StoreFacts facts{.kind = "sqlite", .file = file, .known_schema = sqlite::schemaVersion()};
    facts.exists = fs::exists(file);
    facts.holder = holderOf(file.string() + ".lock");
    if (!facts.exists) return facts;
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr);
    const Database database{raw, &sqlite3_close};
    if (opened != SQLITE_OK) return unreadable(file, raw == nullptr ? "no memory" : sqlite3_errmsg(raw));
    sqlite3_busy_timeout(raw, 2000);
    const Result<std::string> mode = valueOf(raw, file, "PRAGMA journal_mode");
    if (!mode) return mode.error();
    facts.wal = *mode == "wal";
    const Result<std::string> has_schema =
        valueOf(raw, file, "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'");
    if (!has_schema) return has_schema.error();
    if (has_schema->empty()) return facts;
    const Result<std::string> version = valueOf(raw, file, "SELECT coalesce(max(version), 0) FROM schema_version");
    if (!version) return version.error();
    facts.schema = std::atoi(version->c_str());
    return facts;
}

}  // namespace

Result<StoreFacts> inspectStore(const std::string& url, const std::string& password, const fs::path& base) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size())
        return inspectSqlite((base / url.substr(kSqlite.size())).lexically_normal());
    if (url.starts_with("postgresql://")) {
        const Result<int> found = postgresql::findSchemaVersion(url, password);
        if (!found) return found.error();
        return StoreFacts{
            .kind = "postgresql", .exists = *found > 0, .schema = *found, .known_schema = postgresql::schemaVersion()};
    }
    return Error{.code = Errc::kMisconfigured,
                 .message = "unknown store URL; write sqlite:PATH or postgresql://user@host/database"};
}

}  // namespace pakn::store
