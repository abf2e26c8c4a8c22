#pragma once
/// @file
/// As what a file is shown: the copies of some photos are of another type than what was sent.

#include <string>
#include <string_view>

#include "core/domain/petition.hpp"

namespace pakn::domain {

/// What no browser shows becomes JPEG, an animation its first picture. Of any other type itself.
inline std::string_view shownType(std::string_view type) {
    if (type == "image/heic" || type == "image/heif") return "image/jpeg";
    return type == "image/gif" ? "image/png" : type;
}

/// "IMG_0001.HEIC" is shown as "IMG_0001.jpg".
inline std::string shownName(const FileRef& file) {
    const std::string_view type = shownType(file.type);
    if (type == file.type) return file.name;
    const std::size_t dot = file.name.rfind('.');
    const std::size_t stem = dot == std::string::npos || dot == 0 ? file.name.size() : dot;
    return file.name.substr(0, stem) + (type == "image/png" ? ".png" : ".jpg");
}

}  // namespace pakn::domain
