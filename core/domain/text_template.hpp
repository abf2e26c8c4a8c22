#pragma once
/// @file
/// Texts with places for values: Mustache, of which the values, sections and comments. Pure; kainjow's Mustache
/// underneath.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/domain/catalogue.hpp"

namespace pakn::domain {

/// What stands at the places of a template, by the fields' names. An empty value is none: its sections disappear.
using TemplateValues = std::map<std::string, std::string, std::less<>>;

/// A place of a template: `{{name}}`, `{{{name}}}`, `{{#name}}`, `{{^name}}`, `{{/name}}`.
struct TemplateTag {
    std::size_t at = 0;        ///< First byte of it in the text.
    std::string_view written;  ///< All of it, as it stands there.
    char sigil = ' ';          ///< '#', '^', '/', '&' (also of `{{{`), '!', '>', '='; ' ' for a plain value.
    std::string_view name = {};
};

/// What is wrong with a template, and where.
struct TemplateDefect {
    std::size_t at = 0;  ///< Byte of the text.
    std::string message = {};
    std::string hint = {};
    std::string unknown = {};  ///< The name of a field that is none.
};

class TextTemplate {
public:
    TextTemplate() = default;
    TextTemplate(std::string text, Markup markup) : text_{std::move(text)}, markup_{markup} {}

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] Markup markup() const { return markup_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    /// Its places, in their order; they live as long as the template. After an unclosed one there are no more.
    [[nodiscard]] std::vector<TemplateTag> tags() const;
    /// Everything that is wrong: places of no field that `isField` knows, unclosed ones, what is not supported, and
    /// values that would be read as markup. Empty: render() works.
    [[nodiscard]] std::vector<TemplateDefect> defects(const std::function<bool(std::string_view)>& isField) const;
    /// NFC. Values are escaped for the markup, so that no value is ever read as markup or as a template. Empty for a
    /// template with defects.
    [[nodiscard]] std::string render(const TemplateValues& values) const;

private:
    std::string text_;
    Markup markup_ = Markup::kText;
};

/// `value` so that it is read as nothing but text within this markup.
std::string escapedFor(Markup markup, std::string_view value);

/// On one line: line ends and other control characters are a space each. For names, titles, subjects.
std::string onOneLine(std::string_view value);
/// On several lines, each ended by \n, without other control characters.
std::string onLines(std::string_view value);

}  // namespace pakn::domain
