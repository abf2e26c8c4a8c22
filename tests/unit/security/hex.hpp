#pragma once
/// @file
/// Bytes of test vectors.

#include <string>
#include <string_view>

namespace pakn::security::testing {

inline std::string fromHex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
    return bytes;
}

}  // namespace pakn::security::testing
