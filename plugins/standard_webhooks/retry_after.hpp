#pragma once
/// @file
/// How long a peer asks to be left alone.

#include <chrono>
#include <optional>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::webhooks {

/// The wait that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date), at most a day. Nothing when
/// it asks for none.
std::optional<std::chrono::milliseconds> retryAfter(std::string_view header, Instant now);

}  // namespace pakn::webhooks
