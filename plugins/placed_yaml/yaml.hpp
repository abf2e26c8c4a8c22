#pragma once
/// @file
/// A file that people write as a tree of nodes that know where they stand, and a reader of its maps that reports unknown keys.
/// The part of YAML that such a file needs: no anchors, aliases, tags or second documents; bounded in size and depth.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mistakes.hpp"

namespace pakn::placed_yaml {

struct Entry;

/// Value type; owns its children.
struct Node {
    enum class Kind : unsigned char { kScalar, kList, kMap };
    Kind kind = Kind::kScalar;
    bool quoted = false;  ///< A scalar in quotes or a block: a text, whatever it looks like.
    Mark mark = {};
    std::string text = {};
    std::vector<Node> items = {};
    std::vector<Entry> entries;  ///< In file order, each key once.

    /// No value was written (`key:`, `~`, `null`).
    [[nodiscard]] bool isNull() const {
        return kind == Kind::kScalar && !quoted && (text.empty() || text == "~" || text == "null");
    }
    [[nodiscard]] bool isText() const { return kind == Kind::kScalar && !isNull(); }
};

struct Entry {
    std::string key;
    Mark mark;
    Node value;
};

/// The whole file. Nothing after a mistake in its syntax, which is then in `mistakes`.
std::optional<Node> parseYaml(std::string_view text, Mistakes& mistakes);

/// One map, read key by key. Whatever was not asked for when it goes is reported, with the nearest key that was.
class Section {
public:
    /// `node` may be null: an absent section has no keys. It and `mistakes` outlive the section.
    Section(const Node* node, Mistakes& mistakes);
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;
    ~Section();

    [[nodiscard]] bool has(std::string_view key) const;
    /// The value of a key, or null when it is absent or has none.
    const Node* take(std::string_view key);
    /// A scalar; `otherwise` when absent. Reports a list or map.
    std::string text(std::string_view key, std::string otherwise = {});
    /// The same, reported when absent.
    std::string needText(std::string_view key);
    /// One of the words; the first when absent.
    std::string word(std::string_view key, std::initializer_list<std::string_view> words);
    bool flag(std::string_view key, bool otherwise);
    long long number(std::string_view key, long long otherwise, long long least, long long most);
    /// A list of scalars, or one scalar.
    std::vector<std::string> texts(std::string_view key);

    [[nodiscard]] Mark mark() const { return node_ != nullptr ? node_->mark : Mark{}; }
    Mistakes& mistakes() { return mistakes_; }

private:
    const Node* node_;
    Mistakes& mistakes_;
    std::vector<std::string> asked_;
};

}  // namespace pakn::placed_yaml
