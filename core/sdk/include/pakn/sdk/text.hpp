#pragma once
/// @file
/// Text functions for connectors.

#include <cstdint>
#include <string>
#include <string_view>

namespace pakn {
inline namespace sdk1 {

/// 16 hex digits that depend on every byte (FNV-1a, 64 bits): to tell two versions of a file apart. Not for secrets,
/// and not against somebody who seeks collisions.
inline std::string shortHash(std::string_view bytes) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    std::string digits(16, '0');
    for (std::size_t i = digits.size(); i-- > 0; hash >>= 4U) digits[i] = "0123456789abcdef"[hash & 15U];
    return digits;
}

/// Whether two secrets are equal. The time it takes tells nothing but their lengths.
inline bool sameSecret(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char different = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        different = static_cast<unsigned char>(different |
                                               (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
    return different == 0;
}

}  // namespace sdk1
}  // namespace pakn
