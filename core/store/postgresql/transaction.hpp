#pragma once
/// @file
/// A unit of work on a connection of its own. It begins with its first statement; commit() sends everything that was
/// appended and the COMMIT in one round trip.

#include <map>

#include "core/store/change_batch.hpp"
#include "core/store/postgresql/journal.hpp"
#include "core/store/postgresql/pool.hpp"

namespace pakn::store::postgresql {

class PostgresqlTransaction final : public Transaction {
public:
    PostgresqlTransaction(Pool::Lent connection, const Address& address, const security::HubKey& hub_key,
                          Sealer& sealer);
    ~PostgresqlTransaction() override;

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
    void begin(Connection& connection);
    void queueAll(Connection& connection);
    Status outcome(const Status& told);

    Pool::Lent connection_;
    const Address& address_;
    const security::HubKey& hub_key_;
    ChangeBatch batch_;                    // Not yet flushed.
    std::map<domain::Date, int> serials_;  // Not yet flushed.
    struct Witness {
        std::string petition_id;
        int version;
        std::string event_id;
    };
    std::optional<Witness> witness_;  // An event that is in the journal exactly when this was committed.
    std::optional<Error> failure_;
    bool begun_ = false;
    bool committed_ = false;
};

}  // namespace pakn::store::postgresql
