#pragma once
/// @file
/// Turns what was read into what the hub runs on, with the checks that need more than one section.

#include "core/config/document.hpp"

namespace pakn::config {

/// Everything but `directory` and `text`. Mistakes go to the reader; with any, the outcome is incomplete.
Configuration compile(Reader& reader, Document document, std::vector<domain::Workflow> workflows,
                      const LoadOptions& options, std::string hash);

}  // namespace pakn::config
