#pragma once
/// @file
/// Hex SHA-256.

#include <string>
#include <string_view>

namespace pakn::config {

/// Empty when OpenSSL cannot compute it.
std::string sha256Hex(std::string_view text);

}  // namespace pakn::config
