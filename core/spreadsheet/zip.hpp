#pragma once
/// @file
/// The files inside a zip archive, within limits.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::spreadsheet {

/// Limits for hostile archives, which grow by a factor of a thousand.
struct ZipLimits {
    int entries = 2000;
    std::size_t entry_bytes = 64U << 20U;   ///< Unpacked, of one file.
    std::size_t total_bytes = 128U << 20U;  ///< Unpacked, of all that are wanted.
};

/// Unpacks those whose names are wanted. kInvalid: no zip, damaged, encrypted. kTooLarge.
Result<std::map<std::string, std::string>> unzip(std::string_view bytes,
                                                 const std::function<bool(std::string_view name)>& wanted,
                                                 const ZipLimits& limits = {});

}  // namespace pakn::spreadsheet
