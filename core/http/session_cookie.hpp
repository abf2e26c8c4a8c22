#pragma once
/// @file
/// The hub's own cookies. Their names begin with "pakn_": no connector sees or sets one of that name.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/http/exchange.hpp"

namespace pakn::http {

inline constexpr std::string_view kOwnCookies = "pakn_";
inline constexpr std::string_view kSessionCookie = "pakn_session";
inline constexpr std::string_view kCsrfCookie = "pakn_csrf";  ///< For the page's script alone, which sends it back.
inline constexpr std::string_view kSignInCookie = "pakn_sign_in";  ///< A sign-in by a provider that has begun.
inline constexpr std::string_view kCitizenCookie = "pakn_citizen";

/// The value of one cookie in a Cookie field; empty when there is none.
inline std::string_view cookieValue(std::string_view cookies, std::string_view name) {
    while (!cookies.empty()) {
        std::string_view pair = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(name) && pair.substr(name.size(), 1) == "=") return pair.substr(name.size() + 1);
    }
    return {};
}

/// The session's token in a Cookie field; empty when there is none.
inline std::string_view sessionCookie(std::string_view cookies) { return cookieValue(cookies, kSessionCookie); }

struct CookieForm {
    std::string_view path = "/";
    std::string_view same_site = "Strict";
    bool script = false;  ///< The page's script may read it.
};

/// A Set-Cookie field; with 0 seconds the browser forgets it. Over https where the hub is reached so.
std::string setCookie(const Call& call, std::string_view name, std::string_view value, std::int64_t seconds,
                      const CookieForm& form = {});

}  // namespace pakn::http
