#pragma once
/// @file
/// What the front asks of the system about its sockets.

#include <sys/socket.h>

#include <cstddef>

#include "core/http/client_address.hpp"

namespace pakn::http {

/// How many of so many connections there can be: a descriptor for each, `spare` more, and some for the store and
/// plugins, as many as the system gives. Where it gives more, one more for each: the file that it is sent. Raises this
/// process's limit.
std::size_t affordable(std::size_t connections, std::size_t spare);

/// Of an IPv4 or IPv6 socket.
Address addressOf(const sockaddr_storage& from);

}  // namespace pakn::http
