/// @file
/// Workbooks, their zip and their XML: as bytes, and as parts that are zipped here, so that what is in them gets past
/// the checksums.

#include <algorithm>
#include <array>

#include "core/spreadsheet/xlsx.hpp"
#include "core/spreadsheet/xml.hpp"
#include "core/spreadsheet/zip.hpp"
#include "harness.hpp"
#include "stored_zip.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::spreadsheet;

/// Elements close as they opened, and no more.
struct Balance final : XmlHandler {
    void begin(std::string_view name, const XmlAttributes& attributes) override {
        open.emplace_back(name);
        FUZZ_CHECK(open.size() <= 64 && attributes.size() <= 100);
        FUZZ_CHECK(name.find(':') == std::string_view::npos);
        for (const auto& [key, value] : attributes) FUZZ_CHECK(isUtf8(key) && isUtf8(value));
    }
    void text(std::string_view piece) override {
        FUZZ_CHECK(!open.empty());
        texts += piece;
    }
    void end(std::string_view name) override {
        FUZZ_CHECK(!open.empty() && open.back() == name);
        open.pop_back();
    }
    std::vector<std::string> open = {};
    std::string texts = {};
};

void checkXml(std::string_view text) {
    Balance balance;
    const Status read = readXml(text, balance);
    FUZZ_CHECK(!read || balance.open.empty());
    // Latin-1 has one byte where UTF-8 has two; nothing else grows.
    FUZZ_CHECK(balance.texts.size() <= 2 * text.size() && isUtf8(balance.texts));
}

void checkZip(std::string_view bytes) {
    constexpr ZipLimits kLimits{.entries = 20, .entry_bytes = 4096, .total_bytes = 10000};
    const auto files = unzip(
        bytes, [](std::string_view) { return true; }, kLimits);
    if (!files) return;
    FUZZ_CHECK(files->size() <= 20);
    std::size_t total = 0;
    for (const auto& [name, content] : *files) {
        FUZZ_CHECK(content.size() <= kLimits.entry_bytes);
        total += content.size();
    }
    FUZZ_CHECK(total <= kLimits.total_bytes);
}

void checkWorkbook(std::string_view bytes) {
    std::size_t rows = 0;
    const auto take = [&](int number, const std::vector<std::string>& cells) -> Status {
        FUZZ_CHECK(number >= 0 && cells.size() <= kMostColumns);
        for (const std::string& cell : cells) FUZZ_CHECK(cell.size() <= kMostCell);
        ++rows;
        if (rows > 2000) return Error{.code = Errc::kTooLarge, .message = "enough"};
        return Done{};
    };
    static_cast<void>(readWorkbook(bytes, {}, take).ok());
    rows = 0;
    static_cast<void>(readWorkbook(
                          bytes, [](std::string_view name) { return name == "B"; }, take)
                          .ok());
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t kind = input.choice(3);
    if (kind == 0) {
        const Exact raw{input.rest()};
        checkZip(raw.view());
        checkWorkbook(raw.view());
    } else if (kind == 1) {
        const Exact text{input.rest()};
        checkXml(text.view());
    } else {
        constexpr std::array<std::string_view, 5> kNames{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                                         "xl/styles.xml", "xl/workbook.xml",
                                                         "xl/_rels/workbook.xml.rels"};
        StoredZip zip;
        for (const std::string_view name : kNames) {
            std::string_view part = input.part();
            if (part.empty() && name == "xl/workbook.xml")
                part = R"(<w><sheets><sheet name="A" r:id="1"/><sheet name="B" r:id="2"/></sheets></w>)";
            if (part.empty() && name == "xl/_rels/workbook.xml.rels")
                part =
                    R"(<r><Relationship Id="1" Target="worksheets/sheet1.xml"/><Relationship Id="2" Target="/xl/b"/></r>)";
            zip.add(name, part);
        }
        const std::string made = std::move(zip).finish();
        checkZip(made);
        checkWorkbook(made);
    }
}

}  // namespace pakn::fuzz
