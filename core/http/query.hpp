#pragma once
/// @file
/// The query of a list call: only parameters that the call knows, each once.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "core/http/exchange.hpp"

namespace pakn::http {

class Query {
public:
    /// "request.parameter_unknown", "request.parameter_invalid" (a broken escape, a text that is not UTF-8).
    static Result<Query> parse(std::string_view query, std::initializer_list<std::string_view> known);

    /// Empty when absent.
    [[nodiscard]] std::string text(std::string_view name) const;
    /// RFC 3339; nothing when absent. "request.parameter_invalid".
    [[nodiscard]] Result<std::optional<Instant>> instant(std::string_view name) const;
    /// One of a closed list; nothing when absent. "request.parameter_invalid".
    template <class Enum>
    [[nodiscard]] Result<std::optional<Enum>> oneOf(std::string_view name,
                                                    std::optional<Enum> (*find)(std::string_view)) const {
        const std::string value = text(name);
        if (value.empty()) return std::optional<Enum>{};
        const std::optional<Enum> found = find(value);
        if (!found) return invalid(name);
        return found;
    }
    /// true or false; false when absent. "request.parameter_invalid".
    [[nodiscard]] Result<bool> flag(std::string_view name) const;
    /// Words to look for; nothing when absent. "request.parameter_invalid": too many.
    [[nodiscard]] Result<std::optional<std::vector<store::Phrase>>> search(std::string_view name) const;
    /// `after` and `limit` (1-200, 50 when absent). "request.parameter_invalid".
    [[nodiscard]] Result<store::Page> page() const;

    static Error invalid(std::string_view name);

private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// What a list call answers when the store does not give the page: "request.parameter_invalid" for a cursor that it
/// never gave, which can only have come in `after`.
Response listProblem(const Error& error);

}  // namespace pakn::http
