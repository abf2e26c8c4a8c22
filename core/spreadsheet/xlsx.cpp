#include "core/spreadsheet/xlsx.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/spreadsheet/xml.hpp"
#include "core/spreadsheet/zip.hpp"

namespace pakn::spreadsheet {
namespace {

using Files = std::map<std::string, std::string>;

/// Tiny elements that are kept one by one would grow to many times the file's size.
constexpr std::size_t kMostTexts = 1000000;
constexpr std::size_t kMostStyles = 65536;
constexpr std::size_t kMostParts = 10000;  ///< Sheets, relations, formats of numbers.

Error wrong(std::string what, Errc code = Errc::kInvalid) {
    return {.code = code, .message = "the workbook " + std::move(what)};
}

std::string valueOf(const XmlAttributes& attributes, std::string_view name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string{} : found->second;
}

std::optional<std::size_t> indexOf(std::string_view digits) {
    std::size_t index = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return index;
}

/// xl/workbook.xml: names of the sheets and their relations; the day that is day 0.
struct WorkbookReader final : XmlHandler {
    void begin(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "sheet" && sheets.size() >= kMostParts) outcome = wrong("has too many sheets", Errc::kTooLarge);
        if (name == "sheet" && outcome) sheets.emplace_back(valueOf(attributes, "name"), valueOf(attributes, "id"));
        if (name == "workbookPr") {
            const std::string value = valueOf(attributes, "date1904");
            from_1904 = value == "1" || value == "true";
        }
    }
    void text(std::string_view) override {}
    void end(std::string_view) override {}

    std::vector<std::pair<std::string, std::string>> sheets;
    bool from_1904 = false;
};

/// xl/_rels/workbook.xml.rels: relation to file.
struct RelationsReader final : XmlHandler {
    void begin(std::string_view name, const XmlAttributes& attributes) override {
        if (name != "Relationship") return;
        if (targets.size() >= kMostParts) outcome = wrong("has too many relations", Errc::kTooLarge);
        if (outcome) targets.insert_or_assign(valueOf(attributes, "Id"), valueOf(attributes, "Target"));
    }
    void text(std::string_view) override {}
    void end(std::string_view) override {}

    std::map<std::string, std::string> targets;
};

/// xl/styles.xml: which styles show a number as a date.
struct StylesReader final : XmlHandler {
    void begin(std::string_view name, const XmlAttributes& attributes) override {
        if (date_formats.size() >= kMostParts || is_date.size() >= kMostStyles)
            outcome = wrong("has too many styles", Errc::kTooLarge);
        if (!outcome) return;
        if (name == "numFmt")
            date_formats[valueOf(attributes, "numFmtId")] = showsDate(valueOf(attributes, "formatCode"));
        if (name == "cellXfs") in_styles_ = true;
        if (name == "xf" && in_styles_) is_date.push_back(isDate(valueOf(attributes, "numFmtId")));
    }
    void text(std::string_view) override {}
    void end(std::string_view name) override {
        if (name == "cellXfs") in_styles_ = false;
    }

    std::vector<bool> is_date;
    std::map<std::string, bool> date_formats;

private:
    bool isDate(const std::string& format) const {
        if (const auto own = date_formats.find(format); own != date_formats.end()) return own->second;
        const std::optional<std::size_t> number = indexOf(format);
        return number && ((*number >= 14 && *number <= 22) || (*number >= 45 && *number <= 47));
    }

    /// A letter of dates outside of quotes, escapes and brackets.
    static bool showsDate(std::string_view code) {
        bool quoted = false;
        bool bracketed = false;
        for (std::size_t i = 0; i < code.size(); ++i) {
            const char c = code[i];
            if (c == '"') quoted = !quoted;
            if (c == '[') bracketed = true;
            if (c == ']') bracketed = false;
            if (c == '\\' || c == '_') ++i;
            constexpr std::string_view kLetters = "ymdhsYMDHS";
            if (!quoted && !bracketed && kLetters.find(c) != std::string_view::npos) return true;
        }
        return false;
    }

    bool in_styles_ = false;
};

/// xl/sharedStrings.xml.
struct StringsReader final : XmlHandler {
    void begin(std::string_view name, const XmlAttributes&) override {
        if (name == "si" && strings.size() >= kMostTexts) outcome = wrong("has too many texts", Errc::kTooLarge);
        if (!outcome) return;
        if (name == "si") strings.emplace_back();
        if (name == "rPh") in_reading_ = true;
        in_text_ = name == "t" && !in_reading_ && !strings.empty();
    }
    void text(std::string_view text) override {
        if (!in_text_) return;
        strings.back().append(text);
        if (strings.back().size() > kMostCell) outcome = wrong("has a text longer than 128 KB", Errc::kTooLarge);
    }
    void end(std::string_view name) override {
        if (name == "rPh") in_reading_ = false;
        in_text_ = false;
    }

    std::vector<std::string> strings;

private:
    bool in_text_ = false;
    bool in_reading_ = false;  ///< How a text is pronounced, in some languages.
};

/// What a sheet's cells need to be understood.
struct Workbook {
    std::vector<std::string> strings = {};
    std::vector<bool> is_date = {};
    bool from_1904 = false;
};

/// "2026-03-06T08:00:00"; nothing before 1900 or after 2199.
std::optional<std::string> dayText(double serial) {
    const double seconds = secondsOfDay(serial);
    constexpr double kEarliest = -2208988800;  // 1900-01-01
    constexpr double kLatest = 7258118400;     // 2200-01-01
    if (!(seconds >= kEarliest && seconds < kLatest)) return std::nullopt;
    const std::chrono::sys_seconds at{std::chrono::seconds{std::llround(seconds)}};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

/// A number as people would write it: days as dates, whole numbers without exponent.
std::string readable(const std::string& number, bool date, bool from_1904) {
    double value = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (problem != std::errc{} || end != number.data() + number.size() || !std::isfinite(value)) return number;
    if (date) {
        constexpr double kDaysBefore1904 = 1462;
        return dayText(value + (from_1904 ? kDaysBefore1904 : 0)).value_or(number);
    }
    constexpr double kExact = 9007199254740992.0;
    if (std::abs(value) <= kExact && std::trunc(value) == value) return std::to_string(static_cast<long long>(value));
    return number;
}

/// xl/worksheets/sheetN.xml: hands over row by row.
class SheetReader final : public XmlHandler {
public:
    SheetReader(const Workbook& book, const TakeCells& take) : book_{book}, take_{take} {}

    void begin(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "row") {
            const std::optional<std::size_t> given = indexOf(valueOf(attributes, "r"));
            number_ = given && *given <= 10000000 ? static_cast<int>(*given) : number_ + 1;
            cells_.clear();
        } else if (name == "c") {
            beginCell(attributes);
        }
        in_value_ = name == "v" || name == "t";
    }
    void text(std::string_view text) override {
        if (!in_value_) return;
        if (value_.size() + text.size() > kMostCell) outcome = wrong("has a cell longer than 128 KB", Errc::kTooLarge);
        value_.append(text);
    }
    void end(std::string_view name) override {
        in_value_ = false;
        if (name == "c") endCell();
        if (name == "row") outcome = take_(number_, cells_);
    }

private:
    void beginCell(const XmlAttributes& attributes) {
        type_ = valueOf(attributes, "t");
        const std::optional<std::size_t> style = indexOf(valueOf(attributes, "s"));
        date_ = style && *style < book_.is_date.size() && book_.is_date[*style];
        value_.clear();
        column_ = columnOf(valueOf(attributes, "r")).value_or(cells_.size());
    }

    void endCell() {
        if (column_ >= kMostColumns) {
            if (!value_.empty()) outcome = wrong("has too many columns", Errc::kTooLarge);
            return;
        }
        if (column_ >= cells_.size()) cells_.resize(column_ + 1);
        cells_[column_] = cellText();
    }

    std::string cellText() {
        if (type_ == "s") {
            const std::optional<std::size_t> index = indexOf(value_);
            if (index && *index < book_.strings.size()) return book_.strings[*index];
            outcome = wrong("names a text that it does not hold");
            return {};
        }
        if (type_ == "b") return value_ == "1" ? "true" : "false";
        if (type_ == "e") return {};
        if (type_ == "str" || type_ == "inlineStr" || type_ == "d" || value_.empty()) return std::move(value_);
        return readable(value_, date_, book_.from_1904);
    }

    /// 1 of "B12".
    static std::optional<std::size_t> columnOf(std::string_view reference) {
        std::size_t column = 0;
        std::size_t letters = 0;
        while (letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z' && letters < 4)
            column = column * 26 + static_cast<std::size_t>(reference[letters++] - 'A' + 1);
        if (letters == 0) return std::nullopt;
        return column - 1;
    }

    const Workbook& book_;
    const TakeCells& take_;
    int number_ = 0;
    std::vector<std::string> cells_;
    std::string type_;
    std::string value_;
    std::size_t column_ = 0;
    bool date_ = false;
    bool in_value_ = false;
};

/// The file of a sheet. kInvalid when there is no such sheet.
Result<std::string> sheetFile(const WorkbookReader& book, const Files& files,
                              const std::function<bool(std::string_view name)>& wanted) {
    RelationsReader relations;
    if (const auto found = files.find("xl/_rels/workbook.xml.rels"); found != files.end())
        if (Status read = readXml(found->second, relations); !read) return std::move(read).error();
    for (const auto& [name, relation] : book.sheets) {
        if (wanted && !wanted(name)) continue;
        std::string target = relations.targets[relation];
        if (!target.empty() && target.front() == '/')
            target.erase(0, 1);
        else
            target.insert(0, "xl/");
        return target;
    }
    return wrong(wanted ? "has no such sheet" : "has no sheet at all");
}

bool isNeeded(std::string_view name) {
    return name == "xl/workbook.xml" || name == "xl/_rels/workbook.xml.rels" || name == "xl/styles.xml" ||
           name == "xl/sharedStrings.xml";
}

}  // namespace

double secondsOfDay(double serial) {
    constexpr double kDaysTo1970 = 25569;
    return std::round((serial - kDaysTo1970) * 86400);
}

Status readWorkbook(std::string_view bytes, const std::function<bool(std::string_view name)>& wanted,
                    const TakeCells& take) {
    Result<Files> files = unzip(bytes, &isNeeded);
    if (!files) return files.error();
    const auto part = [&](const char* name) {
        const auto found = files->find(name);
        return found == files->end() ? std::string_view{} : std::string_view{found->second};
    };
    WorkbookReader book;
    if (Status read = readXml(part("xl/workbook.xml"), book); !read) return read;
    const Result<std::string> file = sheetFile(book, *files, wanted);
    if (!file) return file.error();

    StylesReader styles;
    StringsReader strings;
    for (const auto& [name, reader] :
         {std::pair<const char*, XmlHandler*>{"xl/styles.xml", &styles}, {"xl/sharedStrings.xml", &strings}})
        if (!part(name).empty())
            if (Status read = readXml(part(name), *reader); !read) return read;
    files->clear();  // Read by now, and the sheet needs the room.
    const Result<Files> sheets = unzip(bytes, [&](std::string_view name) { return name == *file; });
    if (!sheets) return sheets.error();
    if (sheets->empty()) return wrong("lacks its sheet");
    const Workbook workbook{
        .strings = std::move(strings.strings), .is_date = std::move(styles.is_date), .from_1904 = book.from_1904};
    SheetReader reader{workbook, take};
    return readXml(sheets->begin()->second, reader);
}

}  // namespace pakn::spreadsheet
