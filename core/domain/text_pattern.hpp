#pragma once
/// @file
/// Patterns over folded texts, as routes use them. Pure; RE2 underneath, so no text makes one take long.

#include <memory>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace re2 {
class RE2;
}

namespace pakn::domain {

/// Value type, constant; safe from any thread.
class TextPattern {
public:
    /// Found in no text.
    TextPattern() = default;
    /// A regular expression in RE2's syntax. Accents and upper case in it do not matter, as in the texts it is held
    /// against: `cột đèn (số )?\d+` is `cot den (so )?\d+`. kInvalid with what is wrong with it.
    static Result<TextPattern> compile(std::string_view written);

    /// Whether it is found in a text that fold() has made.
    [[nodiscard]] bool in(std::string_view folded_text) const;
    [[nodiscard]] const std::string& written() const { return written_; }
    /// As it is held against texts; not of one that was default-constructed.
    [[nodiscard]] const std::string& folded() const;

private:
    TextPattern(std::string written, std::shared_ptr<const re2::RE2> compiled)
        : written_{std::move(written)}, compiled_{std::move(compiled)} {}

    std::string written_ = {};
    std::shared_ptr<const re2::RE2> compiled_ = {};
};

}  // namespace pakn::domain
