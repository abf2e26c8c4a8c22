#pragma once
/// @file
/// Requests that a connector answers: everything outside the hub's own paths.

#include <string_view>

#include "core/http/exchange.hpp"

namespace pakn::http {

/// True for a path that no connector can have.
bool isHubs(std::string_view path);

/// The answer of the connector whose mount the path lies under; 404 when there is none.
Response toConnector(const Services& services, const Request& request);

}  // namespace pakn::http
