#pragma once
/// @file
/// Shares as statistics print them.

#include <cstdint>

namespace pakn::reporting {

/// Whole per cent of `part` in `whole`, half rounded up; 0 of nothing.
std::int64_t percent(std::int64_t part, std::int64_t whole);

}  // namespace pakn::reporting
