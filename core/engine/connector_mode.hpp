#pragma once
/// @file
/// A person's word on a connector, kept in the store: it outlives restarts and holds on every node. The hub looks at it
/// twice a second.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/store/store.hpp"

namespace pakn::engine {

enum class ConnectorMode : std::uint8_t {
    kRunning,
    kDraining,  ///< Takes nothing in any more; sends what is queued.
    kPaused,    ///< Neither takes in nor sends; what is queued waits.
};
inline constexpr std::array<std::string_view, 3> kConnectorModeNames{"running", "draining", "paused"};
constexpr std::string_view nameOf(ConnectorMode mode) { return kConnectorModeNames[static_cast<std::size_t>(mode)]; }

/// kRunning when nobody said otherwise. Errors of the store.
Result<ConnectorMode> connectorMode(store::Store& store, const std::string& connector);
Status setConnectorMode(store::Store& store, const std::string& connector, ConnectorMode mode);

}  // namespace pakn::engine
