#pragma once
/// @file
/// What this program is; the numbers come from the build.

namespace pakn::app {

inline constexpr const char* kVersion = PAKN_VERSION;
inline constexpr const char* kCommit = PAKN_COMMIT;

}  // namespace pakn::app
