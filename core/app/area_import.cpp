#include "core/app/area_import.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "core/domain/text.hpp"

namespace pakn::app {

namespace {

constexpr std::size_t kMostUnits = 20000;
constexpr std::size_t kMostComplaints = 50;
constexpr std::size_t kMostName = 200;  ///< Code points.

Error invalid(std::string message) { return {.code = Errc::kInvalid, .message = std::move(message)}; }

std::string textIn(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsString()) return {};
    const std::optional<std::string> text = domain::toNfc({found->value.GetString(), found->value.GetStringLength()});
    return text ? std::string{domain::trimmed(*text)} : std::string{};
}

/// One line that YAML takes as it is: a blank for each control character, line end and mark of Unicode's.
std::string printable(std::string_view text) {
    std::string plain;
    const auto starts = [&](std::size_t at, std::string_view what) { return text.substr(at, what.size()) == what; };
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        const bool mark = starts(i, "\u2028") || starts(i, "\u2029") || starts(i, "\uFEFF") || starts(i, "\uFFFE") ||
                          starts(i, "\uFFFF");
        const std::size_t length = byte < 0x20 || byte == 0x7F ? 1 : c1 ? 2 : mark ? 3 : 0;
        plain += length > 0 ? ' ' : text[i];
        i += std::max<std::size_t>(length, 1);
    }
    return plain;
}

bool isCode(std::string_view code, std::size_t digits) {
    return code.size() == digits && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One unit of the record format. False, and complained about, when it is none.
bool addUnit(AreaImport& into, const rapidjson::Value& record, const std::string& parent, std::set<std::string>& seen) {
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
    if (name.empty() || domain::codePoints(name) > kMostName || printable(name) != name)
        into.complain(whose + ": a name of one line is wanted");
    if (!parent.empty() && !above.empty() && above != parent)
        into.complain(whose + " stands in province " + parent + " and says that it is of " + above);
    if (!code.empty() && !seen.insert(code).second) into.complain(whose + " stands twice");
    if (into.complaints.size() != before) return false;
    into.areas.push_back({.id = code, .name = std::move(name), .parent = parent});
    return true;
}

/// Of "Thành phố Huế" and "Huế": the same.
std::string provinceKey(std::string_view name) {
    std::string key = domain::Places::nameKey(name);
    for (const std::string_view kind : {"thành phố", "tỉnh"}) {
        const std::string prefix = domain::Places::nameKey(kind) + ' ';
        if (key.starts_with(prefix)) return key.substr(prefix.size());
    }
    return key;
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

}  // namespace

void AreaImport::complain(std::string what) {
    if (complaints.size() == kMostComplaints) what = "… and more";
    if (complaints.size() <= kMostComplaints) complaints.push_back(std::move(what));
}

std::vector<std::string> AreaImport::withoutOutline() const {
    std::set<std::string_view> drawn;
    for (const domain::AreaShape& one : shapes) drawn.insert(one.code);
    std::vector<std::string> codes;
    for (const domain::Area& one : areas)
        if (!one.parent.empty() && !drawn.contains(one.id)) codes.push_back(one.id);
    return codes;
}

Status readUnits(AreaImport& into, std::string_view json, const std::vector<std::string>& provinces,
                 const std::string& file) {
    rapidjson::Document document;
    if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    if (document.HasParseError())
        return invalid(file + ": not JSON, at byte " + std::to_string(document.GetErrorOffset() + 1));
    if (!document.IsArray()) return invalid(file + ": an array of provinces is wanted");
    std::set<std::string> seen;
    for (const rapidjson::Value& province : document.GetArray()) {
        const std::string code = province.IsObject() ? textIn(province, "Code") : std::string{};
        const bool wanted = provinces.empty() || std::find(provinces.begin(), provinces.end(), code) != provinces.end();
        if (!wanted || !addUnit(into, province, {}, seen)) continue;
        ++into.provinces;
        const auto wards = province.FindMember("Wards");
        if (wards == province.MemberEnd() || !wards->value.IsArray()) {
            into.complain("province \"" + code + "\" has no list Wards");
            continue;
        }
        for (const rapidjson::Value& ward : wards->value.GetArray()) {
            if (into.areas.size() >= kMostUnits) return invalid(file + ": more than 20000 units");
            addUnit(into, ward, code, seen);
        }
    }
    for (const std::string& code : provinces)
        if (!seen.contains(code)) into.complain("there is no province \"" + code + "\" in " + file);
    return Done{};
}

OutlineReader::OutlineReader(AreaImport& into) : into_{into} {
    std::map<std::string, std::string> names;  // Keys of provinces.
    for (const domain::Area& one : into.areas) {
        codes_.insert(one.id);
        const std::string province = one.parent.empty() ? std::string{} : names[one.parent];
        names[one.id] = provinceKey(one.name);
        by_name_[{province, domain::Places::nameKey(one.name)}].push_back(one.id);
    }
}

/// By its code or by its names; empty: none of these.
std::string OutlineReader::ownerOf(const config::OutlineFeature& feature) const {
    if (codes_.contains(feature.code)) return feature.code;
    const std::string name = domain::Places::nameKey(feature.name);
    // A province stands in its own file as its own province, or as that of none.
    for (const std::string& province : {provinceKey(feature.province), std::string{}}) {
        const auto found = by_name_.find({province, name});
        if (found != by_name_.end() && found->second.size() == 1) return found->second.front();
    }
    return {};
}

void OutlineReader::addOutline(config::OutlineFeature feature, const std::string& code, const std::string& file) {
    const std::string whose = file + ": the outline of " + code;
    if (!seen_.insert(code).second) return into_.complain(whose + " stands twice");
    feature.shape.code = code;
    Result<domain::MendedShape> mended = domain::mendShape(std::move(feature.shape));
    if (!mended) return into_.complain(whose + ": " + mended.error().message);
    if (mended->mended) into_.mended.push_back(code);
    into_.shapes.push_back(std::move(mended->shape));
}

Status OutlineReader::add(std::string_view geojson, const std::string& file) {
    Result<std::vector<config::OutlineFeature>> features = config::readGeoJson(geojson);
    if (!features) return invalid(file + ": " + features.error().message);
    for (config::OutlineFeature& feature : *features) {
        const std::string code = ownerOf(feature);
        if (code.empty())
            ++into_.strangers;
        else
            addOutline(std::move(feature), code, file);
    }
    return Done{};
}

void OutlineReader::finish() {
    if (into_.shapes.empty() && into_.complaints.empty())
        into_.complain("none of the outlines is of one of these units");
    std::sort(into_.shapes.begin(), into_.shapes.end(),
              [](const domain::AreaShape& a, const domain::AreaShape& b) { return a.code < b.code; });
}

std::string yamlOf(const AreaImport& import, std::string_view notice) {
    std::ostringstream text;
    text << "# Đơn vị hành chính, do `paknhub areas import` ghi; không sửa tay.\n# ";
    text << printable(notice) << "\nareas:\n";
    for (const domain::Area& one : import.areas) {
        text << "  - { id: " << inYaml(one.id) << ", name: " << inYaml(one.name);
        if (!one.parent.empty()) text << ", parent: " << inYaml(one.parent);
        text << " }\n";
    }
    if (!import.shapes.empty()) text << "\nplaces: { polygons: areas.geojson }\n";
    return text.str();
}

}  // namespace pakn::app
