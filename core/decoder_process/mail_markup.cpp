#include "core/decoder_process/mail_markup.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "core/decoder_process/mail_text.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::string_view kBlank = " \t\r\n\f";

template <std::size_t n>
bool isOneOf(std::string_view name, const std::array<std::string_view, n>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Elements whose content is no markup.
constexpr std::array<std::string_view, 8> kRaw{"script",  "style",    "xmp",      "iframe",
                                               "noembed", "noframes", "textarea", "title"};
/// Elements that change how everything after them is read.
constexpr std::array<std::string_view, 8> kStrange{"plaintext", "svg",      "math",    "template",
                                                   "select",    "frameset", "isindex", "applet"};
constexpr std::array<std::string_view, 16> kVoid{"area",  "base",  "br",    "col",     "embed", "hr",
                                                 "img",   "input", "link",  "meta",    "param", "source",
                                                 "track", "wbr",   "frame", "basefont"};
/// Elements that end when their likes begin or what they are in ends.
constexpr std::array<std::string_view, 13> kImplied{"p",     "li", "td", "th",     "tr",       "tbody",   "thead",
                                                    "tfoot", "dd", "dt", "option", "optgroup", "colgroup"};

/// Elements that never stand within a paragraph.
constexpr std::array<std::string_view, 23> kEndsParagraph{
    "p",          "li",      "dd", "dt", "td", "th", "tr", "div", "ul",  "ol",      "dl",     "center",
    "blockquote", "address", "h1", "h2", "h3", "h4", "h5", "h6",  "pre", "section", "article"};

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct TagEnd {
    std::size_t at;      ///< Its ">" or the end of everything.
    std::size_t blanks;  ///< Between attributes.
};
TagEnd tagEnd(std::string_view html, std::size_t at) {
    std::size_t blanks = 0;
    while (at < html.size() && html[at] != '>') {
        if (html[at] != '=') {
            blanks += kBlank.find(html[at]) != std::string_view::npos || html[at] == '/' ? 1 : 0;
            ++at;
            continue;
        }
        at = std::min(html.find_first_not_of(kBlank, at + 1), html.size());
        if (at < html.size() && (html[at] == '"' || html[at] == '\'')) {
            const std::size_t close = html.find(html[at], at + 1);
            at = close == std::string_view::npos ? html.size() : close + 1;
            ++blanks;  // Another may follow without one.
        }
    }
    return {at, blanks};
}

/// What is open, as far as it matters for how deep it is. Never less than a full parser would have open.
class OpenElements {
public:
    void open(const std::string& name) {
        if (!names_.empty() && names_.back() == "p" && isOneOf(name, kEndsParagraph)) names_.pop_back();
        while (!names_.empty() && ends(names_.back(), name)) names_.pop_back();
        names_.push_back(name);
    }
    void close(const std::string& name) {
        std::size_t top = names_.size();
        while (top > 0 && names_[top - 1] != name && isOneOf(names_[top - 1], kImplied)) --top;
        if (top > 0 && names_[top - 1] == name) names_.resize(top - 1);
    }
    [[nodiscard]] std::size_t depth() const { return names_.size(); }

private:
    static bool ends(const std::string& last, const std::string& next) {
        const bool in_row = last == "td" || last == "th" || last == "tr";
        if (next == "tr") return in_row;
        if (next == "tbody" || next == "thead" || next == "tfoot")
            return in_row || last == "tbody" || last == "thead" || last == "tfoot";
        return last == next && isOneOf(next, kImplied);
    }
    std::vector<std::string> names_ = {};
};

struct Entity {
    std::string_view name;
    std::string_view text;
};
constexpr std::array<Entity, 9> kEntities{{{"amp", "&"},
                                           {"lt", "<"},
                                           {"gt", ">"},
                                           {"quot", "\""},
                                           {"apos", "'"},
                                           {"nbsp", " "},
                                           {"ndash", "\u2013"},
                                           {"mdash", "\u2014"},
                                           {"hellip", "\u2026"}}};

/// What "&name;" means; empty when it is unknown.
std::string entity(std::string_view name) {
    if (name.starts_with('#')) {
        name.remove_prefix(1);
        const bool hex = name.starts_with('x') || name.starts_with('X');
        if (hex) name.remove_prefix(1);
        std::uint32_t number = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number, hex ? 16 : 10);
        const bool sound = error == std::errc{} && end == name.data() + name.size() && number > 0 &&
                           number < 0x110000 && (number < 0xd800 || number > 0xdfff);
        if (!sound) return {};
        std::u16string units;
        if (number >= 0x10000) {
            units += static_cast<char16_t>(0xd7c0 + (number >> 10U));
            units += static_cast<char16_t>(0xdc00 + (number & 0x3ffU));
        } else {
            units += static_cast<char16_t>(number);
        }
        return toUtf8(units);
    }
    for (const Entity& one : kEntities)
        if (one.name == name) return std::string{one.text};
    return {};
}

}  // namespace

Markup MarkupReader::next() {
    while (at_ < html_.size()) {
        if (html_[at_] != '<') return text(std::min(html_.find('<', at_), html_.size()));
        const char second = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
        if (isLetter(second)) return tag(false);
        if (second == '/' && at_ + 2 < html_.size() && isLetter(html_[at_ + 2])) return tag(true);
        if (second != '!' && second != '?' && second != '/')
            return text(std::min(html_.find('<', at_ + 1), html_.size()));
        skipDeclaration();
    }
    return {};
}

Markup MarkupReader::text(std::size_t end) {
    const std::size_t begin = std::exchange(at_, end);
    return {.kind = Markup::Kind::kText, .text = html_.substr(begin, end - begin)};
}

Markup MarkupReader::tag(bool closing) {
    constexpr std::size_t kLongest = 30;
    constexpr std::size_t kMostAttributes = 300;  // A parser compares each with all before it.
    const std::size_t begin = at_ + (closing ? 2 : 1);
    const std::size_t name_end = std::min(html_.find_first_of(" \t\r\n\f/>", begin), html_.size());
    const auto [end, blanks] = tagEnd(html_, name_end);
    Markup markup{.kind = closing ? Markup::Kind::kClose : Markup::Kind::kOpen,
                  .text = html_.substr(name_end, end - name_end),
                  .name = asciiLower(html_.substr(begin, std::min(name_end - begin, kLongest)))};
    at_ = std::min(end + 1, html_.size());
    strange_ = strange_ || isOneOf(markup.name, kStrange) || blanks > kMostAttributes;
    if (!closing && isOneOf(markup.name, kRaw)) skipContentOf(markup.name);
    return markup;
}

void MarkupReader::skipDeclaration() {
    std::string_view rest = html_.substr(at_);
    if (!rest.starts_with("<!--")) {
        at_ += std::min(rest.find('>'), rest.size() - 1) + 1;
        return;
    }
    at_ += 4;
    rest.remove_prefix(4);
    if (rest.starts_with('>') || rest.starts_with("->")) {
        at_ += rest.find('>') + 1;
        return;
    }
    for (std::size_t dashes = rest.find("--"); dashes != std::string_view::npos; dashes = rest.find("--", dashes + 1)) {
        const std::string_view after = rest.substr(dashes + 2);
        const std::size_t length = after.starts_with('>') ? 1 : after.starts_with("!>") ? 2 : 0;
        if (length == 0) continue;
        at_ += dashes + 2 + length;
        return;
    }
    at_ = html_.size();
}

void MarkupReader::skipContentOf(std::string_view name) {
    const std::size_t begin = at_;
    for (std::size_t close = html_.find("</", at_);; close = html_.find("</", close + 2)) {
        if (close == std::string_view::npos) {
            at_ = html_.size();
            break;
        }
        const std::string_view after = html_.substr(close + 2, name.size() + 1);
        const bool whole =
            after.size() == name.size() + 1 && sameWord(after.substr(0, name.size()), name) &&
            (kBlank.find(after.back()) != std::string_view::npos || after.back() == '/' || after.back() == '>');
        if (!whole) continue;
        at_ = close;
        break;
    }
    if (name == "script" && html_.substr(begin, at_ - begin).find("<!--") != std::string_view::npos) strange_ = true;
}

std::string_view attributeOf(std::string_view rest, std::string_view name) {
    for (std::size_t at = 0; at < rest.size();) {
        at = std::min(rest.find_first_not_of(" \t\r\n\f/", at), rest.size());
        const std::size_t end = std::min(rest.find_first_of(" \t\r\n\f/=", at + 1), rest.size());
        const std::string_view found = rest.substr(at, end - at);
        at = std::min(rest.find_first_not_of(kBlank, end), rest.size());
        if (at == rest.size() || rest[at] != '=') continue;
        at = std::min(rest.find_first_not_of(kBlank, at + 1), rest.size());
        if (at == rest.size()) return {};
        const bool quoted = rest[at] == '"' || rest[at] == '\'';
        const std::size_t first = quoted ? at + 1 : at;
        const std::size_t last =
            std::min(quoted ? rest.find(rest[at], first) : rest.find_first_of(kBlank, first), rest.size());
        if (sameWord(found, name)) return rest.substr(first, last - first);
        at = std::min(quoted ? last + 1 : last, rest.size());
    }
    return {};
}

bool isVoidElement(std::string_view name) { return isOneOf(name, kVoid); }

bool isTame(std::string_view html) {
    constexpr std::size_t kDeepest = 400;
    OpenElements open;
    MarkupReader reader{html};
    for (Markup one = reader.next(); one.kind != Markup::Kind::kEnd; one = reader.next()) {
        if (one.kind == Markup::Kind::kOpen && !isVoidElement(one.name)) open.open(one.name);
        if (one.kind == Markup::Kind::kClose) open.close(one.name);
        if (reader.isStrange() || open.depth() > kDeepest) return false;
    }
    return !reader.isStrange();
}

std::string decodeEntities(std::string_view text) {
    constexpr std::size_t kLongest = 12;
    std::string decoded;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t sign = std::min(text.find('&', at), text.size());
        decoded += text.substr(at, sign - at);
        at = sign;
        if (at == text.size()) break;
        const std::size_t end = text.substr(at, kLongest).find(';');
        const std::string meaning = end == std::string_view::npos ? "" : entity(text.substr(at + 1, end - 1));
        decoded += meaning.empty() ? "&" : meaning;
        at += meaning.empty() ? 1 : end + 1;
    }
    return decoded;
}

}  // namespace pakn::decoder_process
