#pragma once
/// @file
/// A unit of work on the connection that writes.

#include <map>

#include "core/store/change_batch.hpp"
#include "core/store/sqlite/journal.hpp"
#include "core/store/sqlite/pool.hpp"

namespace pakn::store::sqlite {

class SqliteTransaction final : public Transaction {
public:
    SqliteTransaction(Writer::Turn turn, const security::HubKey& hub_key, Sealer& sealer)
        : turn_{std::move(turn)}, hub_key_{hub_key}, batch_{sealer} {}

    Result<std::unordered_map<std::string, InboxEntry>> findInbox(std::span<const std::string> keys) override;
    Result<std::optional<domain::Petition>> load(const std::string& petition_id) override;
    Result<int> lastSerial(domain::Date day) override;
    void setSerial(domain::Date day, int last) override { serials_[day] = last; }
    void append(Change change) override { batch_.append(std::move(change)); }
    Status flush() override;
    Status commit() override;

private:
    /// Runs work on the connection. Its failure ends the transaction: what came before is rolled back, what comes after
    /// gets the same error.
    template <class Work>
    auto guarded(Work work) -> Result<std::invoke_result_t<Work, Connection&>>;
    void writeAll(Connection& connection);

    Writer::Turn turn_;
    const security::HubKey& hub_key_;
    ChangeBatch batch_;                    // Not yet flushed.
    std::map<domain::Date, int> serials_;  // Not yet flushed.
    std::optional<Error> failure_;
    bool committed_ = false;
};

}  // namespace pakn::store::sqlite
