#pragma once
/// @file
/// How this room says no to a plugin, and how it shows bytes that a stranger wrote.

#include <string>
#include <string_view>
#include <utility>

#include "pakn/sdk/result.hpp"

namespace pakn::plugin_host {

/// A refusal of a plugin: the operator must mend something, so it is never worth a retry.
inline Error refuse(std::string problem, std::string message) {
    return Error{.code = Errc::kMisconfigured, .message = std::move(message), .problem = std::move(problem)};
}

/// `text` for a log or terminal: control bytes become '?', and it ends after `most` bytes.
inline std::string printable(std::string_view text, std::size_t most = 300) {
    std::string shown{text.substr(0, most)};
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return shown;
}

/// The same in double quotes.
inline std::string quoted(std::string_view text, std::size_t most = 40) {
    std::string shown{'"'};
    shown.append(printable(text, most)).append(1, '"');
    return shown;
}

}  // namespace pakn::plugin_host
