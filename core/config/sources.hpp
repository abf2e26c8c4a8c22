#pragma once
/// @file
/// Reads a configuration directory and the directories it includes: which files there are, their texts, and the one
/// tree they form.

#include <filesystem>
#include <string>
#include <vector>

#include "core/config/yaml_tree.hpp"

namespace pakn::config {

/// One file as read.
struct SourceFile {
    std::string name;  ///< Relative to the configuration directory, '/' between folders.
    std::string text;
    bool complete = true;  ///< Without syntax errors.
};

struct Sources {
    std::filesystem::path directory;  ///< Absolute, links resolved.
    std::vector<SourceFile> files;    ///< Included directories first, then by name.
    Node tree;                        ///< All top-level keys but `include`.
    bool unreadable = false;          ///< Some file or directory could not be read at all.
    std::vector<Node> workflows;      ///< Roots of workflows/*.yaml; a winner's replaces the one of the same id.
};

/// Never throws. What cannot be read is in `diagnostics`.
Sources readSources(const std::filesystem::path& directory, Diagnostics& diagnostics);

/// The text of a regular file of at most `most` bytes.
Result<std::string> readTextFile(const std::filesystem::path& file, std::size_t most);

}  // namespace pakn::config
