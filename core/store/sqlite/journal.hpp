#pragma once
/// @file
/// Reading and writing the journal's tables: events, payloads, persons.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError and DamagedRow.

/// The data key of a petition; nullopt when there is no such petition.
std::optional<security::Key> dataKey(Connection& connection, const security::HubKey& hub_key,
                                     const std::string& petition_id);
std::vector<domain::Event> readEvents(Connection& connection, const security::Key& data_key,
                                      const std::string& petition_id);

/// The petition as its journal says; nullopt when there is none.
std::optional<domain::Petition> readPetition(Connection& connection, const security::HubKey& hub_key,
                                             const std::string& petition_id);
/// Title as it was received.
std::string readTitle(Connection& connection, const security::HubKey& hub_key, const std::string& petition_id);
std::optional<Person> readPerson(Connection& connection, const security::HubKey& hub_key,
                                 const std::string& petition_id);

/// Writes events and payloads of these changes; `sealed` are theirs, in the same order.
void writeEvents(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed);
/// Writes what new petitions bring: person and inbox keys.
void writeBirths(Connection& connection, std::span<const Change> changes, std::span<Sealer::Pending> sealed);

}  // namespace pakn::store::sqlite
