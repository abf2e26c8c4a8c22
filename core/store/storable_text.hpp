#pragma once
/// @file
/// Private to the store: texts from outside that may be none, as the words of a peer's error.

#include <string>
#include <string_view>

namespace pakn::store {

enum class Nul { kKept, kReplaced };

/// The text itself when it is valid UTF-8 (and, if wanted, without NUL); otherwise `buffer` with U+FFFD for whatever is
/// not. Keys that must stay distinct are stored as bytes instead.
std::string_view storableText(std::string_view text, std::string& buffer, Nul nul);

}  // namespace pakn::store
