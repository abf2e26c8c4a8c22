/// @file
/// `paknhub areas import FILE`: the administrative units of a province out of the public data set, as files of a
/// configuration: areas.yaml, and areas.geojson where outlines are given.

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/config/geojson.hpp"
#include "core/config/sources.hpp"
#include "core/domain/places.hpp"
#include "core/domain/text.hpp"

namespace pakn::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostUnits = 20000;
constexpr std::size_t kMostFiles = 20000;
constexpr std::size_t kMostComplaints = 50;
constexpr std::size_t kMostName = 200;  ///< Code points.
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

/// What becomes of an import. Complaints refuse it.
struct Import {
    std::vector<domain::Area> areas = {};  ///< In the order of the file, the upper level before what is below it.
    std::vector<domain::AreaShape> shapes = {};
    std::int64_t provinces = 0;
    std::int64_t strangers = 0;  ///< Outlines of units that are not imported.
    std::vector<std::string> mended = {};
    std::vector<std::string> complaints = {};

    void complain(std::string what) {
        if (complaints.size() == kMostComplaints) what = "… and more";
        if (complaints.size() <= kMostComplaints) complaints.push_back(std::move(what));
    }
    [[nodiscard]] std::vector<std::string> withoutOutline() const {
        std::set<std::string_view> drawn;
        for (const domain::AreaShape& one : shapes) drawn.insert(one.code);
        std::vector<std::string> codes;
        for (const domain::Area& one : areas)
            if (!one.parent.empty() && !drawn.contains(one.id)) codes.push_back(one.id);
        return codes;
    }
};

std::string textIn(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsString()) return {};
    const std::optional<std::string> text = domain::toNfc({found->value.GetString(), found->value.GetStringLength()});
    return text ? std::string{domain::trimmed(*text)} : std::string{};
}

bool isCode(std::string_view code, std::size_t digits) {
    return code.size() == digits && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One unit of the record format. False, and complained about, when it is none.
bool addUnit(Import& into, const rapidjson::Value& record, const std::string& parent, std::set<std::string>& seen) {
    const std::size_t digits = parent.empty() ? 2 : 5;
    if (!record.IsObject()) {
        into.complain("a unit that is no object");
        return false;
    }
    const std::string code = textIn(record, "Code");
    std::string name = textIn(record, "FullName");
    if (name.empty()) name = textIn(record, "Name");
    const std::string whose = (parent.empty() ? "province \"" : "commune \"") + code + "\"";
    const std::string above = textIn(record, "ProvinceCode");
    const std::size_t before = into.complaints.size();
    if (!isCode(code, digits)) into.complain(whose + ": a code of " + std::to_string(digits) + " digits is wanted");
    if (name.empty() || domain::codePoints(name) > kMostName || name.find('\n') != std::string::npos)
        into.complain(whose + ": a name of one line is wanted");
    if (!parent.empty() && !above.empty() && above != parent)
        into.complain(whose + " stands in province " + parent + " and says that it is of " + above);
    if (!code.empty() && !seen.insert(code).second) into.complain(whose + " stands twice");
    if (into.complaints.size() != before) return false;
    into.areas.push_back({.id = code, .name = std::move(name), .parent = parent});
    return true;
}

Status readUnits(Import& into, const ImportOptions& options) {
    const Result<std::string> text = config::readTextFile(options.file, config::kMostOutlineBytes);
    if (!text) return usage(options.file + ' ' + text.error().message);
    rapidjson::Document document;
    std::string_view bytes = *text;
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    document.Parse<rapidjson::kParseIterativeFlag>(bytes.data(), bytes.size());
    if (document.HasParseError())
        return usage(options.file + ": not JSON, at byte " + std::to_string(document.GetErrorOffset() + 1));
    if (!document.IsArray()) return usage(options.file + ": an array of provinces is wanted");
    std::set<std::string> seen;
    for (const rapidjson::Value& province : document.GetArray()) {
        const std::string code = province.IsObject() ? textIn(province, "Code") : std::string{};
        const bool wanted = options.provinces.empty() || std::find(options.provinces.begin(), options.provinces.end(),
                                                                   code) != options.provinces.end();
        if (!wanted || !addUnit(into, province, {}, seen)) continue;
        ++into.provinces;
        const auto wards = province.FindMember("Wards");
        if (wards == province.MemberEnd() || !wards->value.IsArray()) {
            into.complain("province \"" + code + "\" has no list Wards");
            continue;
        }
        for (const rapidjson::Value& ward : wards->value.GetArray()) {
            if (into.areas.size() >= kMostUnits) return usage(options.file + ": more than 20000 units");
            addUnit(into, ward, code, seen);
        }
    }
    for (const std::string& code : options.provinces)
        if (!seen.contains(code)) into.complain("there is no province \"" + code + "\" in " + options.file);
    return Done{};
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

/// Finds whose an outline is, by its code or by its names.
class Owners {
public:
    explicit Owners(const std::vector<domain::Area>& areas) {
        for (const domain::Area& one : areas) {
            codes_.insert(one.id);
            const std::string province = one.parent.empty() ? std::string{} : names_[one.parent];
            names_[one.id] = provinceKey(one.name);
            by_name_[{province, domain::Places::nameKey(one.name)}].push_back(one.id);
        }
    }

    /// Empty: none of these.
    [[nodiscard]] std::string of(const config::OutlineFeature& feature) const {
        if (codes_.contains(feature.code)) return feature.code;
        const std::string name = domain::Places::nameKey(feature.name);
        // A province stands in its own file as its own province, or as that of none.
        for (const std::string& province : {provinceKey(feature.province), std::string{}}) {
            const auto found = by_name_.find({province, name});
            if (found != by_name_.end() && found->second.size() == 1) return found->second.front();
        }
        return {};
    }

private:
    /// Of "Thành phố Huế" and "Huế": the same.
    static std::string provinceKey(std::string_view name) {
        std::string key = domain::Places::nameKey(name);
        for (const std::string_view kind : {"thành phố", "tỉnh"}) {
            const std::string prefix = domain::Places::nameKey(kind) + ' ';
            if (key.starts_with(prefix)) return key.substr(prefix.size());
        }
        return key;
    }

    std::set<std::string> codes_;
    std::map<std::string, std::string> names_;  ///< Keys of provinces.
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> by_name_;
};

void addOutline(Import& into, config::OutlineFeature feature, const std::string& code, const std::string& file,
                std::set<std::string>& seen) {
    const std::string whose = file + ": the outline of " + code;
    if (!seen.insert(code).second) return into.complain(whose + " stands twice");
    feature.shape.code = code;
    Result<domain::MendedShape> mended = domain::mendShape(std::move(feature.shape));
    if (!mended) return into.complain(whose + ": " + mended.error().message);
    if (mended->mended) into.mended.push_back(code);
    into.shapes.push_back(std::move(mended->shape));
}

Status readOutlines(Import& into, const ImportOptions& options) {
    if (options.polygons.empty()) return Done{};
    const Result<std::vector<fs::path>> files = outlineFiles(options.polygons);
    if (!files) return files.error();
    const Owners owners{into.areas};
    std::set<std::string> seen;
    for (const fs::path& file : *files) {
        const Result<std::string> text = config::readTextFile(file, config::kMostOutlineBytes);
        if (!text) return usage(file.string() + ' ' + text.error().message);
        Result<std::vector<config::OutlineFeature>> features = config::readGeoJson(*text);
        if (!features) return usage(file.string() + ": " + features.error().message);
        for (config::OutlineFeature& feature : *features) {
            const std::string code = owners.of(feature);
            if (code.empty())
                ++into.strangers;
            else
                addOutline(into, std::move(feature), code, file.filename().string(), seen);
        }
    }
    if (into.shapes.empty() && into.complaints.empty()) into.complain("none of the outlines is of one of these units");
    std::sort(into.shapes.begin(), into.shapes.end(),
              [](const domain::AreaShape& a, const domain::AreaShape& b) { return a.code < b.code; });
    return Done{};
}

/// In double quotes, as YAML reads them.
std::string inYaml(std::string_view text) {
    std::string all{'"'};
    for (const char c : text) {
        if (c == '"' || c == '\\') all += '\\';
        all += c;
    }
    return all + '"';
}

std::string yamlOf(const Import& import, const std::string& notice) {
    std::ostringstream text;
    text << "# Đơn vị hành chính, do `paknhub areas import` ghi; không sửa tay.\n# ";
    for (const char c : notice) text << (c == '\n' || c == '\r' ? ' ' : c);
    text << "\nareas:\n";
    for (const domain::Area& one : import.areas) {
        text << "  - { id: " << inYaml(one.id) << ", name: " << inYaml(one.name);
        if (!one.parent.empty()) text << ", parent: " << inYaml(one.parent);
        text << " }\n";
    }
    if (!import.shapes.empty()) text << "\nplaces: { polygons: areas.geojson }\n";
    return text.str();
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

Result<std::vector<fs::path>> write(const Import& import, const fs::path& folder, const ImportOptions& options) {
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

void print(const Common& common, const Import& import, const std::vector<fs::path>& written,
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
    Import import;
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
