#pragma once
/// @file
/// The id by which the log lines of one request are found together.

#include <string>
#include <string_view>

namespace pakn::http {

/// The trace id of a W3C `traceparent` header when it is well-formed, so that a portal's own log and ours name a
/// request alike; else a new one of this process. Safe from any thread.
std::string traceOf(std::string_view traceparent);

}  // namespace pakn::http
