/// @file
/// What SQLite itself does on this disk: durable rows a second through the C API, one row a commit and in batches
/// (WAL, synchronous=FULL). The yardstick of goal P5: group commit has to beat the single-commit figure.
///
/// raw_sqlite_bench DIRECTORY SECONDS BATCH... prints one line of JSON per batch size. The directory must exist.

#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

constexpr std::size_t kBodyBytes = 1200;  // The size of the load's petitions.

void execute(sqlite3* database, const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error{sqlite3_errmsg(database)};
}

Database openFresh(const fs::path& file) {
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(file.string() + suffix);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open(file.c_str(), &handle);
    Database database{handle, &sqlite3_close};
    if (code != SQLITE_OK) throw std::runtime_error{"cannot open the database"};
    execute(handle, "PRAGMA journal_mode=WAL");
    execute(handle, "PRAGMA synchronous=FULL");
    execute(handle, "PRAGMA wal_autocheckpoint=20000");  // As the hub.
    execute(handle,
            "CREATE TABLE petitions (id INTEGER PRIMARY KEY, request_key TEXT, received_at INTEGER, body TEXT)");
    return database;
}

Statement prepareInsert(sqlite3* database) {
    sqlite3_stmt* handle = nullptr;
    constexpr const char* kSql = "INSERT INTO petitions (request_key, received_at, body) VALUES (?,?,?)";
    if (sqlite3_prepare_v2(database, kSql, -1, &handle, nullptr) != SQLITE_OK)
        throw std::runtime_error{sqlite3_errmsg(database)};
    return Statement{handle, &sqlite3_finalize};
}

/// Keeps committing batches until the time is over; rows per second.
double measure(sqlite3* database, int batch, std::chrono::duration<double> limit) {
    const Statement insert = prepareInsert(database);
    const std::string body(kBodyBytes, 'x');
    std::int64_t rows = 0;
    const auto start = Clock::now();
    std::chrono::duration<double> spent{};
    while (spent < limit) {
        if (batch > 1) execute(database, "BEGIN IMMEDIATE");  // A single row commits by itself.
        for (int i = 0; i < batch; ++i) {
            const std::string key = "raw-" + std::to_string(rows++);
            sqlite3_bind_text(insert.get(), 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
            sqlite3_bind_int64(insert.get(), 2, rows);
            sqlite3_bind_text(insert.get(), 3, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
            if (sqlite3_step(insert.get()) != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(database)};
            sqlite3_reset(insert.get());
        }
        if (batch > 1) execute(database, "COMMIT");
        spent = Clock::now() - start;
    }
    return static_cast<double>(rows) / spent.count();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: raw_sqlite_bench DIRECTORY SECONDS BATCH...\n";
        return 2;
    }
    try {
        const fs::path file = fs::path{argv[1]} / "raw.db";
        const std::chrono::duration<double> limit{std::stod(argv[2])};
        for (int i = 3; i < argc; ++i) {
            const int batch = std::stoi(argv[i]);
            const Database database = openFresh(file);
            std::cout << R"({"batch":)" << batch << R"(,"rows_per_second":)" << measure(database.get(), batch, limit)
                      << R"(,"sqlite":")" << sqlite3_libversion() << "\"}" << std::endl;
        }
    } catch (const std::exception& error) {
        std::cerr << "raw_sqlite_bench: " << error.what() << '\n';
        return 1;
    }
}
