#pragma once
/// @file
/// Outlines of areas on the map. Pure.

#include <string>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::domain {

/// In degrees of WGS 84, in the order of GeoJSON.
struct GeoPoint {
    double longitude = 0;
    double latitude = 0;
    friend bool operator==(const GeoPoint&, const GeoPoint&) = default;
};

using GeoRing = std::vector<GeoPoint>;  ///< Closed: the last point is the first one.

struct GeoPolygon {
    GeoRing outer = {};
    std::vector<GeoRing> holes = {};
};

/// One area; islands are polygons of their own.
struct AreaShape {
    std::string code = {};
    std::vector<GeoPolygon> polygons = {};
};

struct MendedShape {
    AreaShape shape = {};
    bool mended = false;  ///< A ring crossed or touched itself, and was taken apart where it did.
};

/// The shape with its points rounded to six decimals (a tenth of a metre), repeated points and spikes gone, rings
/// closed and turned as libraries want them. Rings that cross themselves are taken apart at the crossings. kInvalid
/// when it still is no outline then, or nothing of it is left; the message says what is wrong, not whose it is.
Result<MendedShape> mendShape(AreaShape shape);

}  // namespace pakn::domain
