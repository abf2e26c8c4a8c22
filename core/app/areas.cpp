/// @file
/// `paknhub areas import FILE`: the administrative units of a province out of the public data set, as files of a
/// configuration: areas.yaml, and areas.geojson where outlines are given.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <utility>

#include "core/app/area_import.hpp"
#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/config/geojson.hpp"
#include "core/config/sources.hpp"

namespace pakn::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 20000;
constexpr std::string_view kNotice =
    "Data: General Statistics Office of Viet Nam, published by thanglequoc/vietnamese-provinces-database under the MIT "
    "License.";

struct ImportOptions {
    std::string file = {};
    std::vector<std::string> provinces = {};  ///< Codes; empty: all.
    std::string polygons = {};                ///< File or folder; may be empty.
    std::string out = {};
    std::string notice = std::string{kNotice};
    bool force = false;
};

Status readUnits(AreaImport& into, const ImportOptions& options) {
    const Result<std::string> text = config::readTextFile(options.file, config::kMostOutlineBytes);
    if (!text) return usage(options.file + ' ' + text.error().message);
    const Status read = readUnits(into, *text, options.provinces, options.file);
    return read ? read : usage(read.error().message);
}

/// The files of outlines in an order that is the same everywhere.
Result<std::vector<fs::path>> outlineFiles(const std::string& given) {
    std::error_code failed;
    if (!fs::is_directory(given, failed)) return std::vector<fs::path>{given};
    std::vector<fs::path> files;
    for (fs::directory_iterator one{given, failed}, end; !failed && one != end; one.increment(failed)) {
        const fs::path extension = one->path().extension();
        if (extension == ".geojson" || extension == ".json") files.push_back(one->path());
        if (files.size() > kMostFiles) return usage(given + ": more than 20000 files");
    }
    if (failed) return usage(given + ": " + failed.message());
    if (files.empty()) return usage(given + ": no .geojson files");
    std::sort(files.begin(), files.end());
    return files;
}

Status readOutlines(AreaImport& into, const ImportOptions& options) {
    if (options.polygons.empty()) return Done{};
    const Result<std::vector<fs::path>> files = outlineFiles(options.polygons);
    if (!files) return files.error();
    OutlineReader outlines{into};
    for (const fs::path& file : *files) {
        const Result<std::string> text = config::readTextFile(file, config::kMostOutlineBytes);
        if (!text) return usage(file.string() + ' ' + text.error().message);
        if (const Status added = outlines.add(*text, file.filename().string()); !added)
            return usage(added.error().message);
    }
    outlines.finish();
    return Done{};
}

/// Beside its place first: whoever reads it meanwhile reads the old one.
Status writeFile(const fs::path& file, const std::string& text) {
    const fs::path fresh = file.string() + ".new";
    std::ofstream out{fresh, std::ios::binary};
    out << text;
    out.close();
    std::error_code failed;
    if (out) fs::rename(fresh, file, failed);
    if (!out || failed) return Error{.code = Errc::kUnavailable, .message = "cannot write " + file.string()};
    return Done{};
}

Result<std::vector<fs::path>> write(const AreaImport& import, const fs::path& folder, const ImportOptions& options) {
    std::vector<std::pair<fs::path, std::string>> files{{folder / "areas.yaml", yamlOf(import, options.notice)}};
    if (!import.shapes.empty())
        files.emplace_back(folder / "areas.geojson", config::writeGeoJson(import.shapes, options.notice));
    for (const auto& [file, text] : files)
        if (!options.force && fs::exists(file))
            return Error{.code = Errc::kConflict, .message = file.string() + " is there already: --force replaces it"};
    std::error_code failed;
    fs::create_directories(folder, failed);
    std::vector<fs::path> written;
    for (const auto& [file, text] : files) {
        if (Status done = writeFile(file, text); !done) return std::move(done).error();
        written.push_back(file);
    }
    return written;
}

void writeTexts(JsonOutput& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name);
    out.writer().StartArray();
    for (const std::string& one : texts) out.text(one);
    out.writer().EndArray();
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& one : texts) all += (all.empty() ? "" : ", ") + one;
    return all;
}

void print(const Common& common, const AreaImport& import, const std::vector<fs::path>& written,
           const ImportOptions& options) {
    std::vector<std::string> files;
    for (const fs::path& one : written) files.push_back(one.string());
    const std::vector<std::string> missing =
        import.shapes.empty() ? std::vector<std::string>{} : import.withoutOutline();
    const auto communes = static_cast<std::int64_t>(import.areas.size()) - import.provinces;
    JsonOutput out{common.json};
    out.member("ok", import.complaints.empty());
    writeTexts(out, "written", files);
    out.member("provinces", import.provinces);
    out.member("communes", communes);
    out.member("outlines", static_cast<std::int64_t>(import.shapes.size()));
    out.member("other_outlines", import.strangers);
    writeTexts(out, "mended", import.mended);
    writeTexts(out, "without_outline", missing);
    writeTexts(out, "problems", import.complaints);
    out.member("notice", options.notice);
    if (common.json) return;
    for (const std::string& one : import.complaints) std::cerr << "paknhub: " << one << '\n';
    for (const std::string& one : files) std::cout << "written: " << one << '\n';
    std::cout << "provinces: " << import.provinces << ", communes: " << communes
              << ", outlines: " << import.shapes.size() << '\n';
    if (import.strangers > 0) std::cout << "outlines of other units, left out: " << import.strangers << '\n';
    if (!import.mended.empty())
        std::cout << "outlines that crossed themselves, mended: " << joined(import.mended) << '\n';
    if (!missing.empty()) std::cout << "communes without an outline: " << joined(missing) << '\n';
    std::cout << options.notice << '\n';
}

int importAreas(const Common& common, const ImportOptions& options) {
    AreaImport import;
    if (Status read = readUnits(import, options); !read) return complain(read.error());
    if (Status read = readOutlines(import, options); !read) return complain(read.error());
    if (import.areas.empty() && import.complaints.empty()) import.complain("there are no units in " + options.file);
    if (!import.complaints.empty()) {
        print(common, import, {}, options);
        return kUsage;
    }
    const fs::path folder = options.out.empty() ? common.config : fs::path{options.out};
    const Result<std::vector<fs::path>> written = write(import, folder, options);
    if (!written) return complain(written.error());
    print(common, import, *written, options);
    return kOk;
}

}  // namespace

void addAreas(const Registry& registry) {
    CLI::App& group = registry.group("areas", "Provinces and communes");
    registry.verb<ImportOptions>(
        group, "import", "Write areas.yaml, and areas.geojson with outlines, from the public data of Viet Nam's units",
        [](CLI::App& verb, ImportOptions& options) {
            verb.add_option("FILE", options.file, "JSON: provinces, each with its Wards")->required();
            verb.add_option("--province", options.provinces, "Code of a province; may be repeated. Default all");
            verb.add_option("--polygons", options.polygons, "GeoJSON outlines: a file, or a folder of them");
            verb.add_option("--out", options.out, "Configuration directory to write into. Default --config");
            verb.add_option("--notice", options.notice, "Licence notice of the data, kept in what is written");
            verb.add_flag("--force", options.force, "Replace files that are there");
        },
        importAreas);
}

}  // namespace pakn::app
