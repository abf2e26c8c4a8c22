#pragma once
/// @file
/// Log lines of the hub: one JSON object a line on stdout, with a stable id each.

#include <cstdint>
#include <string_view>

#include "pakn/sdk/connector.hpp"

namespace pakn::app {

/// Lines below this level are not written; kInfo until set. Set before threads start.
void setLogLevel(LogLevel least);

/// Safe from any thread; one write per line.
void logLine(LogLevel level, std::string_view id, std::string_view text);
/// The line others wait for: the HTTP server listens on this port.
void logListening(std::string_view host, std::uint16_t port);

}  // namespace pakn::app
