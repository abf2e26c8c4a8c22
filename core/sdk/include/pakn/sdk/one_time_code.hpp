#pragma once
/// @file
/// How a one-time code looks to the connector that sends it.

#include <string_view>

namespace pakn {
inline namespace sdk1 {

/// Attribute of a Delivery (kind `notice`) that carries a one-time code: the code by itself, for peers that send by
/// templates of their own. `message` is the whole text; it belongs to no petition, so Delivery::code is empty. Secret:
/// never logged. Since SDK 1.5.
inline constexpr std::string_view kOneTimeCode = "one_time_code";

}  // namespace sdk1
}  // namespace pakn
