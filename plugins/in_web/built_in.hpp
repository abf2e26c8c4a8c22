#pragma once
/// @file
/// Templates and static files that the build puts into the plugin; built_in.cpp.in is the frame.

#include <span>
#include <string_view>

namespace pakn::in_web::built_in {

struct File {
    std::string_view name;  ///< Without its ending: "form"; of static files with it: "style.css".
    std::string_view text;
};

std::span<const File> templates();
std::span<const File> assets();

/// Changes when any of the assets does.
std::string_view assetsVersion();

}  // namespace pakn::in_web::built_in
