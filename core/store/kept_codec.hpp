#pragma once
/// @file
/// Private to the store: events of conversations as they lie in a row, sealed under the hub key. Everything here throws
/// DamagedRow.

#include <string>
#include <string_view>

#include "core/security/crypto.hpp"
#include "core/store/event_codec.hpp"
#include "core/store/instants.hpp"
#include "pakn/sdk/inbox.hpp"

namespace pakn::store {

/// By which a conversation, or an event of it, is found again without its name being stored.
inline std::string keptIndex(const security::HubKey& hub_key, const std::string& connector, std::string_view value) {
    return hub_key.blindIndex("kept:" + connector, value);
}

/// Conversation, id and data of the event.
std::string sealKept(const security::HubKey& hub_key, const std::string& connector, const KeptEvent& event);

/// Fills in what sealKept() sealed.
void openKept(const security::HubKey& hub_key, const std::string& connector, const std::string& conversation_index,
              const std::string& event_index, std::string_view sealed, KeptEvent& event);

/// Columns: sequence, at, conversation's index, event's index, sealed.
template <class Row>
KeptEvent readKept(const Row& row, const security::HubKey& hub_key, const std::string& connector) {
    KeptEvent event{.at = instant(row.integer(1)), .sequence = row.integer(0)};
    openKept(hub_key, connector, row.text(2), row.text(3), row.bytes(4), event);
    return event;
}

}  // namespace pakn::store
