#pragma once
/// @file
/// Which area something lies in: by its code, by a point, by the words of an address. Pure; immutable once built, so
/// safe from any thread. Rules: docs/contracts/people-and-places.md, §3.

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/rules.hpp"
#include "core/domain/shapes.hpp"

namespace pakn::domain {

using Areas = std::map<std::string, Area, std::less<>>;

/// The areas of a province, and where they lie as far as that is known.
class Places {
public:
    /// `shapes` are sound (mendShape()); those of unknown areas are left out.
    Places(Areas areas, std::vector<AreaShape> shapes);
    ~Places();
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    [[nodiscard]] bool knows(std::string_view code) const { return areas_.find(code) != areas_.end(); }

    /// The area of the lower level that the point lies in, or next to: shapes have cracks, and so have positions. Empty
    /// when there is none. On a border the smaller code.
    [[nodiscard]] std::string at(const GeoPoint& point) const;
    /// Is the point in the area of this code, or near it? Nothing when its shape is not known.
    [[nodiscard]] std::optional<bool> lies(const GeoPoint& point, std::string_view code) const;
    /// Is the point clearly outside all areas? False as long as the shape of one of them is not known.
    [[nodiscard]] bool outside(const GeoPoint& point) const;

    /// The one area of the lower level that the address names; empty when that is none, or not the only one. Accents
    /// and where they stand (Thuỷ, Thủy) do not matter, but tell names apart that are the same without. "phường", "xã",
    /// "thị trấn", "đặc khu" or what is short for them before a name counts most, then a name alone between commas,
    /// then a name anywhere else. Names of former districts, streets and villages are none.
    [[nodiscard]] std::string named(std::string_view address) const;

    /// By which two spellings of one official name are the same: case, spaces and where a tone stands do not matter,
    /// accents do.
    static std::string nameKey(std::string_view name);

    [[nodiscard]] const Areas& areas() const { return areas_; }
    [[nodiscard]] std::size_t shapes() const;

private:
    class Map;
    class Names;

    const Areas areas_;
    std::unique_ptr<const Map> map_;
    std::unique_ptr<const Names> names_;
};

}  // namespace pakn::domain
