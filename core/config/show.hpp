#pragma once
/// @file
/// The configuration as one file: what all files of a directory and of those it includes say together.

#include <filesystem>
#include <string>

namespace pakn::config {

/// YAML in which every value names the file and line it comes from. Secrets are references, as they are written.
/// Read it back and the same configuration comes of it. For a configuration without mistakes.
std::string showYaml(const std::filesystem::path& directory);

/// What a command needs to find the running hub and its store.
struct Essentials {
    std::filesystem::path directory = {};
    std::filesystem::path hub_key = {};  ///< Absolute.
    std::string store_url = {};
    std::string blobs_url = {};
    std::string store_password = {};
};

/// By what can be read of the configuration, mistakes or not: a hub keeps running while its files are being edited.
Essentials essentialsIn(const std::filesystem::path& directory);

}  // namespace pakn::config
