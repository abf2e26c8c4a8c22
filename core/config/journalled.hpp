#pragma once
/// @file
/// What can be read back from the text under which an accepted configuration is journalled.

#include <string>
#include <string_view>

#include "core/domain/rules.hpp"

namespace pakn::config {

/// The part of a journalled text that its workflows come from; equal parts hold equal workflows.
std::string workflowPart(std::string_view journalled);

/// The workflows of such a part, or of a whole text. One that this version of the hub would not accept is left out.
domain::Workflows workflowsOf(std::string_view journalled);

}  // namespace pakn::config
