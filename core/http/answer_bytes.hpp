#pragma once
/// @file
/// An answer as it goes over the wire.

#include <string>
#include <string_view>

#include "core/http/exchange.hpp"

namespace pakn::http {

/// Status line and header fields with the empty line at their end. Every answer carries the hub's defaults (no caching,
/// nothing embedded), unless it says otherwise itself. `date`: as the Date field wants it.
std::string headOf(const Response& response, std::string_view date, bool keep_alive);

}  // namespace pakn::http
