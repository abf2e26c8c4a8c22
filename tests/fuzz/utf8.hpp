#pragma once
/// @file
/// Whether bytes are UTF-8 (RFC 3629), by a table of the Unicode standard: a second opinion beside the hub's and ICU's.

#include <string_view>

namespace pakn::fuzz {

inline bool isUtf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i < text.size();) {
        const unsigned lead = byte(i);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
        if (more == 0 || text.size() - i <= more) return false;
        const unsigned least = lead == 0xE0 ? 0xA0U : lead == 0xF0 ? 0x90U : 0x80U;
        const unsigned most = lead == 0xED ? 0x9FU : lead == 0xF4 ? 0x8FU : 0xBFU;
        if (byte(i + 1) < least || byte(i + 1) > most) return false;
        for (std::size_t at = 2; at <= more; ++at)
            if (byte(i + at) < 0x80 || byte(i + at) > 0xBF) return false;
        i += more + 1;
    }
    return true;
}

}  // namespace pakn::fuzz
