#pragma once
/// @file
/// Keys of what comes in, and of where it lies.

#include "core/config/document.hpp"

namespace pakn::config {

template <>
std::span<const Key<IntakeSection>> keysOf<IntakeSection>();
template <>
std::span<const Key<OneTimeCodesSection>> keysOf<OneTimeCodesSection>();
template <>
std::span<const Key<PlacesSection>> keysOf<PlacesSection>();

}  // namespace pakn::config
