#include "core/store/postgresql/postgresql_store.hpp"
#include "core/store/sqlite/sqlite_store.hpp"
#include "core/store/store.hpp"

namespace pakn::store {

Result<std::unique_ptr<Store>> openStore(const OpenOptions& options) {
    constexpr std::string_view kSqlite = "sqlite:";
    const std::string_view url = options.url;
    if (url.starts_with("postgresql://"))
        return postgresql::openPostgresqlStore(options.url, options.password, options.hub_key);
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
        std::error_code failure;
        // Links resolved: whichever way a second hub comes, it meets the same lock.
        const auto file = std::filesystem::weakly_canonical(options.base / url.substr(kSqlite.size()), failure);
        if (!failure) return sqlite::openSqliteStore(file, options.hub_key, options.exclusive);
    }
    return Error{.code = Errc::kMisconfigured,
                 .message = "unknown store URL; write sqlite:PATH or postgresql://user@host/database"};
}

}  // namespace pakn::store
