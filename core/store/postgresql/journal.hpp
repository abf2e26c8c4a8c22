#pragma once
/// @file
/// Reading and writing the journal's tables: events, payloads, persons.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/security/crypto.hpp"
#include "core/store/postgresql/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::postgresql {

/// All of these throw PgError and DamagedRow. What reads takes one statement, so one snapshot.

/// The data key of a petition; nullopt when there is no such petition.
std::optional<security::Key> dataKey(Connection& connection, const security::HubKey& hub_key,
                                     const std::string& petition_id);

/// A petition's journal; nullopt when there is no such petition.
struct Journal {
    security::Key key;
    std::vector<domain::Event> events;
};
std::optional<Journal> readJournal(Connection& connection, const security::HubKey& hub_key,
                                   const std::string& petition_id);
/// The same of a petition that this transaction is going to change: another hub's transaction on it is waited for, and
/// what it left is what is read.
std::optional<Journal> lockJournal(Connection& connection, const security::HubKey& hub_key,
                                   const std::string& petition_id);

std::optional<Person> readPerson(Connection& connection, const security::HubKey& hub_key,
                                 const std::string& petition_id);

/// Queues events and payloads of these changes; `sealed` are theirs, in the same order.
void writeEvents(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed);
/// Queues what new petitions bring: person and inbox keys.
void writeBirths(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed);

}  // namespace pakn::store::postgresql
