#pragma once
/// @file
/// GeoJSON as files of outlines have it (RFC 7946): read with bounds, written compactly.

#include <string>
#include <string_view>
#include <vector>

#include "core/domain/shapes.hpp"

namespace pakn::config {

/// One feature with an outline. What its file says of whose it is.
struct OutlineFeature {
    std::string code = {};      ///< Empty: it names none, and is known by its names.
    std::string name = {};      ///< "Phường Phú Xuân".
    std::string province = {};  ///< "Thành phố Huế"; may be empty.
    domain::AreaShape shape = {};
};

inline constexpr std::size_t kMostOutlineBytes = std::size_t{128} << 20U;

/// The polygons and multipolygons of a FeatureCollection, or of one Feature. kInvalid with what is wrong and in which
/// feature, from 1. Rings are as they stand there, only closed.
Result<std::vector<OutlineFeature>> readGeoJson(std::string_view text);

/// A FeatureCollection with the property `code`, a feature a line, coordinates with six decimals at most.
std::string writeGeoJson(const std::vector<domain::AreaShape>& shapes, std::string_view notice);

/// What keeps a shape from being an outline at all: too few points, no place on earth; empty: nothing.
std::string outlineDefect(const domain::AreaShape& shape);

}  // namespace pakn::config
