#pragma once
/// @file
/// How logins are written and kept.

#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::security {

/// In lower case, A to Z alone.
std::string lowered(std::string_view text);

/// The form in which a login is kept: lower case; what is written like a telephone number, as that number: "0912 345
/// 678" and "+8484912345678" are "+84912345678". kInvalid: written like one, and none.
Result<std::string> loginForm(std::string_view typed);

}  // namespace pakn::security
