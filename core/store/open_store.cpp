#include "core/store/postgresql/postgresql_store.hpp"
#include "core/store/sqlite/sqlite_store.hpp"
#include "core/store/store.hpp"

namespace pakn::store {

namespace {

Result<std::unique_ptr<Store>> openAdapter(const OpenOptions& options) {
    constexpr std::string_view kSqlite = "sqlite:";
    const std::string_view url = options.url;
    if (url.starts_with("postgresql://"))
        return postgresql::openPostgresqlStore(options.url, options.password, options.hub_key, options.migrate);
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
        std::error_code failure;
        // Links resolved: whichever way a second hub comes, it meets the same lock.
        const auto file = std::filesystem::weakly_canonical(options.base / url.substr(kSqlite.size()), failure);
        if (!failure) return sqlite::openSqliteStore(file, options.hub_key, options.exclusive);
    }
    return Error{.code = Errc::kMisconfigured,
                 .message = "unknown store URL; write sqlite:PATH or postgresql://user@host/database"};
}

/// A value of no connector, sealed under the key that the store was begun with.
constexpr const char* kNobody = "";
constexpr const char* kKeyWitness = "hub_key";

/// A hub with another key could read nothing that is there, and nobody could read what it writes.
Status checkHubKey(Store& store) {
    const Result<std::optional<std::string>> witness = store.stateValue(kNobody, kKeyWitness);
    if (!witness && witness.error().code == Errc::kInternal)
        return Error{.code = Errc::kMisconfigured,
                     .message =
                         "hub.key is not the key that this store was begun with; bring that one back, or give"
                         " every hub on the store the same"};
    if (!witness) return witness.error();
    // A store that takes no writes now can be read all the same; the next start makes up for it.
    if (!*witness) static_cast<void>(store.putStateValue(kNobody, kKeyWitness, kKeyWitness).ok());
    return Done{};
}

}  // namespace

Result<std::unique_ptr<Store>> openStore(const OpenOptions& options) {
    auto store = openAdapter(options);
    if (!store) return store;
    if (const Status same = checkHubKey(**store); !same) return same.error();
    return store;
}

}  // namespace pakn::store
