#pragma once
/// @file
/// The cookie that holds a session.

#include <algorithm>
#include <string_view>

namespace pakn::http {

/// The session's token in a Cookie field; empty when there is none.
inline std::string_view sessionCookie(std::string_view cookies) {
    constexpr std::string_view kName = "pakn_session=";
    while (!cookies.empty()) {
        std::string_view pair = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(kName)) return pair.substr(kName.size());
    }
    return {};
}

}  // namespace pakn::http
