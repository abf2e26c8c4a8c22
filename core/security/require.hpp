#pragma once
/// @file
/// For the .cpp files of this room only.

#include <cstdio>
#include <cstdlib>

namespace pakn::security {

/// Ends the process: with broken cryptography or randomness nothing may be stored or answered any more.
inline void require(bool worked, const char* what) {
    if (worked) return;
    std::fprintf(stderr, "paknhub: %s failed; stopping, because nothing can be kept secret without it\n", what);
    std::abort();
}

}  // namespace pakn::security
