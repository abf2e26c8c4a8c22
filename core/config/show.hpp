#pragma once
/// @file
/// The configuration as one file: what all files of a directory and of those it includes say together.

#include <filesystem>
#include <string>

namespace pakn::config {

/// YAML in which every value names the file and line it comes from. Secrets are references, as they are written.
/// Read it back and the same configuration comes of it. For a configuration without mistakes.
std::string showYaml(const std::filesystem::path& directory);

/// Where the hub's key lies by what can be read of the configuration, mistakes or not; absolute.
std::filesystem::path hubKeyIn(const std::filesystem::path& directory);

}  // namespace pakn::config
