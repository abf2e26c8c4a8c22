#pragma once
/// @file
/// What the hub seals of an item that can never become a petition: the item itself, and what a person needs to find it
/// at its source and to see what is wrong with it. All of it may name people, so none of it stands outside the seal.

#include <string>
#include <string_view>

namespace pakn::engine {

/// Value type.
struct RefusedContent {
    std::string external_id = {};  ///< The source's own id; may be empty.
    std::string field = {};        ///< JSON pointer of what is wrong; may be empty.
    std::string detail = {};       ///< Why, for operators.
    std::string raw = {};          ///< As it came.

    friend bool operator==(const RefusedContent&, const RefusedContent&) = default;
};

/// One text of all parts; any bytes are allowed in each.
std::string writeRefused(const RefusedContent& content);

/// What writeRefused() wrote; any other text is taken for the item alone.
RefusedContent readRefused(std::string_view text);

}  // namespace pakn::engine
