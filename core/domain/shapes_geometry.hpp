#pragma once
/// @file
/// Shapes as Boost.Geometry has them. Only shapes.cpp and places.cpp include it: it is slow to parse.

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/multi_polygon.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>

#include "core/domain/shapes.hpp"

namespace pakn::domain::geometry {

namespace bg = boost::geometry;

/// A province is small enough to be flat.
using Point = bg::model::d2::point_xy<double>;
using Box = bg::model::box<Point>;
using Polygon = bg::model::polygon<Point>;
using Ring = Polygon::ring_type;
using MultiPolygon = bg::model::multi_polygon<Polygon>;

inline Ring ringOf(const GeoRing& ring) {
    Ring made;
    made.reserve(ring.size());
    for (const GeoPoint& one : ring) made.emplace_back(one.longitude, one.latitude);
    return made;
}

inline MultiPolygon shapeOf(const AreaShape& shape) {
    MultiPolygon made;
    made.reserve(shape.polygons.size());
    for (const GeoPolygon& one : shape.polygons) {
        Polygon polygon;
        polygon.outer() = ringOf(one.outer);
        for (const GeoRing& hole : one.holes) polygon.inners().push_back(ringOf(hole));
        made.push_back(std::move(polygon));
    }
    return made;
}

}  // namespace pakn::domain::geometry
