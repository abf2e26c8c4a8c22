#include "core/domain/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/domain/shapes_geometry.hpp"

namespace pakn::domain {

namespace {

using namespace geometry;

constexpr double kGrid = 1e6;        ///< Steps of a degree.
constexpr double kLeastArea = 1e-9;  ///< Square degrees, some ten square metres: smaller loops are slips of the pen.
constexpr int kMostParts = 2000;     ///< Of one ring that crosses itself.
constexpr int kMostRounds = 3;

Error unsound(std::string message) { return {.code = Errc::kInvalid, .message = std::move(message)}; }

double onGrid(double degrees) { return std::round(degrees * kGrid) / kGrid; }

bool same(const Point& a, const Point& b) { return a.x() == b.x() && a.y() == b.y(); }

/// Rounded, without repeated points, open: the first point does not stand at its end again.
Ring simplified(const GeoRing& ring) {
    Ring points;
    for (const GeoPoint& one : ring) {
        const Point point{onGrid(one.longitude), onGrid(one.latitude)};
        if (points.empty() || !same(points.back(), point)) points.push_back(point);
    }
    while (points.size() > 1 && same(points.front(), points.back())) points.pop_back();
    // A spike leads out and back the same way.
    for (bool changed = true; changed && points.size() > 2;) {
        changed = false;
        for (std::size_t i = 0; i < points.size() && points.size() > 2; ++i) {
            const std::size_t next = (i + 1) % points.size();
            const std::size_t after = (i + 2) % points.size();
            if (!same(points[i], points[after])) continue;
            for (const std::size_t gone : {std::max(next, after), std::min(next, after)})
                points.erase(points.begin() + static_cast<std::ptrdiff_t>(gone));
            changed = true;
            break;
        }
    }
    return points;
}

double cross(const Point& o, const Point& a, const Point& b) {
    return (a.x() - o.x()) * (b.y() - o.y()) - (a.y() - o.y()) * (b.x() - o.x());
}

/// Where two sides cross, or the end of one that lies on the other.
std::optional<Point> meeting(const Point& a, const Point& b, const Point& c, const Point& d) {
    if (std::max(a.x(), b.x()) < std::min(c.x(), d.x()) || std::max(c.x(), d.x()) < std::min(a.x(), b.x()) ||
        std::max(a.y(), b.y()) < std::min(c.y(), d.y()) || std::max(c.y(), d.y()) < std::min(a.y(), b.y()))
        return std::nullopt;
    const double ca = cross(c, d, a);
    const double cb = cross(c, d, b);
    const double ac = cross(a, b, c);
    const double ad = cross(a, b, d);
    if (ca == 0 && cb == 0) {  // Along the same line.
        for (const Point* end : {&c, &d})
            if (!same(*end, a) && !same(*end, b) && std::min(a.x(), b.x()) <= end->x() &&
                end->x() <= std::max(a.x(), b.x()) && std::min(a.y(), b.y()) <= end->y() &&
                end->y() <= std::max(a.y(), b.y()))
                return *end;
        return std::nullopt;
    }
    if ((ca > 0 && cb > 0) || (ca < 0 && cb < 0) || (ac > 0 && ad > 0) || (ac < 0 && ad < 0)) return std::nullopt;
    const double share = ca / (ca - cb);
    return Point{onGrid(a.x() + share * (b.x() - a.x())), onGrid(a.y() + share * (b.y() - a.y()))};
}

/// A ring that meets itself, taken apart there.
struct Halves {
    Ring first;
    Ring second;
};
std::optional<Halves> takenApart(const Ring& points) {
    const std::size_t count = points.size();
    const auto at = [&](std::size_t i) -> const Point& { return points[i % count]; };
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = i + 2; j < count; ++j) {
            if (i == 0 && j == count - 1) continue;  // Neighbours over the end.
            const std::optional<Point> met = meeting(at(i), at(i + 1), at(j), at(j + 1));
            if (!met) continue;
            Halves halves;
            const auto add = [](Ring& ring, const Point& point) {
                if (ring.empty() || !same(ring.back(), point)) ring.push_back(point);
            };
            add(halves.first, *met);
            for (std::size_t k = i + 1; k <= j; ++k) add(halves.first, at(k));
            add(halves.second, *met);
            for (std::size_t k = j + 1; k <= count + i; ++k) add(halves.second, at(k));
            for (Ring* half : {&halves.first, &halves.second})
                while (half->size() > 1 && same(half->front(), half->back())) half->pop_back();
            // Rounding must not make the same ring of it again.
            if (halves.first.size() >= count + 1 || halves.second.size() >= count + 1) continue;
            return halves;
        }
    }
    return std::nullopt;
}

/// The simple rings that a ring consists of.
std::optional<std::vector<Ring>> simpleRings(Ring points) {
    std::vector<Ring> done;
    std::vector<Ring> open;
    open.push_back(std::move(points));
    for (int parts = 0; !open.empty(); ++parts) {
        if (parts > kMostParts) return std::nullopt;
        Ring ring = std::move(open.back());
        open.pop_back();
        if (ring.size() < 3) continue;
        if (std::optional<Halves> halves = takenApart(ring)) {
            open.push_back(std::move(halves->first));
            open.push_back(std::move(halves->second));
            continue;
        }
        ring.push_back(ring.front());
        bg::correct(ring);
        if (std::abs(bg::area(ring)) >= kLeastArea) done.push_back(std::move(ring));
    }
    return done;
}

MultiPolygon united(const MultiPolygon& all, const MultiPolygon& more) {
    MultiPolygon sum;
    bg::union_(all, more, sum);
    return sum;
}

MultiPolygon asShape(const Ring& ring) {
    MultiPolygon shape;
    shape.emplace_back();
    shape.front().outer() = ring;
    bg::correct(shape);
    return shape;
}

/// One polygon with its holes, whatever its rings do.
std::optional<MultiPolygon> rebuilt(const GeoPolygon& polygon) {
    const auto outer = simpleRings(simplified(polygon.outer));
    if (!outer) return std::nullopt;
    MultiPolygon shape;
    for (const Ring& ring : *outer) shape = united(shape, asShape(ring));
    for (const GeoRing& hole : polygon.holes) {
        const auto rings = simpleRings(simplified(hole));
        if (!rings) return std::nullopt;
        for (const Ring& ring : *rings) {
            MultiPolygon rest;
            bg::difference(shape, asShape(ring), rest);
            shape = std::move(rest);
        }
    }
    return shape;
}

/// As it came, only rounded, closed and turned.
MultiPolygon plain(const AreaShape& shape) {
    MultiPolygon made;
    for (const GeoPolygon& one : shape.polygons) {
        Polygon polygon;
        polygon.outer() = simplified(one.outer);
        if (polygon.outer().size() < 3) continue;
        for (const GeoRing& hole : one.holes)
            if (Ring inner = simplified(hole); inner.size() >= 3) polygon.inners().push_back(std::move(inner));
        made.push_back(std::move(polygon));
    }
    bg::correct(made);
    return made;
}

GeoRing asGeo(const Ring& ring) {
    GeoRing made;
    made.reserve(ring.size());
    for (const Point& one : ring) made.push_back({onGrid(one.x()), onGrid(one.y())});
    return made;
}

std::vector<GeoPolygon> asGeo(const MultiPolygon& shape) {
    std::vector<GeoPolygon> made;
    for (const Polygon& polygon : shape) {
        GeoPolygon one{.outer = asGeo(polygon.outer())};
        for (const Ring& hole : polygon.inners()) one.holes.push_back(asGeo(hole));
        made.push_back(std::move(one));
    }
    return made;
}

bool isPlace(const AreaShape& shape) {
    const auto on_earth = [](const GeoRing& ring) {
        return std::all_of(ring.begin(), ring.end(), [](const GeoPoint& one) {
            return std::isfinite(one.longitude) && std::isfinite(one.latitude) && std::abs(one.longitude) <= 180 &&
                   std::abs(one.latitude) <= 90;
        });
    };
    return std::all_of(shape.polygons.begin(), shape.polygons.end(), [&](const GeoPolygon& one) {
        return on_earth(one.outer) && std::all_of(one.holes.begin(), one.holes.end(), on_earth);
    });
}

}  // namespace

Result<MendedShape> mendShape(AreaShape shape) {
    if (!isPlace(shape)) return unsound("a point that is no place: longitude first, in degrees");
    MendedShape result{.shape = std::move(shape)};
    std::string why;
    // Crossings that are computed lie between the steps of the grid, and rounding may move one side over another.
    for (int round = 0; round < kMostRounds; ++round) {
        MultiPolygon made = plain(result.shape);
        if (bg::is_valid(made, why)) {
            if (made.empty() || bg::area(made) < kLeastArea) return unsound("an outline without an area");
            result.shape.polygons = asGeo(made);
            return result;
        }
        result.mended = true;
        made.clear();
        for (const GeoPolygon& polygon : result.shape.polygons) {
            const std::optional<MultiPolygon> one = rebuilt(polygon);
            if (!one) return unsound("an outline that crosses itself too often to be taken apart");
            made = united(made, *one);
        }
        result.shape.polygons = asGeo(made);
    }
    return unsound(std::move(why));
}

}  // namespace pakn::domain
