#pragma once
/// @file
/// Which call is answered by whom: one table. docs/api/openapi.yaml describes the same calls, and a test compares them.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/http/exchange.hpp"

namespace pakn::http {

/// Who may call at all; what they then see of a petition is decided petition by petition.
enum class Audience : std::uint8_t {
    kAnyone,
    kSignedIn,
    kCaseWorkers,  ///< Whoever has a role in handling petitions or in overseeing it.
    kIntegrators,  ///< Who looks after connectors.
    kAdmins,       ///< Who sets up the hub.
};

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< "/api/v1/petitions/{petition}/events"; a {name} takes one segment.
    Audience audience;
    Response (*handle)(const Call& call);
};

/// All calls of this hub.
std::span<const Route> routes();

/// For the log: the pattern of the address that this path has the form of, "(no such address)" when there is none.
std::string_view patternOf(std::string_view path);

/// Finds the route, finds out who calls, lets the handler answer. Never throws; adds no headers that all answers share.
Response dispatch(const Services& services, const Request& request);

/// True for roles that see every petition (but those against their own unit).
bool seesEveryPetition(const security::Account& account);

}  // namespace pakn::http
