#pragma once
/// @file
/// Turns what was read into what the hub runs on, with the checks that need more than one section.

#include "core/config/document.hpp"
#include "core/config/sources.hpp"

namespace pakn::config {

/// Everything but `directory`; of `values` only what `files` do not say themselves: the digests of the files that
/// connectors' options name. Mistakes go to the reader; with any, the outcome is incomplete.
Configuration compile(Reader& reader, Document document, std::vector<domain::Workflow> workflows,
                      const LoadOptions& options, std::vector<SourceFile> files);

}  // namespace pakn::config
