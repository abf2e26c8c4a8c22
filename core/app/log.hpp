#pragma once
/// @file
/// Log lines of the hub: one JSON object a line on stdout, with a stable id each.

#include <cstdint>
#include <string_view>

#include "pakn/sdk/connector.hpp"

namespace pakn::app {

/// Lines below this level are not written; kInfo until set. Set before threads start.
void setLogLevel(LogLevel least);

/// Safe from any thread; never waits. While nobody reads the log, half a megabyte of lines waits; more are dropped, and
/// LOG_LINES_DROPPED says later how many. At a normal end of the process what waits gets two seconds to go out.
void logLine(LogLevel level, std::string_view id, std::string_view text);
/// The line others wait for: the HTTP server listens on this port.
void logListening(std::string_view host, std::uint16_t port);

/// Gives what waits two seconds to go out; before an end that is not a normal one.
void flushLog();

}  // namespace pakn::app
