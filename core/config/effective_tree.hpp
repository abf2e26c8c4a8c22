#pragma once
/// @file
/// Private to the config room: from the merged tree to its values.

#include "core/config/effective.hpp"
#include "core/config/yaml_tree.hpp"

namespace pakn::config {

/// `names` knows the files that marks count.
std::vector<EffectiveValue> effectiveValues(const Node& tree, const std::vector<Node>& workflows,
                                            const Diagnostics& names);

}  // namespace pakn::config
