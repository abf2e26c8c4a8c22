#include <new>

#include "core/store/cursor.hpp"
#include "core/store/event_codec.hpp"
#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

namespace {

struct Meaning {
    std::string_view sqlstate;  ///< A class or the whole; the first that fits.
    Errc code;
    const char* fix;
};

/// SQLSTATEs by what the caller should do (PostgreSQL documentation, appendix A).
constexpr Meaning kMeanings[] = {
    {"23505", Errc::kConflict, "the same version, code, key or name is there already"},
    {"40001", Errc::kConflict, "another hub changed the same; it is tried again"},
    {"40P01", Errc::kConflict, "another hub changed the same; it is tried again"},
    {"55P03", Errc::kUnavailable, "another hub or a rebuild holds the rows; it is tried again"},
    {"25P03", Errc::kUnavailable, "the transaction waited too long for this hub"},
    {"25006", Errc::kUnavailable, "this server is a standby; connect to the primary"},
    {"28", Errc::kUnavailable, "check user, store.password and the server's pg_hba.conf"},
    {"3D000", Errc::kUnavailable, "create the database"},
    {"42501", Errc::kMisconfigured, "grant the hub's role its rights (docs/operations/postgresql.md)"},
    {"57014", Errc::kUnavailable, "somebody cancelled the statement"},
    {"57P", Errc::kUnavailable, "the server stops or starts; the hub goes on by itself"},
    {"08", Errc::kUnavailable, "the connection broke; the hub goes on by itself"},
    {"53100", Errc::kUnavailable, "free space on the server's disk; the hub goes on by itself"},
    {"53300", Errc::kUnavailable, "raise max_connections: each hub takes up to 12"},
    {"53", Errc::kUnavailable, "the server is short of disk, memory or connections"},
    {"58", Errc::kUnavailable, "the server's disk or system failed; read its log"},
    {"XX001", Errc::kInternal, "the database is damaged; restore it from the backup"},
    {"XX002", Errc::kInternal, "an index is damaged; REINDEX it"},
};

}  // namespace

Error errorOf(const PgError& failure, const std::string& shown) {
    const std::string& state = failure.sqlstate();
    if (state.empty())
        return {.code = Errc::kUnavailable,
                .message = "store " + shown + ": no connection" +
                           (failure.constraint().empty() ? std::string{} : " (" + failure.constraint() + ")") +
                           "; start the server, check store.url; the hub goes on by itself"};
    const std::string what = "store " + shown + ": SQLSTATE " + state +
                             (failure.constraint().empty() ? std::string{} : " at " + failure.constraint()) + "; ";
    for (const Meaning& meaning : kMeanings)
        if (state.starts_with(meaning.sqlstate)) return {.code = meaning.code, .message = what + meaning.fix};
    return {.code = Errc::kInternal, .message = what + "this is a defect of the hub, or a changed schema"};
}

Error currentError(const std::string& shown) {
    try {
        throw;
    } catch (const PgError& failure) {
        return errorOf(failure, shown);
    } catch (const Refused& failure) {
        return {.code = Errc::kMisconfigured, .message = "store " + shown + ": " + failure.what()};
    } catch (const BadCursor& failure) {
        return {.code = Errc::kInvalid, .message = failure.what(), .field = "/cursor"};
    } catch (const std::bad_alloc&) {
        return {.code = Errc::kUnavailable, .message = "store " + shown + ": give the hub more memory"};
    } catch (const std::exception& failure) {
        return {.code = Errc::kInternal, .message = "store " + shown + ": " + failure.what()};
    }
}

}  // namespace pakn::store::postgresql
