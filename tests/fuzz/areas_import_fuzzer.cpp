/// @file
/// The public data set of administrative units and outlines to it, as `paknhub areas import` reads them: what is
/// written of them is the configuration that was meant.

#include <set>

#include "core/app/area_import.hpp"
#include "core/config/diagnostics.hpp"
#include "core/config/yaml_tree.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using app::AreaImport;

void checkUnits(const AreaImport& import) {
    std::set<std::string> codes;
    for (const domain::Area& one : import.areas) {
        FUZZ_CHECK(codes.insert(one.id).second && isUtf8(one.name) && !one.name.empty());
        FUZZ_CHECK(one.id.size() == (one.parent.empty() ? 2U : 5U));
        FUZZ_CHECK(one.parent.empty() || codes.contains(one.parent));
    }
    FUZZ_CHECK(import.complaints.size() <= 51);
    for (const domain::AreaShape& one : import.shapes) FUZZ_CHECK(codes.contains(one.code));
}

/// Read again, it is the same.
void checkText(const AreaImport& import, std::string_view notice) {
    config::Diagnostics diagnostics;
    const std::string text = yamlOf(import, notice);
    const config::ParsedYaml read = config::parseYaml(text, diagnostics.addFile("areas.yaml"), diagnostics);
    FUZZ_CHECK(read.complete && diagnostics.errors() == 0);
    const config::Entry* const areas = read.root.find("areas");
    FUZZ_CHECK(areas != nullptr && areas->value.items.size() == import.areas.size());
    for (std::size_t i = 0; i < import.areas.size(); ++i) {
        const config::Node& node = areas->value.items[i];
        const auto member = [&](std::string_view name) {
            const config::Entry* const found = node.find(name);
            return found == nullptr ? std::string{} : found->value.text;
        };
        FUZZ_CHECK(member("id") == import.areas[i].id && member("name") == import.areas[i].name &&
                   member("parent") == import.areas[i].parent);
    }
    FUZZ_CHECK((read.root.find("places") != nullptr) == !import.shapes.empty());
    const auto outlines = config::readGeoJson(config::writeGeoJson(import.shapes, std::string{notice}));
    FUZZ_CHECK(import.shapes.empty() || (outlines.ok() && outlines->size() == import.shapes.size()));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool one_province = input.flag();
    const Exact units{input.part()};
    const Exact outlines{input.part()};
    const Exact notice{input.rest().substr(0, 100)};
    AreaImport import;
    const Status read = readUnits(
        import, units.view(), one_province ? std::vector<std::string>{"46"} : std::vector<std::string>{}, "units.json");
    FUZZ_CHECK(read.ok() || read.error().code == Errc::kInvalid);
    if (!read) return;
    checkUnits(import);
    app::OutlineReader reader{import};
    const Status added = reader.add(outlines.view(), "outlines.geojson");
    FUZZ_CHECK(added.ok() || added.error().code == Errc::kInvalid);
    reader.finish();
    checkUnits(import);
    if (isUtf8(notice.view())) checkText(import, notice.view());
}

}  // namespace pakn::fuzz
