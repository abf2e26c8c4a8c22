/// @file
/// A portal's items: JSON within bounds, places in it, mappings and templates over it. Mappings are the operator's and
/// fuzzed all the same; items are anybody's.

#include <simdjson.h>

#include <array>

#include "bounded_json.hpp"
#include "harness.hpp"
#include "plugins/in_portal/json.hpp"
#include "plugins/in_portal/mapping.hpp"
#include "plugins/in_portal/template.hpp"
#include "plugins/in_portal/text.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_portal;

/// One that uses everything there is.
constexpr std::string_view kMapping = R"(
items: /data
zone: "+07:00"
dates: [iso, epoch_ms, "%d/%m/%Y %H:%M", excel]
fields:
  external_id: /id
  title: { from: /title, default: Không có tiêu đề }
  content: { template: "{{noi_dung}} {{#them}}({{ten}}){{/them}}" }
  category: { from: /linh_vuc, codes: { "01": ha-tang, "Môi trường": moi-truong }, unknown: keep }
  emergency: { from: /gap, yes: [có, gấp], no: [không] }
  occurred_at: /ngay
  petitioner: { name: /nguoi/ten, phone: /nguoi/dt, email: Thư }
  consent: { process_personal_data: { value: "true" } }
  location: { address: /cho, lat: /lat, lon: /lon }
  attributes: { ma_ho_so: /id, kenh: { value: cong } }
attachments:
  - { list: /tep, url: /url, name: /ten }
  - { data: /anh, name: { value: a.jpg } }
)";

const Mapping& known() {
    static const Mapping mapping = [] {
        Mistakes mistakes{"known"};
        static const std::optional<Node> tree = parseYaml(kMapping, mistakes);
        FUZZ_CHECK(tree.has_value());
        Section top{&*tree, mistakes};
        Mapping made = readMapping(top);
        FUZZ_CHECK(mistakes.none());
        return made;
    }();
    return mapping;
}

void checkJson(const JsonDocument& document, std::string_view text) {
    const std::string once = writeJson(document);
    const Result<JsonDocument> again = parseJson(once);
    FUZZ_CHECK(again.ok() && writeJson(*again) == once && isUtf8(once));
    // What is JSON for one parser is for the other, but for what it cannot hold: a number beyond all bounds.
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    text = text.substr(0, text.find('\0'));  // rapidjson takes a zero for the end, whatever stands behind it.
    simdjson::dom::parser parser;
    const std::string mended = bounded_json::mendedHalves(text).value_or(std::string{text});
    const simdjson::padded_string padded{std::string_view{mended}.substr(text.starts_with(kMark) ? kMark.size() : 0)};
    const simdjson::error_code error = parser.parse(padded).error();
    FUZZ_CHECK(error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR || error == simdjson::EMPTY);
}

void checkPetition(const Mapping& mapping, const Json& item) {
    const Result<MappedItem> mapped = mapItem(mapping, item);
    static_cast<void>(hasOwnId(mapping, item));
    const std::string id = externalIdOf(mapping, item);
    if (!mapped) {
        FUZZ_CHECK(mapped.error().code == Errc::kInvalid && mapped.error().problem.starts_with("portal."));
        FUZZ_CHECK(mapped.error().field.empty() || mapped.error().field.front() == '/');
        return;
    }
    FUZZ_CHECK(mapped->petition.external_id == id);
    const bool texts = isUtf8(mapped->petition.text) && isUtf8(mapped->petition.title) && isUtf8(id);
    FUZZ_CHECK(texts);
    for (const WantedFile& file : mapped->files)
        FUZZ_CHECK(file.url.empty() || file.data.empty() || &mapping != &known());
    const Result<MappedItem> again = mapItem(mapping, item);
    FUZZ_CHECK(again.ok() && again->petition.text == mapped->petition.text &&
               again->files.size() == mapped->files.size());
}

void checkItems(const Mapping& mapping, const JsonDocument& document) {
    const Result<std::vector<const Json*>> items = itemsOf(mapping, document);
    if (items)
        for (const Json* item : *items) checkPetition(mapping, *item);
    checkPetition(mapping, document);
}

void checkTemplates(const Json& item, const std::string& text) {
    const Template written{text, Escape::kNone};
    if (!written.problem()) {
        const std::string rendered = written.render(item);
        FUZZ_CHECK(rendered == written.render(item));
    }
    // Wherever a value is put, it stays one value.
    const std::string value = written.render(std::map<std::string, std::string>{});
    const std::map<std::string, std::string> values{{"v", text}};
    if (!isUtf8(text)) return;
    const std::string json = '"' + Template{"{{v}}", Escape::kJson}.render(values) + '"';
    const Result<JsonDocument> read = parseJson(json);
    FUZZ_CHECK(read.ok() && read->IsString() && viewOf(*read) == text);
    const std::string url = Template{"{{v}}", Escape::kUrl}.render(values);
    FUZZ_CHECK(url.find_first_of("/?#&= \r\n\"<>") == std::string::npos);
    FUZZ_CHECK((Template{"{{{v}}}", Escape::kUrl}.render(values) == text));
}

void checkPlace(std::string_view text, const Json& item) {
    const std::optional<Place> place = Place::parse(text);
    if (!place) return;
    FUZZ_CHECK(place->text() == text);
    if (const Json* found = place->find(item)) static_cast<void>(textOf(*found));
    if (!text.empty() && text.front() != '/' && item.IsObject()) {
        const auto member = item.FindMember(Json{rapidjson::StringRef(text.data(), text.size())});
        FUZZ_CHECK((member == item.MemberEnd() ? nullptr : &member->value) == place->find(item));
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(3);
    const Exact head{input.part()};
    const Exact text{input.rest()};
    const Result<JsonDocument> document = parseJson(text.view());
    if (!document) {
        FUZZ_CHECK(document.error().problem == "portal.json");
        return;
    }
    checkJson(*document, text.view());
    if (what == 0) {
        checkItems(known(), *document);
        checkPlace(head.view(), *document);
    } else if (what == 1) {
        checkTemplates(*document, std::string{head.view()});
    } else {
        Mistakes mistakes{"fuzz"};
        const std::optional<Node> tree = parseYaml(head.view(), mistakes);
        if (!tree) return;
        Mapping mapping;
        {
            Section top{&*tree, mistakes};
            mapping = readMapping(top);
        }
        if (mistakes.none()) checkItems(mapping, *document);
    }
}

}  // namespace pakn::fuzz
