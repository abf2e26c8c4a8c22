#pragma once
/// @file
/// What an HTTP message may be made of, so that nothing a plugin says can begin a header or an answer of its choosing.

#include <algorithm>
#include <string>
#include <string_view>

#include "pakn/sdk/http.hpp"

namespace pakn::plugin_host {

/// A token of RFC 9110: what a method or a header's name is made of.
inline bool isToken(std::string_view text) {
    constexpr std::string_view kToken = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return !text.empty() && text.find_first_not_of(kToken) == std::string_view::npos;
}

/// False for a value with a line break or a zero in it: what follows would be a header of the sender's choosing.
inline bool isHeaderValue(std::string_view value) {
    constexpr std::string_view kBreaks{"\r\n\0", 3};
    return value.find_first_of(kBreaks) == std::string_view::npos;
}

/// Whether the host can put a plugin's answer on the wire. kInternal; the text names the part, not its content.
inline Status checkAnswer(const HttpResponse& answer) {
    const auto wrong = [](std::string what) {
        return Error{.code = Errc::kInternal, .message = std::move(what), .problem = "plugin.bad_answer"};
    };
    if (answer.status < 200 || answer.status > 599) return wrong("status " + std::to_string(answer.status));
    for (const auto& [name, value] : answer.headers) {
        if (!isToken(name)) return wrong("a header whose name is none");
        if (!isHeaderValue(value)) return wrong("a line break or a zero in the header " + name);
    }
    const auto& cookies = answer.set_cookies;
    if (!std::all_of(cookies.begin(), cookies.end(), [](const std::string& one) { return isHeaderValue(one); }))
        return wrong("a line break or a zero in a cookie");
    return Done{};
}

}  // namespace pakn::plugin_host
