#pragma once
/// @file
/// How an event becomes a row of the journal, for every adapter: the payload sealed under the petition's data key, a
/// salted commitment to it, and the leaf hash of the Merkle tree.
///
///   payload    = the event's fields as JSON (event_codec.hpp)
///   sealed     = AES-256-GCM(data key, context = petition id and version, salt ‖ payload), salt of 32 random bytes
///   commitment = SHA-256(salt ‖ payload)
///   leaf       = SHA-256(0x00 ‖ field ‖ field ‖ …), each field as its length (32 bits, big endian) and its bytes, of:
///                event id, petition id, version (decimal), instant (epoch milliseconds, decimal), kind, actor, role,
///                configuration hash, commitment (32 bytes)
///
/// When the key is destroyed, events and leaves still verify, and nothing says what the payload was.

#include <string>
#include <string_view>

#include "core/domain/event.hpp"
#include "core/security/crypto.hpp"
#include "core/store/store.hpp"

namespace pakn::store {

struct JournalEntry {
    std::string sealed;
    security::Digest commitment{};
    security::Digest leaf{};
};

JournalEntry makeEntry(const domain::Event& event, const security::Key& data_key);

/// The event's data from its sealed payload. Throws DamagedRow, also when the row was another petition's or version's.
domain::EventData openPayload(const security::Key& data_key, std::string_view petition_id, int version,
                              domain::EventKind kind, std::string_view sealed);

/// The same, not decoded: of a kind that this program may not know.
std::string openPayloadText(const security::Key& data_key, std::string_view petition_id, int version,
                            std::string_view sealed);

security::Digest leafHash(const domain::Event& event, const security::Digest& commitment);

std::string sealPerson(const security::Key& data_key, std::string_view petition_id, const Person& person);
/// Throws DamagedRow.
Person openPerson(const security::Key& data_key, std::string_view petition_id, std::string_view sealed);
/// Throws DamagedRow.
security::Key openDataKey(const security::HubKey& hub_key, std::string_view petition_id, std::string_view wrapped);

}  // namespace pakn::store
