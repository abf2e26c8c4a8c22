/// @file
/// Where something happened and who says so: outlines of areas (GeoJSON), addresses and points held against them,
/// numbers by which people and organisations are known.

#include <algorithm>
#include <cmath>

#include "core/config/geojson.hpp"
#include "core/domain/citizen_id.hpp"
#include "core/domain/places.hpp"
#include "core/domain/shapes.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::domain;

bool isSame(const GeoPolygon& a, const GeoPolygon& b) { return a.outer == b.outer && a.holes == b.holes; }
bool isSame(const AreaShape& a, const AreaShape& b) {
    return a.polygons.size() == b.polygons.size() &&
           std::equal(a.polygons.begin(), a.polygons.end(), b.polygons.begin(),
                      [](const GeoPolygon& one, const GeoPolygon& other) { return isSame(one, other); });
}

void checkRing(const GeoRing& ring) {
    FUZZ_CHECK(ring.size() >= 4 && ring.front() == ring.back());
    for (const GeoPoint& point : ring) FUZZ_CHECK(std::isfinite(point.longitude) && std::isfinite(point.latitude));
}

/// What is sound stays as it is, on paper, too.
void checkShape(const AreaShape& shape) {
    FUZZ_CHECK(!shape.polygons.empty());
    for (const GeoPolygon& polygon : shape.polygons) {
        checkRing(polygon.outer);
        for (const GeoRing& hole : polygon.holes) checkRing(hole);
    }
    FUZZ_CHECK(config::outlineDefect(shape).empty());
    const Result<MendedShape> again = mendShape(shape);
    FUZZ_CHECK(again.ok() && !again->mended);
    const auto read = config::readGeoJson(config::writeGeoJson({shape}, "invented"));
    FUZZ_CHECK(read.ok() && read->size() == 1 && isSame(read->front().shape, shape));
}

void tryOutlines(std::string_view text) {
    const auto features = config::readGeoJson(text);
    if (!features) {
        FUZZ_CHECK(features.error().code == Errc::kInvalid || features.error().code == Errc::kTooLarge);
        return;
    }
    Areas areas;
    std::vector<AreaShape> shapes;
    for (const config::OutlineFeature& feature : *features) {
        FUZZ_CHECK(isUtf8(feature.name) && isUtf8(feature.code) && isUtf8(feature.province));
        if (!config::outlineDefect(feature.shape).empty()) continue;
        Result<MendedShape> mended = mendShape(feature.shape);
        if (!mended) continue;
        checkShape(mended->shape);
        mended->shape.code = std::to_string(shapes.size());
        areas[mended->shape.code] = {.id = mended->shape.code, .name = feature.name};
        shapes.push_back(std::move(mended->shape));
    }
    const std::vector<AreaShape> kept = shapes;
    const Places places{areas, std::move(shapes)};
    FUZZ_CHECK(places.shapes() == kept.size());
    for (const AreaShape& shape : kept) {
        const GeoPoint& corner = shape.polygons.front().outer.front();
        FUZZ_CHECK(!places.outside(corner));
        FUZZ_CHECK(places.lies(corner, shape.code) == std::optional{true});
        FUZZ_CHECK(places.knows(places.at(corner)));
    }
}

void tryAddress(std::string_view address) {
    static const Places places{
        [] {
            Areas areas;
            areas["46"] = {.id = "46", .name = "Thành phố Huế"};
            int next = 1;
            for (const char* name : {"Phường Thuận Hóa", "Phường Phú Xuân", "Xã Phú Xuân", "Xã A Lưới 1",
                                     "Phường Thủy Xuân", "Đặc khu Cồn Cỏ", "Phường 5"}) {
                const std::string code = std::to_string(19000 + next++);
                areas[code] = {.id = code, .name = name, .parent = "46"};
            }
            return areas;
        }(),
        {}};
    const std::string code = places.named(address);
    FUZZ_CHECK(code.empty() || places.knows(code));
    FUZZ_CHECK(!isUtf8(address) || isUtf8(Places::nameKey(address)));
}

void tryNumber(std::string_view typed) {
    for (const bool organisation : {false, true}) {
        const CitizenId id = readCitizenId(typed, {.organisation = organisation});
        if (id.kind == CitizenId::Kind::kInvalid) continue;
        FUZZ_CHECK(id.number.size() >= 9 && id.number.size() <= 14);
        FUZZ_CHECK(id.number.find_first_not_of("0123456789-") == std::string::npos);
        const CitizenId again = readCitizenId(id.number, {.organisation = organisation});
        FUZZ_CHECK(again.kind == id.kind && again.number == id.number && !again.respaced);
    }
    const std::string_view sex = sexNamed(typed);
    FUZZ_CHECK(sex.empty() || sexNamed(sex) == sex);
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(3);
    const Exact text{input.rest()};
    if (what == 0) return tryOutlines(text.view());
    if (what == 1) return tryAddress(text.view());
    tryNumber(text.view());
}

}  // namespace pakn::fuzz
