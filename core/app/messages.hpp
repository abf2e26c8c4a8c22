#pragma once
/// @file
/// docs/messages.md, as it was when the program was built.

#include <string_view>

namespace pakn::app {

std::string_view messageCatalogue();

}  // namespace pakn::app
