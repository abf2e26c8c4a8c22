#include "core/domain/places.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include <boost/geometry/index/rtree.hpp>

#include "core/domain/place_names.hpp"
#include "core/domain/shapes_geometry.hpp"

namespace pakn::domain {

namespace {

using namespace geometry;

constexpr double kCrack = 0.0005;  ///< Degrees, some fifty metres: neighbouring shapes do not meet exactly.
constexpr double kNearby = 0.003;  ///< Some three hundred metres: telephones err by that much.
constexpr double kFarAway = 0.01;  ///< About a kilometre: a boat at the coast is not outside yet.

}  // namespace

/// The shapes of the lower level in a tree of boxes; those of the upper level beside it.
class Places::Map {
public:
    Map(const Areas& areas, std::vector<AreaShape> shapes) {
        std::set<std::string_view> above;
        for (const auto& [code, area] : areas) above.insert(area.parent);
        std::vector<Boxed> boxes;
        for (AreaShape& shape : shapes) {
            if (areas.find(shape.code) == areas.end() || by_code_.contains(shape.code)) continue;
            by_code_.emplace(shape.code, shapes_.size());
            MultiPolygon outline = shapeOf(shape);
            const Box box = bg::return_envelope<Box>(outline);
            if (!above.contains(shape.code)) boxes.emplace_back(box, shapes_.size());
            shapes_.push_back({shape.code, std::move(outline), box});
        }
        tree_ = Tree{boxes};
        complete_ = !shapes_.empty() && std::all_of(areas.begin(), areas.end(), [&](const auto& one) {
            // An upper area is its parts.
            return above.contains(one.first) || by_code_.contains(one.first) || by_code_.contains(one.second.parent);
        });
    }

    [[nodiscard]] std::string at(const GeoPoint& point) const {
        const Point here{point.longitude, point.latitude};
        const Shape* found = nullptr;
        double distance = kCrack;
        for (const Shape* one : near(here, kCrack)) {
            const double away = bg::distance(here, one->outline);
            if (away > distance || (found && away == distance && found->code < one->code)) continue;
            found = one;
            distance = away;
        }
        return found ? found->code : std::string{};
    }

    [[nodiscard]] std::optional<bool> lies(const GeoPoint& point, std::string_view code) const {
        const auto found = by_code_.find(code);
        if (found == by_code_.end()) return std::nullopt;
        return bg::distance(Point{point.longitude, point.latitude}, shapes_[found->second].outline) <= kNearby;
    }

    [[nodiscard]] bool outside(const GeoPoint& point) const {
        if (!complete_ || !at(point).empty()) return false;
        const Point here{point.longitude, point.latitude};
        return std::none_of(shapes_.begin(), shapes_.end(), [&](const Shape& one) {
            return bg::distance(here, one.box) <= kFarAway && bg::distance(here, one.outline) <= kFarAway;
        });
    }

    [[nodiscard]] std::size_t size() const { return shapes_.size(); }

private:
    struct Shape {
        std::string code;
        MultiPolygon outline;
        Box box;
    };
    using Boxed = std::pair<Box, std::size_t>;
    using Tree = bg::index::rtree<Boxed, bg::index::rstar<16>>;

    [[nodiscard]] std::vector<const Shape*> near(const Point& here, double distance) const {
        const Box around{{here.x() - distance, here.y() - distance}, {here.x() + distance, here.y() + distance}};
        std::vector<const Shape*> found;
        for (auto one = tree_.qbegin(bg::index::intersects(around)); one != tree_.qend(); ++one)
            found.push_back(&shapes_[one->second]);
        return found;
    }

    std::vector<Shape> shapes_;
    std::map<std::string, std::size_t, std::less<>> by_code_;
    Tree tree_;
    bool complete_ = false;  ///< Every area has a shape, or the one above it.
};

Places::Places(Areas areas, std::vector<AreaShape> shapes)
    : areas_{std::move(areas)},
      map_{std::make_unique<const Map>(areas_, std::move(shapes))},
      names_{std::make_unique<const Names>(areas_)} {}

Places::~Places() = default;

std::string Places::at(const GeoPoint& point) const { return map_->at(point); }

std::optional<bool> Places::lies(const GeoPoint& point, std::string_view code) const { return map_->lies(point, code); }

bool Places::outside(const GeoPoint& point) const { return map_->outside(point); }

std::string Places::named(std::string_view address) const { return names_->in(address); }

std::string Places::nameKey(std::string_view name) {
    std::string key;
    for (const Names::Word& one : Names::wordsOf(name))
        key += (key.empty() ? "" : " ") + (one.toned.empty() ? one.plain : one.toned);
    return key;
}

std::size_t Places::shapes() const { return map_->size(); }

}  // namespace pakn::domain
