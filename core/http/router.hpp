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
    /// One of these: the answer at once, or later, through `respond`, when nothing of the call is there any more.
    Response (*handle)(const Call& call) = nullptr;
    void (*handle_later)(const Call& call, const Respond& respond) = nullptr;
};

/// All calls of this hub.
std::span<const Route> routes();

/// For the log: the pattern of the address that this path has the form of, "(no such address)" when there is none.
std::string_view patternOf(std::string_view path);

/// Who calls, by the credentials that the request shows; nobody when it shows none. kUnauthenticated when they open
/// nothing, kUnavailable when the store cannot tell.
Result<security::Caller> identify(const Services& services, const Request& request);

/// True for callers whose requests the reserved lane is for: the hotline's API keys and the Centre's people.
bool isPrivileged(const Services& services, const security::Caller& caller);

/// True when the answer needs neither store nor work: the front gives it itself, whatever the workers are busy with.
bool isImmediate(const Request& request);

/// Finds the route and lets its handler answer the caller `who`. Never throws; adds no headers that all answers share.
/// Of several answers to one request (a handler threw after it had answered) the first counts.
void dispatch(const Services& services, const Request& request, const Result<security::Caller>& who,
              const Respond& respond);

/// True for roles that see every petition (but those against their own unit), also where a dispatcher's or operator's
/// place is taken.
bool seesEveryPetition(const security::Account& account);

}  // namespace pakn::http
