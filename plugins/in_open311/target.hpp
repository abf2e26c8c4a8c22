#pragma once
/// @file
/// What an address asks for.

#include <optional>
#include <string>
#include <string_view>

#include "answers.hpp"

namespace pakn::in_open311 {

enum class Resource : unsigned char { kDiscovery, kServices, kDefinition, kRequests, kRequest, kToken, kUpdates };

struct Target {
    Resource resource = Resource::kDiscovery;
    Format format = Format::kXml;
    bool test = false;      ///< At the test endpoint: nothing is stored.
    std::string item = {};  ///< The code, id or token.
};

/// Below the mount, without the query. 404 for what there is not, 400 for a format that there is not. `asked`: the
/// format in which to say so.
Outcome<Target> readTarget(std::string_view path, Format& asked);

/// "GET, HEAD, OPTIONS", and POST where something can be sent.
std::string_view allowedOn(Resource resource);

}  // namespace pakn::in_open311
