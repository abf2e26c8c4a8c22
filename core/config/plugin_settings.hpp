#pragma once
/// @file
/// Settings of a connector, checked against the option table its plugin brings.

#include <span>

#include "core/config/reader.hpp"
#include "pakn/sdk/options.hpp"

namespace pakn::config {

/// Values in the canonical form Settings promises, defaults filled in. `node` may be null (nothing was written); then
/// missing options are reported `at`; of what is no map nothing is read. With `check_environment` folders, files and
/// secrets must be there; without it secrets stay empty where they cannot be found.
Settings readSettings(Reader& reader, const Node* node, const Mark& at, std::span<const Option> options,
                      bool check_environment);

}  // namespace pakn::config
