#pragma once
/// @file
/// What a configuration says once all its files are merged, value by value: to show, and to compare with another.

#include <optional>
#include <string>
#include <vector>

#include "core/config/configuration.hpp"

namespace pakn::config {

/// A value that differs; nothing on one side: it is not there.
struct ValueChange {
    std::string path = {};
    std::optional<std::string> before = {};
    std::optional<std::string> after = {};
    std::string file = {};  ///< Where the new value stands, or the old one when it is gone.
    int line = 0;
    int column = 0;
};
/// In the order of `after`; what is gone comes last.
std::vector<ValueChange> changesBetween(const std::vector<EffectiveValue>& before,
                                        const std::vector<EffectiveValue>& after);

}  // namespace pakn::config
