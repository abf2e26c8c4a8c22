#include "core/config/geojson.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

using Value = rapidjson::Value;
using domain::GeoPolygon;
using domain::GeoRing;

constexpr std::size_t kMostFeatures = 20000;
constexpr std::size_t kMostText = 200;  ///< Code points of a property.
constexpr int kDecimals = 6;

/// By which files call the code of a unit, the best first.
constexpr std::array<const char*, 9> kCodes{"code",      "Code",          "ma_xa", "ma_tinh", "maXa",
                                            "ward_code", "province_code", "ma",    "id_code"};
constexpr std::array<const char*, 6> kNames{"a03_ten", "FullName", "full_name", "name", "Name", "ten"};
constexpr std::array<const char*, 5> kProvinces{"a04_tentinh", "province_name", "ProvinceName", "ten_tinh", "tinh"};

Error wrong(std::size_t feature, const std::string& what) {
    return {.code = Errc::kInvalid, .message = "feature " + std::to_string(feature + 1) + ": " + what};
}

const Value* memberOf(const Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

/// A text, or a number as it is written.
std::string textOf(const Value& value) {
    std::string text;
    if (value.IsString()) text.assign(value.GetString(), value.GetStringLength());
    if (value.IsInt64()) text = std::to_string(value.GetInt64());
    const std::optional<std::string> nfc = domain::toNfc(text);
    return nfc ? std::string{domain::firstCodePoints(domain::trimmed(*nfc), kMostText)} : std::string{};
}

template <std::size_t N>
std::string firstOf(const Value* properties, const std::array<const char*, N>& names) {
    for (const char* name : names)
        if (const Value* value = properties ? memberOf(*properties, name) : nullptr)
            if (std::string text = textOf(*value); !text.empty()) return text;
    return {};
}

std::optional<GeoRing> ringOf(const Value& value) {
    if (!value.IsArray()) return std::nullopt;
    GeoRing ring;
    ring.reserve(value.Size() + 1);
    for (const Value& point : value.GetArray()) {
        // A height may stand behind the two.
        if (!point.IsArray() || point.Size() < 2 || !point[0].IsNumber() || !point[1].IsNumber()) return std::nullopt;
        ring.push_back({point[0].GetDouble(), point[1].GetDouble()});
    }
    if (!ring.empty() && ring.front() != ring.back()) ring.push_back(ring.front());
    return ring;
}

std::optional<GeoPolygon> polygonOf(const Value& value) {
    if (!value.IsArray() || value.Empty()) return std::nullopt;
    GeoPolygon polygon;
    for (const Value& one : value.GetArray()) {
        std::optional<GeoRing> ring = ringOf(one);
        if (!ring) return std::nullopt;
        if (polygon.outer.empty())
            polygon.outer = std::move(*ring);
        else
            polygon.holes.push_back(std::move(*ring));
    }
    return polygon;
}

std::optional<std::vector<GeoPolygon>> polygonsOf(const Value& geometry) {
    const Value* type = memberOf(geometry, "type");
    const Value* coordinates = memberOf(geometry, "coordinates");
    if (!type || !type->IsString() || !coordinates) return std::nullopt;
    std::vector<GeoPolygon> polygons;
    const std::string_view kind{type->GetString(), type->GetStringLength()};
    if (kind == "Polygon") {
        std::optional<GeoPolygon> polygon = polygonOf(*coordinates);
        if (!polygon) return std::nullopt;
        polygons.push_back(std::move(*polygon));
        return polygons;
    }
    if (kind != "MultiPolygon" || !coordinates->IsArray()) return std::nullopt;
    for (const Value& one : coordinates->GetArray()) {
        std::optional<GeoPolygon> polygon = polygonOf(one);
        if (!polygon) return std::nullopt;
        polygons.push_back(std::move(*polygon));
    }
    return polygons;
}

Result<OutlineFeature> featureOf(const Value& value, std::size_t number) {
    const Value* geometry = memberOf(value, "geometry");
    if (!geometry || !geometry->IsObject()) return wrong(number, "it has no geometry");
    std::optional<std::vector<GeoPolygon>> polygons = polygonsOf(*geometry);
    if (!polygons || polygons->empty()) return wrong(number, "a Polygon or MultiPolygon of numbers is wanted");
    const Value* properties = memberOf(value, "properties");
    OutlineFeature feature{.code = firstOf(properties, kCodes),
                           .name = firstOf(properties, kNames),
                           .province = firstOf(properties, kProvinces)};
    feature.shape = {.code = feature.code, .polygons = std::move(*polygons)};
    return feature;
}

void writeRing(rapidjson::Writer<rapidjson::StringBuffer>& json, const GeoRing& ring) {
    json.StartArray();
    for (const domain::GeoPoint& one : ring) {
        json.StartArray();
        json.Double(one.longitude);
        json.Double(one.latitude);
        json.EndArray();
    }
    json.EndArray();
}

}  // namespace

Result<std::vector<OutlineFeature>> readGeoJson(std::string_view text) {
    if (text.size() > kMostOutlineBytes)
        return Error{.code = Errc::kTooLarge, .message = "more than 128 MB of outlines"};
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    rapidjson::Document document;
    // Iterative: a deep document must not exhaust the stack.
    document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
    if (document.HasParseError())
        return Error{.code = Errc::kInvalid,
                     .message = "not JSON, at byte " + std::to_string(document.GetErrorOffset() + 1)};
    const Value* type = memberOf(document, "type");
    const Value* features = memberOf(document, "features");
    std::vector<OutlineFeature> all;
    const auto add = [&all](const Value& value) -> Status {
        Result<OutlineFeature> feature = featureOf(value, all.size());
        if (!feature) return std::move(feature).error();
        all.push_back(std::move(*feature));
        return Done{};
    };
    if (type && type->IsString() && std::string_view{type->GetString()} == "Feature") {
        if (Status added = add(document); !added) return std::move(added).error();
        return all;
    }
    if (!features || !features->IsArray())
        return Error{.code = Errc::kInvalid, .message = "no GeoJSON: a FeatureCollection is wanted"};
    if (features->Size() > kMostFeatures) return Error{.code = Errc::kTooLarge, .message = "more than 20000 features"};
    for (const Value& one : features->GetArray())
        if (Status added = add(one); !added) return std::move(added).error();
    return all;
}

std::string writeGeoJson(const std::vector<domain::AreaShape>& shapes, std::string_view notice) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> json{buffer};
    json.SetMaxDecimalPlaces(kDecimals);
    const auto text = [&json](std::string_view value) {
        json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    const auto line = [&buffer] { buffer.Put('\n'); };
    json.StartObject();
    json.Key("type");
    text("FeatureCollection");
    json.Key("licence");
    text(notice);
    json.Key("features");
    json.StartArray();
    for (const domain::AreaShape& shape : shapes) {
        line();
        json.StartObject();
        json.Key("type");
        text("Feature");
        json.Key("properties");
        json.StartObject();
        json.Key("code");
        text(shape.code);
        json.EndObject();
        json.Key("geometry");
        json.StartObject();
        json.Key("type");
        text("MultiPolygon");
        json.Key("coordinates");
        json.StartArray();
        for (const GeoPolygon& polygon : shape.polygons) {
            json.StartArray();
            writeRing(json, polygon.outer);
            for (const GeoRing& hole : polygon.holes) writeRing(json, hole);
            json.EndArray();
        }
        json.EndArray();
        json.EndObject();
        json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    line();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string outlineDefect(const domain::AreaShape& shape) {
    const auto sound = [](const GeoRing& ring) {
        return ring.size() >= 4 && ring.front() == ring.back() &&
               std::all_of(ring.begin(), ring.end(), [](const domain::GeoPoint& one) {
                   return std::abs(one.longitude) <= 180 && std::abs(one.latitude) <= 90;
               });
    };
    for (const GeoPolygon& one : shape.polygons)
        if (!sound(one.outer) || !std::all_of(one.holes.begin(), one.holes.end(), sound))
            return "a ring has four points or more, longitude first, in degrees";
    return {};
}

}  // namespace pakn::config
