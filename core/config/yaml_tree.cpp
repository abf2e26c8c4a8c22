#include "core/config/yaml_tree.hpp"

#include <yaml.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace pakn::config {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Of the UTF-8 sequence that begins with `first`; 0 when none does.
std::size_t sequenceLength(std::uint32_t first) {
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// Length of the UTF-8 sequence at the start of `text` that YAML allows to stand there; 0 when there is none.
std::size_t allowedSequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const std::uint32_t first = byte(0);
    const std::size_t length = sequenceLength(first);
    if (length == 0 || length > text.size()) return 0;
    std::uint32_t value = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
        value = (value << 6U) | (byte(i) & 0x3FU);
    }
    if ((length == 3 && value < 0x800) || (length == 4 && (value < 0x10000 || value > 0x10FFFF))) return 0;
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    const bool control = (value < 0x20 && value != '\t' && value != '\n' && value != '\r') ||
                         (value >= 0x7F && value < 0xA0 && value != 0x85) || value == 0xFFFE || value == 0xFFFF;
    return surrogate || control ? 0 : length;
}

/// The place of the first byte that may not stand in a file.
std::optional<Mark> firstBadByte(std::string_view text, int file) {
    Mark at{file, 1, 1};
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = allowedSequence(text.substr(i));
        if (length == 0) return at;
        const bool new_line = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
        at = new_line ? Mark{file, at.line + 1, 1} : Mark{file, at.line, at.column + 1};
        i += length;
    }
    return std::nullopt;
}

/// libyaml's parser and the event it handed out last.
class EventReader {
public:
    explicit EventReader(std::string_view text) {
        ready_ = yaml_parser_initialize(&parser_) != 0;
        if (!ready_) return;
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    ~EventReader() {
        if (!ready_) return;
        yaml_event_delete(&event_);
        yaml_parser_delete(&parser_);
    }
    EventReader(const EventReader&) = delete;
    EventReader& operator=(const EventReader&) = delete;

    /// False after a syntax error, see parser().
    bool next() {
        if (!ready_) return false;
        yaml_event_delete(&event_);
        return yaml_parser_parse(&parser_, &event_) != 0;
    }
    [[nodiscard]] const yaml_event_t& event() const { return event_; }
    [[nodiscard]] const yaml_parser_t& parser() const { return parser_; }

private:
    yaml_parser_t parser_ = {};
    yaml_event_t event_ = {};
    bool ready_ = false;
};

class TreeBuilder {
public:
    TreeBuilder(std::string_view text, int file, Diagnostics& diagnostics)
        : text_{text}, file_{file}, diagnostics_{diagnostics}, events_{text} {}

    ParsedYaml build() {
        bool done = false;
        while (!done && events_.next()) done = !take(events_.event());
        if (!done) reportSyntaxError();
        const bool complete = done && !stopped_;
        while (!open_.empty()) {
            open_.back().node.complete = false;
            closeContainer();
        }
        return {std::move(root_), complete};
    }

private:
    /// A list or map whose end has not come yet.
    struct Open {
        Node node;
        std::optional<std::string> key = {};  ///< Of the map, waiting for its value.
        Mark key_mark = {};
        bool drop_value = false;                ///< The key is a duplicate or no text.
        std::map<std::string, Mark> keys = {};  ///< Seen so far.
    };

    [[nodiscard]] Mark mark(const yaml_mark_t& at) const {
        return {file_, static_cast<int>(at.line) + 1, static_cast<int>(at.column) + 1};
    }

    /// False at the end of the stream, or where reading stops for good.
    bool take(const yaml_event_t& event) {
        switch (event.type) {
            case YAML_DOCUMENT_START_EVENT:
                return startDocument(event);
            case YAML_STREAM_END_EVENT:
                return false;
            case YAML_SCALAR_EVENT:
                return addScalar(event);
            case YAML_ALIAS_EVENT:
                return addAlias(event);
            case YAML_SEQUENCE_START_EVENT:
                refuseDecoration(event, event.data.sequence_start.anchor, event.data.sequence_start.tag);
                return openContainer(Node::Kind::kList, event);
            case YAML_MAPPING_START_EVENT:
                refuseDecoration(event, event.data.mapping_start.anchor, event.data.mapping_start.tag);
                return openContainer(Node::Kind::kMap, event);
            case YAML_SEQUENCE_END_EVENT:
            case YAML_MAPPING_END_EVENT:
                closeContainer();
                return true;
            default:
                return true;
        }
    }

    bool startDocument(const yaml_event_t& event) {
        if (!std::exchange(document_seen_, true)) return true;
        diagnostics_.error(mark(event.start_mark), "a second document begins here", "one file holds one document");
        return stop();
    }

    bool stop() {
        stopped_ = true;
        return false;
    }

    bool countNode(const Mark& at) {
        if (++nodes_ <= kMaxNodes) return true;
        diagnostics_.error(at, "the file holds more than " + std::to_string(kMaxNodes) + " values", "split the file");
        return stop();
    }

    bool addScalar(const yaml_event_t& event) {
        const auto& scalar = event.data.scalar;
        const Mark at = mark(event.start_mark);
        if (!countNode(at)) return false;
        refuseDecoration(event, scalar.anchor, scalar.tag);
        const bool in_quotes =
            scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE || scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
        long_quote_ = in_quotes && event.end_mark.line != event.start_mark.line ? std::optional{at} : std::nullopt;
        Node node;
        node.mark = at;
        node.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        addNode(std::move(node));
        return true;
    }

    bool addAlias(const yaml_event_t& event) {
        const Mark at = mark(event.start_mark);
        if (!countNode(at)) return false;
        diagnostics_.error(at, "aliases (*name) are not used in configuration", "write the value out");
        // A value is there, only not one we take: an incomplete map raises no second error.
        Node node = Node::emptyMap(at);
        node.complete = false;
        addNode(std::move(node));
        return true;
    }

    void refuseDecoration(const yaml_event_t& event, const yaml_char_t* anchor, const yaml_char_t* tag) {
        const Mark at = mark(event.start_mark);
        if (anchor != nullptr) diagnostics_.error(at, "anchors (&name) are not used in configuration", "remove it");
        if (tag != nullptr) diagnostics_.error(at, "tags (!name) are not used in configuration", "remove it");
    }

    bool openContainer(Node::Kind kind, const yaml_event_t& event) {
        const Mark at = mark(event.start_mark);
        if (!countNode(at)) return false;
        if (open_.size() >= kMaxDepth) {
            diagnostics_.error(at, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
            return stop();
        }
        Node node;
        node.kind = kind;
        node.mark = at;
        open_.push_back({.node = std::move(node)});
        return true;
    }

    void closeContainer() {
        Node node = std::move(open_.back().node);
        open_.pop_back();
        addNode(std::move(node));
    }

    void addNode(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == Node::Kind::kList) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.key) {
            takeKey(parent, std::move(node));
        } else {
            if (!parent.drop_value)
                parent.node.entries.push_back({std::move(*parent.key), parent.key_mark, std::move(node)});
            parent.key.reset();
        }
    }

    void takeKey(Open& map, Node node) {
        map.drop_value = true;
        map.key_mark = node.mark;
        if (node.kind != Node::Kind::kScalar || (node.text.empty() && !node.quoted)) {
            diagnostics_.error(node.mark, "a key must be a name", "quote texts that begin with '{' or '['");
        } else if (const auto [first, is_new] = map.keys.try_emplace(node.text, node.mark); !is_new) {
            diagnostics_.error(
                node.mark,
                "the key " + inQuotes(node.text) + " stands twice, first at " + diagnostics_.place(first->second),
                "remove one of them");
        } else {
            map.drop_value = false;
        }
        map.key = std::move(node.text);
    }

    void reportSyntaxError() {
        const yaml_parser_t& parser = events_.parser();
        const std::string problem = parser.problem ? parser.problem : "cannot be read";
        const std::string context = parser.context ? parser.context : "";
        const Mark at = mark(parser.problem_mark);
        if (context.find("quoted scalar") != std::string::npos && problem.find("unexpected") != std::string::npos) {
            diagnostics_.error(mark(parser.context_mark), "the quote that opens here is never closed",
                               "close it on the same line");
        } else if (long_quote_) {
            dropLastValue();
            diagnostics_.error(*long_quote_,
                               "the quote that opens here ends on another line, and what follows is no YAML",
                               "close it on the line where it begins");
        } else if (characterAt(parser.problem_mark.index) == '\t') {
            diagnostics_.error(at, "a tab stands where only spaces may", "indent with spaces");
        } else {
            diagnostics_.error(at, "not valid YAML: " + problem + (context.empty() ? "" : " " + context),
                               "check indentation, colons, quotes and brackets around this place");
        }
    }

    /// The value that swallowed lines it should not have.
    void dropLastValue() {
        if (open_.empty()) return;
        Node& parent = open_.back().node;
        if (!parent.items.empty()) parent.items.pop_back();
        if (!parent.entries.empty() && !open_.back().key) parent.entries.pop_back();
    }

    /// The character libyaml counts as the `index`-th: code points from 0.
    [[nodiscard]] char characterAt(std::size_t index) const {
        for (const char c : text_)
            if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U && index-- == 0) return c;
        return '\0';
    }

    std::string_view text_;
    int file_;
    Diagnostics& diagnostics_;
    EventReader events_;
    std::vector<Open> open_;
    Node root_;
    std::optional<Mark> long_quote_;  ///< Of the last scalar, when it is quoted and spans lines.
    std::size_t nodes_ = 0;
    bool document_seen_ = false;
    bool stopped_ = false;
};

template <class Entries>
auto* findEntry(Entries& entries, std::string_view key) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace

Node Node::emptyMap(const Mark& at) {
    Node node;
    node.kind = Kind::kMap;
    node.mark = at;
    return node;
}

bool Node::isNull() const {
    return kind == Kind::kScalar && !quoted && (text.empty() || text == "~" || text == "null");
}

const Entry* Node::find(std::string_view key) const { return findEntry(entries, key); }
Entry* Node::find(std::string_view key) { return findEntry(entries, key); }

ParsedYaml parseYaml(std::string_view text, int file, Diagnostics& diagnostics) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (const std::optional<Mark> bad = firstBadByte(text, file)) {
        diagnostics.error(*bad,
                          "this byte may not stand here: the file is not valid UTF-8, or holds a control character",
                          "save the file as UTF-8");
        return {.root = Node{}, .complete = false};
    }
    return TreeBuilder{text, file, diagnostics}.build();
}

}  // namespace pakn::config
