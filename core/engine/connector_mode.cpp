#include "core/engine/connector_mode.hpp"

#include <algorithm>

namespace pakn::engine {

namespace {
const std::string kOwner = "hub/connectors";  // No connector can have this id: none has a slash.
}  // namespace

Result<ConnectorMode> connectorMode(store::Store& store, const std::string& connector) {
    const Result<std::optional<std::string>> said = store.stateValue(kOwner, connector);
    if (!said) return said.error();
    if (!*said) return ConnectorMode::kRunning;
    const auto* const found = std::find(kConnectorModeNames.begin(), kConnectorModeNames.end(), **said);
    if (found == kConnectorModeNames.end()) return ConnectorMode::kRunning;
    return static_cast<ConnectorMode>(found - kConnectorModeNames.begin());
}

Status setConnectorMode(store::Store& store, const std::string& connector, ConnectorMode mode) {
    return store.putStateValue(kOwner, connector, std::string{nameOf(mode)});
}

}  // namespace pakn::engine
