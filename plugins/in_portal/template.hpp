#pragma once
/// @file
/// Mustache templates over the values of an item.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "json.hpp"

namespace pakn::in_portal {

/// How a value is written where a template names it; `{{{name}}}` writes it as it is.
enum class Escape : unsigned char {
    kNone,  ///< Plain text.
    kJson,  ///< Inside the quotes of a JSON string.
    kUrl,   ///< One part of an address.
};

/// Constant data; safe from any thread.
class Template {
public:
    Template() = default;
    Template(std::string text, Escape escape) : text_{std::move(text)}, escape_{escape} {}

    /// Why it is no template.
    [[nodiscard]] std::optional<std::string> problem() const;
    /// Values by their names; members of members with a dot. What is not there is empty.
    [[nodiscard]] std::string render(const Json& item) const;
    [[nodiscard]] std::string render(const std::map<std::string, std::string>& values) const;
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
    Escape escape_ = Escape::kNone;
};

}  // namespace pakn::in_portal
