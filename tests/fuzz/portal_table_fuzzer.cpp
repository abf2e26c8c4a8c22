/// @file
/// Files of many items, of every kind and in every encoding; and the encodings themselves.

#include <array>

#include "harness.hpp"
#include "plugins/in_hotline1022/text.hpp"
#include "plugins/in_portal/table.hpp"
#include "plugins/in_portal/text.hpp"
#include "stored_zip.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_portal;

const Mapping& mapping() {
    static const Mapping made = [] {
        Mistakes mistakes{"known"};
        static const std::optional<Node> tree =
            parseYaml("fields: { external_id: Mã, content: Nội dung, title: /title }", mistakes);
        Section top{&*tree, mistakes};
        return readMapping(top);
    }();
    return made;
}

void checkEncodings(std::string_view bytes) {
    for (const std::string encoding : {"auto", "utf-8", "utf-16", "windows-1258", "windows-1252"}) {
        FUZZ_CHECK(isKnownEncoding(encoding));
        const Result<std::string> text = toUtf8(bytes, encoding);
        if (!text) {
            FUZZ_CHECK(text.error().problem == "portal.encoding");
            continue;
        }
        FUZZ_CHECK(fuzz::isUtf8(*text) && text->size() <= 3 * bytes.size());
        if (encoding == "windows-1258" || encoding == "utf-8") {
            const Result<std::string> other = hotline::toUtf8(bytes, encoding);
            FUZZ_CHECK(other.ok() && *other == *text);
        }
        const std::string nfc = composed(*text);
        FUZZ_CHECK(composed(nfc) == nfc && fuzz::isUtf8(nfc));
    }
    FUZZ_CHECK(in_portal::isUtf8(bytes) == fuzz::isUtf8(bytes) && hotline::isUtf8(bytes) == fuzz::isUtf8(bytes));
}

void checkTable(const Table& table) {
    FUZZ_CHECK(table.rows.size() <= kMostRows);
    int last = 0;
    for (const TableRow& row : table.rows) {
        FUZZ_CHECK(row.number > 0 && row.number >= last);
        last = row.number;
        FUZZ_CHECK((row.item == nullptr) == row.problem.has_value());
        FUZZ_CHECK(row.raw.size() <= kMostRaw || row.item == nullptr);
        if (row.item != nullptr) FUZZ_CHECK(fuzz::isUtf8(writeJson(*row.item)));
        if (row.item != nullptr) static_cast<void>(mapItem(mapping(), *row.item).ok());
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    constexpr std::array<std::string_view, 7> kEndings{"csv", "tsv", "jsonl", "json", "ndjson", "xlsx", "XLSX"};
    const std::size_t which = input.choice(kEndings.size());
    TableShape shape;
    shape.encoding = std::array{"auto", "utf-8", "utf-16", "windows-1258", "windows-1252"}[input.choice(5)];
    shape.delimiter = std::array{'\0', ',', ';', '\t', '|'}[input.choice(5)];
    shape.header_row = static_cast<int>(input.choice(3));
    std::string content{input.rest()};
    if (kEndings[which] == "XLSX") {  // Its sheet alone; the rest is made here.
        StoredZip zip;
        zip.add("xl/workbook.xml", R"(<w><sheets><sheet name="A" r:id="1"/></sheets></w>)");
        zip.add("xl/_rels/workbook.xml.rels", R"(<r><Relationship Id="1" Target="s.xml"/></r>)");
        zip.add("xl/s.xml", content);
        content = std::move(zip).finish();
    }
    const Exact file{content};
    const std::string name = "Phản ánh." + std::string{kEndings[which]};
    FUZZ_CHECK(isTableName(name));
    const Result<Table> table = readTable(file.view(), name, shape, mapping());
    if (table)
        checkTable(*table);
    else
        FUZZ_CHECK(table.error().problem.starts_with("portal."));
    checkEncodings(file.view());
}

}  // namespace pakn::fuzz
