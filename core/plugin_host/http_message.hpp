#pragma once
/// @file
/// What an HTTP message may be made of, so that nothing a plugin says can begin a header or an answer of its choosing.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

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

/// The name of a Set-Cookie header's cookie; empty for one that begins with none: browsers read "=a=b" as they read
/// "a=b" in the next request.
inline std::string_view cookieName(std::string_view cookie) {
    constexpr std::string_view kBlank = " \t";
    const std::size_t equals = cookie.find('=');
    if (equals == std::string_view::npos || cookie.find(';') < equals) return {};
    std::string_view name = cookie.substr(0, equals);
    name.remove_prefix(std::min(name.find_first_not_of(kBlank), name.size()));
    name.remove_suffix(name.size() - 1 - name.find_last_not_of(kBlank));  // Of an empty one nothing: npos is -1.
    return isToken(name) ? name : std::string_view{};
}

/// Whether the host can put a plugin's answer on the wire; from then on the names of its headers are in lower case,
/// whatever the plugin wrote. kInternal; the text names the part, not its content.
inline Status checkAnswer(HttpResponse& answer) {
    const auto wrong = [](std::string what) {
        return Error{.code = Errc::kInternal, .message = std::move(what), .problem = "plugin.bad_answer"};
    };
    if (answer.status < 200 || answer.status > 599) return wrong("status " + std::to_string(answer.status));
    HttpHeaders headers;
    for (auto& [written, value] : answer.headers) {
        if (!isToken(written)) return wrong("a header whose name is none");
        if (!isHeaderValue(value)) return wrong("a line break or a zero in the header " + written);
        std::string name = written;
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (!headers.emplace(name, std::move(value)).second) return wrong("two headers " + name);
    }
    answer.headers = std::move(headers);
    for (const std::string& cookie : answer.set_cookies) {
        if (!isHeaderValue(cookie)) return wrong("a line break or a zero in a cookie");
        if (cookieName(cookie).empty()) return wrong("a cookie without a name");
    }
    return Done{};
}

}  // namespace pakn::plugin_host
