#pragma once
/// @file
/// The option table of a plugin as its README shows it, so that a test can hold the two against each other.

#include <span>
#include <string>

#include "pakn/sdk/options.hpp"

namespace pakn::testing {

/// A Markdown table, one line per option.
inline std::string optionTable(std::span<const Option> options) {
    std::string table = "| option | type | default | meaning |\n|---|---|---|---|\n";
    for (const Option& option : options) {
        std::string absent = "(required)";
        if (!option.default_value.empty()) absent = "`" + std::string{option.default_value} + "`";
        if (option.optional) absent = "(none)";
        table += "| `" + std::string{option.name} + "` | " + std::string{optionTypeName(option.type)} + " | " + absent +
                 " | " + std::string{option.help} + " |\n";
    }
    return table;
}

}  // namespace pakn::testing
