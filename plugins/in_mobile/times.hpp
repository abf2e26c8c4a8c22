#pragma once
/// @file
/// Instants as the app reads and writes them: RFC 3339.

#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_mobile {

/// In Viet Nam's time: "2026-03-06T08:00:00+07:00", with milliseconds where there are any.
std::string writeInstant(Instant at);

/// With a zone ("Z", "+07:00"), of the years 2000 to 2099; a second of 60 is the next minute's first. Nothing when it
/// is no instant.
std::optional<Instant> readInstant(std::string_view text);

}  // namespace pakn::in_mobile
