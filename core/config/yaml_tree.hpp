#pragma once
/// @file
/// One YAML file as a tree of nodes that know where they stand and how they were written. The part of YAML that
/// configuration needs: no anchors, aliases, tags or second documents; bounded in size and depth.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/diagnostics.hpp"

namespace pakn::config {

inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxNodes = 100000;
inline constexpr std::size_t kMaxDepth = 64;

struct Entry;

/// Value type; owns its children.
struct Node {
    enum class Kind : std::uint8_t { kScalar, kList, kMap };
    Kind kind = Kind::kScalar;
    bool quoted = false;   ///< A scalar in quotes or a block: a text, whatever it looks like.
    bool complete = true;  ///< False: the file broke off inside, so a missing key means nothing.
    Mark mark = {};        ///< Where the value begins.
    std::string text = {};
    std::vector<Node> items = {};
    std::vector<Entry> entries;  ///< In file order, each key once.

    static Node emptyMap(const Mark& at);

    /// No value was written (`key:`, `~`, `null`).
    [[nodiscard]] bool isNull() const;
    /// The entry of a map, or null.
    [[nodiscard]] const Entry* find(std::string_view key) const;
    [[nodiscard]] Entry* find(std::string_view key);
};

struct Entry {
    std::string key;
    Mark key_mark;
    Node value;
};

/// The tree of one file and whether all of it could be read. After a syntax error the tree holds what stood before it.
struct ParsedYaml {
    Node root;
    bool complete = true;
};
/// Mistakes go to `diagnostics` under the file index `file`. An empty text is a null scalar.
ParsedYaml parseYaml(std::string_view text, int file, Diagnostics& diagnostics);

}  // namespace pakn::config
