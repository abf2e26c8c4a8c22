#pragma once
/// @file
/// One request on its way through the server.

#include <stop_token>
#include <string_view>

#include "server.hpp"

namespace pakn::in_open311 {

struct Server::Visit {
    const HttpRequest& request;
    Target target;
    std::string_view query;
    const std::stop_token& stop;
    Form parameters = {};  ///< Of the query; of a GET only.
};

}  // namespace pakn::in_open311
