#pragma once
/// @file
/// Texts that the build puts into the program; embedded.cpp.in is the frame.

#include <string_view>

namespace pakn::http::embedded {

extern const std::string_view kSignInHtml;
extern const std::string_view kSignInScript;
extern const std::string_view kSignInStyle;
extern const std::string_view kOpenapi;

}  // namespace pakn::http::embedded
