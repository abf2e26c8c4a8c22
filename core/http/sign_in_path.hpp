#pragma once
/// @file
/// Addresses under which connectors sign people in.

#include <string_view>

namespace pakn::http {

/// "c" of "/sign-in/c" and "/sign-in/c/callback"; empty for any other path, and for what the sign-in page is made of.
inline std::string_view signInConnector(std::string_view path) {
    constexpr std::string_view kPlace = "/sign-in/";
    constexpr std::string_view kCallback = "/callback";
    if (!path.starts_with(kPlace)) return {};
    path.remove_prefix(kPlace.size());
    if (path.ends_with(kCallback)) path.remove_suffix(kCallback.size());
    if (path.find('/') != std::string_view::npos || path == "page.js" || path == "page.css") return {};
    return path;
}

}  // namespace pakn::http
