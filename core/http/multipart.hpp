#pragma once
/// @file
/// multipart/form-data (RFC 7578) of a complete body. Own and strict, because the reader of POCO 1.11 spins for ever on
/// some truncated bodies and takes others for complete.

#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::http {

/// Views into the body.
struct Part {
    std::string name = {};
    std::string file_name = {};  ///< Empty for a plain field.
    std::string content_type = {};
    std::string_view data = {};
};

inline constexpr std::size_t kMostParts = 32;
inline constexpr std::size_t kMostPartHeader = 4096;

/// The parts in order. kInvalid ("request.multipart_malformed") unless every part is complete and the closing delimiter
/// is there.
Result<std::vector<Part>> splitMultipart(std::string_view content_type, std::string_view body);

}  // namespace pakn::http
