#pragma once
/// @file
/// The administrative units of a province out of the public data set of Viet Nam's units
/// (thanglequoc/vietnamese-provinces-database: provinces, each with its Wards) and outlines in GeoJSON, as parts of a
/// configuration.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/geojson.hpp"
#include "core/domain/places.hpp"
#include "core/domain/rules.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::app {

/// What becomes of an import. Complaints refuse it.
struct AreaImport {
    std::vector<domain::Area> areas = {};  ///< In the order of the file, the upper level before what is below it.
    std::vector<domain::AreaShape> shapes = {};
    std::int64_t provinces = 0;
    std::int64_t strangers = 0;  ///< Outlines of units that are not imported.
    std::vector<std::string> mended = {};
    std::vector<std::string> complaints = {};  ///< 50, and a word that there are more.

    void complain(std::string what);
    /// Codes of communes.
    [[nodiscard]] std::vector<std::string> withoutOutline() const;
};

/// Units of the provinces with these codes (empty: all). `file` is its name, for complaints. kInvalid: no JSON, no
/// array, more than 20,000 units.
Status readUnits(AreaImport& into, std::string_view json, const std::vector<std::string>& provinces,
                 const std::string& file);

/// Adds outlines of the units that `into` has.
class OutlineReader {
public:
    /// `into` outlives it; its units stay as they are.
    explicit OutlineReader(AreaImport& into);

    /// kInvalid: no GeoJSON.
    Status add(std::string_view geojson, const std::string& file);
    /// Call it after the last one.
    void finish();

private:
    [[nodiscard]] std::string ownerOf(const config::OutlineFeature& feature) const;
    void addOutline(config::OutlineFeature feature, const std::string& code, const std::string& file);

    AreaImport& into_;
    std::set<std::string> codes_;
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> by_name_;  ///< By keys: province, unit.
    std::set<std::string> seen_;
};

/// The text of areas.yaml; `notice` is the licence's.
std::string yamlOf(const AreaImport& import, std::string_view notice);

}  // namespace pakn::app
