#pragma once
/// @file
/// The tests' own PostgreSQL server (tests/support/postgresql.py, a CTest fixture). Each test has a schema of its own
/// in its one database.

#include <libpq-fe.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "test_paths.hpp"

namespace pakn::test {

/// Address of the server's database. Throws when nobody has started the server.
inline std::string postgresqlServer() {
    if (const char* given = std::getenv("PAKN_TEST_POSTGRESQL")) return given;
    std::ifstream file{PAKN_BINARY_DIR "/tests/postgresql.url"};
    std::string url{std::istreambuf_iterator<char>{file}, {}};
    if (url.empty())
        throw std::runtime_error{
            "no PostgreSQL server: run by ctest, or by tests/support/postgresql.py run -- PROGRAM"};
    return url;
}

/// The database as somebody else sees it: SQL of its own.
class RawPostgresql {
public:
    explicit RawPostgresql(const std::string& url) : handle_{PQconnectdb(url.c_str())} {
        if (PQstatus(handle_.get()) != CONNECTION_OK) throw std::runtime_error{PQerrorMessage(handle_.get())};
        PQsetNoticeProcessor(
            handle_.get(), [](void*, const char*) {}, nullptr);
    }
    /// SQLSTATE of the failure; empty: it went well.
    std::string execute(const std::string& sql) {
        const Result result{PQexec(handle_.get(), sql.c_str())};
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        return state == nullptr ? "" : state;
    }
    /// Every value of every row as text.
    std::vector<std::vector<std::string>> rows(const std::string& sql) {
        const Result result{PQexec(handle_.get(), sql.c_str())};
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) throw std::runtime_error{PQerrorMessage(handle_.get())};
        std::vector<std::vector<std::string>> all(static_cast<std::size_t>(PQntuples(result.get())));
        for (std::size_t row = 0; row < all.size(); ++row)
            for (int column = 0; column < PQnfields(result.get()); ++column)
                all[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
        return all;
    }
    std::string value(const std::string& sql) { return rows(sql).at(0).at(0); }

private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using Result = std::unique_ptr<PGresult, Clear>;
    std::unique_ptr<PGconn, Finish> handle_;
};

/// Address of the schema that belongs to the folder, made when it is missing.
inline std::string postgresqlUrl(const std::filesystem::path& folder) {
    const std::string server = postgresqlServer();
    const std::string schema = folder.filename().string();
    RawPostgresql{server}.execute("CREATE SCHEMA IF NOT EXISTS \"" + schema + '"');
    // The option's text is a percent-encoded `-c search_path="…"`.
    return server + "&options=-csearch_path%3D%22" + schema + "%22";
}

}  // namespace pakn::test
