#pragma once
/// @file
/// The option table of a connector and the settings checked against it. The table is the single source of parsing,
/// unknown-key errors, redaction, the editors' schema, the README table and `paknhub plugin info`.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pakn {
inline namespace sdk1 {

enum class OptionType : std::uint8_t {
    kText,       ///< Any text.
    kInteger,    ///< A whole number, in `unit` if one is given.
    kFlag,       ///< true or false.
    kDuration,   ///< Calendar time with a unit: 250ms, 30s, 5m, 8h, 5d.
    kSize,       ///< Bytes with a unit: 64KB, 25MB.
    kDirectory,  ///< A folder that exists; relative paths start at the configuration directory.
    kFile,       ///< A file that exists; relative as above.
    kUrl,        ///< An absolute http or https address.
    kSecret,     ///< A secret, given as ${credential:…}, ${file:…} or ${env:…}; never logged or shown.
    kTextList,   ///< A list of texts.
};

constexpr std::string_view optionTypeName(OptionType type) {
    constexpr std::string_view kNames[] = {"text",      "integer", "flag", "duration", "size",
                                           "directory", "file",    "url",  "secret",   "list"};
    return kNames[static_cast<std::size_t>(type)];
}

/// One line of a connector's option table. Constant data: the texts live as long as the plugin, that is for ever.
struct Option {  // NOLINT(clang-analyzer-optin.performance.Padding): the order is that of reading
    std::string_view name;
    OptionType type = OptionType::kText;
    std::string_view help = {};
    std::string_view default_value =
        {};                      ///< As it would stand in YAML. Empty together with `optional == false`: required.
    std::string_view unit = {};  ///< Of an integer, for people: "messages", "pages".
    bool optional = false;       ///< May be absent without a default.

    [[nodiscard]] constexpr bool required() const { return default_value.empty() && !optional; }
};

/// Settings of one connector, complete and type-checked by the host: a getter for an option of the table never fails.
/// Value type; safe to read from any thread.
class Settings {
public:
    using Values = std::map<std::string, std::string, std::less<>>;
    using Lists = std::map<std::string, std::vector<std::string>, std::less<>>;

    Settings() = default;
    /// Values in canonical form: durations in milliseconds, sizes in bytes, flags "true"/"false", paths absolute.
    explicit Settings(Values values, Lists lists = {}) : values_{std::move(values)}, lists_{std::move(lists)} {}

    /// The text of an option; empty when it is optional and absent.
    [[nodiscard]] std::string text(std::string_view name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string{} : found->second;
    }
    [[nodiscard]] bool has(std::string_view name) const {
        return values_.find(name) != values_.end() || lists_.find(name) != lists_.end();
    }
    [[nodiscard]] std::int64_t integer(std::string_view name) const {
        const std::string digits = text(name);
        return digits.empty() ? 0 : std::stoll(digits);
    }
    [[nodiscard]] bool flag(std::string_view name) const { return text(name) == "true"; }
    [[nodiscard]] std::chrono::milliseconds duration(std::string_view name) const {
        return std::chrono::milliseconds{integer(name)};
    }
    /// Bytes.
    [[nodiscard]] std::int64_t size(std::string_view name) const { return integer(name); }
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const {
        const auto found = lists_.find(name);
        return found == lists_.end() ? std::vector<std::string>{} : found->second;
    }

private:
    Values values_;
    Lists lists_;
};

}  // namespace sdk1
}  // namespace pakn
