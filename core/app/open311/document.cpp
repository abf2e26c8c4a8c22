#include "core/app/open311/document.hpp"

#include <rapidjson/reader.h>

#include <cstdlib>
#include <utility>

#include "core/domain/text.hpp"
#include "core/spreadsheet/xml.hpp"

namespace pakn::app::open311 {

namespace {

constexpr std::size_t kMostDepth = 64;
constexpr std::size_t kMostNodes = 500000;

/// Puts nodes together as a reader meets them.
class Builder {
public:
    /// False: too many, or too deep.
    bool open(Node node) {
        if (++count_ > kMostNodes || open_.size() >= kMostDepth) return false;
        open_.push_back(std::move(node));
        return true;
    }
    void close() {
        Node done = std::move(open_.back());
        open_.pop_back();
        if (open_.empty())
            root_ = std::move(done);
        else
            open_.back().children.push_back(std::move(done));
    }
    Node* innermost() { return open_.empty() ? nullptr : &open_.back(); }
    std::optional<Node> take() { return std::move(root_); }

private:
    std::vector<Node> open_;
    std::optional<Node> root_;
    std::size_t count_ = 0;
};

struct XmlReader final : spreadsheet::XmlHandler {
    Builder builder;
    void begin(std::string_view name, const spreadsheet::XmlAttributes&) override {
        if (!builder.open({.name = std::string{name}}))
            outcome = Error{.code = Errc::kTooLarge, .message = "too many elements"};
    }
    void text(std::string_view text) override {
        if (Node* const node = builder.innermost()) node->text += text;
    }
    void end(std::string_view) override { builder.close(); }
};

/// Of rapidjson's reader, which calls these as it reads: no document of its own, whose depth nobody bounds.
struct JsonReader {
    using Ch = char;
    Builder builder;
    std::string key;

    bool value(Node::Kind kind, std::string text) {
        if (!builder.open({.kind = kind, .name = std::exchange(key, {}), .text = std::move(text)})) return false;
        builder.close();
        return true;
    }
    bool open(Node::Kind kind) { return builder.open({.kind = kind, .name = std::exchange(key, {})}); }
    bool close() {
        builder.close();
        return true;
    }

    bool Null() { return value(Node::Kind::kNull, {}); }
    bool Bool(bool flag) { return value(Node::Kind::kFlag, flag ? "true" : "false"); }
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* digits, rapidjson::SizeType length, bool) {
        return value(Node::Kind::kNumber, {digits, length});
    }
    bool String(const char* text, rapidjson::SizeType length, bool) { return value(Node::Kind::kText, {text, length}); }
    bool StartObject() { return open(Node::Kind::kObject); }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        key.assign(text, length);
        return true;
    }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool StartArray() { return open(Node::Kind::kList); }
    bool EndArray(rapidjson::SizeType) { return close(); }
};

bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string differenceOfTexts(const Node& xml, const Node& json) {
    if (!xml.children.empty()) return xml.name + " has elements in XML and a bare value in JSON";
    if (json.kind == Node::Kind::kNull)
        return isBlank(xml.text) ? std::string{} : xml.name + " is null in JSON and not empty in XML";
    if (json.kind == Node::Kind::kNumber) {
        char* end = nullptr;
        const bool equal = std::strtod(xml.text.c_str(), &end) == std::strtod(json.text.c_str(), nullptr);
        return equal && end != xml.text.c_str() ? std::string{} : xml.name + " has another number in JSON";
    }
    if (json.text.empty()) return xml.name + " is an empty text in JSON, not null";
    return json.text == xml.text ? std::string{} : xml.name + " says something else in JSON";
}

}  // namespace

const Node* Node::find(std::string_view wanted) const {
    for (const Node& child : children)
        if (child.name == wanted) return &child;
    return nullptr;
}

std::string_view Node::textOf(std::string_view wanted) const {
    const Node* const found = find(wanted);
    return found == nullptr ? std::string_view{} : std::string_view{found->text};
}

const std::vector<Node>& Node::listOf(std::string_view wanted) const {
    static const std::vector<Node> kNone;
    const Node* const found = find(wanted);
    return found == nullptr ? kNone : found->children;
}

std::optional<Node> readXml(std::string_view text) {
    XmlReader reader;
    if (!spreadsheet::readXml(text, reader)) return std::nullopt;
    return reader.builder.take();
}

std::optional<Node> readJson(std::string_view text) {
    if (!domain::toNfc(text)) return std::nullopt;  // No UTF-8.
    const std::string whole{text};
    rapidjson::StringStream stream{whole.c_str()};
    rapidjson::Reader reader;
    JsonReader handler;
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
    if (reader.Parse<kFlags>(stream, handler).IsError()) return std::nullopt;
    return handler.builder.take();
}

std::string difference(const Node& xml, const Node& json) {
    if (json.kind != Node::Kind::kObject && json.kind != Node::Kind::kList) return differenceOfTexts(xml, json);
    const bool list = json.kind == Node::Kind::kList;
    if (json.children.size() != xml.children.size())
        return xml.name + " has " + std::to_string(xml.children.size()) + " elements in XML and " +
               std::to_string(json.children.size()) + " in JSON";
    for (std::size_t i = 0; i < xml.children.size(); ++i) {
        const Node* const other = list ? &json.children[i] : json.find(xml.children[i].name);
        if (other == nullptr) return xml.name + " has no " + xml.children[i].name + " in JSON";
        if (std::string unequal = difference(xml.children[i], *other); !unequal.empty()) return unequal;
    }
    return {};
}

}  // namespace pakn::app::open311
