#pragma once
/// @file
/// A workflow as its file writes it: read by tables of keys, then checked as a graph.

#include "core/config/reader.hpp"
#include "core/domain/workflow.hpp"

namespace pakn::config {

template <>
std::span<const Key<domain::Workflow>> keysOf<domain::Workflow>();

/// What the file of `root` says. References between steps and the soundness of the whole are checked too.
domain::Workflow readWorkflow(Reader& reader, const Node& root);

}  // namespace pakn::config
