/// @file
/// Goal P7: the PostgreSQL adapter's batch beside libpq by hand. All store the same batches of new petitions in the
/// same tables, one transaction a batch: the adapter (arrays, one round trip), multi-row VALUES with a statement a
/// table, and a prepared statement and round trip for each row. By hand the rows are there in advance, as values or as
/// the finished text of the statements; the time that their seals and hashes took is added, because nobody can do
/// without.
///
/// postgresql_bench PORT USER DATABASE DELAY BATCHES BATCH REPEATS prints one line of JSON a repeat. The server is on
/// the loopback; with a DELAY everybody reaches it over a relay that holds back each piece so many microseconds, in
/// each direction. The database must be empty; the schemas that it makes stay there.

#include <libpq-fe.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "benchmarks/postgresql/delaying_relay.hpp"
#include "benchmarks/store_workload.hpp"
#include "core/store/store.hpp"

namespace {

using namespace pakn;
using bench::Clock;

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, Finish>;

Connection connectTo(const std::string& url) {
    Connection connection{PQconnectdb(url.c_str())};
    if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error{PQerrorMessage(connection.get())};
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    return connection;
}

void check(PGconn* connection, PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error{PQerrorMessage(connection)};
}
void execute(PGconn* connection, const std::string& sql) { check(connection, PQexec(connection, sql.c_str())); }

/// A schema of its own with the hub's tables; the address that leads to it.
std::string freshSchema(const std::string& url, const security::HubKey& hub_key) {
    static int number = 0;
    const std::string name = "bench" + std::to_string(++number);
    execute(connectTo(url).get(), "DROP SCHEMA IF EXISTS " + name + " CASCADE; CREATE SCHEMA " + name);
    std::string own = url + "&options=-csearch_path%3D" + name;
    if (auto made = store::openStore({.url = own, .base = {}, .hub_key = hub_key}); !made)
        throw std::runtime_error{made.error().message};
    return own;
}

double byAdapter(const std::string& url, const security::HubKey& hub_key,
                 std::vector<std::vector<store::Change>> batches) {
    auto opened = store::openStore({.url = url, .base = {}, .hub_key = hub_key});
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

std::string literal(PGconn* connection, const bench::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* bytes = std::get_if<bench::Bytes>(&value)) return "'\\x" + security::toHex(bytes->bytes) + "'";
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return "NULL";
    char* const escaped = PQescapeLiteral(connection, text->data(), text->size());
    std::string result{escaped};
    PQfreemem(escaped);
    return result;
}

std::string columnsOf(const bench::Table& table) {
    std::string columns;
    for (const char* column : table.columns) columns += (columns.empty() ? "" : ", ") + std::string{column};
    return columns;
}

/// One statement for all rows of a table.
std::string manyRows(PGconn* connection, const bench::Table& table) {
    std::string sql = "INSERT INTO " + std::string{table.name} + " (" + columnsOf(table) + ") VALUES ";
    for (const auto& row : table.rows) {
        sql += &row == table.rows.data() ? "(" : ", (";
        for (const auto& value : row) sql += (&value == row.data() ? "" : ", ") + literal(connection, value);
        sql += ")";
    }
    return sql;
}

double byValues(const std::string& url, const std::vector<std::vector<bench::Table>>& batches) {
    const Connection connection = connectTo(url);
    std::vector<std::vector<std::string>> statements;
    for (const auto& batch : batches) {
        auto& own = statements.emplace_back();
        for (const bench::Table& table : batch) own.push_back(manyRows(connection.get(), table));
    }
    const Clock::time_point start = Clock::now();
    for (const auto& batch : statements) {
        execute(connection.get(), "BEGIN");
        for (const std::string& sql : batch) execute(connection.get(), sql);
        execute(connection.get(), "COMMIT");
    }
    return bench::seconds(Clock::now() - start);
}

double byRows(const std::string& url, const std::vector<std::vector<bench::Table>>& batches) {
    const Connection connection = connectTo(url);
    for (const bench::Table& table : batches.front()) {
        std::string places;
        for (std::size_t i = 1; i <= table.columns.size(); ++i) places += (i == 1 ? "$" : ", $") + std::to_string(i);
        const std::string sql =
            "INSERT INTO " + std::string{table.name} + " (" + columnsOf(table) + ") VALUES (" + places + ")";
        check(connection.get(), PQprepare(connection.get(), table.name, sql.c_str(), 0, nullptr));
    }
    const Clock::time_point start = Clock::now();
    for (const auto& batch : batches) {
        execute(connection.get(), "BEGIN");
        for (const bench::Table& table : batch) {
            for (const auto& row : table.rows) {
                std::vector<std::string> numbers(row.size());
                std::vector<const char*> values;
                std::vector<int> lengths;
                std::vector<int> formats;
                for (std::size_t i = 0; i < row.size(); ++i) {
                    const auto* text = std::get_if<std::string>(&row[i]);
                    const auto* bytes = std::get_if<bench::Bytes>(&row[i]);
                    if (const auto* number = std::get_if<std::int64_t>(&row[i])) numbers[i] = std::to_string(*number);
                    const bool null = std::holds_alternative<std::nullptr_t>(row[i]);
                    values.push_back(null    ? nullptr
                                     : text  ? text->c_str()
                                     : bytes ? bytes->bytes.data()
                                             : numbers[i].c_str());
                    lengths.push_back(bytes ? static_cast<int>(bytes->bytes.size()) : 0);
                    formats.push_back(bytes ? 1 : 0);
                }
                check(connection.get(), PQexecPrepared(connection.get(), table.name, static_cast<int>(row.size()),
                                                       values.data(), lengths.data(), formats.data(), 0));
            }
        }
        execute(connection.get(), "COMMIT");
    }
    return bench::seconds(Clock::now() - start);
}

/// The median of what asking the server for nothing takes, in microseconds.
double roundTrip(const std::string& url) {
    const Connection connection = connectTo(url);
    check(connection.get(), PQprepare(connection.get(), "nothing", "SELECT 1", 0, nullptr));
    std::vector<double> times;
    for (int i = 0; i < 500; ++i) {
        const Clock::time_point start = Clock::now();
        check(connection.get(), PQexecPrepared(connection.get(), "nothing", 0, nullptr, nullptr, nullptr, 0));
        times.push_back(bench::seconds(Clock::now() - start) * 1e6);
    }
    std::nth_element(times.begin(), times.begin() + 250, times.end());
    return times[250];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 8) {
        std::cerr << "usage: postgresql_bench PORT USER DATABASE DELAY BATCHES BATCH REPEATS\n";
        return 2;
    }
    try {
        const std::chrono::microseconds delay{std::stoi(argv[4])};
        auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
        std::optional<bench::DelayingRelay> relay;
        if (delay.count() > 0) port = relay.emplace(port, delay).port();
        const std::string url = "postgresql://" + std::string{argv[2]} + "@127.0.0.1:" + std::to_string(port) + '/' +
                                argv[3] + "?sslmode=disable";
        const int batches = std::stoi(argv[5]);
        const int batch = std::stoi(argv[6]);
        const security::HubKey hub_key{security::Key::random()};
        for (int repeat = 0; repeat < std::stoi(argv[7]); ++repeat) {
            std::vector<std::vector<store::Change>> changes;
            std::vector<std::vector<bench::Table>> rows;
            Clock::duration sealing{};
            std::int64_t seq = 0;
            for (int i = 0; i < batches; ++i) {
                changes.push_back(bench::makeBatch(batch));
                rows.push_back(bench::makeRows(changes.back(), hub_key, seq, sealing));
            }
            const std::string for_adapter = freshSchema(url, hub_key);
            const std::string for_values = freshSchema(url, hub_key);
            const std::string for_rows = freshSchema(url, hub_key);
            double values = 0;
            if (repeat % 2 == 0) values = byValues(for_values, rows);
            const double adapter = byAdapter(for_adapter, hub_key, std::move(changes));
            if (repeat % 2 != 0) values = byValues(for_values, rows);
            const double single = byRows(for_rows, rows);
            std::cout << R"({"repeat":)" << repeat << R"(,"delay_us":)" << delay.count() << R"(,"petitions":)"
                      << batches * batch << R"(,"adapter_s":)" << adapter << R"(,"values_s":)" << values
                      << R"(,"rows_s":)" << single << R"(,"sealing_s":)" << bench::seconds(sealing)
                      << R"(,"round_trip_us":)" << roundTrip(url) << "}" << std::endl;
        }
    } catch (const std::exception& error) {
        std::cerr << "postgresql_bench: " << error.what() << '\n';
        return 1;
    }
}
