#include "core/config/compile_places.hpp"

#include <set>

#include "core/config/geojson.hpp"
#include "core/config/hash.hpp"

namespace pakn::config {

namespace {

std::vector<domain::AreaShape> outlinesIn(Reader& reader, const std::string& text,
                                          const Marked<std::filesystem::path>& named, const domain::Areas& areas) {
    const std::string file = inQuotes(named.value.filename().string());
    Result<std::vector<OutlineFeature>> features = readGeoJson(text);
    if (!features) {
        reader.error(named.mark, file + ": " + features.error().message);
        return {};
    }
    std::vector<domain::AreaShape> shapes;
    std::set<std::string> seen;
    std::size_t strangers = 0;
    for (OutlineFeature& feature : *features) {
        const std::string whose =
            file + ": the outline of " + inQuotes(feature.code.empty() ? feature.name : feature.code);
        if (areas.find(feature.code) == areas.end()) {
            ++strangers;
        } else if (!seen.insert(feature.code).second) {
            reader.error(named.mark, whose + " stands twice", "keep one of them");
        } else if (const std::string defect = outlineDefect(feature.shape); !defect.empty()) {
            reader.error(named.mark, whose + ": " + defect, "make the file anew");
        } else {
            shapes.push_back(std::move(feature.shape));
        }
    }
    if (strangers > 0)
        reader.diagnostics().warning(named.mark, file + ": " + std::to_string(strangers) + " outlines of no area",
                                     "add them to `areas`, or make the file anew");
    return shapes;
}

}  // namespace

std::shared_ptr<const domain::Places> compilePlaces(Reader& reader, const PlacesSection& section,
                                                    const domain::Areas& areas, std::vector<SourceFile>& files,
                                                    std::vector<EffectiveValue>& values) {
    std::vector<domain::AreaShape> shapes;
    if (const Marked<std::filesystem::path>& named = section.polygons; !named.value.empty()) {
        const Result<std::string> text = readTextFile(named.value, kMostOutlineBytes);
        if (!text) {
            reader.error(named.mark, inQuotes(named.value.string()) + ' ' + text.error().message,
                         "`paknhub areas import` writes it; relative paths start at the configuration directory");
            return nullptr;
        }
        shapes = outlinesIn(reader, *text, named, areas);
        const std::string path = "places.polygons.sha256";
        const std::string digest = sha256Hex(*text);
        files.push_back({.name = path, .text = digest + "\n"});
        values.push_back({path, digest, reader.diagnostics().fileOf(named.mark), named.mark.line, named.mark.column});
    }
    return areas.empty() ? nullptr : std::make_shared<const domain::Places>(areas, std::move(shapes));
}

}  // namespace pakn::config
