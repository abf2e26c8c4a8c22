#pragma once
/// @file
/// A unit of work on the connection that writes.

#include <map>

#include "core/store/sqlite/journal.hpp"
#include "core/store/sqlite/pool.hpp"

namespace pakn::store::sqlite {

class SqliteTransaction final : public Transaction {
public:
    SqliteTransaction(Writer::Turn turn, const security::HubKey& hub_key, Sealer& sealer)
        : turn_{std::move(turn)}, hub_key_{hub_key}, sealer_{sealer} {}

    Result<std::unordered_map<std::string, InboxEntry>> findInbox(std::span<const std::string> keys) override;
    Result<std::optional<domain::Petition>> load(const std::string& petition_id) override;
    Result<int> lastSerial(domain::Date day) override;
    void setSerial(domain::Date day, int last) override { serials_[day] = last; }
    void append(Change change) override;
    Status flush() override;
    Status commit() override;

private:
    /// Runs work on the connection. Its failure ends the transaction: what came before is rolled back, what comes after
    /// gets the same error.
    template <class Work>
    auto guarded(Work work) -> Result<std::invoke_result_t<Work, Connection&>>;
    void writeAll(Connection& connection);
    void sealRest(Connection& connection);

    Writer::Turn turn_;
    const security::HubKey& hub_key_;
    Sealer& sealer_;
    std::vector<Change> changes_;          // Not yet flushed.
    std::vector<Sealer::Pending> sealed_;  // Of the first of them, or of all.
    std::map<domain::Date, int> serials_;  // Not yet flushed.
    DataKeys keys_;                        // Of petitions that were loaded or born here.
    std::optional<Error> failure_;
    bool committed_ = false;
};

}  // namespace pakn::store::sqlite
