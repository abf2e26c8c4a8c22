#include "yaml.hpp"

#include <yaml.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace pakn::placed_yaml {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;
constexpr int kMostDepth = 32;
constexpr int kMostNodes = 20000;

/// Thrown and caught inside this file: reading cannot go on.
struct Stop {};

class TreeBuilder {
public:
    TreeBuilder(std::string_view text, Mistakes& mistakes) : mistakes_{mistakes} {
        if (yaml_parser_initialize(&parser_) == 0) throw Stop{};
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        // Told the encoding, libyaml takes a byte order mark for text. Editors on Windows write one.
        constexpr std::string_view kMark = "\xEF\xBB\xBF";
        if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    TreeBuilder(const TreeBuilder&) = delete;
    TreeBuilder& operator=(const TreeBuilder&) = delete;
    ~TreeBuilder() {
        yaml_event_delete(&event_);
        yaml_parser_delete(&parser_);
    }

    Node build() {
        next();  // Stream start.
        next();
        if (event_.type == YAML_STREAM_END_EVENT) return {};
        next();  // Past the document's start.
        Node root = node(0);
        next();
        next();
        if (event_.type != YAML_STREAM_END_EVENT) stop(mark(), "a second document begins here", "one file holds one");
        return root;
    }

private:
    [[nodiscard]] static Mark at(const yaml_mark_t& place) {
        return {static_cast<int>(place.line) + 1, static_cast<int>(place.column) + 1};
    }
    [[nodiscard]] Mark mark() const { return at(event_.start_mark); }

    [[noreturn]] void stop(const Mark& place, std::string message, std::string hint = {}) {
        mistakes_.add(place, std::move(message), std::move(hint));
        throw Stop{};
    }

    void next() {
        yaml_event_delete(&event_);
        if (yaml_parser_parse(&parser_, &event_) != 0) return;
        const bool unclosed = parser_.context != nullptr &&
                              std::string_view{parser_.context}.find("quoted scalar") != std::string_view::npos;
        if (unclosed) stop(at(parser_.context_mark), "the quote that opens here is never closed", "close it");
        stop(at(parser_.problem_mark),
             std::string{"not valid YAML: "} + (parser_.problem != nullptr ? parser_.problem : "cannot be read"),
             "check indentation, colons, quotes and brackets around this place");
    }

    /// The node that the present event begins; afterwards the present event is the node's last.
    Node node(int depth) {
        Node made;
        made.mark = mark();
        if (++nodes_ > kMostNodes) stop(made.mark, "the file holds too many values");
        if (depth > kMostDepth) stop(made.mark, "nested too deep");
        switch (event_.type) {
            case YAML_SCALAR_EVENT:
                plain(event_.data.scalar.anchor, event_.data.scalar.tag);
                made.quoted = event_.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
                made.text.assign(reinterpret_cast<const char*>(event_.data.scalar.value), event_.data.scalar.length);
                return made;
            case YAML_SEQUENCE_START_EVENT:
                plain(event_.data.sequence_start.anchor, event_.data.sequence_start.tag);
                made.kind = Node::Kind::kList;
                for (next(); event_.type != YAML_SEQUENCE_END_EVENT; next()) made.items.push_back(node(depth + 1));
                return made;
            case YAML_MAPPING_START_EVENT:
                plain(event_.data.mapping_start.anchor, event_.data.mapping_start.tag);
                made.kind = Node::Kind::kMap;
                entries(made, depth);
                return made;
            default:
                stop(made.mark, "aliases (*name) are not used here", "write the value out");
        }
    }

    void entries(Node& map, int depth) {
        std::set<std::string> seen;
        for (next(); event_.type != YAML_MAPPING_END_EVENT; next()) {
            const Node key = node(depth + 1);
            if (key.kind != Node::Kind::kScalar)
                stop(key.mark, "a key must be a name", "quote texts that begin with {");
            next();
            Node value = node(depth + 1);
            if (seen.insert(key.text).second)
                map.entries.push_back({key.text, key.mark, std::move(value)});
            else
                mistakes_.add(key.mark, "the key " + inQuotes(key.text) + " stands twice", "remove one of them");
        }
    }

    void plain(const yaml_char_t* anchor, const yaml_char_t* tag) {
        if (anchor != nullptr) mistakes_.add(mark(), "anchors (&name) are not used here", "remove it");
        if (tag != nullptr) mistakes_.add(mark(), "tags (!name) are not used here", "remove it");
    }

    Mistakes& mistakes_;
    yaml_parser_t parser_ = {};
    yaml_event_t event_ = {};
    int nodes_ = 0;
};

}  // namespace

std::optional<Node> parseYaml(std::string_view text, Mistakes& mistakes) {
    if (text.size() > kMostBytes) {
        mistakes.add({}, "the file is larger than 1 MB");
        return std::nullopt;
    }
    try {
        return TreeBuilder{text, mistakes}.build();
    } catch (const Stop&) {
        return std::nullopt;
    }
}

Section::Section(const Node* node, Mistakes& mistakes) : node_{node}, mistakes_{mistakes} {
    if (node_ != nullptr && node_->isNull()) node_ = nullptr;
    if (node_ != nullptr && node_->kind != Node::Kind::kMap) {
        mistakes_.add(node_->mark, "keys and values are expected here", "write `key: value` lines below it");
        node_ = nullptr;
    }
}

Section::~Section() {
    if (node_ == nullptr) return;
    for (const Entry& entry : node_->entries)
        if (std::find(asked_.begin(), asked_.end(), entry.key) == asked_.end())
            mistakes_.add(entry.mark, "unknown key " + inQuotes(entry.key), nameHint(entry.key, asked_));
}

bool Section::has(std::string_view key) const {
    return node_ != nullptr && std::any_of(node_->entries.begin(), node_->entries.end(), [&](const Entry& entry) {
               return entry.key == key && !entry.value.isNull();
           });
}

const Node* Section::take(std::string_view key) {
    asked_.emplace_back(key);
    if (node_ == nullptr) return nullptr;
    for (const Entry& entry : node_->entries)
        if (entry.key == key) return entry.value.isNull() ? nullptr : &entry.value;
    return nullptr;
}

std::string Section::text(std::string_view key, std::string otherwise) {
    const Node* value = take(key);
    if (value == nullptr) return otherwise;
    if (value->kind == Node::Kind::kScalar) return value->text;
    mistakes_.add(value->mark, std::string{key} + " is one text");
    return otherwise;
}

std::string Section::needText(std::string_view key) {
    if (!has(key)) mistakes_.add(mark(), "the key " + inQuotes(key) + " is missing");
    return text(key);
}

std::string Section::word(std::string_view key, std::initializer_list<std::string_view> words) {
    const Node* value = take(key);
    if (value == nullptr) return std::string{*words.begin()};
    if (std::find(words.begin(), words.end(), value->text) != words.end()) return value->text;
    mistakes_.add(value->mark, std::string{key} + " cannot be " + inQuotes(value->text),
                  nameHint(value->text, {words.begin(), words.end()}));
    return std::string{*words.begin()};
}

bool Section::flag(std::string_view key, bool otherwise) {
    const Node* value = take(key);
    if (value == nullptr) return otherwise;
    if (!value->quoted && value->text == "true") return true;
    if (!value->quoted && value->text == "false") return false;
    mistakes_.add(value->mark, std::string{key} + " is true or false");
    return otherwise;
}

long long Section::number(std::string_view key, long long otherwise, long long least, long long most) {
    const Node* value = take(key);
    if (value == nullptr) return otherwise;
    long long number = 0;
    const std::string& digits = value->text;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (problem == std::errc{} && end == digits.data() + digits.size() && number >= least && number <= most)
        return number;
    mistakes_.add(value->mark, std::string{key} + " is a whole number",
                  "from " + std::to_string(least) + " to " + std::to_string(most));
    return otherwise;
}

std::vector<std::string> Section::texts(std::string_view key) {
    const Node* value = take(key);
    if (value == nullptr) return {};
    if (value->kind == Node::Kind::kScalar) return {value->text};
    std::vector<std::string> all;
    for (const Node& item : value->items) {
        if (item.isText())
            all.push_back(item.text);
        else
            mistakes_.add(item.mark, std::string{key} + " is a list of texts");
    }
    if (value->kind == Node::Kind::kMap) mistakes_.add(value->mark, std::string{key} + " is a list of texts");
    return all;
}

}  // namespace pakn::placed_yaml
