#pragma once
/// @file
/// How several files become one tree. Within a directory everything is said once; an including directory overrides what
/// it includes.

#include "core/config/yaml_tree.hpp"

namespace pakn::config {

/// Adds the tree of one file to that of the files before it, both of one directory. Maps unite key by key, lists of
/// things with an `id` or `name` are joined; whatever is said twice is an error that names both places.
void unite(Node& whole, Node file, Diagnostics& diagnostics);

/// Lays the tree of an including directory over the included one: maps merge key by key, lists of things with an `id`
/// or `name` merge by it (the winner's things first, in its order), anything else is replaced.
Node overlay(Node included, Node winner);

}  // namespace pakn::config
