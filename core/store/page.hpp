#pragma once
/// @file
/// Lists are read page by page.

#include <string>
#include <vector>

namespace pakn::store {

struct Page {
    std::string after = {};  ///< Cursor of the last page, empty for the first.
    int limit = 50;          ///< 1-200.
};
template <class Item>
struct Listing {
    std::vector<Item> items = {};
    std::string next = {};  ///< Cursor of the next page; empty: this is the last.
};

}  // namespace pakn::store
