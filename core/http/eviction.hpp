#pragma once
/// @file
/// Who has to go when there is no room for another connection.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/http/connection.hpp"

namespace pakn::http {

using Connections = std::unordered_map<std::uint64_t, std::unique_ptr<Connection>>;

/// At most `most` of them, never `but`. First those that only linger, then those that have waited longest without a
/// whole head (an honest client's takes no time), then bodies that have been coming for a while, the slowest first.
std::vector<Connection*> thoseToGo(const Connections& connections, std::size_t most, const Connection* but,
                                   Clock::time_point now);

}  // namespace pakn::http
