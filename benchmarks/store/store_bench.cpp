/// @file
/// Goal P6: the SQLite adapter beside SQLite's own C API. Both store the same batches of new petitions in the same
/// tables, one transaction a batch (WAL, synchronous=FULL). By hand the rows are there in advance and are only bound
/// and stepped; the time that their seals and hashes took is added, because nobody can do without.
///
/// store_bench DIRECTORY BATCHES BATCH REPEATS prints one line of JSON a repeat. The directory must exist.

#include <sqlite3.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "benchmarks/store_workload.hpp"
#include "core/store/store.hpp"

namespace {

namespace fs = std::filesystem;
using namespace pakn;
using bench::Clock;
using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

Result<std::unique_ptr<store::Store>> openFresh(const fs::path& folder, const security::HubKey& hub_key) {
    fs::remove_all(folder);
    return store::openStore({.url = "sqlite:hub.db", .base = folder, .hub_key = hub_key});
}

double byAdapter(const fs::path& folder, const security::HubKey& hub_key,
                 std::vector<std::vector<store::Change>> batches) {
    auto opened = openFresh(folder, hub_key);
    if (!opened) throw std::runtime_error{opened.error().message};
    const Clock::time_point start = Clock::now();
    for (auto& batch : batches) {
        auto transaction = (*opened)->begin();
        if (!transaction) throw std::runtime_error{transaction.error().message};
        for (store::Change& change : batch) (*transaction)->append(std::move(change));
        if (const Status done = (*transaction)->commit(); !done) throw std::runtime_error{done.error().message};
    }
    return bench::seconds(Clock::now() - start);
}

void execute(sqlite3* database, const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error{sqlite3_errmsg(database)};
}

Statement prepare(sqlite3* database, const bench::Table& table) {
    std::string columns;
    std::string places;
    for (const char* column : table.columns) {
        columns += (columns.empty() ? "" : ", ") + std::string{column};
        places += places.empty() ? "?" : ", ?";
    }
    const std::string sql = "INSERT INTO " + std::string{table.name} + " (" + columns + ") VALUES (" + places + ")";
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK)
        throw std::runtime_error{sqlite3_errmsg(database)};
    return {handle, &sqlite3_finalize};
}

void bind(sqlite3_stmt* statement, int place, const bench::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        sqlite3_bind_int64(statement, place, *number);
    else if (const auto* text = std::get_if<std::string>(&value))
        sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    else if (const auto* bytes = std::get_if<bench::Bytes>(&value))
        sqlite3_bind_blob64(statement, place, bytes->bytes.data(), bytes->bytes.size(), SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, place);
}

double byHand(const fs::path& folder, const security::HubKey& hub_key,
              const std::vector<std::vector<bench::Table>>& batches) {
    if (auto made = openFresh(folder, hub_key); !made) throw std::runtime_error{made.error().message};  // The schema.
    sqlite3* handle = nullptr;
    const int code = sqlite3_open((folder / "hub.db").c_str(), &handle);
    const Database database{handle, &sqlite3_close};
    if (code != SQLITE_OK) throw std::runtime_error{"cannot open the database"};
    execute(handle,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=20000;"
            "PRAGMA cache_size=-4000");
    std::vector<Statement> statements;
    for (const bench::Table& table : batches.front()) statements.push_back(prepare(handle, table));
    const Clock::time_point start = Clock::now();
    for (const auto& batch : batches) {
        execute(handle, "BEGIN IMMEDIATE");
        for (std::size_t table = 0; table < batch.size(); ++table) {
            sqlite3_stmt* const statement = statements[table].get();
            for (const auto& row : batch[table].rows) {
                for (std::size_t column = 0; column < row.size(); ++column)
                    bind(statement, static_cast<int>(column) + 1, row[column]);
                if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(handle)};
                sqlite3_reset(statement);
            }
        }
        execute(handle, "COMMIT");
    }
    return bench::seconds(Clock::now() - start);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: store_bench DIRECTORY BATCHES BATCH REPEATS\n";
        return 2;
    }
    try {
        const fs::path folder = fs::path{argv[1]} / "store";
        const int batches = std::stoi(argv[2]);
        const int batch = std::stoi(argv[3]);
        const security::HubKey hub_key{security::Key::random()};
        for (int repeat = 0; repeat < std::stoi(argv[4]); ++repeat) {
            std::vector<std::vector<store::Change>> changes;
            std::vector<std::vector<bench::Table>> rows;
            Clock::duration sealing{};
            std::int64_t seq = 0;
            for (int i = 0; i < batches; ++i) {
                changes.push_back(bench::makeBatch(batch));
                rows.push_back(bench::makeRows(changes.back(), hub_key, seq, sealing));
            }
            // Whoever comes second meets a warmer disk: they take turns.
            double hand = 0;
            if (repeat % 2 == 0) hand = byHand(folder, hub_key, rows);
            const double adapter = byAdapter(folder, hub_key, std::move(changes));
            if (repeat % 2 != 0) hand = byHand(folder, hub_key, rows);
            std::cout << R"({"repeat":)" << repeat << R"(,"petitions":)" << batches * batch << R"(,"adapter_s":)"
                      << adapter << R"(,"raw_s":)" << hand << R"(,"sealing_s":)" << bench::seconds(sealing) << "}"
                      << std::endl;
        }
        fs::remove_all(folder);
    } catch (const std::exception& error) {
        std::cerr << "store_bench: " << error.what() << '\n';
        return 1;
    }
}
