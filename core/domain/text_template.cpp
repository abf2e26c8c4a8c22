#include "core/domain/text_template.hpp"

#include <kainjow/mustache.hpp>
#include <optional>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view kSigils = "#^/&!>=";

std::string_view withoutSpaces(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// The place that begins at `at`; nothing when it has no end.
std::optional<TemplateTag> tagAt(std::string_view text, std::size_t at) {
    const bool triple = text.substr(at).starts_with("{{{");
    const std::string_view end = triple ? "}}}" : "}}";
    const std::size_t inner = at + (triple ? 3 : 2);
    const std::size_t closes = text.find(end, inner);
    if (closes == std::string_view::npos) return std::nullopt;
    TemplateTag tag{.at = at, .written = text.substr(at, closes + end.size() - at), .sigil = triple ? '&' : ' '};
    std::string_view content = withoutSpaces(text.substr(inner, closes - inner));
    if (!triple && !content.empty() && kSigils.find(content.front()) != std::string_view::npos) {
        tag.sigil = content.front();
        content = withoutSpaces(content.substr(1));
    }
    tag.name = content;
    return tag;
}

/// C0 and C1 control characters, and the line ends of Unicode.
template <class Each>
std::string withControls(std::string_view value, Each each) {
    std::string clean;
    clean.reserve(value.size());
    for (std::size_t i = 0; i < value.size();) {
        const auto byte = static_cast<unsigned char>(value[i]);
        const std::string_view rest = value.substr(i);
        const bool c1 = byte == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0;
        const bool line = rest.starts_with("\u2028") || rest.starts_with("\u2029");
        if (byte < 0x20 || byte == 0x7F || c1 || line) {
            clean += each(line ? '\n' : value[i]);
            i += line ? 3 : c1 ? 2 : 1;
            continue;
        }
        clean += value[i++];
    }
    return clean;
}

}  // namespace

std::vector<TemplateTag> TextTemplate::tags() const {
    std::vector<TemplateTag> tags;
    const std::string_view text{text_};
    for (std::size_t at = text.find("{{"); at != std::string_view::npos;) {
        const std::optional<TemplateTag> tag = tagAt(text, at);
        if (!tag) break;
        tags.push_back(*tag);
        at = text.find("{{", at + tag->written.size());
    }
    return tags;
}

std::vector<TemplateDefect> TextTemplate::defects(const std::function<bool(std::string_view)>& isField) const {
    std::vector<TemplateDefect> defects;
    std::vector<TemplateTag> open;
    std::size_t end = 0;
    for (const TemplateTag& tag : tags()) {
        end = tag.at + tag.written.size();
        if (tag.sigil == '!') continue;
        if (tag.sigil == '>' || tag.sigil == '=') {
            defects.push_back({.at = tag.at,
                               .message = tag.sigil == '>' ? "a template cannot bring in another one"
                                                           : "the signs {{ and }} cannot be changed",
                               .hint = "write values as {{name}}, sections as {{#name}}…{{/name}}"});
            continue;
        }
        if (!isField(tag.name)) {
            defects.push_back({.at = tag.at,
                               .message = "no field of that name",
                               .unknown = tag.name.empty() ? std::string{"?"} : std::string{tag.name}});
            continue;
        }
        if (tag.sigil == '&' && markup_ != Markup::kText)
            defects.push_back({.at = tag.at,
                               .message = "a value that is not escaped would be read as markup",
                               .hint = "write {{" + std::string{tag.name} + "}}"});
        if (tag.sigil == '#' || tag.sigil == '^') open.push_back(tag);
        if (tag.sigil != '/') continue;
        if (open.empty() || open.back().name != tag.name)
            defects.push_back({.at = tag.at,
                               .message = "no section {{#" + std::string{tag.name} + "}} is open here",
                               .hint = open.empty() ? std::string{"remove it"}
                                                    : "close {{/" + std::string{open.back().name} + "}} first"});
        else
            open.pop_back();
    }
    for (const TemplateTag& tag : open)
        defects.push_back({.at = tag.at,
                           .message = "this section is never closed",
                           .hint = "write {{/" + std::string{tag.name} + "}} where it ends"});
    if (const std::size_t at = text_.find("{{", end); at != std::string::npos)
        defects.push_back({.at = at, .message = "this {{ has no }}", .hint = "write values as {{name}}"});
    return defects;
}

std::string TextTemplate::render(const TemplateValues& values) const {
    mustache::mustache compiled{text_};
    if (!compiled.is_valid()) return {};
    compiled.set_custom_escape([this](const std::string& value) { return escapedFor(markup_, value); });
    mustache::data data{mustache::data::type::object};
    for (const auto& [name, value] : values)
        data.set(name, value.empty() ? mustache::data{mustache::data::type::bool_false} : mustache::data{value});
    const std::string rendered = compiled.render(data);
    return toNfc(rendered).value_or(rendered);
}

std::string escapedFor(Markup markup, std::string_view value) {
    if (markup == Markup::kText) return std::string{value};
    std::string escaped;
    escaped.reserve(value.size());
    for (const char c : value) switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    return escaped;
}

std::string onOneLine(std::string_view value) {
    return std::string{trimmed(withControls(value, [](char) { return std::string_view{" "}; }))};
}

std::string onLines(std::string_view value) {
    std::string lines;
    lines.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i)
        if (value[i] != '\r')
            lines += value[i];
        else if (i + 1 == value.size() || value[i + 1] != '\n')
            lines += '\n';
    return std::string{trimmed(withControls(lines, [](char c) {
        return c == '\n' ? std::string_view{"\n"} : c == '\t' ? std::string_view{" "} : std::string_view{};
    }))};
}

}  // namespace pakn::domain
