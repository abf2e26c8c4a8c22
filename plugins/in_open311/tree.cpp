#include "tree.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "text.hpp"

namespace pakn::in_open311 {
namespace {

void writeXmlText(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '\r':  // A reader would make a line feed of a bare one.
                out += "&#13;";
                break;
            default:
                out += c;
        }
    }
}

void writeJsonText(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20U) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4U];
            out += kHex[static_cast<unsigned char>(c) & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace

Tree::Tree(std::string name, Kind kind, std::string value, std::vector<Tree> children)
    : name_{std::move(name)}, kind_{kind}, value_{std::move(value)}, children_{std::move(children)} {}

Tree Tree::text(std::string name, std::string_view value) { return {std::move(name), Kind::kText, printable(value)}; }

Tree Tree::flag(std::string name, bool value) { return {std::move(name), Kind::kBare, value ? "true" : "false"}; }

Tree Tree::integer(std::string name, std::int64_t value) {
    return {std::move(name), Kind::kBare, std::to_string(value)};
}

Tree Tree::degrees(std::string name, const double* value) {
    if (value == nullptr || !std::isfinite(*value)) return {std::move(name), Kind::kText, {}};
    std::array<char, 64> digits{};
    const double rounded = std::round(*value * 1e7) / 1e7;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), rounded, std::chars_format::fixed).ptr;
    return {std::move(name), Kind::kBare, std::string{digits.data(), end}};
}

Tree Tree::object(std::string name, std::vector<Tree> members) {
    return {std::move(name), Kind::kObject, {}, std::move(members)};
}

Tree Tree::list(std::string name, std::vector<Tree> items) {
    return {std::move(name), Kind::kList, {}, std::move(items)};
}

std::string Tree::toXml() const {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    writeXml(out);
    return out += '\n';
}

std::string Tree::toJson() const {
    std::string out;
    writeJson(out);
    return out;
}

void Tree::writeXml(std::string& out) const {
    if (value_.empty() && children_.empty()) {
        out.append("<").append(name_).append("/>");
        return;
    }
    out.append("<").append(name_).append(">");
    writeXmlText(out, value_);
    for (const Tree& child : children_) child.writeXml(out);
    out.append("</").append(name_).append(">");
}

void Tree::writeJson(std::string& out) const {
    if (kind_ == Kind::kBare) {
        out += value_;
        return;
    }
    if (kind_ == Kind::kText) {
        if (value_.empty())
            out += "null";
        else
            writeJsonText(out, value_);
        return;
    }
    const bool object = kind_ == Kind::kObject;
    out += object ? '{' : '[';
    for (const Tree& child : children_) {
        if (&child != &children_.front()) out += ',';
        if (object) {
            writeJsonText(out, child.name_);
            out += ':';
        }
        child.writeJson(out);
    }
    out += object ? '}' : ']';
}

}  // namespace pakn::in_open311
