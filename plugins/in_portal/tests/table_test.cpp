/// @file
/// Files of items: what spreadsheets write, and what an attacker would.

#include "table.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/spreadsheet/csv.hpp"
#include "core/spreadsheet/zip.hpp"
#include "made_zip.hpp"
#include "mapped.hpp"

namespace pakn::in_portal {
namespace {

using spreadsheet::kMostCell;
using spreadsheet::kMostColumns;
using spreadsheet::unzip;

using namespace std::string_literals;
using ::testing::ElementsAre;

const Mapping& anyMapping() {
    static const Mapping mapping = mappingOf("items: /list\nfields: { external_id: /id, content: /id }");
    return mapping;
}

Result<Table> tableOf(std::string_view bytes, std::string_view name, const TableShape& shape = {}) {
    return readTable(bytes, name, shape, anyMapping());
}

/// Each row as "number: JSON", or its problem.
std::vector<std::string> rowsOf(std::string_view bytes, std::string_view name, const TableShape& shape = {}) {
    const Result<Table> table = tableOf(bytes, name, shape);
    if (!table) return {table.error().problem};
    std::vector<std::string> rows;
    for (const TableRow& row : table->rows)
        rows.push_back(std::to_string(row.number) + ": " +
                       (row.item != nullptr ? writeJson(*row.item) : row.problem->problem));
    return rows;
}

TEST(Csv, AsRfc4180Says) {
    EXPECT_THAT(rowsOf("id,text\r\n1,\"a \"\"b\"\", c\r\nd\"\r\n2,x\r\n", "a.csv"),
                ElementsAre(R"(2: {"id":"1","text":"a \"b\", c\r\nd"})", R"(4: {"id":"2","text":"x"})"));
    EXPECT_THAT(rowsOf("id,text\n1,x", "a.csv"), ElementsAre(R"(2: {"id":"1","text":"x"})")) << "no last line end";
    EXPECT_THAT(rowsOf("id,text\n1\n2,\n", "a.csv"), ElementsAre(R"(2: {"id":"1"})", R"(3: {"id":"2"})"));
    EXPECT_THAT(rowsOf("id,text\n\n , \n1,a\"b\n", "a.csv"), ElementsAre(R"(4: {"id":"1","text":"a\"b"})"));
}

TEST(Csv, WhateverSeparatesAndEncodes) {
    EXPECT_THAT(rowsOf("\xEF\xBB\xBFMã;Nội dung\n1;a,b\n", "A.CSV"), ElementsAre(R"(2: {"Mã":"1","Nội dung":"a,b"})"));
    EXPECT_THAT(rowsOf("id\ttext\n1\ta\n", "a.csv"), ElementsAre(R"(2: {"id":"1","text":"a"})"));
    EXPECT_THAT(rowsOf("sep=|\nid|text\n1|a\n", "a.csv"), ElementsAre(R"(3: {"id":"1","text":"a"})"));
    EXPECT_THAT(rowsOf("\xFF\xFEi\0d\0\n\0\x37\0\n\0"s, "a.csv"), ElementsAre(R"(2: {"id":"7"})"));
    EXPECT_THAT(rowsOf("id\nH\xF4\xEC\n", "a.csv", {.encoding = "windows-1258"}),
                ElementsAre("2: {\"id\":\"H\u00f4\u0301\"}"))
        << "the hub makes NFC of it";
    EXPECT_THAT(rowsOf("title of the list\nid,text\n1,a\n", "a.csv", {.header_row = 2}),
                ElementsAre(R"(3: {"id":"1","text":"a"})"));
}

TEST(Csv, AFileWhoseRowsCannotBeToldApartIsRefusedWhole) {
    EXPECT_THAT(rowsOf("id\n\"open\n1\n2\n", "a.csv"), ElementsAre("portal.csv"));
    EXPECT_THAT(rowsOf("id\n\"a\"b\n", "a.csv"), ElementsAre("portal.csv"));
    EXPECT_THAT(rowsOf("id,ID\n1,2\n", "a.csv"), ElementsAre("portal.header"));
    EXPECT_THAT(rowsOf("", "a.csv"), ElementsAre("portal.header"));
    EXPECT_THAT(rowsOf("H\xF4\n", "a.csv"), ElementsAre("portal.encoding"));
    EXPECT_THAT(rowsOf("id\n" + std::string(kMostCell + 1, 'x'), "a.csv"), ElementsAre("portal.csv"));
    EXPECT_THAT(rowsOf(std::string(kMostColumns + 1, ','), "a.csv"), ElementsAre("portal.csv"));
    EXPECT_EQ(tableOf("a\n" + std::string(2 * (kMostRows + 1), '1'), "a.csv").error().code, Errc::kTooLarge);
}

TEST(Csv, ColumnsAreKnownByTheirNamesHoweverTheyAreTyped) {
    const Mapping mapping = mappingOf("fields: { external_id: Mã phiếu, content: Nội dung, title: Tiêu đề }");
    const auto titleOf = [&](std::string_view header) {
        const auto table = readTable(std::string{header} + "\n1;a;b\n", "a.csv", {}, mapping);
        return table ? mapItem(mapping, *table->rows.at(0).item)->petition.title : table.error().problem;
    };
    EXPECT_EQ(titleOf("Mã phiếu;Nội dung;Tiêu đề"), "b");
    EXPECT_EQ(titleOf("MÃ PHIẾU; nội dung ;Tiêu Đề"), "b");
    EXPECT_EQ(titleOf("Ma\xCC\x83 phie\xCC\x82\xCC\x81"
                      "u;No\xCC\xA3\xCC\x82"
                      "i dung;Tie\xCC\x82"
                      "u đe\xCC\x82\xCC\x80"),
              "b")
        << "as a Mac writes it";
    EXPECT_EQ(titleOf("Mã phiếu;Nội dung;Khác"), "") << "what is not needed may be absent";
    EXPECT_EQ(titleOf("Mã;Nội dung;Tiêu đề"), "portal.header") << "not each row refused for itself";
    EXPECT_EQ(titleOf("Mã phiếu;Noi dung;Tiêu đề"), "portal.header");
}

TEST(Csv, ARowWithTooMuchIsRefusedAlone) {
    const Result<Table> table = tableOf("id,text\n1,a,more\n2,b,\n", "a.csv");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 2U);
    EXPECT_EQ(table->rows[0].problem->problem, "portal.row");
    EXPECT_NE(table->rows[0].raw.find("more"), std::string::npos);
    EXPECT_EQ(writeJson(*table->rows[1].item), R"({"id":"2","text":"b"})") << "an empty cell too many says nothing";
}

TEST(Csv, ANulIsForTheHubToJudge) {
    EXPECT_THAT(rowsOf("id\na\0b\n"s, "a.csv"), ElementsAre(R"(2: {"id":"a\u0000b"})"));
}

TEST(Lines, OneBadLineIsRefusedAlone) {
    EXPECT_THAT(rowsOf("{\"id\": 1}\n\n{broken\n{\"id\": 2}\r\n[1]", "a.jsonl"),
                ElementsAre(R"(1: {"id":"1"})", "3: portal.json", R"(4: {"id":"2"})", R"(5: ["1"])"));
    EXPECT_THAT(rowsOf(std::string(100000, '['), "a.ndjson"), ElementsAre("1: portal.json"));
    EXPECT_THAT(rowsOf("", "a.jsonl"), ElementsAre());
}

TEST(Documents, OneObjectIsOneItemWhereverTheTableGoes) {
    const Mapping whole = mappingOf("fields: { external_id: /id, content: /text }");
    Result<Table> read = readTable(R"({"id": "abc-1", "text": "Hố ga"})", "a.json", {}, whole);
    ASSERT_TRUE(read);
    const Table moved = *std::move(read);
    ASSERT_EQ(moved.rows.size(), 1U);
    const Result<MappedItem> item = mapItem(whole, *moved.rows[0].item);
    ASSERT_TRUE(item) << item.error().problem;
    EXPECT_EQ(item->petition.external_id, "abc-1");
    EXPECT_EQ(item->petition.text, "Hố ga");
}

TEST(Documents, HoldTheirItemsWhereTheMappingSays) {
    EXPECT_THAT(rowsOf(R"({"list": [{"id": 1}, {"id": 2}]})", "a.json"),
                ElementsAre(R"(1: {"id":"1"})", R"(2: {"id":"2"})"));
    EXPECT_THAT(rowsOf("[]", "a.json"), ElementsAre("portal.items"));
}

std::vector<std::string> sheetRows(const std::string& rows, const std::string& strings = "",
                                   const TableShape& shape = {}) {
    return rowsOf(zipOf(workbookFiles(rows, strings)), "a.xlsx", shape);
}

constexpr const char* kStrings = "<si><t>id</t></si><si><r><t>Nội </t></r><r><t>dung</t></r><rPh><t>x</t></rPh></si>";
const std::string kHeader = R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>)";

TEST(Workbook, CellsAsTexts) {
    const std::string rows =
        kHeader +
        R"(<row r="3"><c r="A3"><v>1.23456789012E+11</v></c><c r="C3" t="inlineStr"><is><t>một &amp; hai</t></is></c></row>)"
        R"(<row r="4"><c r="A4" s="1"><v>46087</v></c><c r="C4" s="2"><v>46087.333333333</v></c></row>)"
        R"(<row r="5"><c r="A5" s="3"><v>1.5</v></c><c r="C5" t="b"><v>1</v></c></row>)"
        R"(<row r="6"><c r="A6" t="str"><f>B1</f><v>formula</v></c><c r="C6" t="e"><v>#N/A</v></c></row>)"
        R"(<row><c><v>0900</v></c></row>)";
    EXPECT_THAT(sheetRows(rows, kStrings),
                ElementsAre(R"(3: {"id":"123456789012","Nội dung":"một & hai"})",
                            R"(4: {"id":"2026-03-06T00:00:00","Nội dung":"2026-03-06T08:00:00"})",
                            R"(5: {"id":"1.5","Nội dung":"true"})", R"(6: {"id":"formula"})", R"(7: {"id":"900"})"));
}

TEST(Workbook, BySheet) {
    EXPECT_THAT(sheetRows(kHeader, kStrings, {.sheet = "phản ánh"}), ElementsAre());
    EXPECT_THAT(sheetRows(kHeader, kStrings, {.sheet = "khác"}), ElementsAre("portal.workbook"));
}

TEST(Workbook, HostileOnes) {
    EXPECT_THAT(rowsOf("no zip at all", "a.xlsx"), ElementsAre("portal.workbook"));
    EXPECT_THAT(rowsOf(zipOf({{"other.txt", "x"}}), "a.xlsx"), ElementsAre("portal.workbook"));
    EXPECT_THAT(sheetRows(R"(<row><c t="s"><v>99</v></c></row>)"), ElementsAre("portal.workbook"));
    EXPECT_THAT(sheetRows("<row>"), ElementsAre("portal.workbook"));
    EXPECT_THAT(sheetRows(R"(<row><c r="ZZZZ1"><v>1</v></c></row>)"), ElementsAre("portal.workbook"));
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    EXPECT_THAT(sheetRows(deep), ElementsAre("portal.workbook"));
    auto entities = workbookFiles(kHeader);
    entities["xl/sharedStrings.xml"] =
        R"(<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>)";
    EXPECT_THAT(rowsOf(zipOf(entities), "a.xlsx"), ElementsAre("portal.workbook"));
    auto outside = workbookFiles(kHeader);
    outside["xl/workbook.xml"] = R"(<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><workbook>&f;</workbook>)";
    EXPECT_THAT(rowsOf(zipOf(outside), "a.xlsx"), ElementsAre("portal.workbook"));
}

TEST(Workbook, BombsStopAtTheirLimits) {
    auto bomb = workbookFiles(kHeader);
    bomb["xl/worksheets/sheet1.xml"].assign(std::size_t{70} << 20U, ' ');
    EXPECT_EQ(tableOf(zipOf(bomb), "a.xlsx").error().code, Errc::kTooLarge);

    std::string named = R"(<row><c t="s"><v>0</v></c></row>)";
    for (int i = 0; i < 2000; ++i) named += R"(<row><c t="s"><v>0</v></c></row>)";
    const std::string long_text = "<si><t>" + std::string(kMostCell - 1, 'x') + "</t></si>";
    EXPECT_EQ(tableOf(zipOf(workbookFiles(named, long_text)), "a.xlsx").error().code, Errc::kTooLarge)
        << "one long text named by every cell";

    std::map<std::string, std::string> many;
    for (int i = 0; i < 50; ++i) many["f" + std::to_string(i)] = "x";
    EXPECT_EQ(unzip(zipOf(many), [](auto) { return true; }, {.entries = 49}).error().code, Errc::kTooLarge);
    EXPECT_EQ(unzip(zipOf(many), [](auto) { return true; }, {.total_bytes = 49}).error().code, Errc::kTooLarge);
    EXPECT_EQ(unzip(zipOf(many), [](auto) { return true; }, {.total_bytes = 50})->size(), 50U);
}

/// What a process of its own makes of a file: the error's code, and how much memory it took at its worst.
struct Cost {
    int code = 0;
    long megabytes = 0;
};
Cost costOf(const std::string& bytes, const std::string& name) {
    const auto inChild = [](auto&& act) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(act());
        int status = 0;
        rusage used{};
        ::wait4(child, &status, 0, &used);
        return Cost{WIFEXITED(status) ? WEXITSTATUS(status) : -1, used.ru_maxrss / 1024};
    };
    const Cost idle = inChild([] { return 0; });
    Cost cost = inChild([&] {
        const Result<Table> table = tableOf(bytes, name);
        return table ? 255 : static_cast<int>(table.error().code);
    });
    cost.megabytes -= idle.megabytes;
    return cost;
}

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST(Workbook, BombsTakeNoMoreMemoryThanTheLimits) {
    const auto expectBounded = [](const std::string& workbook, const char* what) {
        const Cost cost = costOf(workbook, "a.xlsx");
        EXPECT_EQ(cost.code, static_cast<int>(Errc::kTooLarge)) << what;
        EXPECT_LT(cost.megabytes, 450) << what;
    };
    const std::string long_text = "<si><t>" + std::string(kMostCell - 1, 'x') + "</t></si>";
    const std::string header = R"(<row><c t="inlineStr"><is><t>id</t></is></c></row>)";
    const std::string wide = R"(<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>)";
    expectBounded(zipOf(workbookFiles(header + repeated(wide, 20000), long_text)),
                  "a long text in a column that nobody named, row by row");
    expectBounded(zipOf(workbookFiles(header, repeated("<si/>", 12000000))), "millions of empty texts");

    auto styles = workbookFiles(header);
    styles["xl/styles.xml"] = "<styleSheet><cellXfs>" + repeated("<xf/>", 3000000) + "</cellXfs></styleSheet>";
    expectBounded(zipOf(styles), "styles");
    auto sheets = workbookFiles(header);
    sheets["xl/workbook.xml"] = "<workbook><sheets>" + repeated("<sheet/>", 3000000) + "</sheets></workbook>";
    expectBounded(zipOf(sheets), "sheets");
    std::string many;
    for (int i = 0; i < 1000000; ++i) many += "<Relationship Id=\"" + std::to_string(i) + "\"/>";
    auto relations = workbookFiles(header);
    relations["xl/_rels/workbook.xml.rels"] = "<Relationships>" + many + "</Relationships>";
    expectBounded(zipOf(relations), "relations");
}

TEST(Workbook, ATagWithoutEndIsNotWaitedFor) {
    std::string attributes;
    for (int i = 0; i < 1000000; ++i) attributes += " a" + std::to_string(i) + "=\"\"";
    const Cost cost = costOf(zipOf(workbookFiles("<row" + attributes + "/>")), "a.xlsx");
    EXPECT_EQ(cost.code, static_cast<int>(Errc::kInvalid));
    EXPECT_LT(cost.megabytes, 100);
}

TEST(Csv, OfARowThatCannotBeReadOnlyTheBeginningIsKept) {
    const Result<Table> table = tableOf("id\n1," + std::string(kMostCell, 'x') + "\n", "a.csv");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows.at(0).raw.size(), kMostRaw);
}

TEST(Tables, NoMoreItemsThanRows) {
    EXPECT_THAT(rowsOf("{\"list\": [" + repeated("{},", kMostRows) + "{}]}", "a.json"), ElementsAre("portal.rows"));
}

TEST(Tables, ManyTinyValuesAreTooMuchHoweverTheyAreSpread) {
    const std::string line = "[" + repeated("1,", 999999) + "1]\n";
    EXPECT_THAT(rowsOf(repeated(line, 8), "a.jsonl"), ElementsAre("portal.json"));
    EXPECT_THAT(rowsOf("[" + repeated("1,", 8000000) + "1]", "a.json"), ElementsAre("portal.json"));
}

TEST(Tables, ByTheirNames) {
    for (const char* name : {"a.csv", "A.CSV", "a.b.xlsx", "a.jsonl", "a.ndjson", "a.json", "a.tsv"})
        EXPECT_TRUE(isTableName(name)) << name;
    for (const char* name : {"", "a", "a.txt", ".a.csv", "~$a.xlsx", "a.csv.tmp", "csv"})
        EXPECT_FALSE(isTableName(name)) << name;
}

}  // namespace
}  // namespace pakn::in_portal
