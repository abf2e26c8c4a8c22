#pragma once
/// @file
/// Private to the store: instants as columns hold them, epoch milliseconds UTC.

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "pakn/sdk/petition.hpp"

namespace pakn::store {

/// Stands for "no instant" in columns that are sorted by, where NULL would come first.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

inline std::int64_t millis(Instant at) { return at.time_since_epoch().count(); }
inline std::int64_t millis(const std::optional<Instant>& at, std::int64_t otherwise) {
    return at ? millis(*at) : otherwise;
}
inline Instant instant(std::int64_t value) { return Instant{std::chrono::milliseconds{value}}; }

}  // namespace pakn::store
