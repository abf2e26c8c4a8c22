#pragma once
/// @file
/// The parts of confine(): the filter of system calls, and the confinement of paths.

#include "core/sandbox/confine.hpp"

namespace pakn::sandbox::detail {

Error cannot(const char* what);

/// Leaves a list of system calls; all others fail with EPERM.
Status filterCalls(const Confinement& confinement);

/// Leaves the named paths and what every program needs of the system. False where the kernel has no Landlock.
Result<bool> confinePaths(const Confinement& confinement);

}  // namespace pakn::sandbox::detail
