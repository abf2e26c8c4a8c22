#pragma once
/// @file
/// JSON Schemas (draft-07) of the configuration, for editors. They come from the tables that the reader reads by, so an
/// editor and `check` never know different keys.

#include <span>
#include <string>

#include "core/config/configuration.hpp"

namespace pakn::config {

/// Of the *.yaml files of a configuration directory. What files say together is complete, one of them need not be: a
/// key is required only where the same thing cannot say it elsewhere. Settings are checked by each plugin's option
/// table.
std::string configurationSchema(std::span<const Descriptor* const> plugins);
/// Of a file under workflows/.
std::string workflowSchema();

}  // namespace pakn::config
